"""The store: transactions, what happens when the disk refuses, and how it opens and closes."""

from __future__ import annotations

import gc
import sqlite3
import stat
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from kiosk.adapters.store import Store
from kiosk.core.errors import Damaged, NotSaved, Refused, TryLater
from tests.support.storage import device_at, opened


class Full(sqlite3.OperationalError):
    """As SQLite raises it."""

    sqlite_errorcode = sqlite3.SQLITE_FULL


def _count(store: Store) -> int:
    return int(store.reading().conn.execute("SELECT count(*) FROM forks").fetchone()[0])


def _insert(store: Store) -> None:
    with store.writing() as db:
        db.conn.execute("INSERT INTO forks (source, found, reason, batch) VALUES ('a', 1, 'b', x'')")


@pytest.fixture
def store(tmp_path: Path):
    made = Store(tmp_path / "safe-bench.db")
    yield made
    made.close()


def test_what_is_written_is_durable_and_readable_by_the_owner_only(store: Store) -> None:
    assert store._writer is not None
    pragmas = {name: store._writer.conn.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS}
    assert pragmas == PRAGMAS
    for beside in ("", "-wal", "-open"):
        assert stat.S_IMODE(store.path.with_name(store.path.name + beside).stat().st_mode) == 0o600


PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "secure_delete": 1,
    "trusted_schema": 0,
}


def _insert_then(store: Store, error: Exception) -> None:
    with store.writing():
        _insert(store)
        raise error


def test_a_block_that_raises_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        _insert_then(store, ZeroDivisionError())
    assert _count(store) == 0


def test_an_inner_block_is_undone_alone(store: Store) -> None:
    with store.writing():
        _insert(store)
        with pytest.raises(ZeroDivisionError):
            _insert_then(store, ZeroDivisionError())
        _insert(store)
    assert _count(store) == 2


def test_when_the_disk_refused_inside_nothing_around_it_is_saved(store: Store) -> None:
    """SQLite ends the whole transaction then: what follows would be saved without what came before."""

    def go_on_regardless() -> None:
        with store.writing():
            _insert(store)
            with suppress(NotSaved):
                _insert_then(store, Full())
            _insert(store)

    with pytest.raises(NotSaved):
        go_on_regardless()
    assert _count(store) == 0
    _insert(store)
    assert _count(store) == 1


def test_after_a_failure_the_connection_is_another_one(store: Store) -> None:
    first, reader = store._writer, store.reading()
    with pytest.raises(NotSaved, match="full"), store.writing():
        raise Full
    assert store.trouble == "The disk is full, so this was not saved."
    _insert(store)
    assert store._writer is not first
    assert store.reading() is not reader
    assert store.trouble == ""


def test_when_it_cannot_be_opened_again_it_is_tried_at_the_next_write(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotSaved), store.writing():
        raise Full

    def refuse() -> None:
        raise Refused("no")

    with monkeypatch.context() as broken:
        broken.setattr(store, "_open", refuse)
        for _ in range(2):
            with pytest.raises(NotSaved, match="could not be opened"), store.writing():
                pytest.fail("open")
    _insert(store)
    assert _count(store) == 1


def test_errors_that_are_not_the_disks_pass_through(store: Store) -> None:
    with pytest.raises(sqlite3.IntegrityError), store.writing() as db:
        db.conn.execute("INSERT INTO events (source, seq, leaf) VALUES (99, 1, x'00')")
    with pytest.raises(sqlite3.OperationalError, match="no such table"), store.writing() as db:
        db.conn.execute("INSERT INTO nowhere VALUES (1)")
    _insert(store)


def test_what_waits_for_the_commit_is_called_after_it_and_only_then(store: Store) -> None:
    seen: list[int] = []
    with store.writing():
        with store.writing():
            _insert(store)
            store.after_commit(lambda: seen.append(_count(store)))
        assert seen == []
    assert seen == [1]
    with suppress(NotSaved), store.writing():
        store.after_commit(lambda: seen.append(0))
        raise Full
    with store.writing():
        pass
    assert seen == [1]
    store.after_commit(lambda: seen.append(2))
    assert seen == [1, 2]


def test_a_reader_sees_what_was_committed_and_cannot_write(store: Store) -> None:
    with store.writing():
        _insert(store)
        assert _count(store) == 0
    assert _count(store) == 1
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store.reading().conn.execute("DELETE FROM forks")


def test_each_thread_reads_by_a_connection_of_its_own_that_ends_with_it(store: Store) -> None:
    here = store.reading()
    for _ in range(5):
        thread = threading.Thread(target=store.reading)
        thread.start()
        thread.join()
    gc.collect()
    assert list(store._readers) == [here]


def test_threads_write_one_after_the_other(store: Store) -> None:
    def insert_ten() -> None:
        for _ in range(10):
            _insert(store)

    threads = [threading.Thread(target=insert_ten) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _count(store) == 40


def test_closing_folds_the_log_in_and_leaves_no_mark(tmp_path: Path) -> None:
    with opened(tmp_path) as kept:
        kept.say("hello")
        assert (tmp_path / "safe-bench.db-open").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"safe-bench.db", "device.key", "reserve"}
    with pytest.raises(TryLater, match="closing"):
        kept.say("late")


def test_for_reading_only_it_changes_nothing_and_needs_a_database(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no Safe Bench data"):
        Store(tmp_path / "safe-bench.db", read_only=True)
    with opened(tmp_path) as kept:
        kept.say("hello")
        beside = Store(kept.store.path, read_only=True)
        assert beside.reading().conn.execute("SELECT count(*) FROM events").fetchone()[0] == 1
        with pytest.raises(NotSaved, match="only be read"), beside.writing() as db:
            db.conn.execute("DELETE FROM events")
        beside.close()
        kept.say("again")


@pytest.mark.parametrize("name", ["odd ?#%41.db", "näh.db"])
def test_a_path_with_odd_letters_is_a_path(tmp_path: Path, name: str) -> None:
    store = Store(tmp_path / name)
    _insert(store)
    assert (tmp_path / name).exists()
    beside = Store(tmp_path / name, read_only=True)
    assert _count(beside) == 1
    beside.close()
    store.close()


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "safe-bench.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(Damaged, match="not a database"):
        Store(tmp_path / "safe-bench.db")
    with pytest.raises(Refused, match="cannot be written"):
        Store(tmp_path / "missing" / "safe-bench.db")


def test_a_database_that_was_found_damaged_is_examined_at_the_next_start(tmp_path: Path) -> None:
    kept = device_at(tmp_path)

    class Corrupt(sqlite3.DatabaseError):
        sqlite_errorcode = sqlite3.SQLITE_CORRUPT

    with pytest.raises(NotSaved, match="damaged"), kept.store.writing():
        raise Corrupt
    kept.close()
    path = kept.store.path
    content = bytearray(path.read_bytes())
    content[4096:8192] = bytes(4096)
    path.write_bytes(content)
    with pytest.raises(Damaged):
        Store(path)
