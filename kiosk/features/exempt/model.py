"""The read-model of holds, on every device: which records are exempt from erasure, and until when."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kiosk.core.event import Entry
from kiosk.core.night import CYCLE_NIGHTS
from kiosk.core.retention import DAY
from kiosk.features.exempt.events import MOST_DAYS, Asked, Confirmed

SCHEMA = (
    """
CREATE TABLE record_holds (
  hold TEXT PRIMARY KEY, asked_by TEXT NOT NULL, reason TEXT NOT NULL,
  until INTEGER NOT NULL, confirmed INTEGER, released INTEGER    -- POSIX seconds
) WITHOUT ROWID""",
    "CREATE TABLE held_records (hold TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (hold, record))"
    " WITHOUT ROWID",
)
# One that ends later than any that was asked for by now is of a node that lies about the time.
_KEPT = """
SELECT r.record FROM held_records r JOIN record_holds h ON h.hold = r.hold
 WHERE h.confirmed IS NOT NULL AND h.released IS NULL
 AND (?1 IS NULL OR (h.until > ?1 AND h.until <= ?1 + ?2))"""
_LONGEST = (MOST_DAYS + 1) * DAY
"""Seconds; the day is for the difference between two clocks."""
_COUNTED = """
SELECT count(DISTINCT r.record) FROM held_records r JOIN record_holds h ON h.hold = r.hold
 WHERE h.confirmed IS NOT NULL AND coalesce(h.released, h.until) > ?"""


@dataclass(frozen=True)
class Hold:
    """A hold by its place; `until`, `confirmed` and `released` in POSIX seconds."""

    place: str
    asked_by: str
    reason: str
    until: int
    confirmed: int | None
    released: int | None
    records: tuple[str, ...]

    def waits(self, now: int) -> bool:
        """Whether it needs somebody else's word to begin."""
        return self.confirmed is None and self.released is None and self.until > now

    def runs(self, now: int) -> bool:
        """Whether its records are kept now."""
        return self.confirmed is not None and self.released is None and self.until > now


def apply(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Bring the tables up to date. Who asked cannot confirm, whatever a node says."""
    for entry in entries:
        data = entry.data
        if isinstance(data, Asked):
            until = min(data.until, entry.at + MOST_DAYS * DAY)
            row = (entry.place, data.by, data.reason, until)
            db.execute("INSERT OR REPLACE INTO record_holds VALUES (?, ?, ?, ?, NULL, NULL)", row)
            held = [(entry.place, record) for record in data.records]
            db.executemany("INSERT OR IGNORE INTO held_records VALUES (?, ?)", held)
        elif isinstance(data, Confirmed):
            agree = "UPDATE record_holds SET confirmed = ? WHERE hold = ? AND confirmed IS NULL"
            db.execute(f"{agree} AND asked_by <> ?", (entry.at, data.hold, data.by))
        else:
            over = "UPDATE record_holds SET released = ? WHERE hold = ? AND released IS NULL"
            db.execute(over, (entry.at, data.hold))


def kept(db: sqlite3.Connection, now: int | None) -> Iterable[str]:
    """The records that are not erased for now."""
    return [record for (record,) in db.execute(_KEPT, (now, _LONGEST))]


def counted(db: sqlite3.Connection, now: int) -> int:
    """How many records were held at some time in the cycle that ends now."""
    return int(db.execute(_COUNTED, (now - CYCLE_NIGHTS * DAY,)).fetchone()[0])


def holds(db: sqlite3.Connection) -> list[Hold]:
    """All holds that are known here, those that end last first."""
    query = "SELECT hold, asked_by, reason, until, confirmed, released FROM record_holds ORDER BY until DESC"
    return [
        Hold(place, by, reason, until, confirmed, released, _records(db, place))
        for place, by, reason, until, confirmed, released in db.execute(query)
    ]


def find(db: sqlite3.Connection, place: str) -> Hold | None:
    """The hold that was asked for at `place`."""
    return next((hold for hold in holds(db) if hold.place == place), None)


def _records(db: sqlite3.Connection, place: str) -> tuple[str, ...]:
    rows = db.execute("SELECT record FROM held_records WHERE hold = ? ORDER BY record", (place,))
    return tuple(record for (record,) in rows)
