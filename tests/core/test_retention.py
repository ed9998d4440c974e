"""From when the days of an event are counted, whatever its clock said."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.clock import BUILD_TIME
from kiosk.core.event import EventType, Writer
from kiosk.core.retention import DAY, UNKNOWN_DAYS, Stamp, keep_days, written_at

BUILD = BUILD_TIME // 1000
NOW = BUILD + 100 * DAY
FAR = NOW + 2500 * DAY


def test_an_exact_time_stands() -> None:
    stamps = [Stamp(NOW - 5, exact=True), Stamp(NOW - 9, exact=True, by=NOW - 20)]
    assert written_at(stamps, NOW) == [NOW - 5, NOW - 9]


def test_a_clock_ahead_is_bounded_by_the_nodes_signature() -> None:
    assert written_at([Stamp(FAR, exact=False, by=NOW - 30 * DAY)], NOW) == [NOW - 30 * DAY]


def test_a_signature_on_a_later_event_covers_the_earlier_ones() -> None:
    stamps = [Stamp(FAR, exact=False), Stamp(FAR, exact=False, by=NOW - DAY)]
    assert written_at(stamps, NOW) == [NOW - DAY, NOW - DAY]


def test_a_clock_ahead_is_bounded_by_a_later_event_whose_time_is_right() -> None:
    stamps = [Stamp(FAR, exact=False), Stamp(NOW - 3 * DAY, exact=True), Stamp(FAR, exact=False)]
    assert written_at(stamps, NOW) == [NOW - 3 * DAY, NOW - 3 * DAY, NOW]


def test_a_wrong_time_that_was_confirmed_is_bounded_too() -> None:
    assert written_at([Stamp(FAR, exact=True, by=NOW - DAY)], NOW) == [NOW - DAY]


def test_a_clock_in_1970_is_bounded_by_the_program_and_by_what_was_written_before() -> None:
    assert written_at([Stamp(60, exact=False)], NOW) == [BUILD]
    stamps = [Stamp(NOW - DAY, exact=True), Stamp(60, exact=False), Stamp(NOW - 9 * DAY, exact=False)]
    assert written_at(stamps, NOW) == [NOW - DAY] * 3


def test_a_clock_that_once_went_wrong_does_not_age_what_was_right() -> None:
    stamps = [Stamp(NOW - DAY, exact=True), Stamp(NOW, exact=False), Stamp(NOW - 60 * DAY, exact=True)]
    assert written_at(stamps, NOW) == [NOW - DAY, NOW - DAY, NOW - 60 * DAY]


TIMES = st.integers(0, FAR)


@given(st.lists(st.builds(Stamp, TIMES, st.booleans(), st.none() | st.integers(BUILD, NOW)), max_size=8))
def test_no_event_counts_from_before_the_program_or_from_the_future(stamps: list[Stamp]) -> None:
    found = written_at(stamps, NOW)
    assert len(found) == len(stamps)
    assert all(BUILD <= at <= NOW for at in found)


@given(st.lists(st.tuples(st.integers(BUILD, NOW), st.booleans(), TIMES), max_size=8))
def test_whatever_a_wrong_clock_said_the_time_lies_between_its_neighbours(
    truth: list[tuple[int, bool, int]],
) -> None:
    """The true times rise; exact stamps tell them, others tell anything."""
    rising = sorted(at for at, _exact, _wrong in truth)
    flags = [(exact, wrong) for _at, exact, wrong in truth]
    stamps = [Stamp(at if exact else wrong, exact) for at, (exact, wrong) in zip(rising, flags, strict=True)]
    found = written_at(stamps, NOW)
    for place, at in enumerate(found):
        before = [rising[i] for i in range(place) if flags[i][0]]
        after = [rising[i] for i in range(place, len(rising)) if flags[i][0]]
        assert max(before, default=BUILD) <= at <= min(after, default=NOW)


def test_what_nobody_here_knows_is_kept_for_ninety_days_unless_it_is_public() -> None:
    known = EventType("a.b", msgspec.Struct, frozenset(Writer), "bench", 28)
    assert keep_days(known, "bench") == 28
    assert keep_days(None, "network") == keep_days(None, "bench") == UNKNOWN_DAYS
    assert keep_days(None, "public") is None
