"""Backups and what comes of them; new epochs; the doctor."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from kiosk.adapters import epoch
from kiosk.adapters.backup import backup, keep_backups, newest_backup, restore
from kiosk.adapters.clock import Clock
from kiosk.adapters.datadir import DataDir
from kiosk.adapters.device import load_identity, new_source, save_identity
from kiosk.adapters.doctor import doctor
from kiosk.adapters.keys import DeviceKey
from kiosk.adapters.opening import looking
from kiosk.adapters.selfcheck import log_findings
from kiosk.core.clock import BUILD_TIME, Tick
from kiosk.core.errors import Refused, TryLater
from kiosk.core.event import Whole, new_salt
from tests.support.storage import MODELS, NOW, SOURCE, Kept, device_at, opened, tick

DAY = 86_400


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with opened(tmp_path / "data") as made:
        made.say("a", "b")
        yield made


def _texts(database: Path) -> list[str]:
    with looking(database) as db:
        return [text for (text,) in db.conn.execute("SELECT text FROM talk ORDER BY seq")]


def test_a_backup_is_one_private_file_without_the_key(kept: Kept, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    backup(kept.data.database, out / "b.db")
    assert [path.name for path in out.iterdir()] == ["b.db"]
    assert stat.S_IMODE((out / "b.db").stat().st_mode) == 0o600
    assert _texts(out / "b.db") == ["a", "b"]
    assert kept.data.key.read_bytes() not in (out / "b.db").read_bytes()


def test_a_backup_is_of_one_moment_while_the_app_writes(kept: Kept, tmp_path: Path) -> None:
    over = threading.Event()

    def write() -> None:
        while not over.is_set():
            kept.say("more")

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for i in range(5):
            backup(kept.data.database, tmp_path / f"{i}.db")
            with looking(tmp_path / f"{i}.db") as db:
                assert log_findings(db) == []
    finally:
        over.set()
        thread.join()


def test_a_backup_that_cannot_be_written_is_refused_and_leaves_nothing(kept: Kept, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be written"):
        backup(kept.data.database, tmp_path / "missing" / "b.db")
    with pytest.raises(Refused, match="not made"):
        backup(tmp_path / "no.db", tmp_path / "b.db")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_backups_are_made_daily_and_live_seven_days(kept: Kept) -> None:
    for day in range(10):
        keep_backups(kept.data, NOW + day * DAY)
        keep_backups(kept.data, NOW + day * DAY + 60)
    names = sorted(path.name for path in kept.data.backups.iterdir())
    assert names == [
        f"safe-bench-2026-{date}.db"
        for date in ("11-26", "11-27", "11-28", "11-29", "11-30", "12-01", "12-02")
    ]
    assert newest_backup(kept.data) == kept.data.backups / names[-1]
    assert stat.S_IMODE(kept.data.backups.stat().st_mode) == 0o700


def test_on_a_disk_with_little_room_no_backup_is_made_but_old_ones_go(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_backups(kept.data, NOW)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(100, 90, 10))
    keep_backups(kept.data, NOW + 8 * DAY)
    assert list(kept.data.backups.iterdir()) == []
    kept.data.backups.rmdir()
    kept.data.backups.touch()
    with pytest.raises(Refused, match="cannot be kept"):
        keep_backups(kept.data, NOW)


def test_what_was_set_aside_lives_seven_days_too(kept: Kept) -> None:
    for name in (
        "aside-2026-11-16-101010",
        "aside-2026-11-23-101010",
        "aside-2033-01-01-101010",
        "kept by hand",
    ):
        (kept.data.backups / name).mkdir(parents=True)
        (kept.data.backups / name / "safe-bench.db").touch()
    keep_backups(kept.data, NOW)
    names = {path.name for path in kept.data.backups.iterdir()}
    assert names == {"aside-2026-11-23-101010", "kept by hand", "safe-bench-2026-11-23.db"}


def test_a_restore_brings_back_the_data_as_a_new_epoch(tmp_path: Path) -> None:
    with opened(tmp_path / "data") as kept:
        kept.say("a")
        backup(kept.data.database, tmp_path / "b.db")
        kept.say("later")
    device = restore(tmp_path / "b.db", kept.data, MODELS)
    with opened(tmp_path / "data") as after:
        assert after.heard() == ["a"]
        assert after.device.identity == device.identity
        assert after.journal.source == device.identity.source != SOURCE
        after.say("goes on")
        assert [s.name for s in after.journal.sources(after.db)] == [SOURCE, device.identity.source]
        assert log_findings(after.db) == []
    aside = list(kept.data.backups.glob("aside-*/safe-bench.db"))
    assert [_texts(path) for path in aside] == [["a", "later"]]


def test_a_restore_onto_a_fresh_machine_makes_a_key_of_its_own(kept: Kept, tmp_path: Path) -> None:
    backup(kept.data.database, tmp_path / "b.db")
    device = restore(tmp_path / "b.db", DataDir(tmp_path / "fresh"), MODELS)
    assert device.key.public != kept.device.key.public
    with opened(tmp_path / "fresh") as fresh:
        assert fresh.heard() == ["a", "b"]


def test_a_restore_waits_while_an_app_runs(kept: Kept, tmp_path: Path) -> None:
    backup(kept.data.database, tmp_path / "b.db")
    with kept.data.locked(), pytest.raises(TryLater):
        restore(tmp_path / "b.db", kept.data, MODELS)
    assert not list(kept.data.path.glob("*.rest*"))


def _flipped(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content.replace(b'"data":{"text":"a"', b'"data":{"text":"z"'))


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _of_another(path: Path) -> None:
    with sqlite3.connect(path) as conn:
        conn.execute(
            "UPDATE meta SET value = replace(value, 'linden-bakery', 'book-shop') WHERE key = 'identity'"
        )
    conn.close()


def _newer(path: Path) -> None:
    with sqlite3.connect(path) as conn:
        conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('safe-bench', 'x', '')"
        )
    conn.close()


@pytest.mark.parametrize(
    "spoil", [_flipped, _cut, _of_another, _newer, Path.unlink, lambda path: path.write_text("x")]
)
def test_a_backup_that_does_not_fit_is_refused_and_nothing_changes(tmp_path: Path, spoil) -> None:
    with opened(tmp_path / "data") as kept:
        kept.say("a")
        backup(kept.data.database, tmp_path / "b.db")
    before = {path.name: path.read_bytes() for path in kept.data.path.iterdir()}
    spoil(tmp_path / "b.db")
    with pytest.raises(Refused):
        restore(tmp_path / "b.db", kept.data, MODELS)
    after = {
        path.name: path.read_bytes()
        for path in kept.data.path.iterdir()
        if not path.name.endswith(("-wal", "-shm"))
    }
    assert after == {**before, "lock": b""}


def test_a_copied_database_opens_a_new_epoch_once(tmp_path: Path) -> None:
    with opened(tmp_path / "data") as kept:
        kept.say("a")
    with opened(tmp_path / "data") as kept:
        assert kept.journal.source == SOURCE
    shutil.copytree(tmp_path / "data", tmp_path / "copy")
    with opened(tmp_path / "copy") as copy:
        source = copy.journal.source
        assert source.startswith("linden-bakery.2")
        opening = [entry.data for entry in copy.journal.entries(copy.db) if entry.type == "epoch.opened"]
        assert [(e.reason, e.former, e.size) for e in opening] == [("the database was copied", SOURCE, 1)]
    with opened(tmp_path / "copy") as copy:
        assert copy.journal.source == source


def test_a_disk_in_another_machine_opens_a_new_epoch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(tmp_path) as kept:
        kept.say("a")
    for module in (epoch,):
        monkeypatch.setattr(module, "machine_id", lambda: "another")
    with opened(tmp_path) as moved:
        opening = [
            entry.data.reason for entry in moved.journal.entries(moved.db) if entry.type == "epoch.opened"
        ]
        assert opening == ["the data was moved to another machine"]


def test_an_epoch_that_cannot_be_opened_changes_nothing(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise Refused("no")

    monkeypatch.setattr(kept.journal, "record", refuse)
    with pytest.raises(Refused):
        epoch.open_epoch(kept.journal, kept.device, "a test")
    assert kept.journal.source == SOURCE
    identity = load_identity(kept.db)
    assert identity is not None
    assert identity.source == SOURCE


def test_epochs_count_on() -> None:
    names = ["linden-bakery.1test"]
    for _ in range(11):
        names.append(new_source("linden-bakery", names[-1]))
    assert [name[:-4] for name in names] == [f"linden-bakery.{i}" for i in range(1, 13)]
    assert len({new_source("a") for _ in range(200)}) > 190


def _bad(data: DataDir, *, at: Tick | None = None) -> list[str]:
    return [finding.sentence for finding in doctor(data, lambda: at or tick()) if not finding.ok]


def test_the_doctor_finds_nothing_wrong_with_what_is_well(kept: Kept) -> None:
    Clock(kept.store, tick).confirm(NOW * 1000)
    assert _bad(kept.data) == []
    assert len(doctor(kept.data, tick)) >= 7


def test_the_doctor_says_in_words_what_is_wrong(kept: Kept) -> None:
    Clock(kept.store, tick).confirm(NOW * 1000)
    kept.journal.append("book-shop.1abcd", 1, [Whole(new_salt(), b"poison")])
    kept.signed_up_to(2)
    with kept.store.writing() as db:
        db.conn.execute("INSERT INTO forks (source, found, reason, batch) VALUES ('a', 1, 'b', x'')")
        db.conn.execute("UPDATE checkpoints SET note = replace(note, x'0a320a', x'0a330a')")
    kept.store._reserve.give_up()
    found = "\n".join(_bad(kept.data, at=Tick(0, 5, "b2")))
    for words in (
        "was full",
        "were signed",
        "does not hold",
        "about",
        "1 events could not",
        "1 batches show",
    ):
        assert words in found
    kept.store._reserve.keep()


def test_the_doctor_asks_for_the_hosts_word_on_a_doubtful_time(kept: Kept) -> None:
    clock = Clock(kept.store, tick)
    clock.confirm(NOW * 1000)
    clock.observe_signed(BUILD_TIME + 10**11, 10)
    assert "host has to confirm" in _bad(kept.data)[0]


def test_the_doctor_needs_data_an_identity_and_a_key(kept: Kept, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no Safe Bench data"):
        doctor(DataDir(tmp_path / "none"))
    kept.data.key.rename(tmp_path / "key")
    assert "no device key" in _bad(kept.data)[0]
    with kept.store.writing() as db:
        db.conn.execute("DELETE FROM meta WHERE key = 'identity'")
    assert "no identity" in _bad(kept.data)[0]


def test_a_node_is_not_asked_what_waits_for_it(tmp_path: Path) -> None:
    kept = device_at(tmp_path, DeviceKey.generate(), source="central.1test")
    with kept.store.writing() as db:
        save_identity(db, msgspec.structs.replace(kept.device.identity, device="central"))
    assert not any("wait for the node" in finding.sentence for finding in doctor(kept.data))
    kept.close()
