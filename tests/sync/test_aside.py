"""What lies aside at the node, and what a person makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.adapters.checkpoints import set_aside
from kiosk.core.errors import NodeRefused, Refused
from kiosk.core.event import Leaf
from kiosk.core.tree import Tree
from kiosk.sync import aside
from kiosk.sync.batches import sign_tree
from kiosk.sync.enrolling import revoke
from kiosk.sync.protocol import Batch, encode
from tests.sync.town import WHISPERED, Node, Tablet


@pytest.fixture
def stolen(node: Node, bakery: Tablet) -> Tablet:
    """A bench that was locked out, and what it wrote before and after that came too late."""
    bakery.says("before")
    bakery.sync()
    bakery.says("unsent")
    bakery.says("a secret", kind=WHISPERED)
    revoke(node.here, bench="linden-bakery")
    with pytest.raises(NodeRefused, match="locked out"):
        bakery.sync()
    return bakery


def test_it_is_listed_with_the_reason_and_shown_in_words(node: Node, stolen: Tablet) -> None:
    ((number, source, _found, reason, events),) = aside.listed(node.here)["aside"]
    assert (source, reason, events) == ("linden-bakery", "sent after it was locked out", 2)
    shown = aside.shown(node.here, number=number)
    assert shown["source"] == stolen.here.journal.source
    assert [line.split("  ")[1] for line in shown["lines"]] == ["talk.told", "talk.whispered"]


def test_what_a_person_takes_counts_and_goes_to_the_others(
    node: Node, stolen: Tablet, bookshop: Tablet
) -> None:
    assert node.hears() == ["before"]
    assert aside.taken(node.here, number=1)["new"] == 2
    bookshop.sync()
    assert node.hears() == ["a secret", "before", "unsent"]
    assert bookshop.hears() == ["before", "unsent"]
    assert aside.listed(node.here)["aside"] == []
    stolen.says("later")
    with pytest.raises(NodeRefused, match="locked out"):
        stolen.sync()
    assert node.hears() == ["a secret", "before", "unsent"]


def test_what_a_person_drops_is_in_no_file(node: Node, stolen: Tablet) -> None:
    assert _holds(node, b"a secret")
    aside.dropped(node.here, number=1)
    assert not _holds(node, b"a secret")
    assert aside.listed(node.here)["aside"] == []


def _holds(node: Node, word: bytes) -> bool:
    return any(word in path.read_bytes() for path in Path(node.path).glob("safe-bench.db*"))


def test_what_is_not_there_or_does_not_follow_is_refused_and_changes_nothing(
    node: Node, stolen: Tablet
) -> None:
    for work in (aside.shown, aside.dropped, aside.taken):
        with pytest.raises(Refused, match="Nothing lies aside under 7"):
            work(node.here, number=7)
    with node.here.journal.writing() as db:
        db.conn.execute("UPDATE forks SET batch = x'7b7d'")
    size = node.source().size
    with pytest.raises(Refused, match="no events that could be read"):
        aside.taken(node.here, number=1)
    assert node.source().size == size


def test_a_second_history_is_not_taken(node: Node, bakery: Tablet) -> None:
    bakery.says("told")
    bakery.sync()
    tree = Tree()
    tree.append(bytes(32))
    note = sign_tree(bakery.here.device, bakery.here.journal.source, tree)
    batch = Batch.of(bakery.here.journal.source, 1, [Leaf(bytes(32))], note)
    with node.here.journal.writing() as db:
        set_aside(db, bakery.here.journal.source, 1, "another history", encode(batch))
    before = node.source().size
    with pytest.raises(Refused, match="cannot be taken"):
        aside.taken(node.here, number=1)
    assert node.source().size == before
    assert aside.shown(node.here, number=1)["lines"] == ["An event of which only 32 bytes came."]
