"""Nights: 23, 24 or 25 hours that end at the local publication hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.night import begin_of, end_of, local, next_publication, night_of, rounded_hour, utc

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3600

# Zones whose clocks turn at odd times: by half an hour, at midnight, or not at all.
zones = st.sampled_from(
    [
        ZoneInfo(name)
        for name in (
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "Africa/Cairo",
            "America/Santiago",
            "Asia/Kathmandu",
            "Pacific/Chatham",
        )
    ]
)
moments = st.integers(1_700_000_000, 2_500_000_000)
hours = st.integers(0, 12)


def _at(words: str, zone: tzinfo = BERLIN, *, fold: int = 0) -> int:
    return int(datetime.fromisoformat(words).replace(tzinfo=zone, fold=fold).timestamp())


def test_a_night_is_named_by_the_date_it_began() -> None:
    assert night_of(_at("2026-11-23 21:44"), BERLIN) == date(2026, 11, 23)
    assert night_of(_at("2026-11-24 06:59:59"), BERLIN) == date(2026, 11, 23)
    assert night_of(_at("2026-11-24 07:00"), BERLIN) == date(2026, 11, 24)


def test_the_night_in_which_summer_time_begins_has_23_hours() -> None:
    night = date(2026, 3, 28)
    assert end_of(night, BERLIN) - begin_of(night, BERLIN) == 23 * HOUR


def test_the_night_in_which_summer_time_ends_has_25_hours_and_is_one_night() -> None:
    night = date(2026, 10, 24)
    assert end_of(night, BERLIN) - begin_of(night, BERLIN) == 25 * HOUR
    first, second = _at("2026-10-25 02:30", fold=0), _at("2026-10-25 02:30", fold=1)
    assert second - first == HOUR
    assert night_of(first, BERLIN) == night_of(second, BERLIN) == night
    assert next_publication(first, BERLIN) == next_publication(second, BERLIN) == _at("2026-10-25 07:00")


def test_a_night_ends_where_the_next_begins() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(366)]
    assert all(end_of(day, BERLIN) == begin_of(day + timedelta(days=1), BERLIN) for day in days)
    lengths = {end_of(day, BERLIN) - begin_of(day, BERLIN) for day in days}
    assert lengths == {23 * HOUR, 24 * HOUR, 25 * HOUR}


@given(moments, zones, hours)
def test_every_moment_lies_in_the_night_that_it_is_counted_to(at: int, zone: tzinfo, hour: int) -> None:
    night = night_of(at, zone, hour)
    assert begin_of(night, zone, hour) <= at < end_of(night, zone, hour)


@given(moments, zones, hours)
def test_the_next_publication_is_later_and_at_most_a_night_away(at: int, zone: tzinfo, hour: int) -> None:
    due = next_publication(at, zone, hour)
    assert 0 < due - at <= 25 * HOUR
    assert night_of(due - 1, zone, hour) < night_of(due, zone, hour)


@given(moments, moments, zones)
def test_nights_follow_one_another_as_time_does(one: int, other: int, zone: tzinfo) -> None:
    early, late = sorted((one, other))
    assert night_of(early, zone) <= night_of(late, zone)


def test_a_time_is_published_as_its_nearest_full_hour() -> None:
    shown = {"21:29:59": 21, "21:30": 22, "22:00": 22, "23:29": 23, "23:30": 0, "00:10": 0}
    for words, hour in shown.items():
        assert rounded_hour(_at(f"2026-11-23 {words}"), BERLIN) == hour


def test_no_hour_is_published_that_the_clock_skipped() -> None:
    assert rounded_hour(_at("2026-03-29 01:40"), BERLIN) == 3


def test_the_hour_that_comes_twice_is_rounded_within_itself() -> None:
    assert rounded_hour(_at("2026-10-25 02:40", fold=0), BERLIN) == 2
    assert rounded_hour(_at("2026-10-25 02:40", fold=1), BERLIN) == 3


@given(moments, zones)
def test_a_published_hour_is_half_an_hour_away_at_most(at: int, zone: tzinfo) -> None:
    near = {local(at + shift, zone).hour for shift in (-1800, 1800)}
    assert rounded_hour(at, zone) in near


def test_utc_is_written_with_whole_seconds() -> None:
    assert utc(0) == "1970-01-01T00:00:00Z"
    assert datetime.fromisoformat(utc(1_795_466_640)) == datetime(2026, 11, 23, 20, 44, tzinfo=UTC)
