"""The read-models of notes: whose they are, what belongs to them, what was withdrawn or closed.

What a note says is not in them. All is asked by place, so that it does not matter in which order events come:
a withdrawal may be there before what it withdraws, after a node was refilled.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kiosk.adapters.sealing import proof_of
from kiosk.core.event import Entry, device_of, split_place
from kiosk.features.incidents.events import Closed, Noted, Sealed, Withdrawn, Words
from kiosk.features.log.events import NotesSettled

SCHEMA = (
    "CREATE TABLE incident_notes (place TEXT PRIMARY KEY, bench TEXT NOT NULL, member TEXT NOT NULL,"
    " seq INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE incident_parts (place TEXT PRIMARY KEY, note TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE incident_out (place TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE incident_withdrawn (note TEXT PRIMARY KEY, member TEXT NOT NULL) WITHOUT ROWID",
    # A withdrawal by somebody else than the writer is none.
    "CREATE VIEW incident_gone AS SELECT w.note FROM incident_withdrawn w LEFT JOIN incident_notes n"
    " ON n.place = w.note WHERE n.member IS NULL OR n.member = w.member",
    "CREATE TABLE incident_sealed (place TEXT PRIMARY KEY, proof BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE incident_closed (place TEXT NOT NULL, proof BLOB NOT NULL, PRIMARY KEY (place, proof))"
    " WITHOUT ROWID",
)
_IS_CLOSED = "EXISTS (SELECT 1 FROM incident_closed c WHERE c.place = s.place AND c.proof = s.proof)"

_OWN = """
SELECT n.place, n.at, o.place IS NOT NULL FROM incident_notes n
  LEFT JOIN incident_out o ON o.place = n.place
WHERE n.member = ? AND n.bench = ? AND n.place NOT IN (SELECT note FROM incident_gone)
ORDER BY n.at DESC, n.seq DESC"""
_GONE = """
SELECT place FROM incident_notes WHERE place IN (SELECT note FROM incident_gone)
UNION ALL SELECT place FROM incident_parts WHERE note IN (SELECT note FROM incident_gone)"""


@dataclass(frozen=True)
class Own:
    """A note by its place, POSIX second `at` by the clock of then, and whether it has come out."""

    place: str
    at: int
    out: bool


def apply(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Bring the tables up to date."""
    for entry in entries:
        _APPLY[type(entry.data)](db, entry)


def _noted(db: sqlite3.Connection, entry: Entry) -> None:
    row = (entry.place, device_of(entry.source), entry.data.member, entry.seq, entry.at)
    db.execute("INSERT OR IGNORE INTO incident_notes VALUES (?, ?, ?, ?, ?)", row)


def _part(db: sqlite3.Connection, entry: Entry) -> None:
    if isinstance(entry.data, Sealed):
        db.execute("INSERT OR IGNORE INTO incident_sealed VALUES (?, ?)", (entry.place, entry.data.proof))
    if _is_of(entry.data.note, entry):
        row = (entry.place, entry.data.note)
        db.execute("INSERT OR IGNORE INTO incident_parts VALUES (?, ?)", row)


def _settled(db: sqlite3.Connection, entry: Entry) -> None:
    rows = [(place,) for place in entry.data.notes if _is_of(place, entry)]
    db.executemany("INSERT OR IGNORE INTO incident_out VALUES (?)", rows)


def _withdrawn(db: sqlite3.Connection, entry: Entry) -> None:
    if _is_of(entry.data.note, entry):
        row = (entry.data.note, entry.data.member)
        db.execute("INSERT OR IGNORE INTO incident_withdrawn VALUES (?, ?)", row)


def _closed(db: sqlite3.Connection, entry: Entry) -> None:
    """It counts only with the proof that what it closes was opened."""
    row = (entry.data.sealed, proof_of(entry.data.proof))
    db.execute("INSERT OR IGNORE INTO incident_closed VALUES (?, ?)", row)


def _is_of(place: str, entry: Entry) -> bool:
    """Whether the event at `place` is of the bench that wrote the entry, in whichever of its logs."""
    return device_of(split_place(place)[0]) == device_of(entry.source)


_APPLY: dict[type, Callable[[sqlite3.Connection, Entry], None]] = {
    Noted: _noted,
    Words: _part,
    Sealed: _part,
    NotesSettled: _settled,
    Withdrawn: _withdrawn,
    Closed: _closed,
}


def own(db: sqlite3.Connection, member: str, bench: str) -> list[Own]:
    """The notes of a member at a bench that are held and not withdrawn, the newest first."""
    return [Own(place, at, bool(out)) for place, at, out in db.execute(_OWN, (member, bench))]


def is_own(db: sqlite3.Connection, member: str, bench: str, place: str) -> bool:
    """Whether a member wrote the note at `place` at this bench, and it is held and not withdrawn."""
    return place in {one.place for one in own(db, member, bench)}


def parts(db: sqlite3.Connection, note: str) -> list[str]:
    """The places of a note's words and details."""
    return [place for (place,) in db.execute("SELECT place FROM incident_parts WHERE note = ?", (note,))]


def waiting(db: sqlite3.Connection) -> list[str]:
    """The places of the details that no mediator has closed."""
    query = f"SELECT place FROM incident_sealed s WHERE NOT {_IS_CLOSED}"  # noqa: S608  a constant
    return [place for (place,) in db.execute(query)]


def spent(db: sqlite3.Connection, _now: int | None) -> list[str]:
    """What is erased at once: details that a mediator has closed, and notes that their writers withdrew."""
    return [*_closed_details(db), *_taken_back(db)]


def _closed_details(db: sqlite3.Connection) -> list[str]:
    query = f"SELECT place FROM incident_sealed s WHERE {_IS_CLOSED}"  # noqa: S608  a constant
    return [place for (place,) in db.execute(query)]


def _taken_back(db: sqlite3.Connection) -> list[str]:
    """Notes and all that belongs to them."""
    return [place for (place,) in db.execute(_GONE)]
