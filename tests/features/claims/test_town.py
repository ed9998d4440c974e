"""Claims between benches and the node, over the real exchange."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from kiosk.adapters.device import CORRECTED, Corrected
from kiosk.adapters.export import export
from kiosk.adapters.retention import forget_spent
from kiosk.adapters.sealing import new_reader, unseal
from kiosk.adapters.verify import verify
from kiosk.composition import ALL
from kiosk.core.errors import Refused
from kiosk.core.event import Whole, encode_body, new_salt
from kiosk.core.feature import Decision, Remark, hidden_places
from kiosk.features.claims import answering, claiming, queries, slips
from kiosk.features.claims.events import EXPLAINED, MADE, Answer, Explained, Made
from kiosk.features.claims.rules import Standing
from kiosk.features.claims.words import remarks
from kiosk.features.incidents.events import Ended, What
from kiosk.features.log.events import NIGHT, SENTENCE, NightPublished, SentencePublished
from kiosk.people import mediators
from kiosk.people.mediators import Mediator
from kiosk.web.services import Services
from tests.features.log.nights import DAY, FIRST, HOUR
from tests.sync import town
from tests.sync.town import Node, Place, Tablet

WEEK = 7 * DAY
MARA = "54321"


@pytest.fixture(autouse=True)
def _whole_house(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(town, "FEATURES", ALL)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = town.node_at(tmp_path / "node")
    yield made
    made.close()


@pytest.fixture
def bakery(tmp_path: Path, node: Node) -> Iterator[Tablet]:
    """A bench that has published three sentences."""
    made = _bench(tmp_path / "bakery", node, "Linden Bakery")
    _publish(made, 3)
    yield made
    made.close()


@pytest.fixture
def shop(tmp_path: Path, node: Node, bakery: Tablet) -> Iterator[Tablet]:
    """Another bench, which knows them."""
    made = _bench(tmp_path / "shop", node, "Book Shop")
    made.sync()
    yield made
    made.close()


def _bench(path: Path, node: Node, name: str) -> Tablet:
    made = town.enrol(path, node, name)
    made.here.clock.on_move = partial(_correct, made.here)
    made.here.clock.confirm(made.time.system)
    return made


def _correct(here: Services, began: int) -> None:
    here.journal.record(CORRECTED, Corrected(here.clock.tick().boot, began))


def _publish(bench: Tablet, count: int, night: date = FIRST) -> None:
    told = [
        SentencePublished(night, "Linden Bakery", n, 22, What.NOISE, "market", Ended.CALMED, "Market corner")
        for n in range(1, count + 1)
    ]
    facts = [(SENTENCE, one) for one in told]
    bench.here.journal.record_all([*facts, (NIGHT, NightPublished(night, "Linden Bakery", count))])
    bench.sync()


def pass_seconds(seconds: int, *places: Place) -> None:
    for place in places:
        place.time.pass_seconds(seconds)


def claims_at(place: Place, number: int, text: str = "") -> claiming.Receipt:
    sentence = queries.sentence_at(place.here.db.conn, "linden-bakery", FIRST, number)
    assert sentence is not None
    made = claiming.claim(place.here, sentence, text)
    assert made is not None
    return made


def said(place: Place) -> dict[int, str]:
    return {one.number: one.words for one in remarks(place.here, FIRST)}


def held(place: Place) -> set[int]:
    rows = place.here.db.conn.execute("SELECT number FROM log_sentences").fetchall()
    return {number for (number,) in rows}


def forget(place: Place) -> int:
    answering.lapse(place.here)
    now = place.here.clock.now() if place.here.clock.verified else None
    return forget_spent(place.here.journal, now)


def answer(node: Node, choice: str) -> None:
    (matter,) = answering.matters(node.here, MARA)
    answering.decide(node.here, Decision(MARA, matter.place, choice))


def forge(node: Node, device: str, *facts: Made | Explained | Corrected, at: int | None = None) -> None:
    """Events of a bench that says what it likes, as the node takes them in."""
    kinds = {Made: MADE, Explained: EXPLAINED, Corrected: CORRECTED}
    time = node.time.system // 1000 if at is None else at
    forms = [Whole(new_salt(), encode_body(kinds[type(fact)], fact, time, "b00", 1)) for fact in facts]
    node.here.journal.append(f"{device}.1test", None, forms)


def place_of(node: Node, number: int) -> str:
    found = queries.sentence_at(node.here.db.conn, "linden-bakery", FIRST, number)
    assert found is not None
    return found.place


def forged(node: Node, number: int, evening: date = FIRST, **more: object) -> Made:
    facts = {"sentence": place_of(node, number), "slip": slips.digest(slips.draw()), **more}
    return Made(night=FIRST, bench="linden-bakery", number=number, evening=evening, **facts)  # type: ignore[arg-type]


def test_a_claim_at_one_bench_hides_the_sentence_everywhere(node: Node, bakery: Tablet, shop: Tablet) -> None:
    claims_at(shop, 2)
    assert said(shop) == {2: "This is being talked over."}
    assert said(node) == said(bakery) == {}
    shop.sync()
    bakery.sync()
    assert said(node) == said(bakery) == said(shop)
    assert held(bakery) == {1, 2, 3}


def test_it_stays_and_is_shown_again_everywhere(node: Node, bakery: Tablet, shop: Tablet) -> None:
    slip = claims_at(bakery, 1).slip
    bakery.sync()
    answer(node, "stays")
    assert answering.matters(node.here, MARA) == []
    for bench in (bakery, shop):
        bench.sync()
        assert said(bench) == {1: "A mediator has looked at this."}
        assert not remarks(bench.here, FIRST)[0].instead
        made = queries.of_slip(bench.here.db.conn, slips.digest(slip))
        assert made is not None
        assert claiming.stands(bench.here, made) is Standing.STAYS
    pass_seconds(5 * WEEK, node, bakery, shop)
    assert forget(node) == forget(bakery) == forget(shop) == 0


def test_it_goes_and_is_erased_everywhere(node: Node, bakery: Tablet, shop: Tablet) -> None:
    claims_at(node, 3)
    answer(node, "goes")
    assert forget(node) == 1
    for bench in (bakery, shop):
        bench.sync()
        assert remarks(bench.here, FIRST)[0].instead  # before it is erased it is not shown either
        assert forget(bench) == 1
        assert held(bench) == {1, 2}
    assert said(node) == said(bakery) == said(shop) == {3: "Taken out after a claim."}


def test_what_a_mediator_has_looked_at_is_not_hidden_at_once_again(node: Node, bakery: Tablet) -> None:
    claims_at(node, 1)
    answer(node, "stays")
    assert not claims_at(node, 1).hides
    assert said(node) == {1: "A mediator has looked at this."}
    assert len(answering.matters(node.here, MARA)) == 1


def test_after_a_week_its_bench_and_the_node_erase_by_themselves_and_others_by_the_nodes_word(
    node: Node, bakery: Tablet, shop: Tablet
) -> None:
    claims_at(bakery, 1)
    bakery.sync()
    shop.sync()
    pass_seconds(WEEK + HOUR, node, bakery, shop)
    for place in (bakery, node):
        assert forget(place) == 1
        assert held(place) == {2, 3}
    assert forget(shop) == 0
    assert said(shop) == {1: "This is being talked over."}
    shop.sync()
    assert forget(shop) == 1
    assert held(shop) == {2, 3}
    unanswered = {1: "Taken out: nobody answered within a week."}
    assert said(node) == said(bakery) == unanswered
    shop.sync()
    assert said(shop) == unanswered


def test_a_bench_that_comes_back_after_months_brings_no_sentence_back(node: Node, bakery: Tablet) -> None:
    claims_at(node, 1)
    pass_seconds(60 * DAY, node, bakery)
    forget(node)
    bakery.here.clock.confirm(bakery.time.system)
    assert held(bakery) == {1, 2, 3}
    bakery.sync()
    forget(bakery)
    bakery.sync()
    assert held(bakery) == held(node) == {2, 3}


def test_a_mediator_has_days_to_answer_a_claim_that_arrives_late(
    node: Node, bakery: Tablet, shop: Tablet
) -> None:
    claims_at(shop, 1)
    pass_seconds(9 * DAY, node, bakery, shop)
    _publish(bakery, 1, date(2026, 12, 1))
    shop.sync()
    assert forget(node) == 0
    assert said(node) == {1: "This is being talked over."}
    pass_seconds(WEEK + HOUR, node, bakery, shop)
    assert forget(node) == 1


@pytest.mark.parametrize("answered", ["", "stays", "goes", "week"])
def test_rebuilding_changes_nothing_that_is_said(node: Node, bakery: Tablet, answered: str) -> None:
    claims_at(bakery, 2, "")
    bakery.sync()
    if answered in ("stays", "goes"):
        answer(node, answered)
    pass_seconds(WEEK + HOUR if answered == "week" else HOUR, node, bakery)
    bakery.sync()
    for place in (node, bakery):
        forget(place)
        before = (remarks(place.here, FIRST), held(place))
        with place.here.journal.writing() as db:
            place.here.journal.models.rebuild(db)
        assert (remarks(place.here, FIRST), held(place)) == before


def test_only_the_node_answers(node: Node, bakery: Tablet) -> None:
    claims_at(bakery, 1)
    (made,) = bakery.here.journal.entries(bakery.here.db, [MADE])
    with pytest.raises(Refused, match="at the node"):
        answering.decide(bakery.here, Decision(MARA, made.place, "goes"))
    bakery.sync()
    answer(node, "stays")
    with pytest.raises(Refused, match="dealt with"):
        answering.decide(node.here, Decision(MARA, made.place, "goes"))
    for choice in ("unanswered", "", "GOES"):
        with pytest.raises(Refused, match="no other answer"):
            answering.decide(node.here, Decision(MARA, made.place, choice))
    with pytest.raises(Refused, match="dealt with"):
        answering.decide(node.here, Decision(MARA, "x", "goes"))


def test_added_words_reach_the_node_and_no_other_bench(
    node: Node, bakery: Tablet, shop: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, recipient = new_reader()
    monkeypatch.setattr(mediators, "current", lambda _here: [Mediator(MARA, "Mara", recipient)])
    claims_at(shop, 1, "It was my brother.")
    shop.sync()
    bakery.sync()
    (matter,) = answering.matters(node.here, MARA)
    assert unseal(matter.sealed, key) == "It was my brother."
    assert "Market corner" in matter.lines[0]
    assert matter.choices == ((Answer.STAYS, "It stays"), (Answer.GOES, "It goes"))
    assert not list(bakery.here.journal.entries(bakery.here.db, [EXPLAINED]))
    answer(node, "stays")
    assert forget(node) == 1
    shop.sync()
    assert forget(shop) == 1


def test_a_claim_on_what_is_no_sentence_changes_nothing(node: Node, bakery: Tablet) -> None:
    first = place_of(node, 1)
    forge(
        node,
        "hostile",
        forged(node, 1, sentence="central.1test/1"),
        forged(node, 1, sentence=place_of(node, 2)),
        forged(node, 2, sentence=first),
        Made(first, FIRST, "hostile", 1, b"x" * 32, FIRST),
        Made(first, date(2026, 11, 20), "linden-bakery", 1, b"x" * 32, FIRST),
        Made("linden-bakery.1none/7", FIRST, "linden-bakery", 9, b"x" * 32, FIRST),
    )
    pass_seconds(3 * WEEK, node)
    assert forget(node) == 0
    assert said(node) == {}
    assert queries.hidden(node.here.db.conn) == set()
    assert answering.matters(node.here, MARA) == []


def test_a_sentence_that_gets_the_number_of_one_that_went_is_shown(node: Node, bakery: Tablet) -> None:
    slip = claims_at(bakery, 3).slip
    bakery.sync()
    answer(node, "goes")
    bakery.sync()
    for place in (node, bakery):
        forget(place)
    added = SentencePublished(FIRST, "Linden Bakery", 3, 23, What.OTHER, "park", Ended.LEFT, added=FIRST)
    bakery.here.journal.record(SENTENCE, added)
    bakery.sync()
    for place in (node, bakery):
        assert said(place) == {}
        assert held(place) == {1, 2, 3}
    assert claims_at(bakery, 3).hides
    made = queries.of_slip(bakery.here.db.conn, slips.digest(slip))
    assert made is not None
    assert claiming.came_of(bakery.here, made) is Standing.GOES


def test_a_bench_that_breaks_the_bounds_hides_no_more_than_others(node: Node, bakery: Tablet) -> None:
    _publish(bakery, 40, date(2026, 11, 24))
    rows = node.here.db.conn.execute("SELECT place, number FROM claim_sentences WHERE night = '2026-11-24'")
    made = [
        Made(place, date(2026, 11, 24), "linden-bakery", number, slips.digest(slips.draw()), FIRST)
        for place, number in rows.fetchall()
    ]
    forge(node, "hostile", *made)
    assert len(queries.hidden(node.here.db.conn)) == 3
    assert len(answering.matters(node.here, MARA)) == 23


def test_a_bench_that_lies_about_the_time_erases_nothing_at_once(node: Node, bakery: Tablet) -> None:
    long_ago = node.time.system // 1000 - 3 * WEEK
    forge(node, "hostile", forged(node, 1), Corrected("b00", long_ago * 1000), at=long_ago)
    assert forget(node) == 0
    assert said(node) == {1: "This is being talked over."}


def test_a_claim_of_another_bench_has_its_week_from_when_the_node_heard_of_it(
    node: Node, bakery: Tablet, shop: Tablet
) -> None:
    claims_at(shop, 1)
    pass_seconds(WEEK - HOUR, node, bakery, shop)
    shop.sync()
    pass_seconds(2 * HOUR, node, bakery, shop)
    assert forget(node) == 0
    assert said(node) == {1: "This is being talked over."}
    pass_seconds(WEEK, node)
    assert forget(node) == 1
    assert said(node) == {1: "Taken out: nobody answered within a week."}


def test_nobody_adds_words_to_somebody_elses_claim(node: Node, bakery: Tablet) -> None:
    claims_at(bakery, 1)
    bakery.sync()
    (made,) = node.here.journal.entries(node.here.db, [MADE])
    forge(node, "hostile", Explained(made.place, b"not for you"))
    assert answering.matters(node.here, MARA)[0].sealed == b""


def test_a_public_export_leaves_out_what_is_hidden_and_verifies(
    node: Node, bakery: Tablet, tmp_path: Path
) -> None:
    whole = [_exported(bakery, tmp_path / "before")]
    claims_at(bakery, 2)
    bakery.sync()
    for place in (bakery, node):
        to = tmp_path / f"{place.path.name}.ndjson"
        assert _exported(place, to) == whole[0] - 1
        assert verify(to).sentences
        assert b'"number":2' not in to.read_bytes()
        assert b'"number":1' in to.read_bytes()
        assert b"claim" not in to.read_bytes()
    answer(node, "stays")
    bakery.sync()
    assert _exported(bakery, tmp_path / "after") == whole[0]


def _exported(place: Place, to: Path) -> int:
    """How many sentences and totals of the bakery are written with their bodies."""
    export(place.here.db, place.here.device, to, public=True, hidden=lambda db: hidden_places(ALL, db.conn))
    return to.read_bytes().count(b'"log.')


def test_what_is_said_is_a_remark_for_one_address(node: Node, bakery: Tablet) -> None:
    claims_at(node, 1)
    (remark,) = remarks(node.here, FIRST)
    assert remark == Remark(
        "linden-bakery", FIRST, 1, "This is being talked over.", node.here.clock.now(), instead=True
    )
