"""The read-model of the host's page: for which nights the bench is closed."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date

from kiosk.core.event import Entry, device_of
from kiosk.features.host.events import ClosedTonight

SCHEMA = (
    "CREATE TABLE host_closed (bench TEXT NOT NULL, night TEXT NOT NULL,"
    " PRIMARY KEY (bench, night)) WITHOUT ROWID",
)


def apply(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Bring the table up to date."""
    for entry in entries:
        which = (device_of(entry.source), entry.data.night.isoformat())
        if isinstance(entry.data, ClosedTonight):
            db.execute("INSERT OR IGNORE INTO host_closed VALUES (?, ?)", which)
        else:
            db.execute("DELETE FROM host_closed WHERE bench = ? AND night = ?", which)


def is_closed(db: sqlite3.Connection, bench: str, night: date) -> bool:
    """Whether the host has closed the bench for this night."""
    query = "SELECT 1 FROM host_closed WHERE bench = ? AND night = ?"
    return db.execute(query, (bench, night.isoformat())).fetchone() is not None
