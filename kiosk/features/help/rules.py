"""Which doors are open at an hour, and what a phone dials."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time

from kiosk.core.night import PUBLICATION_HOUR
from kiosk.people.events import Door

_DIALLED = frozenset("0123456789+*#")
_DAY = 24 * 60


def open_doors(doors: Iterable[Door], moment: datetime | None) -> list[Door]:
    """The doors that are open at a local moment: those with no hour, and those whose hour is yet to come.

    A night goes on until 07:00, so at 23:00 a door that is open until 01:30 is open. With no moment, because
    the clock is doubtful, none is left out.
    """
    if moment is None:
        return list(doors)
    return [door for door in doors if not door.until or _into_night(moment.time()) < _until(door)]


def _into_night(hour: time) -> int:
    """Minutes since the publication hour."""
    return (hour.hour * 60 + hour.minute - PUBLICATION_HOUR * 60) % _DAY


def _until(door: Door) -> int:
    """Minutes after the publication hour at which a door closes; at that very hour, after a whole day."""
    return _into_night(time.fromisoformat(door.until)) or _DAY


def tel(number: str) -> str:
    """The address (RFC 3966) that makes a phone offer to call a number as people write it."""
    return "tel:" + "".join(c for c in number if c in _DIALLED).replace("#", "%23")
