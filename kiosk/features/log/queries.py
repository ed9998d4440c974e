"""What the log asks of its read-models."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Any, NamedTuple

import msgspec

from kiosk.core.clock import corrected
from kiosk.features.incidents.events import Ended, Outside, Tried, What
from kiosk.features.log.events import NightPublished, SentencePublished
from kiosk.features.log.rules import Note, Span

_NOTES = """
SELECT n.place, n.occurred, n.at, b.began, n.uptime, n.about, n.what, n.zone, n.ended, n.tried, n.outside,
  coalesce(w.words, ''), coalesce(w.read, 0), s.place IS NOT NULL
FROM log_notes n LEFT JOIN boots b ON b.source = n.source AND b.boot = n.boot
  LEFT JOIN log_words w ON w.bench = n.bench AND w.place = n.place
  LEFT JOIN log_settled s ON s.bench = n.bench AND s.place = n.place
WHERE n.bench = ? AND n.place NOT IN (SELECT place FROM log_taken_back WHERE bench = n.bench)
ORDER BY n.id"""
_PUBLISHED = """
SELECT bench, at, told FROM log_nights WHERE night = ?1 AND (?2 IS NULL OR bench = ?2) ORDER BY bench"""
_NAME = "SELECT name FROM benches WHERE bench = ? ORDER BY enrolled DESC LIMIT 1"
_STAYS = """
SELECT s.at, b.began, s.uptime, s.expects, s.left, l.began, s.left_uptime
FROM log_stays s LEFT JOIN boots b ON b.source = s.source AND b.boot = s.boot
  LEFT JOIN boots l ON l.source = s.left_source AND l.boot = s.left_boot
WHERE s.bench = ? ORDER BY s.id"""
_BEGUN = """
SELECT min(coalesce((b.began + t.uptime) / 1000, t.at)) FROM (
  SELECT source, at, boot, uptime FROM log_begun WHERE bench = ?1
  UNION ALL SELECT source, at, boot, uptime FROM log_notes WHERE bench = ?1
  UNION ALL SELECT source, at, boot, uptime FROM log_stays WHERE bench = ?1
) t LEFT JOIN boots b ON b.source = t.source AND b.boot = t.boot"""


def begun(db: sqlite3.Connection, bench: str) -> int | None:
    """The POSIX second of the first thing that is known of a bench."""
    first: int | None = db.execute(_BEGUN, (bench,)).fetchone()[0]
    return first


def notes(db: sqlite3.Connection, bench: str) -> list[Note]:
    """All notes of a bench, in the order in which they were written."""
    return [_note(row) for row in db.execute(_NOTES, (bench,))]


def _note(row: tuple[Any, ...]) -> Note:
    place, occurred, at, began, uptime, about, what, zone, ended, tried, outside, words, read, settled = row
    written = corrected(at, began, uptime)
    return Note(
        place=place,
        at=occurred + written - at,
        written=written,
        about=bool(about),
        what=What(what),
        zone=zone,
        ended=Ended(ended),
        tried=msgspec.json.decode(tried, type=tuple[Tried, ...]),
        outside=msgspec.json.decode(outside, type=tuple[Outside, ...]),
        words=words,
        read=bool(read),
        settled=bool(settled),
    )


def stays(db: sqlite3.Connection, bench: str) -> list[Span]:
    """When stewards on duty were out; hours are never counted beyond the expected return."""
    return [_span(*row) for row in db.execute(_STAYS, (bench,))]


def _span(
    at: int, began: int | None, uptime: int, expects: int, left: int | None, *gone: int | None
) -> Span:  # fmt: skip
    begin = corrected(at, began, uptime)
    until = expects + begin - at
    left_began, left_uptime = gone
    return begin, until if left is None else min(until, corrected(left, left_began, left_uptime or 0))


def nights(db: sqlite3.Connection, bench: str) -> set[date]:
    """The nights that a bench has published."""
    rows = db.execute("SELECT night FROM log_nights WHERE bench = ?", (bench,))
    return {date.fromisoformat(night) for (night,) in rows}


def last_number(db: sqlite3.Connection, bench: str, night: date) -> int:
    """The number of the last sentence of a night, 0 for none."""
    query = (
        "SELECT coalesce(max(number), 0) FROM (SELECT bench, night, number FROM log_sentences"
        " UNION ALL SELECT bench, night, number FROM log_gone) WHERE bench = ? AND night = ?"
    )
    return int(db.execute(query, (bench, night.isoformat())).fetchone()[0])


class Told(NamedTuple):
    """A night at one bench as it was published. `changed`: POSIX second of what came out last."""

    bench: str
    night: NightPublished
    sentences: list[SentencePublished]
    changed: int


def published(db: sqlite3.Connection, night: date, bench: str | None = None) -> list[Told]:
    """A night as benches, or one bench, have published it, in the order of their ids."""
    rows = db.execute(_PUBLISHED, (night.isoformat(), bench)).fetchall()
    return [_told(db, *row) for row in rows]


def _told(db: sqlite3.Connection, bench: str, at: int, told: str) -> Told:
    night = _as_known(db, bench, msgspec.json.decode(told, type=NightPublished))
    query = (
        "SELECT at, told FROM log_sentences s WHERE bench = ? AND night = ?"
        " AND NOT EXISTS (SELECT 1 FROM log_gone g WHERE g.bench = s.bench AND g.sentence = s.place)"
        " ORDER BY number"
    )
    rows = db.execute(query, (bench, night.night.isoformat())).fetchall()
    sentences = [msgspec.json.decode(one, type=SentencePublished) for _at, one in rows]
    return Told(bench, night, sentences, max([at, *(one for one, _told in rows)]))


def _as_known(db: sqlite3.Connection, bench: str, night: NightPublished) -> NightPublished:
    """The night under the name by which the bench was enrolled: none speaks under another's."""
    row = db.execute(_NAME, (bench,)).fetchone()
    return night if row is None else msgspec.structs.replace(night, bench=row[0])


def numbers(db: sqlite3.Connection, night: date, bench: str | None = None) -> set[tuple[str, int]]:
    """Bench and number of the sentences of a night; of all benches, or of one."""
    query = "SELECT bench, number FROM log_sentences WHERE night = ?1 AND (?2 IS NULL OR bench = ?2)"
    return {(at, number) for at, number in db.execute(query, (night.isoformat(), bench))}


def nights_listed(
    db: sqlite3.Connection, offset: int, count: int, bench: str | None = None, until: date = date.max
) -> list[date]:
    """Published nights, newest first; of all benches, or of one; none after `until`."""
    rows = db.execute(
        "SELECT DISTINCT night FROM log_nights WHERE (?1 IS NULL OR bench = ?1) AND night <= ?4"
        " ORDER BY night DESC LIMIT ?2 OFFSET ?3",
        (bench, count, offset, until.isoformat()),
    )
    return [date.fromisoformat(night) for (night,) in rows]
