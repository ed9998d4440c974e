"""The read-models of claims, and which public sentences there are to claim."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import date

from kiosk.core.event import Entry, device_of, split_place
from kiosk.features.claims.events import Answered, Explained, Made
from kiosk.features.claims.rules import Count, Handling, handling
from kiosk.features.log.events import SentencePublished

SCHEMA = (
    "CREATE TABLE claim_sentences (bench TEXT NOT NULL, night TEXT NOT NULL, number INTEGER NOT NULL,"
    " place TEXT NOT NULL UNIQUE, PRIMARY KEY (bench, night, number)) WITHOUT ROWID",
    """
CREATE TABLE claims (
  id INTEGER PRIMARY KEY, place TEXT NOT NULL UNIQUE, source TEXT NOT NULL, at INTEGER NOT NULL,
  boot TEXT NOT NULL, uptime INTEGER NOT NULL, device TEXT NOT NULL, evening TEXT NOT NULL,
  sentence TEXT NOT NULL, bench TEXT NOT NULL, night TEXT NOT NULL, number INTEGER NOT NULL,
  slip BLOB NOT NULL, queued INTEGER NOT NULL
)""",
    "CREATE INDEX claims_by_address ON claims (night, bench, number)",
    "CREATE INDEX claims_by_device ON claims (device, bench)",
    "CREATE INDEX claims_by_slip ON claims (slip)",
    "CREATE TABLE claim_texts (claim TEXT NOT NULL, place TEXT NOT NULL, sealed BLOB NOT NULL,"
    " PRIMARY KEY (claim, place)) WITHOUT ROWID",
    "CREATE TABLE claim_answers (claim TEXT PRIMARY KEY, at INTEGER NOT NULL, answer TEXT NOT NULL,"
    " words TEXT NOT NULL) WITHOUT ROWID",
)

_COUNT = """
SELECT count(*) FILTER (WHERE c.evening = ?3 AND NOT c.queued),
  count(*) FILTER (WHERE c.evening = ?3 AND c.queued),
  count(*) FILTER (WHERE a.claim IS NULL AND NOT c.queued),
  count(*) FILTER (WHERE a.claim IS NULL AND c.queued)
FROM claims c LEFT JOIN claim_answers a ON a.claim = c.place WHERE c.device = ?1 AND c.bench = ?2"""


def apply(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Bring the tables up to date."""
    for entry in entries:
        _APPLY[type(entry.data)](db, entry)


def next_handling(
    db: sqlite3.Connection, device: str, evening: date, bench: str, *, at_once: bool = True
) -> Handling:
    """What one more claim at `device` on sentences of `bench` does, in the night `evening`."""
    return handling(
        Count(*db.execute(_COUNT, (device, bench, evening.isoformat())).fetchone()), at_once=at_once
    )


def _published(db: sqlite3.Connection, entry: Entry) -> None:
    row = (device_of(entry.source), entry.data.night.isoformat(), entry.data.number, entry.place)
    db.execute("INSERT OR IGNORE INTO claim_sentences VALUES (?, ?, ?, ?)", row)


def _made(db: sqlite3.Connection, entry: Entry) -> None:
    """Another device's claims are counted as our own are: one that breaks its bounds blanks no log."""
    made, device = entry.data, device_of(entry.source)
    does = next_handling(db, device, made.evening, made.bench, at_once=not made.queued)
    if does is Handling.REFUSE:
        return
    stamp = (entry.place, entry.source, entry.at, entry.boot, entry.uptime, device, made.evening.isoformat())
    said = (made.sentence, made.bench, made.night.isoformat(), made.number, made.slip)
    db.execute(
        "INSERT OR IGNORE INTO claims (place, source, at, boot, uptime, device, evening, sentence, bench,"
        " night, number, slip, queued) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*stamp, *said, does is Handling.QUEUE),
    )


def _explained(db: sqlite3.Connection, entry: Entry) -> None:
    of = split_place(entry.data.claim)[0]
    if device_of(of) == device_of(entry.source):
        row = (entry.data.claim, entry.place, entry.data.sealed)
        db.execute("INSERT OR IGNORE INTO claim_texts VALUES (?, ?, ?)", row)


def _answered(db: sqlite3.Connection, entry: Entry) -> None:
    row = (entry.data.claim, entry.at, entry.data.answer, entry.data.words)
    db.execute("INSERT OR IGNORE INTO claim_answers VALUES (?, ?, ?, ?)", row)


_APPLY: dict[type, Callable[[sqlite3.Connection, Entry], None]] = {
    SentencePublished: _published,
    Made: _made,
    Explained: _explained,
    Answered: _answered,
}
