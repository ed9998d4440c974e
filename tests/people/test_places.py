"""What is of no more use about a member is erased on bench and node alike; read-models agree."""

from __future__ import annotations

import msgspec
import pytest

from kiosk.adapters.datadir import DataDir
from kiosk.core.event import EventType, Whole
from kiosk.core.mandate import Role
from kiosk.people import events, members, pins, places
from kiosk.serving import do_chores, operations_of
from tests.support import EVENING, PIN, Bench
from tests.support.node import Node
from tests.support.traces import traces

DAY = 86400
INES, OTHER = "12345", "23456"
TABLES = ("members", "former_members", "mandates", "member_events")
HASHES = [pins.hash_pin(pin) for pin in ("111111", "222222")]


def _rows(bench: Bench) -> dict[str, list[tuple[object, ...]]]:
    conn = bench.here.db.conn
    return {name: conn.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}  # noqa: S608


def _chores(bench: Bench, days: float = 0) -> None:
    """The chores so many days later; the tables are those that a rebuild gives."""
    bench.time.pass_seconds(days * DAY)
    do_chores(bench.here, bench.data)
    before = _rows(bench)
    with bench.here.journal.writing() as db:
        bench.here.journal.models.rebuild(db)
    assert _rows(bench) == before


def _granted(ends: int, begins: int = EVENING - 60) -> tuple[EventType, msgspec.Struct]:
    return events.GRANTED, events.Granted(INES, Role.STEWARD, begins, ends)


def _held(bench: Bench, words: str) -> list[bytes]:
    """The bodies in the journal that hold these words."""
    query = "SELECT body FROM events WHERE instr(body, CAST(? AS BLOB))"
    return [body for (body,) in bench.here.db.conn.execute(query, (words,))]


def test_of_a_member_who_left_only_the_number_stays(bench: Bench) -> None:
    bench.member(INES, "Canary Ines", Role.STEWARD)
    bench.member(OTHER, "Bo")
    bench.from_node(
        (events.BADGE_REVOKED, events.BadgeRevoked(INES, EVENING)),
        (events.RECALLED, events.Recalled(INES, Role.STEWARD, EVENING + DAY)),
        (events.LEFT, events.Left(INES)),
    )
    _chores(bench)
    assert traces(bench.data.path, "Canary Ines") == {}
    assert [b'"type":"member.left"' in body for body in _held(bench, INES)] == [True]
    assert not members.is_free(bench.here.db.conn, INES)
    assert members.badge_is_void(bench.here.db.conn, INES, EVENING + 9 * DAY)
    assert members.name_of(bench.here.db.conn, OTHER) == "Bo"


def test_an_earlier_pin_and_an_earlier_name_go_and_the_newest_count(bench: Bench) -> None:
    bench.member(INES, "Canary")
    bench.from_node(
        (events.PIN_SET, events.PinSet(INES, HASHES[0])),
        (events.PIN_SET, events.PinSet(INES, HASHES[1])),
        (events.ADDED, events.Added(INES, "Ines")),
    )
    _chores(bench)
    assert traces(bench.data.path, "Canary", HASHES[0]) == {}
    member = members.find(bench.here.db.conn, INES)
    assert member == members.Member(INES, "Ines", HASHES[1], 0)


def test_of_recalled_badges_the_latest_day_stays(bench: Bench) -> None:
    bench.member(INES, "Ines")
    for before in (EVENING + 5, EVENING + 9, EVENING + 7):
        bench.from_node((events.BADGE_REVOKED, events.BadgeRevoked(INES, before)))
    _chores(bench)
    member = members.find(bench.here.db.conn, INES)
    assert member is not None
    assert member.void_before == EVENING + 9
    assert len(_held(bench, "badge.revoked")) == 1


def test_a_mandate_goes_28_days_after_its_end_unless_it_was_the_last(bench: Bench) -> None:
    bench.member(INES, "Ines")
    first, second = EVENING + 2 * DAY, EVENING + 5 * DAY
    bench.from_node(_granted(first), _granted(second, EVENING + DAY))
    _chores(bench, 29)
    assert len(members.mandates(bench.here.db.conn, INES)) == 2
    _chores(bench, 2)
    assert [one.ends for one in members.mandates(bench.here.db.conn, INES)] == [second]
    _chores(bench, 60)
    stands = members.standing(bench.here.db.conn, INES, Role.STEWARD, bench.here.clock.now())
    assert stands.lapsed is not None
    assert stands.lapsed.until == second


