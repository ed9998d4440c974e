"""What the neighbourhood decided: its zones, whom to call, which doors are open, its time zone."""

from __future__ import annotations

import sqlite3
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from kiosk.core.errors import Refused
from kiosk.core.event import Entry
from kiosk.people.events import Described

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
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def timezone(db: sqlite3.Connection) -> ZoneInfo:
    """The neighbourhood's time zone; UTC before the node has sent it."""
    known = described(db)
    return _zone("UTC" if known is None else known.timezone)


def zone_name(db: sqlite3.Connection, slug: str) -> str:
    """The name of a zone; its slug when the neighbourhood has dropped it."""
    known = described(db)
    return next((zone.name for zone in known.zones if zone.slug == slug), slug) if known else slug


def parse_toml(name: str, text: str) -> Described:
    """The description in the text of the TOML file `name`; Refused, saying where, when it does not fit."""
    try:
        found = msgspec.convert(tomllib.loads(text), Described)
        ZoneInfo(found.timezone)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Refused(f"{name}: {error}") from None
    except (ZoneInfoNotFoundError, ValueError):
        raise Refused(f"{name}: there is no such time zone.") from None
    if len({zone.slug for zone in found.zones}) != len(found.zones):
        raise Refused(f"{name}: two zones have the same slug.")
    return found
