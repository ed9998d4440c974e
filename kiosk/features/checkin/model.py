"""The read-model: every stay that this device knows of, and the nights on which a bench is closed."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kiosk.core.clock import corrected
from kiosk.core.event import Entry, device_of
from kiosk.features.checkin.events import ARRIVED, CLOSED, LEFT, UNDONE
from kiosk.features.checkin.rules import Mark, Stay
from kiosk.features.host import events as host
from kiosk.features.phone import events as phone

SCHEMA = (
    """
CREATE TABLE stays (
  id INTEGER PRIMARY KEY, place TEXT NOT NULL, bench TEXT NOT NULL, member TEXT NOT NULL,
  on_duty INTEGER NOT NULL, source TEXT NOT NULL,
  arrived INTEGER NOT NULL, boot TEXT NOT NULL, uptime INTEGER NOT NULL, expects INTEGER NOT NULL,
  left_place TEXT, left INTEGER, left_boot TEXT, left_uptime INTEGER, how_left TEXT,
  UNIQUE (place, member)
)""",
    "CREATE INDEX stays_of_member ON stays (bench, member)",
    "CREATE INDEX stays_open ON stays (bench, member) WHERE how_left IS NULL",
    """
CREATE TABLE closed_nights (
  bench TEXT NOT NULL, night TEXT NOT NULL, PRIMARY KEY (bench, night)
) WITHOUT ROWID""",
    """
CREATE TABLE used_codes (
  code TEXT PRIMARY KEY, member TEXT NOT NULL, boot TEXT NOT NULL, uptime INTEGER NOT NULL
) WITHOUT ROWID""",
    """
CREATE TABLE node_asks (
  place TEXT PRIMARY KEY, bench TEXT NOT NULL, member TEXT NOT NULL, code TEXT NOT NULL, wants TEXT NOT NULL,
  at INTEGER NOT NULL
) WITHOUT ROWID""",
    "CREATE TABLE node_answers (ask TEXT PRIMARY KEY) WITHOUT ROWID",
)

_ARRIVE = """
INSERT OR IGNORE INTO stays (place, bench, member, on_duty, source, arrived, boot, uptime, expects)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_LEAVE = """
UPDATE stays SET left_place = ?, left = ?, left_boot = ?, left_uptime = ?, how_left = ?
WHERE bench = ? AND member = ? AND how_left IS NULL"""
_COME_BACK = """
UPDATE stays SET left_place = NULL, left = NULL, left_boot = NULL, left_uptime = NULL, how_left = NULL
WHERE left_place = ? AND member = ? AND bench = ?"""
_USED = "INSERT OR IGNORE INTO used_codes VALUES (?, ?, ?, ?)"
_OPEN_ASKS = """
SELECT place, member, code, wants, at FROM node_asks
WHERE bench = ? AND place NOT IN (SELECT ask FROM node_answers) ORDER BY at, place"""
_ASKED_AT = """
SELECT min(a.at) FROM used_codes u JOIN node_asks a ON a.code = u.code AND a.member = u.member
WHERE u.member = ? AND u.boot = ? AND u.uptime = ?"""
_STAYS = """
SELECT s.place, s.member, s.on_duty, s.arrived, b.began, s.boot, s.uptime, s.expects, s.left, s.left_boot,
  s.left_uptime, s.left_place, s.how_left
FROM stays s LEFT JOIN boots b ON b.source = s.source AND b.boot = s.boot """


