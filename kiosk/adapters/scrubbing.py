"""What was erased is in no backup either, and in nothing that was set aside (DESIGN 8).

A file is never changed in place: one without what was erased takes its place, so that a power cut leaves one
or the other. It has no read-models; they are made anew when it is brought back.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

from sqlite_utils import Database

from kiosk.adapters import ages
from kiosk.adapters.backup import copy_database, made_on
from kiosk.adapters.datadir import DataDir
from kiosk.adapters.erasing import ERASED
from kiosk.adapters.files import in_place_of
from kiosk.adapters.journal import Journal
from kiosk.adapters.meta import get_meta, set_meta
from kiosk.adapters.migrations import migrate
from kiosk.adapters.opening import looking
from kiosk.adapters.readmodels import drop
from kiosk.adapters.retention import kept
from kiosk.core.event import Whole, split_place

_TIDIED = "tidied"
_ERASED = """
SELECT s.name || '/' || e.seq FROM events e JOIN sources s ON s.id = e.source
JOIN live.sources t ON t.name = s.name JOIN live.events f ON f.source = t.id AND f.seq = e.seq
WHERE e.body IS NOT NULL AND f.erased"""
_UNKNOWN = """
SELECT s.name || '/' || e.seq FROM events e JOIN sources s ON s.id = e.source
LEFT JOIN live.sources t ON t.name = s.name LEFT JOIN live.events f ON f.source = t.id AND f.seq = e.seq
WHERE e.body IS NOT NULL AND f.body IS NULL"""
_WHOLE = (
    "SELECT e.salt, e.body, e.source, e.seq FROM events e JOIN sources s ON s.id = e.source"
    " WHERE s.name = ? AND e.seq = ?"
)
_REDUCE = "UPDATE events SET salt = NULL, body = NULL, leaf = ?, erased = 1 WHERE source = ? AND seq = ?"
_BESIDE = {
    "pin_attempts": "member",
    "enrolments": "secret",
    "passphrases": "member, hash",
    "introductions": "secret",
    "forks": "id, batch",
}
"""Tables beside the events, of which rows are deleted, and what tells one row from another."""
_STALE = """
DELETE FROM main.quarantine WHERE EXISTS (SELECT 1 FROM main.events e
  WHERE (e.source, e.seq) = (quarantine.source, quarantine.seq) AND e.body IS NULL);
DELETE FROM main.reported WHERE EXISTS (SELECT 1 FROM main.events e JOIN main.sources s ON s.id = e.source
  WHERE (s.name, e.seq) = (reported.source, reported.seq) AND e.body IS NULL)"""


def tidy(data: DataDir, journal: Journal, now: int | None) -> None:
    """After something was erased: take it out of every copy, and out of the write-ahead log.

    To be asked often: what could not be done, because somebody was reading or a disk failed, is done when it
    is asked again. `now`: POSIX seconds, None while the clock is not verified.
    """
    db = journal.store.reading()
    erased = get_meta(db, ERASED)
    if erased == get_meta(db, _TIDIED):
        return
    today = None if now is None else datetime.fromtimestamp(now, UTC).date()
    scrub(data, journal, today, now or 0)
    if journal.store.fold():
        with journal.writing() as db:
            set_meta(db, _TIDIED, erased or "")


def scrub(data: DataDir, journal: Journal, today: date | None, now: int) -> None:
    """Take out of every copy in the data directory what is erased in the journal.

    Of what the journal never had, what is past its time at POSIX second `now`. A copy that does not open goes
    when it is not of `today`; with `today` None, the clock is not verified: then neither is done.
    """
    for leftover in (*data.path.glob("*.partial*"), *data.backups.glob("*.partial*")):
        leftover.unlink()
    exempt = kept(journal, journal.store.reading(), now or None)
    for copy in sorted(data.backups.iterdir()) if data.backups.exists() else ():
        made = made_on(copy)
        if made is None:
            continue
        try:
            _scrub(copy, journal, exempt, now if today else 0)
        except sqlite3.DatabaseError:
            if today is not None and made < today:
                _remove(copy)


def _scrub(copy: Path, journal: Journal, exempt: Collection[str], now: int) -> None:
    database = copy / journal.store.path.name if copy.is_dir() else copy
    with looking(database) as db:
        _beside(db.conn, journal.store.path)
        places = sorted(_gone(db, journal, now) - set(exempt))
        stale = [rows for rows in _deleted(db.conn) if db.conn.execute(f"SELECT 1 {rows}").fetchone()]
        if not places and not stale:
            return
    with in_place_of(copy.with_name(copy.name + ".db") if copy.is_dir() else copy) as partial:
        copy_database(database, partial)
        _without(partial, journal.store.path, places)
    if copy.is_dir():
        _remove(copy)


def _gone(db: Database, journal: Journal, now: int) -> set[str]:
    """What is whole in this copy and must not be."""
    erased = {place for (place,) in db.conn.execute(_ERASED)}
    unknown = {place for (place,) in db.conn.execute(_UNKNOWN)}
    if not unknown or not now:
        return erased
    starts = ages.began(journal.store.reading())
    due = ages.overdue(db, journal.models.registry, journal.source, now, starts)
    return erased | (unknown & {f"{name}/{seq}" for name, seqs in due.items() for seq in seqs})


def _deleted(conn: sqlite3.Connection) -> Iterator[str]:
    """Rows (`FROM …`) of a copy that the journal's database has no more. A copy may be older than a table."""
    there = {name for (name,) in conn.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")}
    for table, key in _BESIDE.items():
        if table in there:
            yield f"FROM main.{table} WHERE ({key}) NOT IN (SELECT {key} FROM live.{table})"  # noqa: S608


def _without(partial: Path, live: Path, places: Collection[str]) -> None:
    """Take events and what else is stale out of a copy, so that no page of it remembers them."""
    with closing(sqlite3.connect(partial.absolute().as_uri(), uri=True)) as conn:
        for pragma in ("journal_mode=MEMORY", "secure_delete=ON", "temp_store=MEMORY"):
            conn.execute(f"PRAGMA {pragma}")
        db = Database(conn, execute_plugins=False)
        migrate(db)
        _beside(conn, live)
        with db.atomic():
            conn.executemany(_REDUCE, _reduced(conn, places))
            for rows in _deleted(conn):
                conn.execute(f"DELETE {rows}")
            for statement in _STALE.split(";"):
                conn.execute(statement)
            drop(db)
        conn.execute("DETACH live")
        conn.execute("VACUUM")


def _beside(conn: sqlite3.Connection, live: Path) -> None:
    """Have the journal's own database as `live`, to be read only."""
    conn.execute("ATTACH ? AS live", (f"{live.absolute().as_uri()}?mode=ro",))


def _reduced(conn: sqlite3.Connection, places: Collection[str]) -> Iterator[tuple[bytes, int, int]]:
    for place in places:
        for salt, body, source, seq in conn.execute(_WHOLE, split_place(place)).fetchall():
            yield Whole(salt, body).leaf, source, seq


def _remove(copy: Path) -> None:
    shutil.rmtree(copy) if copy.is_dir() else copy.unlink()
