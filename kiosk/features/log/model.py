"""The read-models of the log: notes, when somebody was out, and what has been published."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from itertools import zip_longest

import msgspec

from kiosk.adapters.device import Opened
from kiosk.core.event import Entry, device_of, split_place
from kiosk.features.checkin.events import Arrived, Closed, Left, Undone
from kiosk.features.incidents.events import Noted, Withdrawn, Words
from kiosk.features.log.events import (
    NightPublished,
    NotesSettled,
    SentencePublished,
    SentenceWithdrawn,
)

SCHEMA = (
    """
CREATE TABLE log_begun (
  bench TEXT NOT NULL, source TEXT NOT NULL, at INTEGER NOT NULL, boot TEXT NOT NULL, uptime INTEGER NOT NULL
)""",
    """
CREATE TABLE log_notes (
  id INTEGER PRIMARY KEY, bench TEXT NOT NULL, place TEXT NOT NULL, source TEXT NOT NULL, at INTEGER NOT NULL,
  boot TEXT NOT NULL, uptime INTEGER NOT NULL, occurred INTEGER NOT NULL, about INTEGER NOT NULL,
  what TEXT NOT NULL, zone TEXT NOT NULL, ended TEXT NOT NULL, tried TEXT NOT NULL, outside TEXT NOT NULL,
  UNIQUE (bench, place)
)""",
    "CREATE TABLE log_words (bench TEXT NOT NULL, place TEXT NOT NULL, words TEXT NOT NULL,"
    " read INTEGER NOT NULL, PRIMARY KEY (bench, place)) WITHOUT ROWID",
    "CREATE TABLE log_settled (bench TEXT NOT NULL, place TEXT NOT NULL, sentence TEXT NOT NULL,"
    " night TEXT, number INTEGER, PRIMARY KEY (bench, place)) WITHOUT ROWID",
    "CREATE TABLE log_taken_back (bench TEXT NOT NULL, place TEXT NOT NULL, source TEXT NOT NULL,"
    " at INTEGER NOT NULL, boot TEXT NOT NULL, uptime INTEGER NOT NULL, PRIMARY KEY (bench, place))"
    " WITHOUT ROWID",
    "CREATE TABLE log_withdrawn (bench TEXT NOT NULL, sentence TEXT NOT NULL, night TEXT NOT NULL,"
    " number INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (bench, sentence)) WITHOUT ROWID",
    # Sentences of which only the address is left; at once where the note is held, and `at` is nought then.
    """
CREATE VIEW log_gone AS SELECT bench, sentence, night, number, at FROM log_withdrawn
UNION ALL SELECT s.bench, s.sentence, s.night, s.number, 0 FROM log_taken_back t
  JOIN log_settled s ON s.bench = t.bench AND s.place = t.place
  LEFT JOIN log_withdrawn w ON w.bench = s.bench AND w.sentence = s.sentence
WHERE s.sentence <> '' AND w.sentence IS NULL""",
    """
CREATE TABLE log_stays (
  id INTEGER PRIMARY KEY, bench TEXT NOT NULL, place TEXT NOT NULL, member TEXT NOT NULL,
  source TEXT NOT NULL, at INTEGER NOT NULL, boot TEXT NOT NULL, uptime INTEGER NOT NULL,
  expects INTEGER NOT NULL, left_place TEXT,
  left INTEGER, left_source TEXT, left_boot TEXT, left_uptime INTEGER, UNIQUE (bench, place)
)""",
    "CREATE INDEX log_stays_open ON log_stays (bench, member) WHERE left IS NULL",
    "CREATE INDEX log_stays_left ON log_stays (left_place) WHERE left_place IS NOT NULL",
    """
CREATE TABLE log_nights (
  bench TEXT NOT NULL, night TEXT NOT NULL, at INTEGER NOT NULL, told TEXT NOT NULL,
  PRIMARY KEY (bench, night)
) WITHOUT ROWID""",
    "CREATE INDEX log_nights_in_order ON log_nights (night)",
    "CREATE TABLE log_sentences (bench TEXT NOT NULL, night TEXT NOT NULL, number INTEGER NOT NULL,"
    " place TEXT NOT NULL, at INTEGER NOT NULL, told TEXT NOT NULL, PRIMARY KEY (bench, night, number))"
    " WITHOUT ROWID",
)

_LEAVE = """
UPDATE log_stays SET left_place = ?, left = ?, left_source = ?, left_boot = ?, left_uptime = ?
WHERE bench = ? AND member = ? AND left IS NULL"""
_COME_BACK = "UPDATE log_stays SET left_place = NULL, left = NULL WHERE left_place = ? AND bench = ?"


def apply(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Bring the tables up to date."""
    for entry in entries:
        _APPLY[type(entry.data)](db, entry, device_of(entry.source))


