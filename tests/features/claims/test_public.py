"""Claims at the node: on its public pages and in its feed."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from kiosk.adapters.retention import forget_spent
from kiosk.core.feature import Decision
from kiosk.features.claims import answering
from kiosk.web.forms import FormError
from tests.features.claims.sentences import HIDDEN, TOLD, WEEK, address, claim, publish, slip_on, state
from tests.features.log.nights import FIRST, HOUR
from tests.support import Bench
from tests.support.node import Node, make_node

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def node(tmp_path: Path, bench: Bench) -> Iterator[Node]:
    """A node to which the bench has sent a night of three sentences."""
    made = make_node(tmp_path / "node", bench.time)
    publish(bench, 3)
    _send(bench, made)
    yield made
    made.close()


def _send(bench: Bench, node: Node) -> None:
    journal, db = bench.here.journal, bench.here.db
    source = journal.find(db, journal.source)
    node.here.journal.append(journal.source, 1, journal.forms(db, source, 1, source.size))


def _feed(node: Node) -> tuple[str, str]:
    """What the feed says of the night, and when it changed."""
    root = ET.fromstring(node.client.get("/feed.atom").data)  # noqa: S314  what our own app has just written
    entry = root.find(f"{ATOM}entry")
    assert entry is not None
    return entry.findtext(f"{ATOM}content") or "", entry.findtext(f"{ATOM}updated") or ""


def _page(node: Node) -> str:
    return unescape(node.client.get(f"/log/{FIRST}").text)


def test_at_the_node_a_claim_is_made_as_at_a_bench(node: Node) -> None:
    assert address(2) in _page(node)
    answer = claim(node.client, 2)
    assert len(slip_on(answer.text)) == 6
    assert "Set-Cookie" not in answer.headers
    for page in (_page(node), unescape(node.client.get("/").text)):
        assert page.count(HIDDEN) == 1
        assert page.count(TOLD) == 2
    assert "It is being talked over." in state(node.client, slip_on(answer.text))


def test_the_feed_hides_it_and_tells_nobody_the_minute(node: Node) -> None:
    before = _feed(node)
    node.time.pass_seconds(754)
    claim(node.client, 1)
    said, changed = _feed(node)
    assert HIDDEN in said
    assert said.count(TOLD) == 2
    assert changed > before[1]
    assert changed.endswith(":00:00Z")


def test_a_mediators_answer_is_read_by_everyone(node: Node) -> None:
    slip = slip_on(claim(node.client, 1).text)
    (matter,) = answering.matters(node.here, "54321")
    answering.decide(node.here, Decision("54321", matter.place, "stays"))
    assert "A mediator has looked at this." in _page(node)
    assert "(A mediator has looked at this.)" in _feed(node)[0]
    assert "it stays" in state(node.client, slip)
    assert "54321" not in _page(node)


def test_what_goes_is_gone_from_page_feed_and_disk_and_the_counts_stay(node: Node) -> None:
    counted = "3 notes."
    claim(node.client, 1)
    (matter,) = answering.matters(node.here, "54321")
    answering.decide(node.here, Decision("54321", matter.place, "goes"))
    assert _page(node).count(TOLD) == 2
    assert forget_spent(node.here.journal, node.here.clock.now()) == 1
    for text in (_page(node), _feed(node)[0]):
        assert "Taken out after a claim." in text
        assert text.count(TOLD) == 2
        assert counted in text
    assert node.client.get(address(1)).status_code == 404


def test_after_a_week_the_node_says_that_nobody_answered(node: Node) -> None:
    claim(node.client, 1)
    node.time.pass_seconds(WEEK + HOUR)
    answering.lapse(node.here)
    assert answering.matters(node.here, "54321") == []
    forget_spent(node.here.journal, node.here.clock.now())
    assert "Taken out: nobody answered within a week." in _page(node)
    answering.lapse(node.here)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_elsewhere_cannot_blank_the_nodes_log(node: Node, site: str) -> None:
    client = node.client
    client.environ_base["HTTP_SEC_FETCH_SITE"] = site
    assert claim(client, 1).status_code == 403
    assert _page(node).count(TOLD) == 3


def test_what_a_mediator_adds_is_read_by_everyone_as_words(node: Node) -> None:
    words = "It was <b>calm</b> when we came."
    slip = slip_on(claim(node.client, 1).text)
    (matter,) = answering.matters(node.here, "54321")
    assert matter.asks_words
    answering.decide(node.here, Decision("54321", matter.place, "stays", words))
    raw = node.client.get(f"/log/{FIRST}").text
    assert "<b>calm" not in raw
    assert words in unescape(raw)
    assert words in _feed(node)[0]
    assert words in state(node.client, slip)


@pytest.mark.parametrize(
    "words", ["Ask Sam about it.", "Call 0170 1234567.", "The tall man with the beard.", "x" * 281]
)
def test_words_that_lead_to_somebody_are_refused_and_nothing_is_answered(node: Node, words: str) -> None:
    claim(node.client, 1)
    (matter,) = answering.matters(node.here, "54321")
    with pytest.raises(FormError):
        answering.decide(node.here, Decision("54321", matter.place, "stays", words))
    assert answering.matters(node.here, "54321") == [matter]
