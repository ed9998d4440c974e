"""When one writer's notes about one zone are so many that somebody should ask. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from kiosk.core.night import CYCLE_NIGHTS

ENOUGH = 5


@dataclass(frozen=True)
class Noting:
    """That a member wrote a note about a zone in a night."""

    member: str
    zone: str
    night: date


@dataclass(frozen=True)
class Flag:
    """A member wrote `count` of all the `total` notes about a zone in the cycle."""

    member: str
    zone: str
    count: int
    total: int


def flags(notings: Iterable[Noting], last: date) -> list[Flag]:
    """Who wrote five notes or more about a zone, and more than half of all, in the cycle up to `last`.

    The most notes come first.
    """
    first = last - timedelta(days=CYCLE_NIGHTS - 1)
    within = [one for one in notings if first <= one.night <= last]
    totals = Counter(one.zone for one in within)
    counts = Counter((one.member, one.zone) for one in within)
    return [
        Flag(member, zone, count, totals[zone])
        for (member, zone), count in counts.most_common()
        if count >= ENOUGH and 2 * count > totals[zone]
    ]
