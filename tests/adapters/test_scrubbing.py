"""What was erased is in no copy that the device keeps; what was not is in all of them."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.adapters.backup import backup, keep_backups, restore
from kiosk.adapters.checkpoints import set_aside
from kiosk.adapters.opening import looking
from kiosk.adapters.readmodels import ReadModels
from kiosk.adapters.scrubbing import tidy
from kiosk.adapters.selfcheck import log_findings, page_findings
from kiosk.bench import create_bench
from kiosk.composition import ALL
from kiosk.config import Config
from kiosk.features.checkin.events import ARRIVED, Arrived
from kiosk.serving import do_chores
from kiosk.sync.epochs import begin_again
from kiosk.web.services import EXTENSION
from tests.support import EVENING, Bench
from tests.support.traces import traces

DAY = 86400
OLD, NEW = "10777", "20888"


def _comes(bench: Bench, member: str) -> None:
    at = bench.time.system // 1000
    bench.here.journal.record(ARRIVED, Arrived(member, at + 9000, "badge", on_duty=True))


def _days(bench: Bench, days: int) -> None:
    """Days go by, each with its chores."""
    for _ in range(days):
        bench.time.pass_seconds(DAY)
        bench.here.clock.keep()
        do_chores(bench.here, bench.data)


def _texts(member: str) -> str:
    """How the body of their arrival reads."""
    return f'"data":{{"member":"{member}","expects"'


def _lived(bench: Bench) -> None:
    """A check-in that is 27 days old, another of today, and a week of backups with both or one in them."""
    _comes(bench, OLD)
    bench.time.pass_seconds(19 * DAY)
    _days(bench, 7)
    _comes(bench, NEW)
    _days(bench, 1)


def _sound(path: Path) -> bool:
    with looking(path) as db:
        return not page_findings(db, thorough=True) and not log_findings(db)


def test_a_backup_loses_what_is_erased_and_nothing_else(bench: Bench) -> None:
    _lived(bench)
    assert len(traces(bench.data.backups, _texts(OLD))) == 7
    _days(bench, 1)
    assert traces(bench.data.path, _texts(OLD)) == {}
    left = sorted(bench.data.backups.iterdir())
    assert len(left) == 7
    assert all(_sound(path) for path in left)
    assert set(traces(bench.data.backups, _texts(NEW))) == {path.name for path in left[-2:]}


def test_a_backup_in_which_nothing_is_past_its_time_is_not_touched(bench: Bench) -> None:
    _lived(bench)
    _days(bench, 2)
    before = {path.name: path.stat().st_ino for path in bench.data.backups.iterdir()}
    _days(bench, 1)
    after = {path.name: path.stat().st_ino for path in bench.data.backups.iterdir()}
    assert {name: after[name] for name in before if name in after} == {
        name: inode for name, inode in before.items() if name in after
    }


def test_a_scrubbed_backup_can_be_brought_back(bench: Bench) -> None:
    _lived(bench)
    _days(bench, 1)
    newest = sorted(bench.data.backups.iterdir())[-2]
    bench.here.journal.store.close()
    restore(newest, bench.data, ReadModels(ALL))
    app = create_bench(Config(), bench.data, tick=bench.time)
    here = app.extensions[EXTENSION]
    assert here.db.conn.execute("SELECT member FROM stays").fetchall() == [(NEW,)]
    here.journal.store.close()


def test_a_restore_erases_what_is_past_its_time_before_anything_is_served(
    bench: Bench, tmp_path: Path
) -> None:
    _comes(bench, OLD)
    backup(bench.data.database, tmp_path / "b.db")
    bench.time.pass_seconds(28 * DAY)
    _days(bench, 1)
    bench.here.journal.store.close()
    assert traces(tmp_path, _texts(OLD)) == {"b.db": [_texts(OLD)]}
    restore(tmp_path / "b.db", bench.data, ReadModels(ALL))
    assert traces(bench.data.path, _texts(OLD)) == {}


def test_a_power_cut_while_a_backup_is_scrubbed_leaves_it_whole_and_the_next_round_does_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lived(bench)

    def cut(_path: Path) -> None:
        raise OSError("the power went")

    monkeypatch.setattr(Path, "replace", lambda *_: cut(Path()))
    _days(bench, 1)
    assert all(_sound(path) for path in bench.data.backups.glob("*.db"))
    monkeypatch.undo()
    (bench.data.backups / "safe-bench-2026-12-20.db.partial").write_text(_texts(OLD))
    do_chores(bench.here, bench.data)
    assert traces(bench.data.path, _texts(OLD)) == {}


def test_what_a_restore_set_aside_is_scrubbed_with_its_write_ahead_log(bench: Bench) -> None:
    _lived(bench)
    store = bench.here.journal.store
    _comes(bench, "30999")  # in the log only
    aside = bench.data.backups / "aside-2026-12-20-101010"
    aside.mkdir()
    for path in bench.data.path.glob("safe-bench.db*"):
        shutil.copy(path, aside)
    assert store.fold()
    _days(bench, 1)
    assert traces(bench.data.path, _texts(OLD)) == {}
    assert not aside.exists()
    assert traces(bench.data.backups, _texts("30999")).keys() >= {aside.name + ".db"}
    assert _sound(bench.data.backups / (aside.name + ".db"))


def test_what_the_journal_never_had_goes_when_its_time_is_over(bench: Bench) -> None:
    """The tail of a database that was set aside after its newest backup was brought back."""
    aside = bench.data.backups / "aside-2026-12-18-101010.db"
    bench.data.backups.mkdir()
    before = bench.data.path / "before"
    backup(bench.data.database, before)
    _comes(bench, OLD)
    backup(bench.data.database, aside)
    bench.here.journal.store.close()
    before.replace(bench.data.database)
    app = create_bench(Config(), bench.data, tick=bench.time)
    bench.here = app.extensions[EXTENSION]
    bench.time.pass_seconds(27 * DAY)
    do_chores(bench.here, bench.data)
    assert traces(bench.data.path, _texts(OLD)) == {"backups/" + aside.name: [_texts(OLD)]}
    _days(bench, 1)
    assert traces(bench.data.path, _texts(OLD)) == {}
    assert _sound(aside)


def test_a_copy_that_does_not_open_is_kept_for_its_day_and_then_goes(bench: Bench) -> None:
    _lived(bench)
    now = bench.here.clock.now()
    for day in ("20", "21"):
        aside = bench.data.backups / f"aside-2026-12-{day}-101010"
        aside.mkdir()
        (aside / "safe-bench.db").write_text(f"no database, but {_texts(OLD)}")
    _days(bench, 1)
    assert now // DAY * DAY < bench.here.clock.now()
    assert set(traces(bench.data.path, _texts(OLD))) == {"backups/aside-2026-12-21-101010/safe-bench.db"}
    _days(bench, 1)
    assert traces(bench.data.path, _texts(OLD)) == {}


def test_what_was_written_again_in_a_new_log_is_not_taken_out_of_the_old_ones_backup(bench: Bench) -> None:
    _comes(bench, NEW)
    keep_backups(bench.data, bench.here.clock.now())
    begin_again(bench.here, bench.here.journal.source, "the node has another history")
    tidy(bench.data, bench.here.journal, bench.here.clock.now())
    assert len(traces(bench.data.backups, _texts(NEW))) == 1


def test_counts_of_wrong_pins_and_batches_that_are_gone_here_go_there_too(bench: Bench) -> None:
    with bench.here.journal.writing() as db:
        db.conn.execute("INSERT INTO pin_attempts VALUES ('canary-1', 1, 'b', 1), ('here-1', 9, 'b', 1)")
        set_aside(db, "book-shop", EVENING, "why", b"canary-2")
        set_aside(db, "book-shop", EVENING, "why", b"here-2")
    keep_backups(bench.data, bench.here.clock.now())
    with bench.here.journal.writing() as db:
        db.conn.execute("DELETE FROM pin_attempts WHERE member = 'canary-1'")
        db.conn.execute("DELETE FROM forks WHERE batch = CAST('canary-2' AS BLOB)")
    _days(bench, 1)
    assert traces(bench.data.backups, "canary-1", "canary-2") == {}
    assert len(traces(bench.data.backups, "here-1", "here-2")) == 2


def test_files_that_a_person_put_there_are_left_alone(bench: Bench) -> None:
    bench.data.backups.mkdir()
    (bench.data.backups / "kept by hand").write_text("words")
    _lived(bench)
    _days(bench, 1)
    assert (bench.data.backups / "kept by hand").read_text() == "words"


def test_a_backup_of_an_older_program_is_scrubbed_as_well(bench: Bench) -> None:
    _lived(bench)
    newest = max(bench.data.backups.iterdir())
    with closing(sqlite3.connect(newest)) as conn, conn:
        conn.execute("ALTER TABLE events DROP COLUMN erased")
        conn.execute("DROP TABLE passphrases")
        conn.execute("DELETE FROM _sqlite_migrations WHERE name IN ('erased_events', 'passphrases')")
    _days(bench, 1)
    assert traces(bench.data.path, _texts(OLD)) == {}
    assert newest.exists()
    assert _sound(newest)


def test_what_a_backup_lost_is_not_taken_back_once_it_is_restored(bench: Bench) -> None:
    arrived = bench.here.journal.record(ARRIVED, Arrived(OLD, EVENING + 9000, "badge", on_duty=True))
    journal = bench.here.journal
    (whole,) = journal.forms(
        bench.here.db, journal.find(bench.here.db, arrived.source), arrived.seq, arrived.seq
    )
    bench.time.pass_seconds(26 * DAY)
    _days(bench, 3)
    journal.store.close()
    restore(sorted(bench.data.backups.iterdir())[-2], bench.data, ReadModels(ALL))
    app = create_bench(Config(), bench.data, tick=bench.time)
    here = app.extensions[EXTENSION]
    here.journal.append(arrived.source, arrived.seq, [whole])
    assert not here.journal.holds_whole(here.db, arrived.place)
    here.journal.store.close()
