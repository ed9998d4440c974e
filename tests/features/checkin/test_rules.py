"""What a further scan means, and what counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.core.clock import Tick
from kiosk.features.checkin.rules import (
    Mark,
    Stay,
    Step,
    counted_until,
    expected_return,
    may_undo,
    next_step,
    seconds_since,
)

NOW = 1_795_466_640
TICK = Tick(NOW * 1000, 600_000, "b1")


def mark(seconds_ago: int, boot: str = "b1") -> Mark:
    return Mark(NOW - seconds_ago, True, boot, 600_000 - seconds_ago * 1000)


def stay(seconds_ago: int, left: Mark | None = None, how_left: str | None = None) -> Stay:
    return Stay("bench.1abcd/7", "12345", True, mark(seconds_ago), NOW + 9000, left, None, how_left)


@pytest.mark.parametrize(
    ("last", "tonight", "step"),
    [
        (None, NOW - 3600, Step.ARRIVE),
        (stay(0), NOW - 3600, Step.ALREADY_IN),
        (stay(59), NOW - 3600, Step.ALREADY_IN),
        (stay(60), NOW - 3600, Step.ASK_LEAVING),
        (stay(3000), NOW - 3600, Step.ASK_LEAVING),
        (stay(4000), NOW - 3600, Step.FORGOTTEN),
        (stay(4000), None, Step.ASK_LEAVING),
        (stay(30), NOW - 10, Step.ALREADY_IN),
        (replace(stay(0), arrived=Mark(NOW + 9000, False, "b0", 1)), NOW - 3600, Step.FORGOTTEN),
        (stay(900, mark(59), "badge"), NOW - 3600, Step.JUST_LEFT),
        (stay(900, mark(60), "pin"), NOW - 3600, Step.ARRIVE),
        (stay(900, mark(30), "bench"), NOW - 3600, Step.ARRIVE),
    ],
)
def test_what_a_scan_means_follows_from_the_newest_stay(last: Stay | None, tonight: int | None, step: Step):
    assert next_step(last, TICK, NOW, tonight) is step


def test_a_clock_that_jumps_within_a_boot_does_not_change_how_long_ago_it_was():
    assert seconds_since(mark(20), TICK, NOW + 86_400) == 20


def test_after_a_restart_the_corrected_times_are_compared():
    assert seconds_since(mark(20, "b0"), TICK, NOW) == 20


def test_an_arrival_that_seems_to_lie_ahead_is_not_taken_for_a_double_tap():
    ahead = replace(stay(0), arrived=Mark(NOW + 3600, False, "b0", 1))
    assert next_step(ahead, TICK, NOW, None) is Step.ASK_LEAVING


def test_the_expected_return_is_on_a_full_five_minutes_and_not_too_early():
    assert expected_return(NOW, 150) % 300 == 0
    assert 0 <= expected_return(NOW, 150) - (NOW + 9000) < 300
    assert expected_return(NOW - NOW % 300, 150) == NOW - NOW % 300 + 9000


def test_nothing_counts_beyond_the_expected_return():
    assert counted_until(100, 200) == 100
    assert counted_until(200, 100) == 100


def test_undoing_ends_soon_after_fifteen_seconds():
    assert may_undo(1000, 16_000)
    assert not may_undo(1000, 31_000)
