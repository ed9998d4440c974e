"""FAULTS 1 to 11: power, disk and files, with real processes on real file systems."""

from __future__ import annotations

import errno
import os
import random
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.adapters.backup import keep_backups, newest_backup, recover, restore
from kiosk.adapters.datadir import DataDir
from kiosk.adapters.device import load_identity
from kiosk.adapters.doctor import doctor
from kiosk.adapters.epoch import open_epoch
from kiosk.adapters.export import export
from kiosk.adapters.opening import looking
from kiosk.adapters.selfcheck import log_findings, page_findings
from kiosk.adapters.store import Store
from kiosk.core.errors import Damaged, NotSaved, Refused, TryLater
from kiosk.core.event import Whole, encode_body, new_salt
from tests.support.broken import Child, cannot_mount, cut_power, dies_at, ext4_image, fail_here, mounted
from tests.support.storage import ALOUD, MODELS, NOW, SOURCE, Kept, Said, device_at, opened

pytestmark = pytest.mark.faults
WHY_NOT = cannot_mount()
needs_mount = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
OTHER = "book-shop.1abcd"


def _record_for_ever(path: Path) -> Callable[[Callable[[int], None]], None]:
    """Record numbers and tell each once it is saved."""

    def work(say: Callable[[int], None]) -> None:
        kept = device_at(path)
        while True:
            entry = kept.journal.record(ALOUD, Said("x" * random.randrange(2000)))
            say(entry.seq)

    return work


def _require_all(path: Path, acked: int) -> int:
    """All that was acked is there, the log verifies, the read-model is whole; how much there is."""
    with opened(path) as kept:
        source = kept.journal.find(kept.db, kept.journal.source)
        assert kept.journal.source == SOURCE, "it went on as a new epoch without need"
        assert source.size >= acked
        assert log_findings(kept.db) == []
        assert page_findings(kept.db, thorough=True) == []
        assert len(kept.heard()) == source.size
        return source.size


# 1 -------------------------------------------------------------------------------------------------------


def test_what_was_acked_is_there_after_a_kill_at_any_moment(tmp_path: Path) -> None:
    size = 0
    for _ in range(25):
        child = Child(_record_for_ever(tmp_path))
        acked = 0
        for _ in range(random.randrange(1, 8)):
            acked = child.hear() or acked
        threading.Event().wait(random.random() * 0.003)  # the moment is random, not waited for
        acked = max([acked, *child.kill()])
        assert acked > size
        size = _require_all(tmp_path, acked)


# 2 -------------------------------------------------------------------------------------------------------


@needs_mount
def test_what_was_acked_is_there_after_a_power_cut(tmp_path: Path) -> None:
    image = ext4_image(tmp_path / "disk")
    acked = 0
    for _ in range(4):
        with mounted(tmp_path / "mnt", "-o", "loop", image) as disk:
            child = Child(_record_for_ever(disk / "data"))
            for _ in range(random.randrange(20, 60)):
                acked = child.hear() or acked
            child.stop()  # ext4 answers some calls that are under way during a shutdown with success
            cut_power(disk)
            acked = max([acked, *child.kill()])
        with mounted(tmp_path / "mnt", "-o", "loop", image) as disk:
            _require_all(disk / "data", acked)


# 3 -------------------------------------------------------------------------------------------------------


def test_when_fsync_fails_it_is_not_saved_and_the_next_try_is(tmp_path: Path) -> None:
    def work(say: Callable[[int], None]) -> None:
        kept = device_at(tmp_path)
        kept.say("before")
        writer, refused = kept.store._writer, list[str]()

        def in_a_thread_whose_fsync_fails() -> None:
            fail_here(errno.EIO, "fsync", "fdatasync")
            try:
                kept.say("lost")
            except NotSaved as error:
                refused.append(str(error))

        thread = threading.Thread(target=in_a_thread_whose_fsync_fails)
        thread.start()
        thread.join()
        assert refused == ["The disk did not take it, so this was not saved."] == [kept.store.trouble]
        kept.say("after")
        assert kept.store._writer is not writer
        assert kept.heard() == ["before", "after"]
        say(1)

    child = Child(work)
    assert (child.hear_all(), child.wait()) == ([1], 0)
    with opened(tmp_path) as kept:
        assert kept.heard() == ["before", "after"]
        assert log_findings(kept.db) == []


# 4 -------------------------------------------------------------------------------------------------------


