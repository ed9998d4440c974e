"""The SQLite file: one connection that writes, one for each thread that reads."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from kiosk.adapters.migrations import migrate
from kiosk.core.errors import NotSaved, Refused

FILE = "safe-bench.db"
_SENTENCES = {
    sqlite3.SQLITE_FULL: "The disk is full, so this was not saved.",
    sqlite3.SQLITE_READONLY: "The disk can only be read, so this was not saved.",
    sqlite3.SQLITE_IOERR: "The disk did not take it, so this was not saved.",
    sqlite3.SQLITE_CORRUPT: "The database is damaged, so this was not saved.",
    sqlite3.SQLITE_CANTOPEN: "The database could not be opened, so this was not saved.",
}


class Store:
    """The database of one data directory. Writing is one thread at a time; reading never waits for it."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self._read_only = read_only
        self._lock = threading.RLock()
        self._local = threading.local()
        self._readers: list[Database] = []
        self._generation = 0
        if read_only and not path.exists():
            raise Refused(f"There is no Safe Bench data at {path.parent}.")
        self._writer = self._open()
        if not read_only:
            migrate(self._writer)

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """A transaction: committed and durable when the block ends, undone when it raises.

        Blocks nest. NotSaved when the disk refuses; the connection is then opened anew.
        """
        with self._lock:
            nested = self._writer.conn.in_transaction
            try:
                with self._writer.atomic():
                    yield self._writer
            except sqlite3.OperationalError as error:
                self._failed(error, nested)
                raise
            except sqlite3.DatabaseError as error:
                self._failed(error, nested)
                raise

    def reading(self) -> Database:
        """This thread's connection for queries; it sees what was committed."""
        held: tuple[int, Database] | None = getattr(self._local, "reader", None)
        if held is None or held[0] != self._generation:
            reader = self._open()
            reader.conn.execute("PRAGMA query_only=ON")
            with self._lock:
                self._readers.append(reader)
                held = self._local.reader = (self._generation, reader)
        return held[1]

    def close(self) -> None:
        """Fold the write-ahead log into the file and close all connections."""
        with self._lock:
            for reader in self._readers:
                reader.close()
            self._readers.clear()
            if not self._read_only:
                self._writer.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._writer.close()

    def _open(self) -> Database:
        target = f"file:{self.path}?mode=ro" if self._read_only else str(self.path)
        try:
            conn = sqlite3.connect(target, uri=self._read_only, check_same_thread=False, timeout=5)
            if not self._read_only:
                conn.execute("PRAGMA journal_mode=WAL")
                conn.execute("PRAGMA synchronous=FULL")
            conn.execute("PRAGMA secure_delete=ON")
            conn.execute("PRAGMA foreign_keys=ON")
            conn.execute("PRAGMA cache_size=-1024")
            conn.execute("PRAGMA trusted_schema=OFF")
        except sqlite3.DatabaseError as error:
            raise Refused(f"{self.path} does not open as a database: {error}.") from None
        return Database(conn, execute_plugins=False, recursive_triggers=False)

    def _failed(self, error: sqlite3.DatabaseError, nested: bool) -> None:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code not in _SENTENCES:
            return
        if not nested:
            self._writer.conn.close()
            self._generation += 1
            self._writer = self._open()
        raise NotSaved(_SENTENCES[code]) from error
