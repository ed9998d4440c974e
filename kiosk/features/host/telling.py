"""Telling the time, one tap after the other: the day, the hour, about which minutes, the minute. Pure.

So nobody can say 31 February or 25:00. What clocks in a time zone jump over when summer time begins is not
there to choose, and of what they show twice when it ends one of the two is chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from kiosk.core.clock import BUILD_TIME, LATEST
from kiosk.core.night import local
from kiosk.web.dates import parse_day

_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_WHOLE = 24 * 3600 * 1000


@dataclass(frozen=True)
class Told:
    """What the host has said so far, None of what was not said or cannot be.

    `about`: the first of ten minutes. `again`: of a time that clocks show twice, whether it is the second.
    """

    day: date | None = None
    hour: int | None = None
    about: int | None = None
    minute: int | None = None
    again: int | None = None


def told(given: Mapping[str, str]) -> Told:
    """What an address or a form says."""
    return Told(
        parse_day(given.get("day", "")),
        _number(given.get("hour", ""), 23),
        _number(given.get("about", ""), 50),
        _number(given.get("minute", ""), 59),
        _number(given.get("again", ""), 1),
    )


def _number(text: str, most: int) -> int | None:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else most + 1
    return number if number <= most else None


@dataclass(frozen=True)
class AskHour:
    """Which hour it is. `missing`: a time that was told and is not on the clocks of this day."""

    day: date
    missing: time | None = None


@dataclass(frozen=True)
class AskAbout:
    """In which ten minutes it is."""

    day: date
    hour: int


@dataclass(frozen=True)
class AskMinute:
    """Which minute it is."""

    day: date
    hour: int
    about: int


@dataclass(frozen=True)
class AskWhich:
    """Which of the two moments it is at which clocks show this."""

    shown: datetime


@dataclass(frozen=True)
class Moment:
    """All was said. `at`: POSIX seconds; `again`: which of two, None when clocks show it once."""

    shown: datetime
    at: int
    again: int | None = None


def question(day: date, so_far: Told, zone: tzinfo) -> AskHour | AskAbout | AskMinute | AskWhich | Moment:
    """What is to be asked after the day, or the moment that was told."""
    hour, minute = so_far.hour, so_far.minute
    if hour is None:
        return AskHour(day)
    if hour not in hours(day, zone):
        return AskHour(day, time(hour, minute or 0))
    if minute is None:
        known = so_far.about if so_far.about in abouts(day, hour, zone) else None
        return AskAbout(day, hour) if known is None else AskMinute(day, hour, known)
    found, shown = moments(day, time(hour, minute), zone), datetime.combine(day, time(hour, minute))
    if not found:
        return AskHour(day, shown.time())
    if len(found) == 1:
        return Moment(shown, found[0])
    return AskWhich(shown) if so_far.again is None else Moment(shown, found[so_far.again], so_far.again)


def moments(day: date, shown: time, zone: tzinfo) -> list[int]:
    """The POSIX seconds at which clocks in `zone` show this: none, where they jump over it, one, or two."""
    wall = datetime.combine(day, shown)
    found = {int(wall.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1)}
    return sorted(at for at in found if local(at, zone).replace(tzinfo=None) == wall)


def hours(day: date, zone: tzinfo) -> list[int]:
    """The hours of a day that are on its clocks."""
    return [hour for hour in range(24) if next(_minutes(day, hour, zone), None) is not None]


def abouts(day: date, hour: int, zone: tzinfo) -> list[int]:
    """The minutes 0, 10 … 50 of an hour on which ten follow that are, in part, on the clocks of that day."""
    return sorted({_about(minute) for minute in _minutes(day, hour, zone)})


def minutes(day: date, hour: int, about: int, zone: tzinfo) -> list[int]:
    """The ten minutes from `about` on, as far as they are on the clocks of that day."""
    return [minute for minute in _minutes(day, hour, zone) if _about(minute) == about]


def _minutes(day: date, hour: int, zone: tzinfo) -> Iterator[int]:
    return (minute for minute in range(60) if moments(day, time(hour, minute), zone))


def _about(minute: int) -> int:
    return minute // 10 * 10


def jump(day: date, zone: tzinfo) -> tuple[time, time] | None:
    """From what to what clocks jump on this day, None when they do not."""
    first, last = extent(day, zone)
    if last - first + 1 >= _WHOLE:
        return None
    walls = [datetime.combine(day, time()) + _MINUTE * minute for minute in range(24 * 60)]
    missing = [wall for wall in walls if not moments(day, wall.time(), zone)]
    return (missing[0].time(), (missing[-1] + _MINUTE).time()) if missing else None


def extent(day: date, zone: tzinfo) -> tuple[int, int]:
    """The first and the last POSIX millisecond of a day."""
    begin, end = (datetime.combine(one, time(), zone).timestamp() for one in (day, day + _DAY))
    return int(begin) * 1000, int(end) * 1000 - 1


def bounds(zone: tzinfo) -> tuple[date, date]:
    """The first and the last day for which anybody's word is taken."""
    return local(BUILD_TIME // 1000, zone).date(), local(LATEST // 1000, zone).date()
