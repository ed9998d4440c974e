"""The read-model of flags, at the node only: who noted what zone, what was said, and who has read it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date, tzinfo

from kiosk.core.event import Entry
from kiosk.core.night import night_of
from kiosk.features.flags.events import Looked, Seen
from kiosk.features.flags.rules import Noting
from kiosk.features.incidents.events import ELSEWHERE, Noted

SCHEMA = (
    "CREATE TABLE flag_notes (place TEXT PRIMARY KEY, member TEXT NOT NULL, zone TEXT NOT NULL,"
    " occurred INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE flag_nights (night TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE flag_readers (flag TEXT NOT NULL, member TEXT NOT NULL,"
    " PRIMARY KEY (flag, member)) WITHOUT ROWID",
    "CREATE TABLE flag_seen (flag TEXT NOT NULL, member TEXT NOT NULL,"
    " PRIMARY KEY (flag, member)) WITHOUT ROWID",
    "CREATE TABLE flag_marks (mark TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID",
)
_SPENT = """
SELECT DISTINCT flag FROM flag_readers r WHERE NOT EXISTS (
  SELECT 1 FROM flag_readers o WHERE o.flag = r.flag AND NOT EXISTS (
    SELECT 1 FROM flag_seen s WHERE s.flag = o.flag AND s.member = o.member))"""


def apply(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Bring the tables up to date; what happened somewhere else is about no zone."""
    for entry in entries:
        if isinstance(entry.data, Looked):
            _looked(db, entry)
        elif entry.data.where != ELSEWHERE:
            _noted(db, entry.place, entry.data)


def _noted(db: sqlite3.Connection, place: str, note: Noted) -> None:
    row = (place, note.member, note.where, note.when)
    db.execute("INSERT OR IGNORE INTO flag_notes VALUES (?, ?, ?, ?)", row)


def _looked(db: sqlite3.Connection, entry: Entry) -> None:
    data: Looked = entry.data
    db.execute("INSERT OR IGNORE INTO flag_nights VALUES (?)", (data.night.isoformat(),))
    readers = [(entry.place, member) for member in data.to]
    db.executemany("INSERT OR IGNORE INTO flag_readers VALUES (?, ?)", readers)
    db.execute("DELETE FROM flag_marks")
    db.executemany("INSERT INTO flag_marks VALUES (?, ?)", data.marks.items())
    db.execute("DELETE FROM flag_seen")
    db.executemany("INSERT INTO flag_seen VALUES (?, ?)", [(one.flag, one.member) for one in data.seen])


def notings(db: sqlite3.Connection, zone: tzinfo) -> list[Noting]:
    """Of all notes that are kept, who wrote them about which zone in which night."""
    rows = db.execute("SELECT member, zone, occurred FROM flag_notes")
    return [Noting(member, where, night_of(at, zone)) for member, where, at in rows]


def is_looked(db: sqlite3.Connection, night: date) -> bool:
    """Whether the nights up to this one were looked at."""
    query = "SELECT 1 FROM flag_nights WHERE night >= ?"
    return db.execute(query, (night.isoformat(),)).fetchone() is not None


def marks(db: sqlite3.Connection) -> dict[str, int]:
    """What was said before, scrambled, and until which POSIX second it is not said again."""
    return dict(db.execute("SELECT mark, until FROM flag_marks").fetchall())


def seen(db: sqlite3.Connection) -> list[Seen]:
    """Which of the flags that are kept were read by whom."""
    query = "SELECT flag, member FROM flag_seen WHERE flag IN (SELECT flag FROM flag_readers)"
    return [Seen(flag, member) for flag, member in db.execute(query)]


def waiting(db: sqlite3.Connection, member: str) -> list[str]:
    """The flags, by place, that a mediator has not read."""
    query = (
        "SELECT flag FROM flag_readers WHERE member = ?1"
        " AND flag NOT IN (SELECT flag FROM flag_seen WHERE member = ?1)"
    )
    return [flag for (flag,) in db.execute(query, (member,))]


def spent(db: sqlite3.Connection, _now: int | None) -> list[str]:
    """The flags, by place, that all to whom they went have read."""
    return [flag for (flag,) in db.execute(_SPENT)]
