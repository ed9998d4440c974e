"""Badges that were shown at two benches in one night: perhaps one of them is a copy. For the node.

It is worked out when a coordinator asks: no table is kept of who was where.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta, tzinfo
from typing import Any

from kiosk.core.event import Entry, device_of
from kiosk.core.night import night_of
from kiosk.features.checkin.events import ARRIVED
from kiosk.people import members, neighbourhood
from kiosk.web.services import Services

NIGHTS = 7


def shown_twice(entries: Iterable[Entry], zone: tzinfo) -> dict[tuple[date, str], list[str]]:
    """By night and member, the benches where a badge was shown, of those who came to several by badge."""
    seen: dict[tuple[date, str], set[str]] = defaultdict(set)
    for entry in entries:
        if entry.data.how == "badge":
            seen[night_of(entry.at, zone), entry.data.member].add(device_of(entry.source))
    return {key: sorted(benches) for key, benches in sorted(seen.items()) if len(benches) > 1}


def asked(here: Services) -> Mapping[str, Any]:
    """Of the last seven nights: `twice`, each with night, member number, name and benches."""
    db, zone = here.db, neighbourhood.timezone(here.db.conn)
    since = night_of(here.clock.now(), zone) - timedelta(days=NIGHTS)
    found = shown_twice(here.journal.entries(db, [ARRIVED]), zone)
    return {
        "twice": [
            [night.isoformat(), member, members.name_of(db.conn, member), benches]
            for (night, member), benches in found.items()
            if night >= since
        ]
    }
