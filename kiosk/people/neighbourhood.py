"""What the neighbourhood decided: its zones, whom to call, which doors are open, its time zone."""

from __future__ import annotations

import sqlite3
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from kiosk.core.errors import Refused
from kiosk.core.event import Entry
from kiosk.people.events import Call, Described, Door, Zone
from kiosk.web.forms import clean


class _Zone(Zone, frozen=True, forbid_unknown_fields=True):
    pass


class _Call(Call, frozen=True, forbid_unknown_fields=True):
    pass


class _Door(Door, frozen=True, forbid_unknown_fields=True):
    pass


class _Written(Described, frozen=True, forbid_unknown_fields=True):
    """A description as somebody writes it: a key that is not known is a slip of the pen."""

    zones: Annotated[tuple[_Zone, ...], msgspec.Meta(min_length=1, max_length=24)]
    calls: Annotated[tuple[_Call, ...], msgspec.Meta(max_length=12)] = ()
    doors: Annotated[tuple[_Door, ...], msgspec.Meta(max_length=12)] = ()


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
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def timezone(db: sqlite3.Connection) -> ZoneInfo:
    """The neighbourhood's time zone; UTC before the node has sent it, or where it is not known here."""
    known = described(db)
    return (_zone(known.timezone) if known else None) or ZoneInfo("UTC")


def zone_name(db: sqlite3.Connection, slug: str) -> str:
    """The name of a zone; its slug when the neighbourhood has dropped it."""
    known = described(db)
    return next((zone.name for zone in known.zones if zone.slug == slug), slug) if known else slug


def parse_toml(name: str, text: str) -> Described:
    """The description in the text of the TOML file `name`; Refused, saying where, when it does not fit."""
    try:
        written = _cleaned(tomllib.loads(text))
        msgspec.convert(written, _Written)
        found = msgspec.convert(written, Described)
    except RecursionError:
        raise Refused(f"{name}: there are too many brackets inside one another.") from None
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Refused(f"{name}: {error}") from None
    if _zone(found.timezone) is None:
        raise Refused(f"{name}: there is no time zone {found.timezone}; write one like Europe/Berlin.")
    for column in ("slug", "name"):
        if len({getattr(zone, column) for zone in found.zones}) != len(found.zones):
            raise Refused(f"{name}: two zones have the same {column}.")
    return found


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        return {clean(key): _cleaned(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_cleaned(inner) for inner in value]
    return clean(value) if isinstance(value, str) else value
