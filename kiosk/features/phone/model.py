"""The read-model, at the node only: what phones asked for, and what the benches answered."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kiosk.core.event import Entry, device_of, split_place
from kiosk.features.checkin import events as checkin
from kiosk.features.phone.events import ANSWERED, ASKED

SCHEMA = (
    """
CREATE TABLE phone_asks (
  place TEXT PRIMARY KEY, bench TEXT NOT NULL, member TEXT NOT NULL, code TEXT NOT NULL, wants TEXT NOT NULL,
  at INTEGER NOT NULL,         -- POSIX seconds, by the node's clock
  result TEXT NOT NULL DEFAULT '', event TEXT NOT NULL DEFAULT '',
  ended INTEGER NOT NULL DEFAULT 0               -- 1: they went since, or it was undone
) WITHOUT ROWID""",
    "CREATE INDEX phone_asks_of_member ON phone_asks (member, at)",
)
_ASKS = "SELECT place, bench, member, wants, at, result, event, ended FROM phone_asks "
_ANSWER = "UPDATE phone_asks SET result = ?, event = ? WHERE place = ? AND bench = ? AND result = ''"
_UNDONE = "UPDATE phone_asks SET ended = 1 WHERE event = ? AND bench = ?"
_WENT = (
    "UPDATE phone_asks SET ended = 1"
    " WHERE bench = ? AND member = ? AND wants = 'in' AND result <> '' AND NOT ended"
)


@dataclass(frozen=True)
class Ask:
    """What a phone of `member` asked for at POSIX second `at`.

    `result` is "" until the bench has answered; `event`: where what it recorded stands, or ""; `ended`:
    whether that is over.
    """

    place: str
    bench: str
    member: str
    wants: str
    at: int
    result: str
    event: str
    ended: bool

    @property
    def number(self) -> int:
        """By which its page is found."""
        return split_place(self.place)[1]


def apply(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Bring the asks up to date. A bench answers what it was asked, once, by what it recorded itself."""
    for entry in entries:
        _APPLY[entry.type](db, entry)


def _asked(db: sqlite3.Connection, entry: Entry) -> None:
    data = entry.data
    row = (entry.place, data.bench, data.member, data.code, data.wants, data.at)
    columns = "place, bench, member, code, wants, at"
    db.execute(f"INSERT OR IGNORE INTO phone_asks ({columns}) VALUES (?, ?, ?, ?, ?, ?)", row)  # noqa: S608


def _answered(db: sqlite3.Connection, entry: Entry) -> None:
    bench, data = device_of(entry.source), entry.data
    own = data.event is not None and device_of(split_place(data.event)[0]) == bench
    db.execute(_ANSWER, (data.result, data.event if own else "", data.ask, bench))


def _left(db: sqlite3.Connection, entry: Entry) -> None:
    db.execute(_WENT, (device_of(entry.source), entry.data.member))


def _undone(db: sqlite3.Connection, entry: Entry) -> None:
    db.execute(_UNDONE, (entry.data.of, device_of(entry.source)))


_APPLY: dict[str, Callable[[sqlite3.Connection, Entry], None]] = {
    ASKED.name: _asked,
    ANSWERED.name: _answered,
    checkin.LEFT.name: _left,
    checkin.CLOSED.name: _left,
    checkin.UNDONE.name: _undone,
}
READS = (checkin.LEFT, checkin.CLOSED, checkin.UNDONE)


def of_member(db: sqlite3.Connection, member: str, since: int) -> list[Ask]:
    """What a member asked for after POSIX second `since`, the newest first."""
    rows = db.execute(_ASKS + "WHERE member = ? AND at > ? ORDER BY at DESC, place DESC", (member, since))
    return [_ask(row) for row in rows]


def find(db: sqlite3.Connection, member: str, place: str) -> Ask | None:
    """An ask of this member."""
    row = db.execute(_ASKS + "WHERE member = ? AND place = ?", (member, place)).fetchone()
    return None if row is None else _ask(row)


def same(db: sqlite3.Connection, member: str, bench: str, code: str, wants: str) -> str | None:
    """Where the same was asked before: a button can be tapped twice."""
    query = "SELECT place FROM phone_asks WHERE (member, bench, code, wants) = (?, ?, ?, ?)"
    row = db.execute(query, (member, bench, code, wants)).fetchone()
    return None if row is None else str(row[0])


def _ask(row: tuple[str, str, str, str, int, str, str, int]) -> Ask:
    place, bench, member, wants, at, result, event, ended = row
    return Ask(place, bench, member, wants, at, result, event, bool(ended))
