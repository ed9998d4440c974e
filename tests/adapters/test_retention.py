"""What is kept for some days is forgotten when they are over, and only then."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import msgspec
import pytest

from kiosk.adapters.checkpoints import keep_cosignature
from kiosk.adapters.device import CORRECTED, Corrected
from kiosk.adapters.retention import forget_daily, overdue
from kiosk.adapters.scrubbing import tidy
from kiosk.core.checkpoint import Checkpoint, cosign
from kiosk.core.event import EventType, Whole, Writer, encode_body, new_salt
from kiosk.core.mandate import Role
from kiosk.features.checkin.events import ARRIVED, Arrived
from kiosk.features.incidents.events import NOTED, Ended, Noted, What
from kiosk.serving import do_chores
from tests.support import EVENING, Bench
from tests.support.traces import traces

DAY = 86400
CANARY = "10777"


def _evening(bench: Bench) -> None:
    bench.member(CANARY, "Ines", Role.STEWARD)
    bench.here.journal.record(ARRIVED, Arrived(CANARY, EVENING + 9000, "badge", on_duty=True))
    bench.here.journal.record(NOTED, Noted(CANARY, What.NOISE, "park", EVENING, Ended.PARTED))


def _bodies(bench: Bench) -> list[bytes]:
    db, journal = bench.here.db, bench.here.journal
    source = journal.find(db, journal.source)
    return [form.body for form in journal.forms(db, source, 1, source.size) if isinstance(form, Whole)]


def test_what_names_a_member_is_kept_for_its_days_and_no_longer(bench: Bench) -> None:
    _evening(bench)
    assert forget_daily(bench.here.journal, EVENING + 28 * DAY - 1) == 0
    assert any(CANARY.encode() in body for body in _bodies(bench))
    assert forget_daily(bench.here.journal, EVENING + 29 * DAY) == 2
    assert not any(CANARY.encode() in body for body in _bodies(bench))
    assert bench.here.db.conn.execute("SELECT count(*) FROM stays").fetchall() == [(0,)]


def test_the_log_has_the_same_root_before_and_after_forgetting(bench: Bench) -> None:
    _evening(bench)
    db, journal = bench.here.db, bench.here.journal
    before = journal.find(db, journal.source).tree.root()
    forget_daily(journal, EVENING + 29 * DAY)
    source = journal.find(db, journal.source)
    assert source.tree.root() == before
    assert journal.root_at(db, source, source.size - 1) != before


def test_it_is_done_once_a_day(bench: Bench) -> None:
    _evening(bench)
    forget_daily(bench.here.journal, EVENING + 28 * DAY - 3600)
    assert forget_daily(bench.here.journal, EVENING + 28 * DAY + 1) == 0
    assert overdue(bench.here.journal, bench.here.db, EVENING + 28 * DAY + 1)


def test_nothing_is_forgotten_by_a_clock_that_is_not_verified(bench: Bench) -> None:
    _evening(bench)
    bench.time.boot = "b00700000002"
    bench.time.system += 60 * DAY * 1000
    do_chores(bench.here, bench.data)
    assert any(CANARY.encode() in body for body in _bodies(bench))


def test_a_note_is_published_before_it_is_forgotten(bench: Bench) -> None:
    _evening(bench)
    bench.time.pass_seconds(40 * DAY)
    bench.here.clock.keep()
    do_chores(bench.here, bench.data)
    bodies = b"".join(_bodies(bench))
    assert b"incident.noted" not in bodies
    assert b"checkin.arrived" not in bodies
    assert b"log.sentence_published" in bodies


class Said(msgspec.Struct, frozen=True):
    """What a newer program may write."""

    words: str


def _newer(scope: str) -> EventType:
    return EventType(f"talk.{scope}", Said, frozenset(Writer), scope, 1)  # type: ignore[arg-type]


def _arrives(bench: Bench, body: bytes, source: str = "book-shop.1test") -> None:
    bench.here.journal.append(source, None, [Whole(new_salt(), body)])


def _forget(bench: Bench, days: float) -> int:
    """The chores of the day that is so many days later."""
    bench.time.pass_seconds(days * DAY)
    erased = forget_daily(bench.here.journal, bench.here.clock.now())
    tidy(bench.data, bench.here.journal, bench.here.clock.now())
    return erased


def test_what_only_a_newer_program_can_read_goes_after_ninety_days_unless_it_is_public(bench: Bench) -> None:
    for scope in ("public", "network", "bench"):
        _arrives(bench, encode_body(_newer(scope), Said(f"canary-{scope}"), EVENING, "b9", 1))
    _forget(bench, 89)
    assert len(traces(bench.data.path, "canary-network", "canary-bench")) > 0
    _forget(bench, 1)
    assert traces(bench.data.path, "canary-network", "canary-bench") == {}
    assert traces(bench.data.path, "canary-public") != {}


def test_what_nobody_can_read_goes_28_days_after_it_was_first_seen_and_so_does_the_reason(
    bench: Bench,
) -> None:
    body = encode_body(NOTED, Noted(CANARY, What.NOISE, "park", EVENING, Ended.PARTED), 60, "b9", 1)
    _arrives(bench, body.replace(b'"noise"', b'"canary"'))
    assert bench.here.db.conn.execute("SELECT count(*) FROM quarantine").fetchone() == (1,)
    _forget(bench, 5)
    with bench.here.journal.writing() as db:
        bench.here.journal.models.rebuild(db)
    _forget(bench, 27)
    assert traces(bench.data.path, "canary") != {}
    assert _forget(bench, 1) == 1
    assert traces(bench.data.path, "canary") == {}
    assert bench.here.db.conn.execute("SELECT count(*) FROM quarantine").fetchone() == (0,)


def test_the_words_in_which_the_node_refused_an_event_go_with_it(bench: Bench) -> None:
    _evening(bench)
    with bench.here.journal.writing() as db:
        row = (bench.here.journal.source, 2, "not one of: canary")
        db.conn.execute("INSERT INTO reported VALUES (?, ?, ?)", row)
    _forget(bench, 29)
    assert traces(bench.data.path, "canary") == {}


def _stamped(bench: Bench, at: int) -> None:
    """A note of another start of the tablet, by a clock that nobody ever set right."""
    kind, data = NOTED, Noted(CANARY, What.NOISE, "park", EVENING, Ended.PARTED)
    bench.here.journal.append(
        bench.here.journal.source, None, [Whole(new_salt(), encode_body(kind, data, at, "b9", 5))]
    )


def test_a_note_stamped_in_2040_is_as_old_as_what_came_after_it(bench: Bench) -> None:
    _stamped(bench, EVENING + 5000 * DAY)
    bench.here.journal.record(ARRIVED, Arrived(CANARY, EVENING + 9000, "badge", on_duty=True))
    assert _forget(bench, 28.5) == 2
    assert traces(bench.data.path, CANARY) == {}


def test_a_note_stamped_in_2040_is_as_old_as_the_nodes_signature_on_it(bench: Bench) -> None:
    _stamped(bench, EVENING + 5000 * DAY)
    journal = bench.here.journal
    with journal.writing() as db:
        source = journal.find(db, journal.source)
        checkpoint = Checkpoint(f"lindenfield/{source.name}", source.size, source.tree.root())
        line = cosign(checkpoint, EVENING + DAY, bench.here.device.cosigner_key, bench.node.sign)
        keep_cosignature(db, source, source.size, line.name, str(line))
    assert _forget(bench, 28) == 0
    assert _forget(bench, 1) == 1


def test_a_note_stamped_in_1970_is_not_erased_the_moment_it_is_written(bench: Bench) -> None:
    _stamped(bench, 60)
    assert _forget(bench, 1) == 0
    assert _forget(bench, 28) == 1


def test_a_start_whose_clock_is_set_right_later_ages_by_the_right_time(bench: Bench) -> None:
    _stamped(bench, EVENING - DAY)
    right = Corrected("b9", (EVENING + 3 * DAY) * 1000)
    bench.here.journal.record(CORRECTED, right)
    assert _forget(bench, 30) == 0
    assert _forget(bench, 2) == 1


def test_somebody_who_reads_just_then_makes_it_wait_for_the_next_round(bench: Bench) -> None:
    _evening(bench)
    bench.here.journal.store.fold()
    bench.here.journal.record(ARRIVED, Arrived(CANARY, EVENING + 9000, "badge", on_duty=True))
    with closing(sqlite3.connect(bench.data.database)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        assert _forget(bench, 29) == 3
        assert list(traces(bench.data.path, f'"member":"{CANARY}","expects"')) != []
    tidy(bench.data, bench.here.journal, None)
    assert traces(bench.data.path, f'"member":"{CANARY}","expects"') == {}


def test_nobody_who_writes_waits_while_read_models_are_made_anew(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    _evening(bench)
    stage = bench.here.journal.models.stage

    def busy(db, without):
        staged = stage(db, without)
        bench.here.journal.record(ARRIVED, Arrived("20001", EVENING + 9000, "badge", on_duty=True))
        return staged

    monkeypatch.setattr(bench.here.journal.models, "stage", busy)
    monkeypatch.setattr(bench.here.journal.models, "rebuild", lambda _db: pytest.fail("all were made anew"))
    assert _forget(bench, 29) == 2
    monkeypatch.undo()
    _same_after_rebuild(bench)
    assert bench.here.db.conn.execute("SELECT member FROM stays").fetchall() == [("20001",)]


def test_what_is_erased_meanwhile_is_not_brought_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    _evening(bench)
    journal = bench.here.journal
    bench.time.pass_seconds(10 * DAY)
    other = journal.record(ARRIVED, Arrived("20001", EVENING + 40 * DAY, "badge", on_duty=True))
    stage = journal.models.stage

    def crossed(db, without):
        staged = stage(db, without)
        journal.erase({other.source: [other.seq]})
        return staged

    monkeypatch.setattr(journal.models, "stage", crossed)
    assert _forget(bench, 19) == 2
    assert bench.here.db.conn.execute("SELECT count(*) FROM stays").fetchone() == (0,)
    _same_after_rebuild(bench)


def _tables(bench: Bench) -> dict[str, list[tuple[object, ...]]]:
    conn = bench.here.db.conn
    names = conn.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {
        name: conn.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608
        for (name,) in names.fetchall()
        if name not in ("meta", "_sqlite_migrations")
    }


def _same_after_rebuild(bench: Bench) -> None:
    before = _tables(bench)
    with bench.here.journal.writing() as db:
        bench.here.journal.models.rebuild(db)
    assert _tables(bench) == before
