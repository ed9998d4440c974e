"""The read-model of sealed details: which there are, and which of them a mediator has closed."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from kiosk.adapters.sealing import proof_of
from kiosk.core.event import Entry
from kiosk.features.incidents.events import Closed, Sealed

SCHEMA = (
    "CREATE TABLE incident_sealed (place TEXT PRIMARY KEY, proof BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE incident_closed (place TEXT NOT NULL, proof BLOB NOT NULL, PRIMARY KEY (place, proof))"
    " WITHOUT ROWID",
)
_IS_CLOSED = "EXISTS (SELECT 1 FROM incident_closed c WHERE c.place = s.place AND c.proof = s.proof)"


def apply(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Bring the tables up to date. A closing may come before what it closes, after a node was refilled.

    It counts only with the proof that what it closes was opened.
    """
    for entry in entries:
        if isinstance(entry.data, Sealed):
            db.execute("INSERT OR IGNORE INTO incident_sealed VALUES (?, ?)", (entry.place, entry.data.proof))
        elif isinstance(entry.data, Closed):
            row = (entry.data.sealed, proof_of(entry.data.proof))
            db.execute("INSERT OR IGNORE INTO incident_closed VALUES (?, ?)", row)


def waiting(db: sqlite3.Connection) -> list[str]:
    """The places of the details that no mediator has closed."""
    query = f"SELECT place FROM incident_sealed s WHERE NOT {_IS_CLOSED}"  # noqa: S608  a constant
    return [place for (place,) in db.execute(query)]


def spent(db: sqlite3.Connection, _now: int | None) -> list[str]:
    """The places of those that one has: they are erased at once."""
    query = f"SELECT place FROM incident_sealed s WHERE {_IS_CLOSED}"  # noqa: S608  a constant
    return [place for (place,) in db.execute(query)]
