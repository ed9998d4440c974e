"""Records are exempt from erasure only by the word of two, for a reason, and never for long."""

from __future__ import annotations

import pytest

from kiosk.adapters.retention import forget_daily
from kiosk.core.errors import Refused
from kiosk.core.event import Whole, encode_body, new_salt
from kiosk.core.mandate import Role
from kiosk.features.checkin.events import ARRIVED, Arrived
from kiosk.features.exempt import model, operations
from kiosk.features.exempt.events import ASKED, CONFIRMED, MOST_DAYS, RELEASED, Asked, Confirmed, Released
from kiosk.features.incidents.events import NOTED, Ended, Noted, What
from kiosk.web.services import Services
from tests.support import EVENING, Bench
from tests.support.node import Node

DAY = 86400
FIRST, SECOND = "linden-bakery.1test/1", "linden-bakery.1test/2"
WHY = "The neighbour's lawyer asked for them."


def _note(at: int) -> Whole:
    note = Noted("10777", What.NOISE, "park", at, Ended.PARTED)
    return Whole(new_salt(), encode_body(NOTED, note, at, "b00700000001", 1))


def _at_node(node: Node, *forms: Whole) -> None:
    """What a bench has synced."""
    node.here.journal.append("linden-bakery.1test", 1, list(forms))


def _whole(here: Services, place: str) -> bool:
    return here.journal.holds_whole(here.db, place)


def _rows(here: Services) -> list[tuple[object, ...]]:
    return here.db.conn.execute("SELECT * FROM record_holds ORDER BY hold").fetchall()


@pytest.fixture
def noted(node: Node) -> int:
    """When two notes were written that the node has."""
    at = node.time.system // 1000
    _at_node(node, _note(at), _note(at))
    return at


def _forget(node: Node, at: int) -> int:
    return forget_daily(node.here.journal, at)


@pytest.mark.usefixtures("noted")
def test_a_hold_that_two_agree_on_keeps_its_records_and_no_others(node: Node, rosa: str, lea: str) -> None:
    at = node.time.system // 1000
    place = operations.ask(node.here, rosa, [FIRST], WHY, 60)
    operations.confirm(node.here, lea, place)
    _forget(node, at + 40 * DAY)
    assert _whole(node.here, FIRST)
    assert not _whole(node.here, SECOND)


def test_one_word_alone_holds_nothing(node: Node, noted: int, rosa: str) -> None:
    operations.ask(node.here, rosa, [FIRST], WHY, 60)
    _forget(node, noted + 40 * DAY)
    assert not _whole(node.here, FIRST)


def test_nobody_confirms_their_own_hold(node: Node, noted: int, rosa: str) -> None:
    place = operations.ask(node.here, rosa, [FIRST], WHY, 60)
    with pytest.raises(Refused, match="another coordinator"):
        operations.confirm(node.here, rosa, place)
    assert model.counted(node.here.db.conn, noted) == 0


def test_a_node_that_confirms_by_the_same_person_holds_nothing_anywhere(
    node: Node, noted: int, rosa: str, bench: Bench
) -> None:
    asked = Asked((FIRST,), WHY, rosa, noted + 60 * DAY)
    place = node.here.journal.record(ASKED, asked).place
    node.here.journal.record(CONFIRMED, Confirmed(place, rosa))
    bench.from_node((ASKED, asked))
    bench.from_node((CONFIRMED, Confirmed(f"central.1test/{bench._central_seq}", rosa)))
    for here in (node.here, bench.here):
        assert list(model.kept(here.db.conn, noted)) == []


def test_a_hold_ends_by_itself_and_then_the_days_that_are_over_count(
    node: Node, noted: int, rosa: str, lea: str
) -> None:
    operations.confirm(node.here, lea, operations.ask(node.here, rosa, [FIRST], WHY, 30))
    _forget(node, noted + 30 * DAY - 60)
    assert _whole(node.here, FIRST)
    _forget(node, noted + 31 * DAY)
    assert not _whole(node.here, FIRST)


def test_a_hold_lasts_ninety_days_whatever_a_node_writes(node: Node, noted: int, rosa: str, lea: str) -> None:
    place = node.here.journal.record(ASKED, Asked((FIRST,), WHY, rosa, noted + 9999 * DAY)).place
    node.here.journal.record(CONFIRMED, Confirmed(place, lea))
    assert list(model.kept(node.here.db.conn, noted + MOST_DAYS * DAY - 60)) == [FIRST]
    assert list(model.kept(node.here.db.conn, noted + MOST_DAYS * DAY + 60)) == []


def test_a_node_that_writes_holds_into_the_future_keeps_nothing_for_ever(noted: int, bench: Bench) -> None:
    far = noted + 2000 * 365 * DAY
    facts = (ASKED, Asked((FIRST,), WHY, "10001", far)), (CONFIRMED, Confirmed("central.1test/2", "10002"))
    forms = [Whole(new_salt(), encode_body(kind, data, far, "n0de", 1)) for kind, data in facts]
    bench.here.journal.append("central.1test", None, forms)
    assert list(model.kept(bench.here.db.conn, noted)) == []
    assert list(model.kept(bench.here.db.conn, noted + 365 * DAY)) == []