@needs_mount
def test_on_a_full_disk_notes_wait_while_reading_sync_and_erasure_go_on(tmp_path: Path) -> None:
    with (
        mounted(tmp_path / "mnt", "-t", "tmpfs", "-o", "size=24m", "none") as disk,
        opened(disk / "data") as kept,
    ):
        kept.whisper("to be erased")
        with (disk / "filler").open("wb") as filler:
            free = shutil.disk_usage(disk).free
            os.posix_fallocate(filler.fileno(), 0, free - 40_000)
        with pytest.raises(NotSaved, match="disk is full"):
            kept.say(*["x" * 20_000] * 10)
        saved = len(kept.heard())
        assert not (disk / "data" / "reserve").exists()
        for _ in range(2):
            with pytest.raises(NotSaved, match="disk is full"):
                kept.say("a note")
        assert kept.journal.erase({SOURCE: [1]}) == 1
        forms = [Whole(new_salt(), encode_body(ALOUD, Said("y" * 20_000), NOW, "b0", 1)) for _ in range(20)]
        assert kept.journal.append(OTHER, 1, forms).new == 20
        assert not any(ok for ok, said in doctor(kept.data) if "was full" in said)
        (disk / "filler").unlink()
        kept.say("room again")
        assert (disk / "data" / "reserve").stat().st_size == 4 << 20
        assert len(kept.heard()) == saved - 1 + 20 + 1


# 5 -------------------------------------------------------------------------------------------------------


@needs_mount
def test_on_a_disk_that_turned_read_only_nothing_is_called_saved_and_reading_works(tmp_path: Path) -> None:
    image = ext4_image(tmp_path / "disk")
    with mounted(tmp_path / "mnt", "-o", "loop", image) as disk, opened(disk / "data") as kept:
        kept.say("before")
        subprocess.run(["mount", "-o", "remount,abort", disk], check=True, capture_output=True)
        for _ in range(3):
            with pytest.raises(NotSaved):
                kept.say("lost")
            assert kept.store.trouble.endswith("so this was not saved.")
            assert kept.heard() == ["before"]
        heard: list[str] = []
        thread = threading.Thread(target=lambda: heard.extend(kept.heard()))
        thread.start()
        thread.join()
        assert heard == ["before"]
        with pytest.raises(Refused, match="cannot be"):
            Store(disk / "other.db")


# 6 -------------------------------------------------------------------------------------------------------


def _damage_a_page(database: Path) -> None:
    """Overwrite the middle of the file, header aside."""
    content = bytearray(database.read_bytes())
    pages = len(content) // 4096
    for page in range(1, pages):
        content[page * 4096 : page * 4096 + 100] = b"\xff" * 100
    database.write_bytes(content)


def test_a_corrupt_page_is_set_aside_for_the_newest_backup_as_a_new_epoch(tmp_path: Path) -> None:
    with opened(tmp_path) as kept:
        kept.say("backed up")
        keep_backups(kept.data, NOW)
        kept.say("later")
    _damage_a_page(kept.data.database)
    damaged = kept.data.database.read_bytes()
    with pytest.raises(Damaged, match="is damaged"):
        Store(kept.data.database)
    with kept.data.locked():
        recover(kept.data, MODELS)
    with opened(tmp_path) as after:
        assert after.heard() == ["backed up"]
        assert after.journal.source.startswith("linden-bakery.2")
        opening = [entry.data for entry in after.journal.entries(after.db) if entry.type == "epoch.opened"]
        assert [(e.former, e.size, e.reason) for e in opening] == [
            (SOURCE, 1, "the database was damaged; back to 2026-11-23")
        ]
        after.say("goes on")
    aside = [path.read_bytes() for path in (tmp_path / "backups").glob("aside-*/safe-bench.db")]
    assert aside == [damaged]


def test_a_corrupt_page_without_a_backup_is_said_and_nothing_is_touched(tmp_path: Path) -> None:
    with opened(tmp_path) as kept:
        kept.say("a")
    _damage_a_page(kept.data.database)
    before = kept.data.database.read_bytes()
    with pytest.raises(Damaged, match="no backup"):
        recover(kept.data, MODELS)
    assert kept.data.database.read_bytes() == before
    assert [finding.sentence for finding in doctor(kept.data) if "damaged" in finding.sentence]


# 7 -------------------------------------------------------------------------------------------------------


