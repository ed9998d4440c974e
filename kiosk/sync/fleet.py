"""Which benches there are: the read-model of their enrolments, and whose key signs what."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from sqlite_utils import Database

from kiosk.adapters import trust
from kiosk.core.event import CENTRAL_ID, Entry, device_of
from kiosk.core.feature import Names
from kiosk.core.note import VerifierKey
from kiosk.sync.events import Enrolled, Revoked, Trusted
from kiosk.web.services import Services
from kiosk.web.words import gettext as _

BENCHES = """
CREATE TABLE benches (
  bench TEXT NOT NULL, key BLOB NOT NULL, name TEXT NOT NULL,
  enrolled INTEGER NOT NULL, revoked INTEGER,     -- POSIX seconds
  PRIMARY KEY (bench, key)
) WITHOUT ROWID"""

REVOKED = """
CREATE TABLE revoked_sources (
  source TEXT PRIMARY KEY, size INTEGER NOT NULL  -- what the node held when its bench was revoked
) WITHOUT ROWID"""


def apply(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Keep the benches and what they held when they were locked out."""
    for entry in entries:
        if isinstance(entry.data, Enrolled):
            row = (entry.data.bench, entry.data.key, entry.data.name, entry.at)
            db.execute("INSERT OR REPLACE INTO benches VALUES (?, ?, ?, ?, NULL)", row)
        elif isinstance(entry.data, Revoked):
            by_now = "UPDATE benches SET revoked = ? WHERE bench = ? AND revoked IS NULL"
            db.execute(by_now, (entry.at, entry.data.bench))
            held = [item for item in entry.data.held.items() if device_of(item[0]) == entry.data.bench]
            db.executemany("INSERT OR REPLACE INTO revoked_sources VALUES (?, ?)", held)
        elif device_of(entry.data.source) == entry.data.bench:
            until = (entry.data.source, entry.data.size)
            db.execute("INSERT OR REPLACE INTO revoked_sources VALUES (?, ?)", until)


def describe(entry: Entry, _names: Names) -> str:
    """A sentence for the log."""
    if isinstance(entry.data, Enrolled):
        return _("The bench {name} joined.").format(name=entry.data.name)
    if isinstance(entry.data, Trusted):
        words = _("What {bench} had written before it was locked out was taken after all.")
        return words.format(bench=entry.data.bench)
    return _("The bench {bench} was locked out.").format(bench=entry.data.bench)


def live_keys(db: Database, bench: str) -> list[bytes]:
    """The keys by which a bench may speak now."""
    query = "SELECT key FROM benches WHERE bench = ? AND revoked IS NULL"
    return [key for (key,) in db.conn.execute(query, (bench,))]


def all_keys(db: Database, bench: str) -> list[bytes]:
    """The keys that a bench ever had."""
    return [key for (key,) in db.conn.execute("SELECT key FROM benches WHERE bench = ?", (bench,))]


def signers(here: Services, db: Database, source: str) -> list[VerifierKey]:
    """Who may sign the checkpoints of a source: the node for its own, the bench's keys for a bench's.

    A node that is given its former logs back takes them by every key that it had and that was not stolen.
    """
    device, owner = here.device, device_of(source)
    if owner != CENTRAL_ID:
        keys = all_keys(db, owner)
    elif device.is_central:
        keys = trust.badge_keys(db, device)
    else:
        keys = trust.node_keys(db, device, here.clock.lapse_time())
    if owner == device.identity.device and device.key.public not in keys:
        keys.append(device.key.public)
    return [VerifierKey(f"{device.identity.network}/{source}", key) for key in keys]


def name_of(db: Database, bench: str) -> str:
    """What a bench is called, by its newest enrolment; its id when this device knows of none."""
    query = "SELECT name FROM benches WHERE bench = ? ORDER BY enrolled DESC LIMIT 1"
    row = db.conn.execute(query, (bench,)).fetchone()
    return bench if row is None else str(row[0])


def end_of_trust(db: Database, source: str) -> int | None:
    """Up to which event a source counts: its size when its bench was revoked; None while it is trusted.

    A source that nobody knew of when its bench was revoked counts for nothing.
    """
    row = db.conn.execute("SELECT size FROM revoked_sources WHERE source = ?", (source,)).fetchone()
    if row is not None:
        return int(row[0])
    bench = device_of(source)
    return 0 if all_keys(db, bench) and not live_keys(db, bench) else None