def apply(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Bring the stays up to date."""
    for entry in entries:
        _APPLY[entry.type](db, entry)


def _arrived(db: sqlite3.Connection, entry: Entry) -> None:
    data, place = entry.data, entry.place
    who = (place, device_of(entry.source), data.member, data.on_duty)
    row = (*who, entry.source, entry.at, entry.boot, entry.uptime, data.expects)
    db.execute(_ARRIVE, row)
    _use(db, entry)


def _left(db: sqlite3.Connection, entry: Entry) -> None:
    data, place = entry.data, entry.place
    mark = (place, entry.at, entry.boot, entry.uptime, data.how)
    db.execute(_LEAVE, (*mark, device_of(entry.source), data.member))
    _use(db, entry)


def _use(db: sqlite3.Connection, entry: Entry) -> None:
    if entry.data.code is not None:
        db.execute(_USED, (entry.data.code, entry.data.member, entry.boot, entry.uptime))


def _asked(db: sqlite3.Connection, entry: Entry) -> None:
    data = entry.data
    row = (entry.place, data.bench, data.member, data.code, data.wants, data.at)
    db.execute("INSERT OR IGNORE INTO node_asks VALUES (?, ?, ?, ?, ?, ?)", row)


def _answered(db: sqlite3.Connection, entry: Entry) -> None:
    db.execute("INSERT OR IGNORE INTO node_answers VALUES (?)", (entry.data.ask,))


def _closed(db: sqlite3.Connection, entry: Entry) -> None:
    place = entry.place
    mark = (place, entry.data.until, "", 0, "bench")
    db.execute(_LEAVE, (*mark, device_of(entry.source), entry.data.member))


def _undone(db: sqlite3.Connection, entry: Entry) -> None:
    which = (entry.data.of, entry.data.member, device_of(entry.source))
    db.execute("DELETE FROM stays WHERE place = ? AND member = ? AND bench = ?", which)
    db.execute(_COME_BACK, which)


def _shut(db: sqlite3.Connection, entry: Entry) -> None:
    row = (device_of(entry.source), entry.data.night.isoformat())
    db.execute("INSERT OR IGNORE INTO closed_nights VALUES (?, ?)", row)


def _reopened(db: sqlite3.Connection, entry: Entry) -> None:
    row = (device_of(entry.source), entry.data.night.isoformat())
    db.execute("DELETE FROM closed_nights WHERE bench = ? AND night = ?", row)


_APPLY = {
    ARRIVED.name: _arrived,
    LEFT.name: _left,
    CLOSED.name: _closed,
    UNDONE.name: _undone,
    host.CLOSED.name: _shut,
    host.REOPENED.name: _reopened,
    phone.ASKED.name: _asked,
    phone.ANSWERED.name: _answered,
}


def last_stay(db: sqlite3.Connection, bench: str, member: str) -> Stay | None:
    """The newest stay of a member at a bench."""
    which = "WHERE s.bench = ? AND s.member = ? ORDER BY s.id DESC LIMIT 1"
    row = db.execute(_STAYS + which, (bench, member)).fetchone()
    return None if row is None else _stay(row)


def open_stays(db: sqlite3.Connection, bench: str) -> list[Stay]:
    """Who has come to a bench and not gone, in the order in which they came."""
    which = "WHERE s.bench = ? AND s.how_left IS NULL ORDER BY s.id"
    return [_stay(row) for row in db.execute(_STAYS + which, (bench,))]


def used_by(db: sqlite3.Connection, code: str | None) -> str | None:
    """Who came or went with a code of this bench; None while nobody has, and without a code."""
    if code is None:
        return None
    row = db.execute("SELECT member FROM used_codes WHERE code = ?", (code,)).fetchone()
    return None if row is None else str(row[0])


def last_by_phone(db: sqlite3.Connection, boot: str) -> int | None:
    """At which uptime (ms) of this boot somebody last came or went with a code; None: nobody did."""
    row = db.execute("SELECT max(uptime) FROM used_codes WHERE boot = ?", (boot,)).fetchone()
    return None if row[0] is None else int(row[0])


@dataclass(frozen=True)
class Ask:
    """What somebody asks for at the node, of this bench: see `phone.events.Asked`; `place` is the event's."""

    place: str
    member: str
    code: str
    wants: str
    at: int


def open_asks(db: sqlite3.Connection, bench: str) -> list[Ask]:
    """What was asked of this bench and not answered yet, oldest first."""
    return [Ask(*row) for row in db.execute(_OPEN_ASKS, (bench,))]


def is_open(db: sqlite3.Connection, ask: Ask) -> bool:
    """Whether an ask still waits for its answer."""
    return db.execute("SELECT 1 FROM node_answers WHERE ask = ?", (ask.place,)).fetchone() is None


def asked_at(db: sqlite3.Connection, member: str, mark: Mark) -> int | None:
    """When at the node the member asked for what was recorded at this moment; None if they did not."""
    row = db.execute(_ASKED_AT, (member, mark.boot, mark.uptime)).fetchone()
    return None if row[0] is None else int(row[0])


def began(db: sqlite3.Connection, bench: str) -> dict[str, int]:
    """When each start of this bench's machine was whose clock was ever right: boot -> POSIX millisecond."""
    rows = db.execute("SELECT source, boot, began FROM boots")
    return {boot: at for source, boot, at in rows if device_of(source) == bench}


def closed_on(db: sqlite3.Connection, bench: str, night: date) -> bool:
    """Whether the host has closed the bench for this night."""
    query = "SELECT 1 FROM closed_nights WHERE bench = ? AND night = ?"
    return db.execute(query, (bench, night.isoformat())).fetchone() is not None


def _stay(row: tuple[Any, ...]) -> Stay:
    place, member, on_duty, at, began, boot, uptime, expects, left, left_boot, left_uptime, *gone = row
    true = corrected(at, began, uptime)
    arrived = Mark(true, began is not None, boot, uptime)
    went = None if left is None else Mark(left, arrived.exact, left_boot, left_uptime)
    return Stay(place, member, bool(on_duty), arrived, expects + true - at, went, *gone)
