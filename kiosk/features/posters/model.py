"""The newest version of each poster that this device has, and which bench is closed tonight."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kiosk.core.event import Entry, device_of
from kiosk.features.host.events import ClosedTonight, Reopened
from kiosk.features.posters.events import Published
from kiosk.web.forms import clean

SCHEMA = (
    """
CREATE TABLE posters (
  slug TEXT NOT NULL, language TEXT NOT NULL, version INTEGER NOT NULL, title TEXT NOT NULL,
  text TEXT NOT NULL, decided TEXT NOT NULL, review TEXT NOT NULL,
  at INTEGER NOT NULL, source TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (slug, language)
) WITHOUT ROWID""",
    "CREATE TABLE attract_closed (bench TEXT PRIMARY KEY, night TEXT NOT NULL) WITHOUT ROWID",
)

# The higher version stays, whatever arrives first: a restored node may send an old one late.
_KEEP = """
INSERT INTO posters VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
  version = excluded.version, title = excluded.title, text = excluded.text, decided = excluded.decided,
  review = excluded.review, at = excluded.at, source = excluded.source, seq = excluded.seq
WHERE (excluded.version, excluded.at, excluded.source, excluded.seq) > (version, at, source, seq)"""
_ALL = "SELECT slug, language, version, title, text, decided, review FROM posters"


@dataclass(frozen=True)
class Poster:
    """One poster. `decided` and `review` are ISO dates or ""; `text` is Markdown."""

    slug: str
    language: str
    version: int
    title: str
    text: str
    decided: str
    review: str


def apply(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Keep the newest version of each poster, and the last night for which each bench was closed."""
    db.executemany(_KEEP, [_row(entry) for entry in entries if isinstance(entry.data, Published)])
    for entry in entries:
        bench, data = device_of(entry.source), entry.data
        if isinstance(data, ClosedTonight):
            row = (bench, data.night.isoformat())
            db.execute("INSERT OR REPLACE INTO attract_closed VALUES (?, ?)", row)
        elif isinstance(data, Reopened):
            db.execute("DELETE FROM attract_closed WHERE bench = ?", (bench,))


def _row(entry: Entry) -> tuple[str | int, ...]:
    data: Published = entry.data
    poster = (data.slug, data.language, data.version, clean(data.title), clean(data.text))
    return (*poster, data.decided or "", data.review or "", entry.at, entry.source, entry.seq)


def state(db: sqlite3.Connection) -> tuple[tuple[str, int], ...]:
    """What changes whenever any poster does: the places of their events."""
    return tuple(db.execute("SELECT source, seq FROM posters ORDER BY slug, language"))


def posters(db: sqlite3.Connection) -> list[Poster]:
    """All posters, by slug and language."""
    return [Poster(*row) for row in db.execute(_ALL + " ORDER BY slug, language")]


def versions_of(db: sqlite3.Connection, slug: str) -> dict[str, Poster]:
    """The poster of this slug in every language that it has."""
    rows = db.execute(_ALL + " WHERE slug = ? ORDER BY language", (slug,))
    return {poster.language: poster for poster in (Poster(*row) for row in rows)}


def closed_night(db: sqlite3.Connection, bench: str) -> date | None:
    """The night for which the host has closed this bench."""
    row = db.execute("SELECT night FROM attract_closed WHERE bench = ?", (bench,)).fetchone()
    return None if row is None else date.fromisoformat(row[0])
