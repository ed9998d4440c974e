"""The SQLite file: one connection that writes, one for each thread that reads."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlite_utils import Database

from kiosk.adapters.meta import get_meta, set_meta
from kiosk.adapters.migrations import migrate
from kiosk.adapters.opening import Mark, examine, finish_restore
from kiosk.adapters.reserve import Reserve
from kiosk.core.errors import NotSaved, Refused, TryLater
from kiosk.core.sentences import N_

FILE = "safe-bench.db"
_BUSY, _PATIENCE = 5000, 200
"""Milliseconds to wait for another connection: to write, and to fold the log while everybody waits."""
_SENTENCES = {
    sqlite3.SQLITE_FULL: N_("The disk is full, so this was not saved."),
    sqlite3.SQLITE_READONLY: N_("The disk can only be read, so this was not saved."),
    sqlite3.SQLITE_IOERR: N_("The disk did not take it, so this was not saved."),
    sqlite3.SQLITE_CORRUPT: N_("The database is damaged, so this was not saved."),
    sqlite3.SQLITE_NOTADB: N_("The database is damaged, so this was not saved."),
    sqlite3.SQLITE_CANTOPEN: N_("The database could not be opened, so this was not saved."),
    sqlite3.SQLITE_BUSY: N_("Another program holds the database, so this was not saved."),
}


class Store:
    """The database of one data directory. Writing is one thread at a time; reading never waits for it.

    `lost_log`: the last run did not end well and its write-ahead log is gone, so that what was saved last
    may be missing. `trouble`: why the last write was not kept; "" when it was.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self.trouble = ""
        self.lost_log = False
        self._read_only = read_only
        self._lock = threading.RLock()
        self._local = threading.local()
        self._readers: weakref.WeakSet[Database] = weakref.WeakSet()
        self._generation = 0
        self._depth = 0
        self._closed = False
        self._broken: sqlite3.DatabaseError | None = None
        self._due: list[Callable[[], None]] = []
        self._writer: Database | None = None
        self._mark = Mark(path)
        self._reserve = Reserve(path.with_name("reserve"))
        self._begin()

    def _begin(self) -> None:
        """Open; Refused, or Damaged, and nothing touched, when this database cannot be gone on with."""
        if self._read_only:
            if not self.path.exists():
                raise Refused(f"There is no Safe Bench data at {self.path.parent}.")
            self._writer = self._open()
            return
        finish_restore(self.path)
        self.lost_log = self._mark.says_lost_log()
        examine(self.path, self._mark)
        try:
            self._mark.begin()
            self.path.touch(0o600)
            self._writer = self._open()
            migrate(self._writer)
            self._touch_log()
            self._mark.set()
        except OSError as error:
            self._abandon()
            raise Refused(f"{self.path.parent} cannot be written: {error.strerror}.") from None
        except BaseException:
            self.close()
            raise
        self._reserve.keep()

    def _touch_log(self) -> None:
        """Write something, so that an empty log beside the mark means that the log was lost."""
        with suppress(NotSaved), self.writing() as db:
            set_meta(db, "opened", str(int(get_meta(db, "opened") or 0) + 1))

    @property
    def is_low(self) -> bool:
        """Whether the disk has no room for anything but sync and erasure."""
        return self._reserve.is_spent and not self._reserve.keep()

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """A transaction: committed and durable when the block ends, undone when it raises.

        Blocks nest. NotSaved when the disk refuses, also if an inner block's was caught; the connection
        is then opened anew.
        """
        with self._lock:
            with self._transaction() as db:
                yield db
            due = []
            if self._depth == 0:
                due, self._due = self._due, []
                self.trouble = ""
        for call in due:
            call()

    def after_commit(self, call: Callable[[], None]) -> None:
        """Have `call` called once what is being written is durable; not at all if it is undone."""
        with self._lock:
            if self._depth:
                self._due.append(call)
                return
        call()

    @contextmanager
    def _transaction(self) -> Iterator[Database]:
        db = self._connected()
        self._depth += 1
        try:
            with db.atomic() if self._depth == 1 else _inner(db):
                yield db
                if self._broken is not None:
                    raise self._broken
        except sqlite3.DatabaseError as error:
            refusal = self._refusal(error)
            if refusal is None:
                raise
            raise refusal from error
        finally:
            self._depth -= 1
            if self._depth == 0:
                self._tidy()

    def _connected(self) -> Database:
        if self._closed:
            raise TryLater(N_("Safe Bench is closing; nothing more is saved."))
        if self._writer is None:
            try:
                self._writer = self._open()
            except Refused:
                raise NotSaved(_SENTENCES[sqlite3.SQLITE_CANTOPEN]) from None
        return self._writer

    def _refusal(self, error: sqlite3.DatabaseError) -> NotSaved | None:
        code = _code(error)
        if code not in _SENTENCES:
            return None
        self._broken = error
        self.trouble = _SENTENCES[code]
        return NotSaved(self.trouble)

    def _tidy(self) -> None:
        """After the outermost block: when it failed, start over with a new connection."""
        if self._broken is None:
            return
        code, self._broken = _code(self._broken), None
        self._due.clear()
        if code == sqlite3.SQLITE_FULL:
            self._reserve.give_up()
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            self._mark.suspect()
        if code != sqlite3.SQLITE_READONLY:  # what is open for reading stays readable
            self._generation += 1
        self._abandon()

    def _abandon(self) -> None:
        if self._writer is not None:
            self._writer.conn.close()
            self._writer = None

    def reading(self) -> Database:
        """This thread's connection for queries; it sees what was committed."""
        held: tuple[int, Database] | None = getattr(self._local, "reader", None)
        if held is None or held[0] != self._generation:
            reader = self._open()
            reader.conn.execute("PRAGMA query_only=ON")
            weakref.finalize(reader, reader.conn.close)  # a thread that ends leaves no connection behind
            with self._lock:
                self._readers.add(reader)
                held = self._local.reader = (self._generation, reader)
        return held[1]

    def close(self) -> None:
        """Fold the write-ahead log into the file and close all connections."""
        with self._lock:
            for reader in self._readers:
                reader.close()
            folded = self._fold()
            self._closed = True
            self._abandon()
            if folded:
                self._mark.clear()

    def fold(self) -> bool:
        """Fold the write-ahead log into the database, so that what was erased is not in it either.

        False when somebody was just reading what is in it: it is to be tried again.
        """
        with self._lock:
            return self._fold()

    def _fold(self) -> bool:
        if self._read_only or self._writer is None:
            return False
        with suppress(sqlite3.OperationalError, OSError):  # the next start folds it in
            self._mark.begin()
            self._writer.conn.execute(f"PRAGMA busy_timeout={_PATIENCE}")
            busy = self._writer.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            self._writer.conn.execute(f"PRAGMA busy_timeout={_BUSY}")
            return not busy
        return False

    def _open(self) -> Database:
        target = f"{self.path.absolute().as_uri()}?mode={'ro' if self._read_only else 'rwc'}"
        try:
            conn = sqlite3.connect(target, uri=True, check_same_thread=False, timeout=_BUSY / 1000)
        except sqlite3.DatabaseError as error:
            raise Refused(f"{self.path} does not open as a database: {error}.") from None
        try:
            if not self._read_only:
                conn.execute("PRAGMA journal_mode=WAL")
                conn.execute("PRAGMA synchronous=FULL")
            conn.execute("PRAGMA secure_delete=ON")
            conn.execute("PRAGMA temp_store=MEMORY")  # what is sorted is in no file that nobody erases
            conn.execute("PRAGMA foreign_keys=ON")
            conn.execute("PRAGMA cache_size=-1024")
            conn.execute("PRAGMA trusted_schema=OFF")
        except sqlite3.DatabaseError as error:
            conn.close()
            raise Refused(f"{self.path} does not open as a database: {error}.") from None
        return Database(conn, execute_plugins=False, recursive_triggers=False)


@contextmanager
def _inner(db: Database) -> Iterator[None]:
    """A block inside a transaction, undone by itself when it raises.

    As `Database.atomic` does it, which makes up a new name each time that SQLite has to read anew.
    """
    db.conn.execute("SAVEPOINT inner")
    try:
        yield
    except BaseException:
        if db.conn.in_transaction:
            db.conn.execute("ROLLBACK TO inner")
            db.conn.execute("RELEASE inner")
        raise
    db.conn.execute("RELEASE inner")


@contextmanager
def snapshot(db: Database) -> Iterator[None]:
    """What is read inside is of one moment."""
    db.conn.execute("BEGIN")
    try:
        yield
    finally:
        db.conn.execute("ROLLBACK")


def _code(error: sqlite3.DatabaseError) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
