"""What is kept for some days is forgotten when they are over, and only then."""

from __future__ import annotations

from kiosk.adapters.retention import forget_daily, overdue
from kiosk.core.event import Whole
from kiosk.core.mandate import Role
from kiosk.features.checkin.events import ARRIVED, Arrived
from kiosk.features.incidents.events import NOTED, Ended, Noted, What
from kiosk.serving import do_chores
from tests.support import EVENING, Bench

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
