"""A node that was restored or wiped is filled again from what the benches hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.adapters.http import HttpClient
from kiosk.core.errors import NodeRefused
from kiosk.core.event import Leaf
from tests.sync.town import URL, WHISPERED, Node, Tablet, enrol, node_at, tablet_at
from tests.sync.wsgi import WsgiAdapter


def _move(tablet: Tablet, node: Node) -> None:
    """Let the node that a bench talks to be another one."""
    tablet.line.send = HttpClient(URL, adapter=WsgiAdapter(node.app))


@pytest.fixture
def busy(node: Node, bakery: Tablet, bookshop: Tablet) -> None:
    """Things happened everywhere, and everyone knows."""
    node.calls("assembly on sunday")
    bakery.says("bread", "cakes")
    bakery.says("private bread", kind=WHISPERED)
    bookshop.says("books")
    bookshop.says("private books", kind=WHISPERED)
    for tablet in (bakery, bookshop, bakery):
        tablet.sync()


EVERYTHING = ["assembly on sunday", "books", "bread", "cakes", "private books", "private bread"]


def test_a_wiped_node_is_filled_again_from_the_benches(
    tmp_path: Path, node: Node, bakery: Tablet, bookshop: Tablet, busy: None
):
    new = node_at(tmp_path / "new", key=node.here.device.key)
    for tablet in (bakery, bookshop):
        _move(tablet, new)
        tablet.sync()
    assert new.hears() == EVERYTHING
    assert {name: new.holds()[name] for name in node.holds()} == node.holds()
    bakery.says("later")
    bakery.sync()
    bookshop.sync()
    assert "later" in new.hears()
    assert "later" in bookshop.hears()


def test_one_bench_gives_back_what_another_had_sent_and_that_one_the_private_parts(
    tmp_path: Path, node: Node, bakery: Tablet, bookshop: Tablet, busy: None
):
    new = node_at(tmp_path / "new", key=node.here.device.key)
    _move(bookshop, new)
    bookshop.sync()
    assert new.hears() == [said for said in EVERYTHING if said != "private bread"]
    _move(bakery, new)
    bakery.sync()
    assert new.hears() == EVERYTHING
    assert bakery.pending == 0


def test_a_restored_node_gets_the_missing_days_back(
    tmp_path: Path, node: Node, bakery: Tablet, bookshop: Tablet, busy: None
):
    node.copy(tmp_path / "backup")
    node.calls("a later call")
    bakery.says("later bread")
    third = enrol(tmp_path / "third", node, "Tea House")
    third.says("tea")
    for tablet in (third, bakery, bookshop, third):
        tablet.sync()
    restored = node_at(tmp_path / "backup", epoch="restored")
    for tablet in (bakery, bookshop, third):
        _move(tablet, restored)
        tablet.sync()
    assert restored.hears() == sorted([*EVERYTHING, "a later call", "later bread", "tea"])
    for tablet in (bakery, bookshop, third):
        tablet.sync()
        assert tablet.pending == 0
        assert {"a later call", "later bread", "tea"} <= set(tablet.hears())


def test_a_bench_enrolled_after_the_backup_brings_its_own_enrolment_back(
    tmp_path: Path, node: Node, bakery: Tablet
):
    node.copy(tmp_path / "backup")
    third = enrol(tmp_path / "third", node, "Tea House")
    third.sync()
    third.says("tea")
    restored = node_at(tmp_path / "backup", epoch="restored")
    _move(third, restored)
    third.sync()
    assert restored.hears() == ["tea"]


def test_a_bench_whose_enrolment_nobody_holds_is_told_to_enrol_again(
    tmp_path: Path, node: Node, bakery: Tablet
):
    node.copy(tmp_path / "backup")
    third = enrol(tmp_path / "third", node, "Tea House")
    third.says("tea")
    restored = node_at(tmp_path / "backup", epoch="restored")
    _move(third, restored)
    with pytest.raises(NodeRefused) as refused:
        third.sync()
    assert refused.value.kind == "unknown"
    assert third.pending == 2


def test_an_unknown_device_gets_nothing_but_the_sizes_of_the_nodes_own_logs(
    tmp_path: Path, node: Node, bakery: Tablet, busy: None
):
    stranger = tablet_at(_stranger(tmp_path, bakery), node)
    with pytest.raises(NodeRefused) as refused:
        stranger.sync()
    assert set(refused.value.sources) == {node.here.journal.source}
    assert not stranger.line.answers[-1].headers.get("batches")


def _stranger(tmp_path: Path, bakery: Tablet) -> Path:
    """A copy of the bakery's data under a name that the node never gave."""
    import msgspec

    from kiosk.adapters.device import save_identity

    bakery.copy(tmp_path / "stranger")
    from kiosk.adapters.store import Store

    store = Store(tmp_path / "stranger" / "safe-bench.db")
    identity = bakery.here.device.identity
    with store.writing() as db:
        save_identity(db, msgspec.structs.replace(identity, device="stranger", source="stranger.1abcd"))
        db.conn.execute("UPDATE sources SET name = 'stranger.1abcd' WHERE name = ?", (identity.source,))
    store.close()
    return tmp_path / "stranger"


def test_what_was_erased_at_its_writer_comes_back_as_its_32_bytes(
    tmp_path: Path, node: Node, bakery: Tablet, busy: None
):
    bakery.here.journal.erase({bakery.here.journal.source: [2]})
    new = node_at(tmp_path / "new", key=node.here.device.key)
    _move(bakery, new)
    bakery.sync()
    kept = new.here.journal.forms(new.here.db, new.source(bakery.here.journal.source), 2, 2)
    assert [type(form) for form in kept] == [Leaf]
    assert bakery.pending == 0


def test_a_copy_is_found_also_after_the_node_that_knew_it_was_wiped(
    tmp_path: Path, node: Node, bakery: Tablet
):
    bakery.sync()
    bakery.copy(tmp_path / "twin")
    twin = tablet_at(tmp_path / "twin", node)
    twin.says("one", "two")
    twin.sync()
    new = node_at(tmp_path / "new", key=node.here.device.key)
    bakery.says("other one", "other two")
    for tablet in (bakery, twin):
        _move(tablet, new)
        tablet.sync()
    assert new.hears() == ["one", "other one", "other two", "two"]
    assert twin.pending == 0
    assert twin.hears() == ["one", "two"]
    twin.close()
