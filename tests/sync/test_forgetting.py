"""What lies aside is forgotten like everything else, and what a node and a bench erased stays erased."""

from __future__ import annotations

import pytest

from kiosk.adapters.checkpoints import set_aside
from kiosk.adapters.datadir import DataDir
from kiosk.adapters.http import HttpClient
from kiosk.adapters.retention import forget_daily
from kiosk.adapters.scrubbing import tidy
from kiosk.core.errors import NodeRefused
from kiosk.core.event import Whole
from kiosk.sync import aside
from kiosk.sync.enrolling import make_code, revoke
from kiosk.sync.forgetting import forget
from tests.support.traces import traces
from tests.sync.town import URL, WHISPERED, Node, Place, Tablet, node_at
from tests.sync.wsgi import WsgiAdapter

DAY = 86400


def _forgets(place: Place, days: float = 0) -> None:
    """The day's forgetting, so many days later."""
    place.time.pass_seconds(days * DAY)
    if not place.here.device.is_central:
        place.here.clock.confirm(place.time.system)
    forget(place.here)
    forget_daily(place.here.journal, place.here.clock.now())
    tidy(DataDir(place.path), place.here.journal, place.here.clock.now())


@pytest.fixture
def stolen(node: Node, bakery: Tablet) -> Tablet:
    """A bench that was locked out 20 days after it wrote something, which it then still sends."""
    bakery.sync()
    bakery.says("canary told")
    bakery.says("canary whispered", kind=WHISPERED)
    revoke(node.here, bench="linden-bakery")
    node.time.pass_seconds(20 * DAY)
    with pytest.raises(NodeRefused, match="locked out"):
        bakery.sync()
    return bakery


def test_an_event_in_a_batch_that_lies_aside_goes_by_its_own_days(node: Node, stolen: Tablet) -> None:
    _forgets(node, 7)
    assert traces(node.path, "canary whispered") != {}
    _forgets(node, 1)
    assert traces(node.path, "canary whispered") == {}
    lines = aside.shown(node.here, number=1)["lines"]
    assert "talk.told" in lines[0]
    assert "only 32 bytes" in lines[1]
    assert aside.taken(node.here, number=1)["new"] == 2


def test_after_28_days_nothing_of_it_is_left(node: Node, stolen: Tablet) -> None:
    _forgets(node, 27)
    assert traces(node.path, "canary told") != {}
    _forgets(node, 1)
    assert traces(node.path, "canary told") == {}
    assert aside.listed(node.here)["aside"] == []


def test_what_does_not_read_goes_too_whatever_clock_found_it(node: Node) -> None:
    with node.here.journal.writing() as db:
        set_aside(db, "linden-bakery", node.here.clock.now() + 9000 * DAY, "why", b"canary")
    _forgets(node)
    _forgets(node, 29)
    assert traces(node.path, "canary") == {}


def test_a_question_of_a_locked_out_bench_that_brings_nothing_is_not_kept(node: Node, bakery: Tablet) -> None:
    bakery.sync()
    revoke(node.here, bench="linden-bakery")
    with pytest.raises(NodeRefused, match="locked out"):
        bakery.sync()
    assert node.count("forks") == 0


def test_what_the_node_erased_does_not_come_back_with_its_bench(node: Node, bakery: Tablet) -> None:
    bakery.says("canary", kind=WHISPERED)
    bakery.sync()
    whole = _forms(bakery)
    _forgets(node, 29)
    assert traces(node.path, "canary") == {}
    node.here.journal.append(bakery.here.journal.source, 1, whole)
    assert node.hears() == []
    assert traces(node.path, "canary") == {}
    bakery.says("afterwards")
    bakery.sync()
    assert node.hears() == ["afterwards"]
    assert node.source(bakery.here.journal.source).tree.root() == bakery.source().tree.root()


def test_what_comes_when_its_days_are_over_goes_the_same_day(node: Node, bakery: Tablet) -> None:
    bakery.sync()
    bakery.says("canary", kind=WHISPERED)
    node.time.pass_seconds(40 * DAY)
    _forgets(node)
    bakery.sync()
    assert traces(node.path, "canary") != {}
    _forgets(node)
    assert traces(node.path, "canary") == {}


def _forms(place: Place) -> list[Whole]:
    held = place.here.journal.forms(place.here.db, place.source(), 1, place.source().size)
    return [form for form in held if isinstance(form, Whole)]


def test_a_wiped_node_gets_32_bytes_back_from_a_bench_that_has_erased(
    node: Node, bakery: Tablet, tmp_path
) -> None:
    bakery.says("canary", kind=WHISPERED)
    bakery.says("lasting")
    bakery.sync()
    _forgets(bakery, 29)
    assert bakery.hears() == ["lasting"]
    fresh = node_at(tmp_path / "fresh", key=node.here.device.key)
    bakery.line.send = HttpClient(URL, adapter=WsgiAdapter(fresh.app))
    bakery.sync()
    assert fresh.hears() == ["lasting"]
    source = fresh.source(bakery.here.journal.source)
    assert source.tree.root() == bakery.source().tree.root()
    fresh.close()


def test_a_code_that_has_ended_is_forgotten_within_the_day(node: Node) -> None:
    make_code(node.here, name="Canary Corner", minutes=10)
    _forgets(node)
    assert node.count("enrolments") >= 1
    _forgets(node, 1)
    assert node.count("enrolments") == 0
    assert traces(node.path, "Canary Corner") == {}
