"""PINs for one night, which two stewards vouched for: the read-model, and until when one counts.

One counts at the bench that gave it only, until the night's end, by uptime within the boot in which it was
given: no jump of the clock lengthens or ends it. After a restart it counts again as soon as the clock is
verified, if it was so when the PIN was given.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from kiosk.core.clock import Tick, corrected
from kiosk.core.event import Entry
from kiosk.core.night import next_publication
from kiosk.people import neighbourhood
from kiosk.people.events import Left, PinSet, Vouched
from kiosk.web.services import Services

SCHEMA = (
    """
CREATE TABLE vouched_pins (
  source TEXT NOT NULL, seq INTEGER NOT NULL, member TEXT NOT NULL, night TEXT NOT NULL, hash TEXT NOT NULL,
  at INTEGER NOT NULL, boot TEXT NOT NULL, uptime INTEGER NOT NULL, PRIMARY KEY (source, seq)
) WITHOUT ROWID""",
)
_NEWEST = """
SELECT v.hash, v.at, v.boot, v.uptime, b.began
FROM vouched_pins v LEFT JOIN boots b ON b.source = v.source AND b.boot = v.boot
WHERE v.source = ? AND v.member = ? ORDER BY v.seq DESC LIMIT 1"""


@dataclass(frozen=True)
class Given:
    """When a PIN was given: POSIX second `at`, whether that is `exact`, the boot and its uptime (ms)."""

    at: int
    exact: bool
    boot: str
    uptime: int


def holds(given: Given, tick: Tick, now: int | None, zone: tzinfo) -> bool:
    """Whether the night of a PIN still lasts. `now`: POSIX seconds, None while the clock is not verified."""
    if given.boot == tick.boot:
        now = given.at + (tick.uptime - given.uptime) // 1000
    elif now is None or not given.exact:
        return False
    return given.at <= now < next_publication(given.at, zone)


def apply(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Keep the PINs of one night; a new PIN from the node, or leaving, ends them."""
    for entry in entries:
        data = entry.data
        if isinstance(data, Vouched):
            row = (entry.source, entry.seq, data.member, data.night.isoformat(), data.hash)
            mark = (entry.at, entry.boot, entry.uptime)
            db.execute("INSERT OR REPLACE INTO vouched_pins VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*row, *mark))
        elif isinstance(data, PinSet | Left):
            db.execute("DELETE FROM vouched_pins WHERE member = ?", (data.member,))


def hash_for(here: Services, member: str) -> str:
    """The hash of a member's PIN for tonight at this bench, "" when there is none."""
    db, source = here.db.conn, here.device.identity.source
    row = db.execute(_NEWEST, (source, member)).fetchone()
    if row is None:
        return ""
    hashed, at, boot, uptime, began = row
    given = Given(corrected(at, began, uptime), began is not None, boot, uptime)
    reading = here.clock.read()
    now = reading.now // 1000 if reading.verified else None
    return hashed if holds(given, here.clock.tick(), now, neighbourhood.timezone(db)) else ""


def count(db: sqlite3.Connection, source: str, member: str, night: date) -> int:
    """How often a member was vouched for in a night."""
    query = "SELECT count(*) FROM vouched_pins WHERE source = ? AND member = ? AND night = ?"
    (number,) = db.execute(query, (source, member, night.isoformat())).fetchone()
    return int(number)
