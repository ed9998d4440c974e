"""The rules of the clock: what is believed, and what waits for the host. Times in milliseconds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.clock import (
    CORRECTION,
    LATEST,
    MAX_LEAP,
    ClockState,
    Tick,
    confirm,
    corrected,
    is_likely,
    moved,
    observe_signed,
    passed,
    read,
)

BUILD = 1_795_392_000_000
NOW = BUILD + 3 * 86_400_000
HOUR, DAY, YEAR = 3_600_000, 86_400_000, 365 * 86_400_000
FRESH = ClockState(BUILD)
BOOT = Tick(NOW, 60_000, "b1")


def _later(tick: Tick, by: int) -> Tick:
    return replace(tick, system=tick.system + by, uptime=tick.uptime + by)


@pytest.mark.parametrize("start", [0, BUILD - 7 * YEAR, BUILD + 7 * YEAR], ids=["1970", "2019", "2033"])
def test_whenever_a_tablet_thinks_it_is_its_clock_is_not_verified(start: int) -> None:
    reading = read(FRESH, Tick(start, 5_000, "b1"))
    assert (reading.now, reading.verified) == (max(start, BUILD), False)


def test_a_signed_time_verifies_the_clock_for_this_boot_only() -> None:
    state = observe_signed(FRESH, Tick(0, 5_000, "b1"), NOW, 200)
    assert read(state, Tick(0, 65_000, "b1")) == (reading := read(state, Tick(123, 65_000, "b1")))
    assert (reading.now, reading.verified) == (NOW + 60_000, True)
    again = read(state, Tick(0, 5_000, "b2"))
    assert (again.now, again.verified) == (NOW, False)


@given(st.integers(-YEAR, YEAR))
def test_a_jump_of_the_system_clock_moves_nothing_that_is_verified(jump: int) -> None:
    state = observe_signed(FRESH, BOOT, NOW, 200)
    before, after = (
        read(state, _later(BOOT, HOUR)),
        read(state, replace(_later(BOOT, HOUR), system=NOW + jump)),
    )
    assert before == after


def test_a_late_answer_or_one_below_the_floor_says_nothing() -> None:
    assert observe_signed(FRESH, BOOT, NOW, 10_001) == FRESH
    assert observe_signed(FRESH, BOOT, BUILD - 1, 200) == FRESH


def test_one_absurd_signed_time_waits_for_the_host_and_leaves_the_floor() -> None:
    state = observe_signed(FRESH, BOOT, NOW, 200)
    doubtful = observe_signed(state, _later(BOOT, HOUR), NOW + 4 * YEAR, 200)
    assert (doubtful.floor, doubtful.doubtful) == (NOW, NOW + 4 * YEAR)
    assert read(doubtful, _later(BOOT, HOUR)).now == NOW + HOUR
    assert observe_signed(doubtful, _later(BOOT, 2 * HOUR), NOW + 2 * HOUR, 200).doubtful is None


@pytest.mark.parametrize("step", [23 * HOUR, -23 * HOUR], ids=["ahead", "back"])
def test_a_node_that_lies_in_small_steps_leads_the_clock_no_further_than_a_day(step: int) -> None:
    state, tick = observe_signed(replace(FRESH, floor=BUILD - YEAR), BOOT, NOW, 200), BOOT
    for _ in range(40):
        tick = _later(tick, 5 * 60_000)
        state = observe_signed(replace(state, floor=BUILD - YEAR), tick, read(state, tick).now + step, 200)
    assert abs(read(state, tick).now - tick.system) <= MAX_LEAP
    assert state.doubtful is not None


def test_a_day_is_counted_anew_from_what_the_host_says() -> None:
    state = confirm(observe_signed(FRESH, BOOT, NOW, 200), BOOT, NOW + 20 * HOUR, BUILD)
    later = observe_signed(state, _later(BOOT, HOUR), NOW + 41 * HOUR, 200)
    assert read(later, _later(BOOT, HOUR)).now == NOW + 41 * HOUR


def test_a_clock_state_of_the_version_before_goes_on() -> None:
    before = ClockState(NOW, "b1", NOW - 60_000, NOW)
    assert read(observe_signed(before, BOOT, NOW + HOUR, 200), BOOT).now == NOW + HOUR
    assert observe_signed(before, BOOT, NOW + 25 * HOUR, 200).doubtful == NOW + 25 * HOUR


def test_after_a_start_an_absurd_signed_time_waits_too() -> None:
    known = observe_signed(FRESH, BOOT, NOW, 200)
    start = Tick(0, 5_000, "b2")
    assert observe_signed(known, start, NOW + MAX_LEAP + 1, 200).doubtful == NOW + MAX_LEAP + 1
    assert read(observe_signed(known, start, NOW + MAX_LEAP, 200), start).verified


def test_weeks_in_a_drawer_are_believed_when_the_tablet_kept_time_itself() -> None:
    known = observe_signed(FRESH, BOOT, NOW, 200)
    start = Tick(NOW + 21 * DAY, 5_000, "b2")
    assert read(observe_signed(known, start, NOW + 21 * DAY + HOUR, 200), start).verified


def test_the_host_can_lower_the_floor_but_not_below_the_build() -> None:
    poisoned = ClockState(NOW + 40 * YEAR, doubtful=1)
    state = confirm(poisoned, BOOT, NOW, BUILD)
    assert (state.floor, state.last, state.doubtful) == (NOW, NOW, None)
    assert (read(state, BOOT).now, read(state, BOOT).verified) == (NOW, True)
    assert confirm(poisoned, BOOT, BUILD - YEAR, BUILD).floor == BUILD


def test_only_a_move_that_matters_is_worth_an_event() -> None:
    state = observe_signed(FRESH, BOOT, NOW, 200)
    assert moved(FRESH, state)
    assert not moved(FRESH, FRESH)
    assert not moved(state, observe_signed(state, _later(BOOT, HOUR), NOW + HOUR + CORRECTION, 200))
    assert moved(state, observe_signed(state, _later(BOOT, HOUR), NOW + HOUR + CORRECTION + 1, 200))
    assert moved(state, confirm(state, BOOT, NOW - HOUR, BUILD))


def test_the_last_verified_time_only_grows_and_only_by_a_verified_clock() -> None:
    state = observe_signed(FRESH, BOOT, NOW, 200)
    assert passed(state, _later(BOOT, HOUR)).last == NOW + HOUR
    assert passed(passed(state, _later(BOOT, HOUR)), BOOT).last == NOW + HOUR
    assert passed(state, Tick(NOW + YEAR, 1, "b2")).last == NOW


def test_a_correction_of_seconds_leaves_rounded_times_as_they_were_shown() -> None:
    assert corrected(1_000_000, 999_000_000 - 900, 1_000_000) == 1_000_000
    assert corrected(1_000_000, None, 5) == 1_000_000
    assert corrected(1_000_000, 1_999_000_000, 1_000_000) == 2_000_000


def test_a_time_beyond_all_sense_is_not_listened_to() -> None:
    for created in (LATEST + 1, 253_402_300_799_000, 10**18):
        assert observe_signed(FRESH, BOOT, created, 200) == FRESH
        known = observe_signed(FRESH, BOOT, NOW, 200)
        assert observe_signed(known, _later(BOOT, HOUR), created, 200) == known
    assert read(FRESH, Tick(10**18, 5, "b1")).now == LATEST


def test_after_a_winter_in_a_drawer_the_host_is_believed_in_what_the_node_says_too() -> None:
    known = observe_signed(FRESH, BOOT, NOW, 200)
    start = Tick(0, 5_000, "b2")
    assert is_likely(known, start, NOW + 60 * DAY)
    assert not is_likely(known, start, NOW + 90 * DAY)
    waits = observe_signed(known, start, NOW + 90 * DAY, 200)
    assert waits.doubtful == NOW + 90 * DAY
    assert is_likely(waits, start, NOW + 90 * DAY + HOUR)
    assert not is_likely(waits, start, NOW + 92 * DAY)


def test_a_slip_of_the_host_s_finger_ahead_is_not_believed_by_a_clock_that_is_sure() -> None:
    sure = observe_signed(FRESH, BOOT, NOW, 200)
    assert is_likely(sure, BOOT, NOW + DAY)
    assert not is_likely(sure, BOOT, NOW + DAY + 1)
    assert is_likely(sure, BOOT, NOW - DAY)