def test_one_bit_flipped_in_a_row_is_found_though_sqlite_finds_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as kept:
        kept.say("a", "the bit flips here", "c")
    content = bytearray(kept.data.database.read_bytes())
    while (place := content.find(b'"data":{"text":"the bit')) >= 0:
        content[place + 20] ^= 1
    kept.data.database.write_bytes(content)
    with opened(tmp_path) as kept:
        assert page_findings(kept.db, thorough=True) == []
        sentence = f"The 3 events of {SOURCE} are not those that were saved."
        assert log_findings(kept.db) == [sentence]
        assert next(f.sentence for f in doctor(kept.data) if not f.ok).startswith(sentence)
        with pytest.raises(Damaged, match="nothing was exported"):
            export(kept.db, kept.device, tmp_path / "out")
        assert not (tmp_path / "out").exists()


# 8 -------------------------------------------------------------------------------------------------------


def _killed_with_a_log(path: Path, *texts: str) -> None:
    """Leave data as a kill does, with what was said in the write-ahead log only."""

    def work(say: Callable[[int], None]) -> None:
        kept = device_at(path)
        kept.say(*texts)
        say(1)
        threading.Event().wait()

    child = Child(work)
    assert child.hear() == 1
    child.kill()


def test_a_log_that_was_left_over_is_recovered(tmp_path: Path) -> None:
    _killed_with_a_log(tmp_path, "a", "b")
    assert (tmp_path / "safe-bench.db-wal").stat().st_size > 0
    with opened(tmp_path) as kept:
        assert kept.heard() == ["a", "b"]
        assert kept.journal.source == SOURCE


@pytest.mark.parametrize("emptied", [False, True])
def test_after_a_log_was_lost_the_bench_goes_on_as_a_new_epoch(tmp_path: Path, emptied: bool) -> None:
    with opened(tmp_path) as kept:
        kept.say("folded in")
    _killed_with_a_log(tmp_path, "lost")
    (tmp_path / "safe-bench.db-wal").unlink()
    if emptied:
        (tmp_path / "safe-bench.db-wal").touch()
    with opened(tmp_path) as kept:
        assert kept.heard() == ["folded in"]
        assert kept.journal.source.startswith("linden-bakery.2")
        assert kept.device.identity.source == kept.journal.source
        kept.say("another second event")
        assert kept.journal.find(kept.db, SOURCE).size == 1
    with opened(tmp_path) as kept:
        assert kept.journal.source.startswith("linden-bakery.2")


@pytest.mark.parametrize("cut_off", [False, True])
def test_a_log_of_another_database_is_refused_and_nothing_is_touched(tmp_path: Path, cut_off: bool) -> None:
    _killed_with_a_log(tmp_path / "other", *["theirs"] * 20)
    with opened(tmp_path / "own") as kept:
        kept.say(*["ours"] * 30)
    if cut_off:
        _killed_with_a_log(tmp_path / "own", "ours too")
        with sqlite3.connect(kept.data.database) as folding:
            folding.execute("PRAGMA wal_checkpoint(PASSIVE)")
        folding.close()
        (kept.data.path / "safe-bench.db-open").write_bytes(b"open")
    before = kept.data.database.read_bytes()
    shutil.copy(tmp_path / "other" / "safe-bench.db-wal", tmp_path / "own")
    with pytest.raises(Damaged, match="not its own; nothing was changed"):
        Store(kept.data.database)
    assert kept.data.database.read_bytes() == before


def test_an_old_log_of_the_same_database_is_refused(tmp_path: Path) -> None:
    _killed_with_a_log(tmp_path, "a")
    old = (tmp_path / "safe-bench.db-wal").read_bytes()
    with opened(tmp_path) as kept:
        kept.say("b", "c")
    (tmp_path / "safe-bench.db-wal").write_bytes(old)
    with pytest.raises(Damaged, match="not its own"):
        Store(kept.data.database)
    (tmp_path / "safe-bench.db-wal").unlink()
    with opened(tmp_path) as kept:
        assert kept.heard() == ["a", "b", "c"]


# 9 -------------------------------------------------------------------------------------------------------


