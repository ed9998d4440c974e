"""What a bench keeps of its dealings with the node, and how it stands."""

from __future__ import annotations

import msgspec
from sqlite_utils import Database

from kiosk.adapters.checkpoints import count_aside
from kiosk.adapters.meta import get_meta, set_meta

_CURSOR, _COUNTER, _HEALTH = "sync-cursor", "sync-counter", "sync-health"
BLOCK = 1000
"""Counters reserved at once: a write for a thousand requests, and a hole of that many after a crash."""


class Cursor(msgspec.Struct, frozen=True):
    """How far the bench has read. It counts only for this `source` of ours and that `epoch` of the node."""

    source: str
    epoch: str = ""
    place: int = 0


class _Reserved(msgspec.Struct, frozen=True):
    source: str
    upto: int


class Health(msgspec.Struct, frozen=True, omit_defaults=True):
    """When the last whole sync was (POSIX seconds), and in plain words what stopped the last try."""

    last_sync: int | None = None
    last_error: str = ""


class Status(msgspec.Struct, frozen=True):
    """How a bench's sync stands.

    `pending`: own events that the node has not cosigned. `quarantined`: events, here or of ours at the
    node, that could not be applied. `aside`: batches that were refused and kept.
    """

    pending: int
    last_sync: int | None
    last_error: str
    quarantined: int
    aside: int


def load_cursor(db: Database, source: str) -> Cursor:
    """The cursor of this source; a new one when the bench began a new log."""
    kept = get_meta(db, _CURSOR)
    cursor = Cursor(source) if kept is None else msgspec.json.decode(kept, type=Cursor)
    return cursor if cursor.source == source else Cursor(source)


def save_cursor(db: Database, cursor: Cursor) -> None:
    """Keep the cursor; inside a transaction. One that has not moved costs no write."""
    if load_cursor(db, cursor.source) != cursor:
        set_meta(db, _CURSOR, msgspec.json.encode(cursor).decode())


def reserve_counters(db: Database, source: str, beyond: int = 0) -> int:
    """Take the next block of counters, beyond all before and beyond `beyond`; the last before it."""
    kept = get_meta(db, _COUNTER)
    reserved = _Reserved(source, 0) if kept is None else msgspec.json.decode(kept, type=_Reserved)
    begin = max(beyond, reserved.upto if reserved.source == source else 0)
    set_meta(db, _COUNTER, msgspec.json.encode(_Reserved(source, begin + BLOCK)).decode())
    return begin


def load_health(db: Database) -> Health:
    """How the last tries went."""
    kept = get_meta(db, _HEALTH)
    return Health() if kept is None else msgspec.json.decode(kept, type=Health)


def save_health(db: Database, health: Health) -> None:
    """Keep how the last try went; inside a transaction."""
    set_meta(db, _HEALTH, msgspec.json.encode(health).decode())


def sync_status(db: Database, source: str) -> Status:
    """How the sync of the bench that writes `source` stands; works on a read-only database."""
    row = db.conn.execute("SELECT size - acked FROM sources WHERE name = ?", (source,)).fetchone()
    query = "SELECT (SELECT count(*) FROM quarantine) + (SELECT count(*) FROM reported)"
    quarantined = int(db.conn.execute(query).fetchone()[0])
    health = load_health(db)
    pending = 0 if row is None else int(row[0])
    return Status(pending, health.last_sync, health.last_error, quarantined, count_aside(db))
