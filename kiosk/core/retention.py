"""When something was written, as well as it can be known, so that its days can be counted (DESIGN 7 and 8).

A tablet's clock may have stood in 1970 or in 2033. What bounds it: the events of a log follow one another; a
node that signs for them later has them by then; and no event is older than the program that writes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kiosk.core.clock import BUILD_TIME
from kiosk.core.event import EventType

DAY = 86400
UNKNOWN_DAYS = 90
"""How long a body lives that only a newer program can read, unless it is public."""
UNREADABLE_DAYS = 28
"""How long, from when it was first seen here, a body lives that nobody can read."""


class Stamp(NamedTuple):
    """What is known of one event's time, in POSIX seconds.

    `at`: what it says itself, corrected; `exact`: by a clock that was right. `by`: somebody else's word that
    it was there by then, None when nobody has given any.
    """

    at: int
    exact: bool
    by: int | None = None


def written_at(stamps: Sequence[Stamp], now: int) -> list[int]:
    """The POSIX seconds by which the days of a log's events are counted; `now` is verified.

    `stamps` are of one log, in its order. An exact time that is not in the future stands. Any other is taken
    to be no later than what is known of it or of a later event, and no earlier than the last exact time
    before it, or the program.
    """
    floor, found = BUILD_TIME // 1000, []
    for stamp, latest in zip(stamps, _latest(stamps, now), strict=True):
        if _stands(stamp, now):
            floor = max(floor, stamp.at)
            found.append(stamp.at)
        else:
            found.append(max(min(stamp.at, latest), floor))
    return found


def _stands(stamp: Stamp, now: int) -> bool:
    return stamp.exact and BUILD_TIME // 1000 <= stamp.at <= now


def _latest(stamps: Sequence[Stamp], now: int) -> list[int]:
    """By when each event was there for certain."""
    found, latest = [], now
    for stamp in reversed(stamps):
        known = (stamp.by, stamp.at if _stands(stamp, now) else None)
        latest = min([latest, *(at for at in known if at is not None and at >= BUILD_TIME // 1000)])
        found.append(latest)
    return found[::-1]


def keep_days(kind: EventType | None, scope: str) -> int | None:
    """For how many days a body is kept, None for as long as the log; `kind` None: a type unknown here."""
    if kind is not None:
        return kind.keep_days
    return None if scope == "public" else UNKNOWN_DAYS