def test_a_recall_is_not_forgotten_before_what_it_took_back(bench: Bench) -> None:
    bench.member(INES, "Ines")
    bench.from_node(
        _granted(EVENING + 200 * DAY),
        (events.RECALLED, events.Recalled(INES, Role.STEWARD, EVENING + DAY)),
    )
    for _ in range(4):
        _chores(bench, 30)
        assert not members.standing(bench.here.db.conn, INES, Role.STEWARD, bench.here.clock.now()).on_duty
    bench.from_node(_granted(EVENING + 300 * DAY, EVENING + 120 * DAY))
    _chores(bench, 110)
    _chores(bench)
    assert _held(bench, "mandate.recalled") == []
    stands = members.standing(bench.here.db.conn, INES, Role.STEWARD, bench.here.clock.now())
    assert stands.mandate is not None
    assert stands.mandate.ends == EVENING + 300 * DAY


def test_while_the_clock_is_not_verified_no_mandate_ends(bench: Bench) -> None:
    bench.member(INES, "Ines")
    bench.from_node(_granted(EVENING + DAY), _granted(EVENING + 2 * DAY, EVENING))
    assert places.spent(bench.here.db.conn, None) == []
    assert len(places.spent(bench.here.db.conn, EVENING + 40 * DAY)) == 1


def _again(bench: Bench, whole: dict[int, Whole]) -> None:
    """Events of the node come whole once more, as from a bench that had not erased them."""
    for seq, form in whole.items():
        bench.here.journal.append("central.1test", seq, [form])


@pytest.fixture
def remembered(bench: Bench) -> dict[int, Whole]:
    """A member who left and one with a new PIN; both erased here, and what somebody else still has of it."""
    bench.member(INES, "Canary Ines", Role.STEWARD)
    bench.member(OTHER, "Bo")
    bench.from_node(
        (events.LEFT, events.Left(INES)),
        (events.PIN_SET, events.PinSet(OTHER, HASHES[1])),
    )
    journal = bench.here.journal
    source = journal.find(bench.here.db, "central.1test")
    held = journal.forms(bench.here.db, source, 1, source.size)
    _chores(bench)
    return {seq: form for seq, form in enumerate(held, 1) if isinstance(form, Whole)}


def test_what_was_erased_here_is_not_taken_back(bench: Bench, remembered: dict[int, Whole]) -> None:
    before = _rows(bench)
    _again(bench, remembered)
    assert _rows(bench) == before
    assert traces(bench.data.path, "Canary Ines") == {}


def test_a_device_that_lost_its_memory_of_erasing_lets_no_old_pin_and_no_former_member_back(
    bench: Bench, remembered: dict[int, Whole]
) -> None:
    with bench.here.journal.writing() as db:
        db.conn.execute("UPDATE events SET erased = 0")
    _again(bench, remembered)
    assert members.find(bench.here.db.conn, INES) is None
    member = members.find(bench.here.db.conn, OTHER)
    assert member is not None
    assert member.pin == HASHES[1]
    _chores(bench)
    assert traces(bench.data.path, "Canary Ines") == {}


def test_the_node_forgets_them_too(node: Node) -> None:
    do = operations_of(node.here)
    number = do["member.add"](name="Canary Ines", roles=["steward"])["member"]
    do["member.pin"](member=number)
    do["member.leave"](member=number)
    do_chores(node.here, DataDir(node.here.journal.store.path.parent))
    assert traces(node.here.journal.store.path.parent, "Canary Ines") == {}
    assert not members.is_free(node.here.db.conn, number)


def test_a_count_of_wrong_pins_goes_with_the_pin_or_the_member(bench: Bench) -> None:
    for number, name in ((INES, "Ines"), (OTHER, "Bo"), ("34567", "Cy")):
        bench.member(number, name)
        with pytest.raises(pins.WrongPin):
            pins.check(bench.here, number, "000000")
    with pytest.raises(pins.WrongPin):
        pins.check(bench.here, "nobody", PIN)
    bench.from_node((events.LEFT, events.Left(INES)), (events.PIN_SET, events.PinSet(OTHER, HASHES[0])))
    _chores(bench)
    kept = [row[0] for row in bench.here.db.conn.execute("SELECT member FROM pin_attempts ORDER BY member")]
    assert [key[:5] for key in kept if key[0] != "?"] == ["34567"]
    assert len(kept) == 2
