"""Where the events about members stand, so that those of no more use can be erased: there is no dossier.

Of who left nothing is needed but the number; nor are a member's earlier names and PINs, nor earlier mandates
28 days after their end. The last mandate of each role stays: it says until when it ran.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from kiosk.core.event import Entry, epoch_of
from kiosk.core.retention import DAY
from kiosk.people.events import ADDED, BADGE_REVOKED, GRANTED, PIN_SET, RECALLED

DAYS = 28
SCHEMA = (
    """
CREATE TABLE member_events (
  place TEXT PRIMARY KEY, kind TEXT NOT NULL, member TEXT NOT NULL, role TEXT NOT NULL, bench TEXT NOT NULL,
  begins INTEGER NOT NULL, counts INTEGER NOT NULL,    -- POSIX seconds: until, before or from when it counts
  epoch INTEGER NOT NULL, seq INTEGER NOT NULL
) WITHOUT ROWID""",
    "CREATE INDEX member_events_of ON member_events (member, kind)",
)
SPENT = frozenset(kind.name for kind in (ADDED, PIN_SET, BADGE_REVOKED, GRANTED, RECALLED))
"""The types whose events are erased when they are of no more use, whatever their days."""
_LEFT = "SELECT place FROM member_events WHERE member IN (SELECT id FROM former_members)"
_REPLACED = """
SELECT a.place FROM member_events a JOIN member_events b
  ON (b.member, b.kind, b.role, b.bench, b.begins) = (a.member, a.kind, a.role, a.bench, a.begins)
WHERE a.kind <> 'mandate.recalled'
  AND (iif(a.kind = 'badge.revoked', b.counts, 0), b.epoch, b.seq)
    > (iif(a.kind = 'badge.revoked', a.counts, 0), a.epoch, a.seq)"""
_ENDED = """
SELECT a.place FROM member_events a WHERE a.kind = 'mandate.granted' AND a.counts <= ? AND EXISTS (
  SELECT 1 FROM member_events b WHERE (b.member, b.kind, b.role) = (a.member, a.kind, a.role)
    AND (b.counts, b.epoch, b.seq) > (a.counts, a.epoch, a.seq))"""
_OUTLIVED = """
SELECT a.place FROM member_events a WHERE a.kind = 'mandate.recalled' AND a.counts <= ? AND NOT EXISTS (
  SELECT 1 FROM member_events b WHERE b.kind = 'mandate.granted' AND (b.member, b.role) = (a.member, a.role)
    AND b.counts > a.counts AND (b.epoch, b.seq) < (a.epoch, a.seq))"""


def apply(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Note where these stand; before `members.apply`, which asks for the newest."""
    rows = [(entry.place, *_row(entry)) for entry in entries if entry.type in SPENT]
    db.executemany("INSERT OR REPLACE INTO member_events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _row(entry: Entry) -> tuple[str, str, str, str, int, int, int, int]:
    data = entry.data
    role, bench = getattr(data, "role", ""), getattr(data, "bench", None) or ""
    counts = next((getattr(data, name) for name in ("ends", "before", "at") if hasattr(data, name)), 0)
    order = (epoch_of(entry.source), entry.seq)
    return (entry.type, data.member, role, bench, getattr(data, "begins", 0), counts, *order)


def is_newest(db: sqlite3.Connection, entry: Entry) -> bool:
    """Whether no later event of this type about its member is known: a log may come back out of order."""
    query = "SELECT 1 FROM member_events WHERE (member, kind) = (?, ?) AND (epoch, seq) > (?, ?)"
    which = (entry.data.member, entry.type, epoch_of(entry.source), entry.seq)
    return db.execute(query, which).fetchone() is None


def spent(db: sqlite3.Connection, now: int | None) -> list[str]:
    """Where events about members are of no more use. `now`: POSIX seconds of a verified clock, or None."""
    found = {place for query in (_LEFT, _REPLACED) for (place,) in db.execute(query)}
    if now is not None:
        over = (now - DAYS * DAY,)
        found |= {place for query in (_ENDED, _OUTLIVED) for (place,) in db.execute(query, over)}
    return sorted(found)