def test_a_hold_that_is_ended_lets_go_at_the_next_round(node: Node, noted: int, rosa: str, lea: str) -> None:
    place = operations.ask(node.here, rosa, [FIRST], WHY, 60)
    operations.confirm(node.here, lea, place)
    _forget(node, noted + 40 * DAY)
    operations.release(node.here, lea, place)
    _forget(node, noted + 41 * DAY)
    assert not _whole(node.here, FIRST)
    with pytest.raises(Refused, match="over already"):
        operations.release(node.here, rosa, place)


def test_a_hold_that_was_taken_back_cannot_be_confirmed(node: Node, noted: int, rosa: str, lea: str) -> None:
    place = operations.ask(node.here, rosa, [FIRST], WHY, 60)
    operations.release(node.here, rosa, place)
    with pytest.raises(Refused, match="does not wait"):
        operations.confirm(node.here, lea, place)


def test_a_bench_keeps_what_is_held_and_forgets_the_rest(bench: Bench) -> None:
    bench.member("10777", "Ines", Role.STEWARD)
    record = bench.here.journal.record
    held = record(ARRIVED, Arrived("10777", EVENING + 9000, "badge", on_duty=True)).place
    other = record(ARRIVED, Arrived("10777", EVENING + 9000, "badge", on_duty=True)).place
    bench.from_node((ASKED, Asked((held,), WHY, "23456", EVENING + 60 * DAY)))
    asked = f"central.1test/{bench._central_seq}"
    bench.from_node((CONFIRMED, Confirmed(asked, "34567")))
    forget_daily(bench.here.journal, EVENING + 40 * DAY)
    assert _whole(bench.here, held)
    assert not _whole(bench.here, other)
    bench.from_node((RELEASED, Released(asked, "34567")))
    forget_daily(bench.here.journal, EVENING + 41 * DAY)
    assert not _whole(bench.here, held)


def test_rebuilding_gives_the_same_holds(node: Node, noted: int, rosa: str, lea: str) -> None:
    place = operations.ask(node.here, rosa, [FIRST, SECOND], WHY, 60)
    operations.confirm(node.here, lea, place)
    operations.release(node.here, rosa, operations.ask(node.here, lea, [SECOND], WHY, 5))
    before = _rows(node.here)
    with node.here.journal.writing() as db:
        node.here.journal.models.rebuild(db)
    assert _rows(node.here) == before
    assert len(before) == 2


def test_a_hold_is_itself_forgotten_a_cycle_after_its_latest_end(
    node: Node, noted: int, rosa: str, lea: str
) -> None:
    operations.confirm(node.here, lea, operations.ask(node.here, rosa, [FIRST], WHY, MOST_DAYS))
    _forget(node, noted + (MOST_DAYS + 27) * DAY)
    assert len(_rows(node.here)) == 1
    _forget(node, noted + (MOST_DAYS + 29) * DAY)
    assert _rows(node.here) == []
    assert node.here.db.conn.execute("SELECT count(*) FROM held_records").fetchone() == (0,)


@pytest.mark.usefixtures("noted")
@pytest.mark.parametrize(
    ("records", "reason", "days", "said"),
    [
        ([], WHY, 5, "at least one"),
        ([FIRST] * 1 + [f"x.1test/{n}" for n in range(40)], WHY, 5, "at most 40"),
        ([FIRST], " ", 5, "reason"),
        ([FIRST], "x" * 281, 5, "reason"),
        ([FIRST], WHY, 0, "90 days"),
        ([FIRST], WHY, 91, "90 days"),
        (["linden-bakery.1test/99"], WHY, 5, "not here any more"),
        (["nowhere.1test/1"], WHY, 5, "not here any more"),
        (["../etc/passwd"], WHY, 5, "named like"),
        (["' OR 1=1 --"], WHY, 5, "named like"),
    ],
)
def test_what_cannot_be_held_is_refused(
    node: Node, rosa: str, records: list[str], reason: str, days: int, said: str
) -> None:
    before = node.here.journal.find(node.here.db, node.here.journal.source).size
    with pytest.raises(Refused, match=said):
        operations.ask(node.here, rosa, records, reason, days)
    assert node.here.journal.find(node.here.db, node.here.journal.source).size == before


def test_what_is_kept_for_good_and_a_hold_itself_cannot_be_held(node: Node, noted: int, rosa: str) -> None:
    place = operations.ask(node.here, rosa, [FIRST], WHY, 5)
    for record in (place, f"{node.here.journal.source}/1"):
        with pytest.raises(Refused, match="nothing to hold"):
            operations.ask(node.here, rosa, [record], WHY, 5)


def test_what_is_erased_already_cannot_be_held(node: Node, noted: int, rosa: str) -> None:
    _forget(node, noted + 40 * DAY)
    with pytest.raises(Refused, match="not here any more"):
        operations.ask(node.here, rosa, [FIRST], WHY, 5)


def test_the_number_counts_each_record_once_and_for_the_cycle_in_which_it_was_held(
    node: Node, noted: int, rosa: str, lea: str
) -> None:
    db = node.here.db.conn
    for records in ([FIRST, SECOND], [FIRST]):
        operations.confirm(node.here, lea, operations.ask(node.here, rosa, records, WHY, 10))
    operations.ask(node.here, rosa, [SECOND], WHY, 90)
    for days, count in ((0, 2), (37, 2), (39, 0)):
        assert model.counted(db, noted + days * DAY) == count, days
