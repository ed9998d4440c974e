"""What the neighbourhood decided: its zones, whom to call, which doors are open, its time zone."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from kiosk.core.event import Entry
from kiosk.people.events import Described, Zone
from kiosk.people.texts import said

SCHEMA = ("CREATE TABLE neighbourhood (id INTEGER PRIMARY KEY CHECK (id = 1), described TEXT NOT NULL)",)


def apply(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Keep the newest description."""
    described = [entry.data for entry in entries if isinstance(entry.data, Described)]
    if described:
        text = msgspec.json.encode(described[-1]).decode()
        db.execute("INSERT OR REPLACE INTO neighbourhood VALUES (1, ?)", (text,))


@lru_cache(maxsize=4)
def _decode(text: str) -> Described:
    return msgspec.json.decode(text, type=Described)


def described(db: sqlite3.Connection) -> Described | None:
    """What the node sent, None before it has."""
    row = db.execute("SELECT described FROM neighbourhood").fetchone()
    return None if row is None else _decode(row[0])


@lru_cache(maxsize=4)
def find_timezone(name: str) -> ZoneInfo | None:
    """The time zone of a name, None where it is not known here."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def timezone(db: sqlite3.Connection) -> ZoneInfo:
    """The neighbourhood's time zone; UTC before the node has sent it, or where it is not known here."""
    known = described(db)
    return timezone_of(known) if known else ZoneInfo("UTC")


def timezone_of(known: Described) -> ZoneInfo:
    """The same of this description."""
    return find_timezone(known.timezone) or ZoneInfo("UTC")


def zone_of(db: sqlite3.Connection, slug: str) -> Zone:
    """A zone; one with its slug for a name when the neighbourhood has dropped it."""
    known = described(db)
    found = (zone for zone in known.zones if zone.slug == slug) if known else iter(())
    return next(found, Zone(slug, slug))


def zone_name(db: sqlite3.Connection, slug: str) -> str:
    """The name of a zone in the language that is spoken now, else in the neighbourhood's own."""
    zone = zone_of(db, slug)
    return said(zone.name, zone.name_in)