def _opened(db: sqlite3.Connection, entry: Entry, bench: str) -> None:
    row = (bench, entry.source, entry.at, entry.boot, entry.uptime)
    db.execute("INSERT INTO log_begun VALUES (?, ?, ?, ?, ?)", row)


def _noted(db: sqlite3.Connection, entry: Entry, bench: str) -> None:
    note, mark = entry.data, (entry.source, entry.at, entry.boot, entry.uptime)
    told = (note.when, note.about, note.what, note.where, note.ended)
    lists = (_json(note.tried), _json(note.outside))
    db.execute(
        "INSERT OR IGNORE INTO log_notes (bench, place, source, at, boot, uptime, occurred, about, what,"
        " zone, ended, tried, outside) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (bench, entry.place, *mark, *told, *lists),
    )


def _worded(db: sqlite3.Connection, entry: Entry, bench: str) -> None:
    row = (bench, entry.data.note, entry.data.words, entry.data.read_by is not None)
    db.execute("INSERT OR IGNORE INTO log_words VALUES (?, ?, ?, ?)", row)


def _settled(db: sqlite3.Connection, entry: Entry, bench: str) -> None:
    settled = entry.data
    night = settled.night and settled.night.isoformat()
    told = zip_longest(settled.notes, settled.sentences[: len(settled.notes)], fillvalue="")
    rows = [(bench, note, own(one, bench), night, n) for n, (note, one) in enumerate(told, settled.first)]
    db.executemany("INSERT OR IGNORE INTO log_settled VALUES (?, ?, ?, ?, ?)", rows)


def _taken_back(db: sqlite3.Connection, entry: Entry, bench: str) -> None:
    if own(entry.data.note, bench):
        row = (bench, entry.data.note, entry.source, entry.at, entry.boot, entry.uptime)
        db.execute("INSERT OR IGNORE INTO log_taken_back VALUES (?, ?, ?, ?, ?, ?)", row)


def _withdrawn(db: sqlite3.Connection, entry: Entry, bench: str) -> None:
    said = entry.data
    if own(said.sentence, bench):
        row = (bench, said.sentence, said.night.isoformat(), said.number, entry.at)
        db.execute("INSERT OR IGNORE INTO log_withdrawn VALUES (?, ?, ?, ?, ?)", row)


def own(place: str, bench: str) -> str:
    """The place if it is in a log of this bench, "" otherwise: nobody takes back what another bench wrote."""
    return place if place and device_of(split_place(place)[0]) == bench else ""


def _arrived(db: sqlite3.Connection, entry: Entry, bench: str) -> None:
    if not entry.data.on_duty:
        return
    mark = (entry.source, entry.at, entry.boot, entry.uptime, entry.data.expects)
    db.execute(
        "INSERT OR IGNORE INTO log_stays (bench, place, member, source, at, boot, uptime, expects)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (bench, entry.place, entry.data.member, *mark),
    )


def _left(db: sqlite3.Connection, entry: Entry, bench: str) -> None:
    mark = (entry.place, entry.at, entry.source, entry.boot, entry.uptime)
    db.execute(_LEAVE, (*mark, bench, entry.data.member))


def _closed(db: sqlite3.Connection, entry: Entry, bench: str) -> None:
    db.execute(_LEAVE, (entry.place, entry.data.until, None, None, None, bench, entry.data.member))


def _undone(db: sqlite3.Connection, entry: Entry, bench: str) -> None:
    db.execute("DELETE FROM log_stays WHERE place = ? AND bench = ?", (entry.data.of, bench))
    db.execute(_COME_BACK, (entry.data.of, bench))


def _night(db: sqlite3.Connection, entry: Entry, bench: str) -> None:
    row = (bench, entry.data.night.isoformat(), entry.at, _json(entry.data))
    db.execute("INSERT OR IGNORE INTO log_nights VALUES (?, ?, ?, ?)", row)


def _sentence(db: sqlite3.Connection, entry: Entry, bench: str) -> None:
    row = (bench, entry.data.night.isoformat(), entry.data.number, entry.place, entry.at, _json(entry.data))
    db.execute("INSERT OR IGNORE INTO log_sentences VALUES (?, ?, ?, ?, ?, ?)", row)


_APPLY: dict[type, Callable[[sqlite3.Connection, Entry, str], None]] = {
    Opened: _opened,
    Noted: _noted,
    Words: _worded,
    NotesSettled: _settled,
    Withdrawn: _taken_back,
    SentenceWithdrawn: _withdrawn,
    Arrived: _arrived,
    Left: _left,
    Closed: _closed,
    Undone: _undone,
    NightPublished: _night,
    SentencePublished: _sentence,
}


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
