"""Telling the time: only what clocks show is there to choose, and every moment can be told."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.clock import BUILD_TIME, LATEST
from kiosk.core.night import local
from kiosk.features.host import telling
from kiosk.features.host.telling import AskAbout, AskHour, AskMinute, AskWhich, Moment, Told, question, told

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    ZoneInfo(name)
    for name in ("UTC", "Europe/Berlin", "Africa/Cairo", "Australia/Lord_Howe", "Asia/Kathmandu")
]
SPRING, AUTUMN, TUESDAY = date(2027, 3, 28), date(2027, 10, 31), date(2026, 11, 24)


@given(st.integers(BUILD_TIME // 60_000, LATEST // 60_000), st.sampled_from(ZONES))
def test_every_minute_can_be_told_by_choosing_what_is_offered(minute: int, zone: ZoneInfo) -> None:
    at = minute * 60
    shown = local(at, zone)
    day, about = shown.date(), shown.minute // 10 * 10
    assert telling.bounds(zone)[0] <= day <= telling.bounds(zone)[1]
    assert shown.hour in telling.hours(day, zone)
    assert about in telling.abouts(day, shown.hour, zone)
    assert shown.minute in telling.minutes(day, shown.hour, about, zone)
    asked = question(day, Told(day, shown.hour, about, shown.minute), zone)
    if isinstance(asked, AskWhich):
        asked = question(day, Told(day, shown.hour, about, shown.minute, shown.fold), zone)
    assert isinstance(asked, Moment)
    assert (asked.at, asked.shown) == (at, shown.replace(tzinfo=None))


@given(
    st.dates(date(2026, 11, 24), date(2046, 1, 1)),
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from(ZONES),
)
def test_what_was_told_is_a_moment_at_which_clocks_show_it_or_is_asked_again(
    day: date, hour: int, minute: int, zone: ZoneInfo
) -> None:
    asked = question(day, Told(day, hour, None, minute, 1), zone)
    if isinstance(asked, Moment):
        assert local(asked.at, zone).replace(tzinfo=None) == datetime.combine(day, time(hour, minute))
    else:
        assert asked == AskHour(day, time(hour, minute))
        assert telling.jump(day, zone) is not None


def test_questions_come_one_after_the_other() -> None:
    assert question(TUESDAY, Told(TUESDAY), BERLIN) == AskHour(TUESDAY)
    assert question(TUESDAY, Told(TUESDAY, 18), BERLIN) == AskAbout(TUESDAY, 18)
    assert question(TUESDAY, Told(TUESDAY, 18, 30), BERLIN) == AskMinute(TUESDAY, 18, 30)
    assert question(TUESDAY, Told(TUESDAY, 18, 35), BERLIN) == AskAbout(TUESDAY, 18), (
        "not one of those offered"
    )
    done = question(TUESDAY, Told(TUESDAY, 18, 30, 34), BERLIN)
    assert done == Moment(
        datetime.combine(TUESDAY, time(18, 34)), int(datetime(2026, 11, 24, 17, 34, tzinfo=UTC).timestamp())
    )


def test_an_hour_that_clocks_jump_over_is_not_there() -> None:
    assert telling.hours(SPRING, BERLIN) == [0, 1, *range(3, 24)]
    assert telling.jump(SPRING, BERLIN) == (time(2), time(3))
    assert question(SPRING, Told(SPRING, 2), BERLIN) == AskHour(SPRING, time(2))
    assert question(SPRING, Told(SPRING, 2, None, 30), BERLIN) == AskHour(SPRING, time(2, 30))
    assert telling.jump(AUTUMN, BERLIN) is telling.jump(TUESDAY, BERLIN) is None


def test_half_an_hour_that_clocks_jump_over_is_not_there_either() -> None:
    zone, day = ZoneInfo("Australia/Lord_Howe"), date(2027, 10, 3)
    assert telling.hours(day, zone) == [*range(24)]
    assert telling.abouts(day, 2, zone) == [30, 40, 50]
    assert telling.jump(day, zone) == (time(2), time(2, 30))
    assert question(day, Told(day, 2, None, 10), zone) == AskHour(day, time(2, 10))


def test_a_day_may_begin_with_a_jump() -> None:
    zone, day = ZoneInfo("Africa/Cairo"), date(2027, 4, 30)
    assert telling.hours(day, zone) == [*range(1, 24)]
    assert telling.jump(day, zone) == (time(0), time(1))


def test_what_comes_twice_is_asked_and_the_second_is_an_hour_later() -> None:
    both = Told(AUTUMN, 2, None, 30)
    assert question(AUTUMN, both, BERLIN) == AskWhich(datetime.combine(AUTUMN, time(2, 30)))
    first, second = (question(AUTUMN, Told(AUTUMN, 2, None, 30, again), BERLIN) for again in (0, 1))
    assert isinstance(first, Moment)
    assert isinstance(second, Moment)
    assert second.at - first.at == timedelta(hours=1).total_seconds()
    assert (first.again, second.again) == (0, 1)


@pytest.mark.parametrize(
    "given_",
    [
        {"day": "2027-02-31"},
        {"day": "31 February"},
        {"day": "2026-11-24", "hour": "24"},
        {"day": "2026-11-24", "hour": "-1"},
        {"day": "2026-11-24", "hour": "١٢"},
        {"day": "2026-11-24", "hour": "012"},
        {"hour": "x", "minute": "60", "about": "60", "again": "2"},
    ],
)
def test_what_cannot_be_was_not_said(given_: dict[str, str]) -> None:
    said = told(given_)
    assert (said.hour, said.about, said.minute, said.again) == (None,) * 4
    assert said.day in (None, TUESDAY)
