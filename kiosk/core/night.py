"""Nights: the 24 hours that end at the local publication hour, named by the date they began."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

PUBLICATION_HOUR = 7
CYCLE_NIGHTS = 28


def local(at: int, zone: tzinfo) -> datetime:
    """POSIX second `at` as the wall clock in `zone` shows it."""
    return datetime.fromtimestamp(at, zone)


def night_of(at: int, zone: tzinfo, hour: int = PUBLICATION_HOUR) -> date:
    """The night that POSIX second `at` falls into."""
    moment = local(at, zone)
    return moment.date() if moment.hour >= hour else moment.date() - timedelta(days=1)


def begin_of(night: date, zone: tzinfo, hour: int = PUBLICATION_HOUR) -> int:
    """The POSIX second at which a night begins: `hour` local on its date."""
    return int(datetime.combine(night, time(hour), zone).timestamp())


def end_of(night: date, zone: tzinfo, hour: int = PUBLICATION_HOUR) -> int:
    """The POSIX second at which a night ends; 23 or 25 hours after its begin when summer time turns."""
    return begin_of(night + timedelta(days=1), zone, hour)


def next_publication(at: int, zone: tzinfo, hour: int = PUBLICATION_HOUR) -> int:
    """The first publication hour after POSIX second `at`."""
    return end_of(night_of(at, zone, hour), zone, hour)


def rounded_hour(at: int, zone: tzinfo) -> int:
    """The nearest full hour (0 to 23) on the local clock: all that is published of a time."""
    return local(at + 1800, zone).hour


def utc(at: int) -> str:
    """RFC 3339 in UTC, whole seconds."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
