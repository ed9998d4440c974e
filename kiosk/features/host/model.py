"""The read-models of the host's page: who is here, and whether the bench is closed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from kiosk.core.clock import corrected
from kiosk.core.event import Entry, device_of
from kiosk.features.checkin.events import Arrived, Closed, Left, Undone
from kiosk.features.host.events import ClosedTonight, Reopened

SCHEMA = (
    """
CREATE TABLE host_stays (
  id INTEGER PRIMARY KEY, bench TEXT NOT NULL, place TEXT NOT NULL, member TEXT NOT NULL,
  on_duty INTEGER NOT NULL, source TEXT NOT NULL, at INTEGER NOT NULL, boot TEXT NOT NULL,
  uptime INTEGER NOT NULL, left_place TEXT, UNIQUE (bench, place)
)""",
    "CREATE INDEX host_stays_open ON host_stays (bench, member) WHERE left_place IS NULL",
    "CREATE TABLE host_closed (bench TEXT NOT NULL, night TEXT NOT NULL,"
    " PRIMARY KEY (bench, night)) WITHOUT ROWID",
)

_HERE = """
SELECT s.member, s.on_duty, s.at, b.began, s.uptime FROM host_stays s
LEFT JOIN boots b ON b.source = s.source AND b.boot = s.boot
WHERE s.bench = ? AND s.left_place IS NULL ORDER BY s.id"""


@dataclass(frozen=True)
class Present:
    """Somebody who has come and not gone: since when, in POSIX seconds, and whether on duty."""

    member: str
    on_duty: bool
    since: int


def apply(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Bring the tables up to date."""
    for entry in entries:
        _APPLY[type(entry.data)](db, entry, device_of(entry.source))


def _arrived(db: sqlite3.Connection, entry: Entry, bench: str) -> None:
    mark = (entry.source, entry.at, entry.boot, entry.uptime)
    db.execute(
        "INSERT OR IGNORE INTO host_stays (bench, place, member, on_duty, source, at, boot, uptime)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (bench, entry.place, entry.data.member, entry.data.on_duty, *mark),
    )


def _gone(db: sqlite3.Connection, entry: Entry, bench: str) -> None:
    db.execute(
        "UPDATE host_stays SET left_place = ? WHERE bench = ? AND member = ? AND left_place IS NULL",
        (entry.place, bench, entry.data.member),
    )


def _undone(db: sqlite3.Connection, entry: Entry, bench: str) -> None:
    db.execute("DELETE FROM host_stays WHERE place = ? AND bench = ?", (entry.data.of, bench))
    db.execute(
        "UPDATE host_stays SET left_place = NULL WHERE left_place = ? AND bench = ?", (entry.data.of, bench)
    )


def _shut(db: sqlite3.Connection, entry: Entry, bench: str) -> None:
    db.execute("INSERT OR IGNORE INTO host_closed VALUES (?, ?)", (bench, entry.data.night.isoformat()))


def _reopened(db: sqlite3.Connection, entry: Entry, bench: str) -> None:
    which = (bench, entry.data.night.isoformat())
    db.execute("DELETE FROM host_closed WHERE bench = ? AND night = ?", which)


_APPLY: dict[type, Callable[[sqlite3.Connection, Entry, str], None]] = {
    Arrived: _arrived,
    Left: _gone,
    Closed: _gone,
    Undone: _undone,
    ClosedTonight: _shut,
    Reopened: _reopened,
}


def present(db: sqlite3.Connection, bench: str) -> list[Present]:
    """Who is at a bench now, in the order in which they came."""
    rows = db.execute(_HERE, (bench,))
    return [Present(member, bool(on_duty), corrected(*mark)) for member, on_duty, *mark in rows]


def is_closed(db: sqlite3.Connection, bench: str, night: date) -> bool:
    """Whether the host has closed the bench for this night."""
    query = "SELECT 1 FROM host_closed WHERE bench = ? AND night = ?"
    return db.execute(query, (bench, night.isoformat())).fetchone() is not None
