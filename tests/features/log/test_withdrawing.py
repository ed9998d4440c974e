"""A sentence that its writer takes back after it came out: erased wherever it is held."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.adapters.device import CORRECTED, Corrected
from kiosk.adapters.export import export
from kiosk.adapters.retention import forget_spent
from kiosk.composition import ALL
from kiosk.core.event import Entry, Form, Leaf, Whole, encode_body, new_salt, scope_of
from kiosk.core.feature import hidden_places
from kiosk.core.night import end_of
from kiosk.features.incidents import own
from kiosk.features.incidents.events import NOTED, WITHDRAWN, Noted, What, Withdrawn
from kiosk.features.log import FEATURE, queries, withdrawing
from kiosk.features.log.events import GONE, NIGHT, SENTENCE, SETTLED, SentencePublished, SentenceWithdrawn
from kiosk.features.log.publishing import publish
from kiosk.people import neighbourhood
from kiosk.web.services import EXTENSION, Services
from tests.features.log.nights import DAY, FIRST, HOUR, morning, nights, note, sentences
from tests.features.log.test_public import feed, send
from tests.support import Bench, make_bench
from tests.sync import town

INES = "12345"
WORDS = "They shook hands and went home."


def published(bench: Bench) -> list[str]:
    """Three notes came out, the last with words of its own; where the notes stand."""
    places = [note(bench), note(bench), note(bench, words=WORDS, read=True)]
    morning(bench)
    assert [one.words for one in sentences(bench)] == ["", "", WORDS]
    return places


def entries(here: Services, *kinds: Any) -> list[Entry]:
    return list(here.journal.entries(here.db, kinds))


def forget(here: Services) -> int:
    return forget_spent(here.journal, here.clock.now())


def tables(here: Services) -> dict[str, list[Any]]:
    db = here.db.conn
    found = "SELECT name FROM sqlite_master WHERE name LIKE 'log_%' AND type IN ('table', 'view')"
    names = [name for (name,) in db.execute(found)]
    return {name: db.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in names}  # noqa: S608


def forms(here: Services) -> list[Form]:
    source = here.journal.find(here.db, here.journal.source)
    return here.journal.forms(here.db, source, 1, source.size)


def test_at_once_the_sentence_is_gone_and_withdrawn_stands_in_its_place(bench: Bench):
    place = published(bench)[1]
    assert own.withdraw(bench.here, INES, place)
    page = bench.client.get(f"/log/{FIRST}").text
    assert page.count("Noise at Market corner") == 2
    assert page.count("Withdrawn by its writer.") == 1
    first, gone, last = page.find("Noise"), page.find("Withdrawn by"), page.rfind("Noise")
    assert first < gone < last
    assert "3 notes." in page


def test_nobody_can_claim_it_any_more_nor_read_it_there(bench: Bench):
    place = published(bench)[2]
    address = f"/log/{FIRST}/linden-bakery/3/wrong"
    assert WORDS in bench.client.get(address).text
    own.withdraw(bench.here, INES, place)
    assert bench.client.get(address).status_code == 404
    assert bench.client.post(address).status_code == 404


def test_the_sentence_its_words_and_the_note_are_erased_and_counts_stay(bench: Bench):
    place = published(bench)[2]
    own.withdraw(bench.here, INES, place)
    assert forget(bench.here) == 3
    assert WORDS not in "".join(str(entry.data) for entry in entries(bench.here, SENTENCE))
    assert len(sentences(bench)) == 2
    assert nights(bench)[0].notes == 3
    assert nights(bench)[0].categories == {What.NOISE: 3}
    assert "Withdrawn by its writer." in bench.client.get(f"/log/{FIRST}").text
    bench.here.journal.store.fold()
    held = [one for one in bench.data.path.iterdir() if one.is_file() and WORDS.encode() in one.read_bytes()]
    assert held == []


def test_rebuild_agrees_before_and_after_the_erasure(bench: Bench):
    place = published(bench)[1]
    own.withdraw(bench.here, INES, place)
    before: dict[str, list[Any]] = {}
    for _step in range(3):
        before = tables(bench.here)
        with bench.here.journal.writing() as db:
            bench.here.journal.models.rebuild(db)
        assert tables(bench.here) == before
        assert forget(bench.here) >= 0
        morning(bench)
        withdrawing.say_so(bench.here)
    assert before["log_taken_back"]
    assert before["log_withdrawn"]
    assert [row[:4] for row in before["log_gone"]] == [
        ("linden-bakery", entry.data.sentence, str(FIRST), 2) for entry in entries(bench.here, GONE)
    ]


def test_in_public_it_is_said_in_the_morning_and_once(bench: Bench):
    place = published(bench)[0]
    own.withdraw(bench.here, INES, place)
    withdrawing.say_so(bench.here)
    assert entries(bench.here, GONE) == []
    night = bench.here.clock.now()
    end = end_of(FIRST.fromordinal(FIRST.toordinal() + 1), neighbourhood.timezone(bench.here.db.conn))
    bench.time.pass_seconds(end - night)
    for _minute in range(3):
        withdrawing.say_so(bench.here)
    (entry,) = entries(bench.here, GONE)
    assert entry.at >= end
    sentence = entry.data.sentence
    assert entry.data == SentenceWithdrawn(FIRST, "Linden Bakery", 1, sentence)
    assert not bench.here.journal.holds_whole(bench.here.db, sentence) or forget(bench.here)
    assert not bench.here.journal.holds_whole(bench.here.db, sentence)


def test_by_a_clock_that_is_not_verified_it_waits_to_be_said_but_not_to_be_gone(bench: Bench):
    place = published(bench)[0]
    bench.time.boot, bench.time.uptime = "b00700000002", 1000
    own.withdraw(bench.here, INES, place)
    bench.time.pass_seconds(3 * DAY)
    withdrawing.say_so(bench.here)
    assert entries(bench.here, GONE) == []
    assert forget_spent(bench.here.journal, None) == 2
    bench.here.clock.confirm(bench.time.system)
    withdrawing.say_so(bench.here)
    assert len(entries(bench.here, GONE)) == 1


def test_its_number_is_not_given_away_again(bench: Bench):
    place = published(bench)[2]
    own.withdraw(bench.here, INES, place)
    forget(bench.here)
    note(bench, ago=DAY)
    morning(bench)
    assert [one.number for one in sentences(bench) if one.night == FIRST] == [1, 2, 4]


def test_a_public_export_made_afterwards_does_not_hold_it(bench: Bench, tmp_path: Path):
    place = published(bench)[2]
    for erased in (False, True):
        own.withdraw(bench.here, INES, place)
        if erased:
            forget(bench.here)
        to = tmp_path / "public.ndjson"
        hidden = partial(_hidden, bench.here)
        export(bench.here.db, bench.here.device, to, public=True, hidden=hidden)
        assert WORDS not in to.read_text("utf-8")


def _hidden(here: Services, db: Any) -> set[str]:
    return hidden_places(here.features, db.conn)


def test_the_node_shows_withdrawn_on_page_and_feed_and_erases_it_too(bench: Bench, node: Flask):
    place = published(bench)[2]
    send(bench, node)
    there: Services = node.extensions[EXTENSION]
    assert WORDS in node.test_client().get(f"/log/{FIRST}").text
    updated = feed(node).findtext("{*}entry/{*}updated")
    own.withdraw(bench.here, INES, place)
    forget(bench.here)
    there.journal.append(bench.here.journal.source, 1, forms(bench.here))
    page = node.test_client().get(f"/log/{FIRST}").text
    assert WORDS not in page
    assert "Withdrawn by its writer." in page
    content = feed(node).findtext("{*}entry/{*}content") or ""
    assert "Withdrawn by its writer." in content
    assert WORDS not in content
    assert feed(node).findtext("{*}entry/{*}updated") == updated, "it would tell when somebody stood there"
    assert forget_spent(there.journal, None) == 3
    assert "Withdrawn by its writer." in node.test_client().get(f"/log/{FIRST}").text
    assert WORDS not in "".join(str(entry.data) for entry in entries(there, SENTENCE))


def relayed(form: Form) -> Form:
    """As another bench gets it: public bodies only."""
    return form if isinstance(form, Whole) and scope_of(form.body) == "public" else Leaf(form.leaf)


@pytest.fixture
def withdrawn(bench: Bench) -> tuple[list[Form], list[Form]]:
    """What a bench relays: all that it ever wrote, and the same once it has erased what was withdrawn."""
    place = published(bench)[2]
    own.withdraw(bench.here, INES, place)
    before = forms(bench.here)
    morning(bench)
    withdrawing.say_so(bench.here)
    forget(bench.here)
    after = forms(bench.here)
    everything = [*before, *after[len(before) :]]
    return [relayed(one) for one in everything], [relayed(one) for one in after]


@pytest.mark.parametrize("first", ["the sentence", "its erasure"])
def test_a_bench_that_gets_sentence_and_withdrawal_in_whichever_order_ends_the_same(
    tmp_path: Path, withdrawn: tuple[list[Form], list[Form]], first: str
):
    whole, erased = withdrawn
    shop = make_bench(tmp_path / "shop", device="book-shop")
    order = (whole, erased) if first == "the sentence" else (erased, whole)
    for some in order:
        shop.here.journal.append("linden-bakery.1test", 1, some)
    assert len(queries.published(shop.here.db.conn, FIRST)[0].sentences) == 2
    forget_spent(shop.here.journal, None)
    assert WORDS not in "".join(str(entry.data) for entry in entries(shop.here, SENTENCE))
    (remark,) = withdrawing.remarks(shop.here, FIRST)
    assert (remark.bench, remark.number, remark.instead) == ("linden-bakery", 3, True)
    shop.here.journal.store.close()


@given(st.data())
@settings(max_examples=10)
def test_events_may_be_filled_in_in_any_order(data: st.DataObject):
    with tempfile.TemporaryDirectory() as folder:
        bench = make_bench(Path(folder) / "bench")
        other = make_bench(Path(folder) / "other", device="book-shop")
        own.withdraw(bench.here, INES, published(bench)[2])
        morning(bench)
        withdrawing.say_so(bench.here)
        sent = forms(bench.here)
        order = data.draw(st.permutations(range(len(sent))))
        other.here.journal.append("linden-bakery.1test", 1, [Leaf(one.leaf) for one in sent])
        for at in order:
            other.here.journal.append("linden-bakery.1test", at + 1, [sent[at]])
        assert tables(other.here)["log_gone"] == tables(bench.here)["log_gone"]
        (told,) = queries.published(other.here.db.conn, FIRST)
        assert [one.number for one in told.sentences] == [1, 2]
        forget_spent(other.here.journal, None)
        forget_spent(bench.here.journal, None)
        left = [{e.place: e.data for e in entries(one.here, NOTED, SENTENCE)} for one in (other, bench)]
        assert left[0] == left[1]
        for one in (bench, other):
            one.here.journal.store.close()


def forge(bench: Bench, device: str, *facts: tuple[Any, Any]) -> None:
    bodies = [encode_body(kind, data, 1_795_500_000, "b00", 1) for kind, data in facts]
    bench.here.journal.append(f"{device}.1test", None, [Whole(new_salt(), body) for body in bodies])


def test_no_other_bench_withdraws_what_this_one_published(bench: Bench):
    places = published(bench)
    sentence = entries(bench.here, SENTENCE)[0].place
    settled = entries(bench.here, SETTLED)[0].data
    forge(
        bench,
        "hostile",
        (GONE, SentenceWithdrawn(FIRST, "Linden Bakery", 1, sentence)),
        (WITHDRAWN, Withdrawn(INES, places[0])),
        (SETTLED, settled),
        (WITHDRAWN, Withdrawn(INES, "hostile.1test/1")),
    )
    assert forget(bench.here) == 0
    assert len(sentences(bench)) == 3
    assert "Withdrawn by" not in bench.client.get(f"/log/{FIRST}").text


def test_a_later_epoch_of_the_same_bench_may(bench: Bench):
    published(bench)
    sentence = entries(bench.here, SENTENCE)[0].place
    body = encode_body(GONE, SentenceWithdrawn(FIRST, "Linden Bakery", 1, sentence), 1_795_600_000, "b00", 1)
    bench.here.journal.append("linden-bakery.2test", 1, [Whole(new_salt(), body)])
    assert forget(bench.here) == 1
    assert [one.number for one in sentences(bench)] == [2, 3]


def test_a_night_of_before_that_says_nothing_of_sentences_settles_its_notes_all_the_same(bench: Bench):
    place = note(bench)
    body = f'{{"notes":["{place}"]}}'.encode()
    kind = FEATURE.events[2]
    assert kind is SETTLED
    old = bench.here.journal.models.registry._decoders[kind.name].decode(body)
    bench.here.journal.record(kind, old)
    morning(bench)
    assert sentences(bench) == []
    own.withdraw(bench.here, INES, place)
    assert withdrawing.gone(bench.here.db.conn) == []


def test_the_host_reads_in_a_sentence_that_one_was_withdrawn(bench: Bench):
    place = published(bench)[0]
    own.withdraw(bench.here, INES, place)
    morning(bench)
    withdrawing.say_so(bench.here)
    assert FEATURE.describe is not None
    said = FEATURE.describe(entries(bench.here, GONE)[0], str)
    assert said == "A sentence of the night of 23 November was withdrawn by its writer."


# -- over the real exchange --


@pytest.fixture
def street(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[town.Tablet, town.Tablet, Any]]:
    monkeypatch.setattr(town, "FEATURES", ALL)
    node = town.node_at(tmp_path / "node")
    benches = []
    for name in ("Linden Bakery", "Book Shop"):
        one = town.enrol(tmp_path / name.replace(" ", "-"), node, name)
        one.here.clock.on_move = partial(_correct, one.here)
        one.here.clock.confirm(one.time.system)
        benches.append(one)
    yield benches[0], benches[1], node
    for place in (*benches, node):
        place.close()


def _correct(here: Services, began: int) -> None:
    here.journal.record(CORRECTED, Corrected(here.clock.tick().boot, began))


def test_the_node_relays_the_withdrawal_after_the_sentence(street: tuple[town.Tablet, town.Tablet, Any]):
    bakery, shop, node = street
    now = bakery.here.clock.now()
    facts = Noted(INES, What.NOISE, "market", now // 900 * 900, "calmed")  # type: ignore[arg-type]
    place = bakery.here.journal.record(NOTED, facts).place
    _next_day(bakery, shop, node)
    publish(bakery.here)
    bakery.sync()
    shop.sync()
    assert [len(entries(one.here, SENTENCE)) for one in (bakery, shop, node)] == [1, 1, 1]
    assert own.withdraw(bakery.here, INES, place)
    forget(bakery.here)
    bakery.sync()
    forget_spent(node.here.journal, None)
    assert [len(entries(one.here, SENTENCE, NOTED)) for one in (bakery, node)] == [0, 0]
    _next_day(bakery, shop, node)
    withdrawing.say_so(bakery.here)
    for _ in range(2):
        bakery.sync()
        shop.sync()
    assert len(entries(shop.here, GONE)) == 1
    forget_spent(shop.here.journal, None)
    assert entries(shop.here, SENTENCE) == []
    assert len(entries(shop.here, NIGHT)) == 1
    for one in (bakery, shop, node):
        (remark,) = withdrawing.remarks(one.here, entries(one.here, GONE)[0].data.night)
        assert remark.words == "Withdrawn by its writer."


def _next_day(*places: town.Place) -> None:
    for one in places:
        one.time.pass_seconds(DAY - HOUR)


def test_nothing_of_the_note_is_in_what_says_that_it_was_withdrawn():
    fields = set(SentenceWithdrawn.__struct_fields__)
    assert fields == {"night", "bench", "number", "sentence"}
    assert "words" in SentencePublished.__struct_fields__
