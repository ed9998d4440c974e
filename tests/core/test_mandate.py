"""Mandates: granted for a term, lapsing at 07:00, renewed or recalled by an assembly."""

from __future__ import annotations

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.errors import Refused
from kiosk.core.mandate import TERM_DAYS, Mandate, Role, grant, held, lapsed, recall, renew, term_end
from kiosk.core.night import local, next_publication

BERLIN = ZoneInfo("Europe/Berlin")
DAY = 86400
TERM = TERM_DAYS * DAY
zones = st.sampled_from([BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("UTC")])
moments = st.integers(1_700_000_000, 2_500_000_000)


def _at(words: str) -> int:
    return int(datetime.fromisoformat(words).replace(tzinfo=BERLIN).timestamp())


EVENING = _at("2026-11-23 21:44")


def _steward(at: int = EVENING, bench: str | None = None, role: Role = Role.STEWARD) -> Mandate:
    return grant("12345", role, at, BERLIN, bench=bench)


def test_a_mandate_runs_28_days_and_on_to_the_next_morning() -> None:
    mandate = _steward()
    assert mandate.begins == EVENING
    assert mandate.ends == _at("2026-12-22 07:00")


def test_a_mandate_granted_at_seven_ends_at_seven() -> None:
    assert _steward(_at("2026-11-23 07:00")).ends == _at("2026-12-21 07:00")


@pytest.mark.parametrize("day", ["2026-03-10", "2026-03-28", "2026-10-10", "2026-10-24"])
@pytest.mark.parametrize("hour", ["06:59", "07:00", "12:00", "21:44", "23:59"])
def test_a_term_across_the_change_of_summer_time_still_ends_at_seven(day: str, hour: str) -> None:
    ends = _steward(_at(f"{day} {hour}")).ends
    assert (local(ends, BERLIN).hour, local(ends, BERLIN).minute) == (7, 0)


def test_a_mandate_holds_to_its_last_second_and_not_beyond() -> None:
    mandate = _steward()
    assert not mandate.holds(mandate.begins - 1)
    assert mandate.holds(mandate.begins)
    assert mandate.holds(mandate.ends - 1)
    assert not mandate.holds(mandate.ends)


def test_a_mandate_never_lapses_in_the_middle_of_a_patrol() -> None:
    patrol = range(_at("2026-12-21 19:00"), _at("2026-12-22 07:00"), 600)
    assert all(_steward().holds(at) for at in patrol)


def test_a_renewal_adds_a_term_without_a_gap() -> None:
    first = _steward()
    renewed = renew(first, first.ends - DAY, BERLIN)
    assert renewed.begins == first.begins
    assert renewed.ends > first.ends
    assert all(renewed.holds(at) for at in range(first.begins, renewed.ends, DAY))


def test_a_renewal_never_shortens() -> None:
    first = _steward()
    assert renew(first, first.begins - 10 * DAY, BERLIN).ends == first.ends


def test_a_lapsed_mandate_is_renewed_from_now_and_not_from_then() -> None:
    first = _steward()
    later = first.ends + 9 * DAY
    renewed = renew(first, later, BERLIN)
    assert renewed.begins == later
    assert not renewed.holds(later - 1)


def test_a_recall_lets_the_night_end_and_then_holds_for_good() -> None:
    taken = recall(_steward(), _at("2026-11-24 23:00"), BERLIN)
    assert taken.until == _at("2026-11-25 07:00")
    assert taken.holds(_at("2026-11-25 06:59"))
    assert not taken.holds(_at("2026-11-25 07:00"))
    with pytest.raises(Refused, match="an assembly can grant it anew"):
        renew(taken, _at("2026-11-25 01:00"), BERLIN)


def test_a_recall_after_the_end_does_not_bring_a_mandate_back() -> None:
    first = _steward()
    assert not recall(first, first.ends + DAY, BERLIN).holds(first.ends)


def test_a_host_bound_to_a_bench_is_host_there_only() -> None:
    host = _steward(bench="linden-bakery", role=Role.HOST)
    assert held([host], Role.HOST, EVENING, "linden-bakery") is host
    assert held([host], Role.HOST, EVENING, "corner-shop") is None
    assert held([host], Role.HOST, EVENING) is None


def test_a_mandate_for_all_benches_holds_on_each() -> None:
    steward = _steward()
    assert held([steward], Role.STEWARD, EVENING, "linden-bakery") is steward


def test_a_role_is_not_another_role() -> None:
    assert held([_steward()], Role.HOST, EVENING) is None


def test_of_several_mandates_the_one_that_ends_last_counts() -> None:
    short, long = _steward(EVENING - 10 * DAY), _steward()
    assert held([long, short], Role.STEWARD, EVENING) is long
    assert held([short, recall(long, EVENING, BERLIN)], Role.STEWARD, EVENING) is short


def test_what_lapsed_last_is_what_a_neighbour_is_told_of() -> None:
    old, newer = _steward(EVENING - 90 * DAY), _steward(EVENING - 40 * DAY)
    assert lapsed([newer, old], Role.STEWARD, EVENING) is newer
    taken = recall(_steward(EVENING - 20 * DAY), EVENING - 18 * DAY, BERLIN)
    assert lapsed([newer, taken], Role.STEWARD, EVENING) is newer
    assert lapsed([_steward(EVENING + DAY)], Role.STEWARD, EVENING) is None


@given(moments, zones, st.integers(0, 12))
def test_every_term_ends_at_the_publication_hour(at: int, zone: tzinfo, hour: int) -> None:
    ends = term_end(at, zone, hour)
    assert TERM <= ends - at <= TERM + 25 * 3600
    assert next_publication(ends - 1, zone, hour) == ends


@given(moments, moments, zones)
def test_a_mandate_is_held_or_lapsed_or_to_come_and_never_two_of_them(
    granted: int, at: int, zone: tzinfo
) -> None:
    mandate = grant("12345", Role.STEWARD, granted, zone)
    states = [
        held([mandate], Role.STEWARD, at) is not None,
        lapsed([mandate], Role.STEWARD, at) is not None,
        at < mandate.begins,
    ]
    assert states.count(True) == 1


@given(moments, st.integers(0, 60 * DAY), zones)
def test_a_recall_ends_within_a_night_and_never_extends(granted: int, later: int, zone: tzinfo) -> None:
    mandate = grant("12345", Role.STEWARD, granted, zone)
    taken = recall(mandate, granted + later, zone)
    assert taken.until <= mandate.ends
    assert taken.until <= granted + later + 25 * 3600


@given(moments, st.lists(st.integers(0, 40 * DAY), max_size=6), zones)
def test_renewals_in_any_number_only_add(granted: int, steps: list[int], zone: tzinfo) -> None:
    mandate, at = grant("12345", Role.STEWARD, granted, zone), granted
    for step in steps:
        at += step
        renewed = renew(mandate, at, zone)
        assert renewed.holds(at)
        assert renewed.ends >= mandate.ends
        mandate = renewed
