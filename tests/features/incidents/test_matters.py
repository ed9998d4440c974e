"""Sealed details at the node: they wait for a mediator, and are erased everywhere when one closes them."""

from __future__ import annotations

import pytest

from kiosk.adapters.retention import forget_daily, forget_spent
from kiosk.adapters.sealing import proof_of
from kiosk.core.errors import Refused
from kiosk.core.feature import Decision, Matter
from kiosk.features.incidents import FEATURE
from kiosk.features.incidents.events import (
    CLOSED,
    NOTED,
    SEALED,
    Closed,
    Ended,
    How,
    Noted,
    Sealed,
    Tried,
    What,
)
from kiosk.people.events import DESCRIBED
from kiosk.web.services import Services
from tests.support import EVENING, NEIGHBOURHOOD, Bench
from tests.support.node import Node

DAY = 86400
AGE_FILE = b"age-encryption.org/v1\nto nobody"
TOKEN = "0f" * 16
AMAL = "30001"


@pytest.fixture
def node(node: Node) -> Services:
    """A node that knows the neighbourhood."""
    node.here.journal.record(DESCRIBED, NEIGHBOURHOOD)
    return node.here


def note_down(bench: Bench) -> str:
    """A note with details; the place of these."""
    note = Noted("12345", What.ARGUMENT, "market", EVENING, Ended.CALMED, tried=(Tried.LISTENED,))
    place = bench.here.journal.record(NOTED, note).place
    return bench.here.journal.record(SEALED, Sealed(place, AGE_FILE, proof_of(TOKEN))).place


def hand_over(giver: Services, taker: Services) -> None:
    """All that one device has of its own log."""
    db, journal = giver.db, giver.journal
    source = journal.find(db, journal.source)
    taker.journal.append(source.name, 1, journal.forms(db, source, 1, source.size))


def matters(node: Services) -> list[Matter]:
    assert FEATURE.matters is not None
    return list(FEATURE.matters(node, AMAL))


def decide(node: Services, place: str, choice: str = "dealt-with") -> None:
    assert FEATURE.decide is not None
    FEATURE.decide(node, Decision(AMAL, place, choice, proof=TOKEN))


def test_details_wait_with_the_sentence_of_their_note(bench: Bench, node: Services):
    place = note_down(bench)
    hand_over(bench.here, node)
    (matter,) = matters(node)
    assert (matter.place, matter.at, matter.sealed) == (place, EVENING, AGE_FILE)
    assert matter.title.startswith("Loud argument at Market corner, about 21:44. We listened.")
    assert matter.lines == ("linden-bakery, night of 23 November",)
    assert [value for value, _words in matter.choices] == ["dealt-with", "passed-on", "nothing-to-do"]
    assert "12345" not in repr(matter)


def test_details_outlive_their_note(bench: Bench, node: Services):
    place = note_down(bench)
    hand_over(bench.here, node)
    assert forget_daily(node.journal, EVENING + 29 * DAY)
    (matter,) = matters(node)
    assert (matter.place, matter.title) == (place, "A note that is erased by now")
    assert forget_daily(node.journal, EVENING + 91 * DAY)
    assert matters(node) == []


def test_what_names_another_benchs_note_does_not_borrow_its_sentence(bench: Bench, node: Services):
    other = node.journal.source + "/1"
    bench.here.journal.record(SEALED, Sealed(other, AGE_FILE, proof_of(TOKEN)))
    hand_over(bench.here, node)
    assert matters(node)[0].title == "A note that is erased by now"


def test_what_a_mediator_closes_is_erased_at_the_node_and_at_the_bench(bench: Bench, node: Services):
    place = note_down(bench)
    hand_over(bench.here, node)
    decide(node, place)
    hand_over(node, bench.here)
    assert matters(node) == []
    for here in (node, bench.here):
        assert here.journal.holds_whole(here.db, place)
        assert forget_spent(here.journal, None) == 1
        assert not here.journal.holds_whole(here.db, place)
        assert forget_spent(here.journal, None) == 0
    assert matters(node) == []


def test_a_node_that_says_closed_without_having_opened_erases_nothing(bench: Bench, node: Services):
    place = note_down(bench)
    hand_over(bench.here, node)
    node.journal.record(CLOSED, Closed(place, How.NOTHING, "f0" * 16))
    hand_over(node, bench.here)
    for here in (node, bench.here):
        assert forget_spent(here.journal, None) == 0
        assert here.journal.holds_whole(here.db, place)
    assert len(matters(node)) == 1
    decide(node, place)
    assert forget_spent(node.journal, None) == 1


def test_nothing_else_is_erased_by_a_closing(bench: Bench, node: Services):
    first, second = note_down(bench), note_down(bench)
    hand_over(bench.here, node)
    decide(node, first)
    hand_over(node, bench.here)
    assert forget_spent(bench.here.journal, None) == 1
    assert bench.here.journal.holds_whole(bench.here.db, second)
    assert len(list(bench.here.journal.entries(bench.here.db, [NOTED]))) == 2


def test_the_same_tables_come_out_of_the_journal_again(bench: Bench, node: Services):
    place = note_down(bench)
    hand_over(bench.here, node)
    decide(node, place)
    forget_spent(node.journal, None)

    def tables() -> list[object]:
        names = ("incident_sealed", "incident_closed")
        return [list(node.db[name].rows) for name in names]

    before = tables()
    with node.journal.writing() as db:
        node.journal.models.rebuild(db)
    assert tables() == before == [[], [{"place": place, "proof": proof_of(TOKEN)}]]


def test_a_closing_that_arrives_before_the_details_closes_them(bench: Bench, node: Services):
    place = note_down(bench)
    hand_over(bench.here, node)
    decide(node, place)
    db, journal = bench.here.db, bench.here.journal
    source = journal.find(db, journal.source)
    forms = journal.forms(db, source, 1, source.size)
    with node.journal.writing() as store:
        name = bench.here.journal.source
        store.conn.execute(
            "DELETE FROM events WHERE source = (SELECT id FROM sources WHERE name = ?)", (name,)
        )
        store.conn.execute("DELETE FROM sources WHERE name = ?", (name,))
        node.journal.models.rebuild(store)
    node.journal.append(name, 1, forms)
    assert matters(node) == []
    assert forget_spent(node.journal, None) == 1


def test_details_are_closed_once_and_only_where_there_are_some(bench: Bench, node: Services):
    place = note_down(bench)
    hand_over(bench.here, node)
    decide(node, place)
    for wrong in (place, "linden-bakery.1test/999"):
        with pytest.raises(Refused, match="closed already"):
            decide(node, wrong)
    assert len(list(node.journal.entries(node.db, [CLOSED]))) == 1


def test_a_choice_that_was_not_offered_is_refused(bench: Bench, node: Services):
    place = note_down(bench)
    hand_over(bench.here, node)
    with pytest.raises(Refused, match="choose"):
        decide(node, place, "publish")
    assert len(matters(node)) == 1
