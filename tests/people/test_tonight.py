"""How long a PIN for tonight counts, whatever the clocks do."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from kiosk.core.clock import Tick
from kiosk.people.tonight import Given, holds
from tests.support import EVENING

BERLIN = ZoneInfo("Europe/Berlin")
MORNING = EVENING + (9 * 60 + 16) * 60
"""07:00 after the evening."""
GIVEN = Given(EVENING, True, "b00t1", 60_000)


def _later(seconds: int, system: int = 0) -> Tick:
    return Tick(system, GIVEN.uptime + seconds * 1000, GIVEN.boot)


@pytest.mark.parametrize("system", [0, EVENING, EVENING + 20 * 366 * 86400])
@pytest.mark.parametrize("now", [None, 0, EVENING, EVENING + 20 * 366 * 86400])
def test_within_a_boot_it_is_uptime_that_counts_and_no_clock(system: int, now: int | None) -> None:
    left = MORNING - EVENING
    assert holds(GIVEN, _later(0, system), now, BERLIN)
    assert holds(GIVEN, _later(left - 1, system), now, BERLIN)
    assert not holds(GIVEN, _later(left, system), now, BERLIN)


def test_after_a_restart_it_waits_for_a_clock_that_is_verified() -> None:
    restarted = Tick(EVENING * 1000, 5000, "b00t2")
    assert not holds(GIVEN, restarted, None, BERLIN)
    assert holds(GIVEN, restarted, EVENING + 60, BERLIN)
    assert not holds(GIVEN, restarted, MORNING, BERLIN)
    assert not holds(GIVEN, restarted, EVENING - 1, BERLIN)


def test_what_was_given_by_a_doubtful_clock_ends_with_the_restart() -> None:
    guessed = Given(EVENING, False, "b00t1", 60_000)
    assert holds(guessed, _later(60), None, BERLIN)
    assert not holds(guessed, Tick(0, 5000, "b00t2"), EVENING + 60, BERLIN)


def test_the_night_in_which_summer_time_ends_is_an_hour_longer() -> None:
    given = Given(1_792_874_400, True, "b00t1", 0)  # 2026-10-24 22:40 in Berlin
    hours = (7 + 2) * 3600 + 20 * 60
    assert holds(given, Tick(0, (hours - 1) * 1000, "b00t1"), None, BERLIN)
    assert not holds(given, Tick(0, hours * 1000, "b00t1"), None, BERLIN)
