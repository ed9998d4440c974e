"""The read-model of sealed details: which there are, and which of them a mediator has closed."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from kiosk.core.event import Entry
from kiosk.features.incidents.events import Closed, Sealed

SCHEMA = (
    "CREATE TABLE incident_sealed (place TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE incident_closed (place TEXT PRIMARY KEY) WITHOUT ROWID",
)


def apply(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Bring the tables up to date. A closing may come before what it closes, after a node was refilled."""
    for entry in entries:
        if isinstance(entry.data, Sealed):
            db.execute("INSERT OR IGNORE INTO incident_sealed VALUES (?)", (entry.place,))
        elif isinstance(entry.data, Closed):
            db.execute("INSERT OR IGNORE INTO incident_closed VALUES (?)", (entry.data.sealed,))


def waiting(db: sqlite3.Connection) -> list[str]:
    """The places of the details that no mediator has closed."""
    query = "SELECT place FROM incident_sealed WHERE place NOT IN (SELECT place FROM incident_closed)"
    return [place for (place,) in db.execute(query)]


def spent(db: sqlite3.Connection, _now: int | None) -> list[str]:
    """The places of those that one has: they are erased at once."""
    query = "SELECT place FROM incident_sealed WHERE place IN (SELECT place FROM incident_closed)"
    return [place for (place,) in db.execute(query)]
