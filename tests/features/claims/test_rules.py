"""How a sentence stands after claims, and how many claims a night takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kiosk.features.claims.events import Answer
from kiosk.features.claims.rules import WEEK, Claim, Count, Handling, Standing, handling, is_over, standing

NOW = 1_795_466_640
ONE = Claim("a.1/9", "b.1/2", "b", date(2026, 11, 23), 1, NOW, True, False, True, False, True)
QUEUED = replace(ONE, queued=True)
STAYED = replace(ONE, answer=Answer.STAYS)
GONE = replace(ONE, held=False)


def test_three_claims_hide_in_a_night_twenty_wait_and_no_more() -> None:
    does = [handling(Count(min(n, 3), max(0, n - 3), 0, 0)) for n in range(24)]
    assert does == [Handling.HIDE] * 3 + [Handling.QUEUE] * 20 + [Handling.REFUSE]


def test_a_device_that_makes_up_its_nights_hides_no_more_than_eight_nights_can() -> None:
    assert handling(Count(0, 0, 24, 0)) is Handling.QUEUE
    assert handling(Count(0, 0, 24, 160)) is Handling.REFUSE


def test_what_is_to_wait_waits_though_there_is_room_to_hide() -> None:
    assert handling(Count(0, 0, 0, 0), at_once=False) is Handling.QUEUE


@pytest.mark.parametrize(
    ("claims", "stands"),
    [
        ([], None),
        ([ONE], Standing.TALKED_OVER),
        ([QUEUED], Standing.WAITING),
        ([QUEUED, ONE], Standing.TALKED_OVER),
        ([STAYED], Standing.STAYS),
        ([STAYED, QUEUED], Standing.WAITING),
        ([STAYED, replace(ONE, answer=Answer.GOES)], Standing.GOES),
        ([replace(GONE, answer=Answer.GOES)], Standing.GOES),
        ([replace(GONE, answer=Answer.UNANSWERED)], Standing.UNANSWERED),
        ([replace(GONE, own=True, at=NOW - WEEK)], Standing.UNANSWERED),
        ([replace(GONE, own=True)], None),
        ([replace(GONE, answer=Answer.GOES, replaced=True)], None),
        ([GONE], None),
        ([replace(GONE, answer=Answer.STAYS)], None),
    ],
)
def test_how_a_sentence_stands(claims: list[Claim], stands: Standing | None) -> None:
    assert standing(claims, NOW) is stands


def test_a_claim_is_over_after_a_week_by_a_clock_that_was_right() -> None:
    assert not is_over(ONE, NOW + WEEK - 1)
    assert is_over(ONE, NOW + WEEK)
    assert not is_over(replace(ONE, sure=False), NOW + 99 * WEEK)
    assert not is_over(STAYED, NOW + 99 * WEEK)