def test_a_second_process_leaves_with_one_line_and_the_first_goes_on(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    data.create()

    def work(say: Callable[[int], None]) -> None:
        with data.locked(), opened(tmp_path) as kept:
            say(1)
            while True:
                say(kept.journal.record(ALOUD, Said("on")).seq)

    first = Child(work)
    assert first.hear() == 1
    with pytest.raises(TryLater) as second, data.locked():
        pytest.fail("both hold it")
    assert "\n" not in str(second.value)
    told = [first.hear() for _ in range(10)]
    assert told == [*range(told[0] or 0, (told[0] or 0) + 10)]
    first.kill()
    with data.locked():
        _require_all(tmp_path, 10)


# 10 ------------------------------------------------------------------------------------------------------


def test_an_older_program_refuses_a_newer_database_and_touches_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as kept:
        kept.say("a")
        with kept.store.writing() as db:
            row = ("safe-bench", "tables_of_the_future", "2030-01-01")
            db.conn.execute(
                "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, ?, ?)", row
            )
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(Refused, match="newer Safe Bench"):
        Store(tmp_path / "safe-bench.db")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


# 11 ------------------------------------------------------------------------------------------------------


def _at_every_step(
    place: Path, begin: Callable[[Path], None], work: Callable[[Path], None], check: Callable[[Path], None]
) -> int:
    """Do `work` anew until it is done, each time cut off one step later; how many steps it has."""
    for step in range(200):
        path = place / str(step)
        begin(path)
        cut = dies_at(step, lambda path=path: work(path))  # type: ignore[misc]
        check(path)
        shutil.rmtree(path)
        if not cut:
            return step
    pytest.fail("it does not end")


def _with_backup(path: Path) -> None:
    with opened(path) as kept:
        kept.say("backed up")
        keep_backups(kept.data, NOW)
        kept.say("later")


def test_a_restore_cut_off_anywhere_is_done_or_not_begun(tmp_path: Path) -> None:
    seen: set[tuple[str, ...]] = set()

    def work(path: Path) -> None:
        data = DataDir(path)
        newest = newest_backup(data)
        assert newest is not None
        restore(newest, data, MODELS)

    def check(path: Path) -> None:
        DataDir(path).require()
        with opened(path) as kept:
            assert log_findings(kept.db) == []
            seen.add((kept.journal.source[:15], *kept.heard()))
            kept.say("goes on")
            assert not (path / "safe-bench.db.restored").exists()

    assert _at_every_step(tmp_path, _with_backup, work, check) > 15
    assert seen == {(SOURCE[:15], "backed up", "later"), ("linden-bakery.2", "backed up")}


def test_the_first_start_cut_off_anywhere_starts_over(tmp_path: Path) -> None:
    def work(path: Path) -> None:
        device_at(path).close()

    def check(path: Path) -> None:
        with opened(path) as kept:
            kept.say("hello")
            assert kept.journal.source == SOURCE
            assert log_findings(kept.db) == []

    assert _at_every_step(tmp_path, lambda path: path.mkdir(), work, check) > 8


def test_a_new_epoch_an_export_and_a_backup_cut_off_anywhere_leave_no_half(tmp_path: Path) -> None:
    def work(path: Path) -> None:
        kept = device_at(path)
        open_epoch(kept.journal, kept.device, "a test")
        export(kept.db, kept.device, path / "out")
        keep_backups(kept.data, NOW)
        kept.close()

    def check(path: Path) -> None:
        from kiosk.adapters.verify import verify

        if (path / "out").exists():
            verify(path / "out")
        newest = newest_backup(DataDir(path))
        if newest is not None:
            with looking(newest) as db:
                assert page_findings(db, thorough=True) == log_findings(db) == []
        with opened(path) as kept:
            identity = load_identity(kept.db)
            assert identity is not None
            opening = [entry for entry in kept.journal.entries(kept.db) if entry.type == "epoch.opened"]
            assert identity.source == (opening[-1].source if opening else SOURCE)

    def begin(path: Path) -> None:
        with opened(path) as kept:
            kept.say("a")

    assert _at_every_step(tmp_path, begin, work, check) > 10


def test_an_event_and_what_follows_from_it_are_saved_together_or_not_at_all(tmp_path: Path) -> None:
    with opened(tmp_path) as kept:
        _refuse_the_second(kept)
        with pytest.raises(sqlite3.IntegrityError):
            kept.journal.record_all([(ALOUD, Said("one")), (ALOUD, Said("two"))])
        assert kept.heard() == []
        assert kept.journal.find(kept.db, SOURCE).size == 0


def _refuse_the_second(kept: Kept) -> None:
    with kept.store.writing() as db:
        db.conn.execute("CREATE UNIQUE INDEX once ON talk (source)")
