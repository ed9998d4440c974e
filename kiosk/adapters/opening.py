"""What is looked at before a database is opened for writing: how the last run ended, whose the log is."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from kiosk.adapters.files import sync_directory
from kiosk.adapters.meta import get_meta
from kiosk.adapters.selfcheck import log_findings, page_findings
from kiosk.core.errors import Damaged

PLACE = "place"
"""Under this the database remembers its machine and inode: see `epoch`."""

SMALL = 32 << 20
"""Bytes up to which a database has its pages looked at at every start: some 30 ms."""

_BEGUN, _OPEN, _SUSPECT = b"begun", b"open", b"suspect"


class Mark:
    """A file that is there while a database is open for writing, and stays when that did not end well."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._log = database.with_name(database.name + "-wal")
        self._path = database.with_name(database.name + "-open")

    def begin(self) -> None:
        """Say, before anything is written or while all is folded in, that the log may be there or not."""
        if self._content() != _SUSPECT:
            self._write(_BEGUN)

    def set(self) -> None:
        """Say, once the write-ahead log has something in it, that it has."""
        self._write(_OPEN)

    def suspect(self) -> None:
        """Have the database examined at the next start, however this run ends."""
        self._write(_SUSPECT)

    def clear(self) -> None:
        """Say that all went well, unless something was suspect."""
        if self._content() != _SUSPECT:
            self._path.unlink(missing_ok=True)

    def says_lost_log(self) -> bool:
        """Whether the last run was cut off, and the log that it wrote is gone since."""
        return self._database.exists() and self._content() == _OPEN and not self._has_log()

    def says_stray_log(self) -> bool:
        """Whether a log lies there though the last run ended well, and so left none."""
        return self._content() is None and self._has_log()

    def says_examine(self) -> bool:
        """Whether the last run was cut off."""
        return self._database.exists() and self._content() is not None

    def _has_log(self) -> bool:
        return self._log.exists() and self._log.stat().st_size > 0

    def _content(self) -> bytes | None:
        return self._path.read_bytes() if self._path.exists() else None

    def _write(self, content: bytes) -> None:
        """Durable on return, and never half: a power cut leaves one of the words or an empty file."""
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        sync_directory(self._path.parent)


def examine(path: Path, mark: Mark) -> None:
    """Damaged when SQLite's pages are, or when the write-ahead log is not this database's own.

    SQLite would fold any log into any database (the log does not name its own). A log of another one
    is there though the last run ended well, brings another remembered place, or brings logs that no longer
    give their roots though without it they did. Nothing is written.
    """
    if mark.says_stray_log():
        raise Damaged(_stray(path))
    thorough = mark.says_examine()
    if not path.exists() or not (thorough or path.stat().st_size < SMALL):
        return
    try:
        with looking(path) as db:
            pages = page_findings(db)
            thorough = thorough and not pages and db["meta"].exists()  # else its first start was cut off
            logs, place = (log_findings(db), get_meta(db, PLACE)) if thorough else ([], None)
    except sqlite3.DatabaseError as error:
        raise Damaged(f"The database {path} is damaged: {error}.") from None
    if pages:
        raise Damaged(f"The database {path} is damaged: {pages[0]}.")
    if thorough and _is_foreign(path, place, logs):
        raise Damaged(_stray(path))


def _stray(path: Path) -> str:
    return f"The file {path.name}-wal beside the database is not its own; nothing was changed."


def _is_foreign(path: Path, place: str | None, logs: list[str]) -> bool:
    try:
        with looking(path, without_log=True) as db:
            before = get_meta(db, PLACE)
            return (before is not None and before != place) or (bool(logs) and not log_findings(db))
    except sqlite3.DatabaseError:
        return False  # not yet a database without its log, or in the middle of taking it in


@contextmanager
def looking(path: Path, *, without_log: bool = False) -> Iterator[Database]:
    """The database, to be read only; `without_log` as if it had no write-ahead log."""
    target = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if without_log else ''}"
    with closing(sqlite3.connect(target, uri=True)) as conn:
        yield Database(conn, execute_plugins=False, recursive_triggers=False)


def restored_of(database: Path) -> Path:
    """Where a restored database waits, whole and durable, to take the place of `database`."""
    return database.with_name(database.name + ".restored")


def finish_restore(database: Path) -> None:
    """Put a restored database in its place; what was there goes aside. Does nothing when none waits.

    A power cut at any step leaves either the former database, whole, or this to be called again.
    """
    restored = restored_of(database)
    if not restored.exists():
        return
    aside = database.parent / "backups" / f"aside-{datetime.now(UTC):%Y-%m-%d-%H%M%S}"
    aside.mkdir(mode=0o700, parents=True, exist_ok=True)
    for suffix in ("-wal", "-shm", "-open"):
        beside = database.with_name(database.name + suffix)
        if beside.exists():
            beside.replace(aside / beside.name)
    if database.exists() and not (aside / database.name).exists():
        (aside / database.name).hardlink_to(database)
    restored.replace(database)
    sync_directory(database.parent)
