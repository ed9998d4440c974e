"""How trust lists reach a bench, and what it does with one that does not hold."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.adapters import trust
from kiosk.adapters.device import load_identity
from kiosk.adapters.http import HttpClient, Request, Response
from kiosk.adapters.keys import DeviceKey, fingerprint
from kiosk.adapters.readmodels import ReadModels
from kiosk.adapters.store import Store
from kiosk.core.errors import NodeRefused, NoWayThrough, Untrusted
from kiosk.core.note import Note
from kiosk.core.trust import TrustList, Wipe, node_key
from kiosk.sync import node as sync_node
from kiosk.sync import trusting
from kiosk.sync.enrolling import make_code, revoke
from kiosk.sync.joining import Invitation, join
from kiosk.sync.protocol import MAX_LIST, TRUST_PATH, Answer, decode, unpack
from tests.support import NETWORK, Time
from tests.support.roots import YEAR, Roots
from tests.sync.town import FEATURES, URL, WHISPERED, Node, Tablet, enrol, node_at
from tests.sync.wsgi import WsgiAdapter


@pytest.fixture
def roots() -> Roots:
    return Roots()


def _note(node: Node, roots: Roots, version: int, *nodes: bytes, ends: int | None = None, **more) -> str:
    ends = node.here.clock.now() + YEAR if ends is None else ends
    return roots.signed(roots.listed(version, ends, nodes or [node.here.device.key.public], **more))


def _publish(node: Node, *notes: str) -> None:
    with node.here.journal.writing() as db:
        trust.take(db, NETWORK, notes, node.here.clock.now())


def _put(node: Node, version: int, note: str) -> None:
    """Have a node hold a list that it should not."""
    with node.here.journal.writing() as db:
        db.conn.execute("INSERT OR REPLACE INTO trust_lists VALUES (?, ?)", (version, note))


def _held(tablet: Tablet) -> int:
    listed = trust.load(tablet.here.db)
    return 0 if listed is None else listed.version


def _refused(tablet: Tablet) -> str:
    found = trust.refusal(tablet.here.db)
    return "" if found is None else found.sentence


def _answer(response: Response) -> Answer:
    return decode(unpack(response.body, response.headers.get("content-encoding", "")), Answer)


def _gone_over(node: Node, key: DeviceKey, *tablets: Tablet) -> Node:
    """The node as it goes on with another key; the benches find it at the same address."""
    node.close()
    after = node_at(node.path, key=key, epoch="the node's key was replaced")
    for tablet in tablets:
        tablet.line.send = HttpClient(URL, adapter=WsgiAdapter(after.app))
    return after


# Ways in ---------------------------------------------------------------------------------------------------


def test_a_bench_pins_the_roots_when_it_is_enrolled(tmp_path: Path, node: Node, roots: Roots):
    _publish(node, _note(node, roots, 1), _note(node, roots, 2))
    tablet = enrol(tmp_path / "bakery", node)
    assert trust.history(tablet.here.db) == trust.history(node.here.db)
    tablet.close()


@pytest.mark.parametrize(
    "fault", ["another node", "over", "one signature", "no list at all", "other network"]
)
def test_a_bench_is_not_enrolled_with_a_list_that_does_not_hold(
    tmp_path: Path, node: Node, roots: Roots, fault: str
):
    now, own = node.here.clock.now(), node.here.device.key.public
    elsewhere = Roots("elsewhere")
    notes = {
        "another node": _note(node, roots, 1, DeviceKey.generate().public),
        "over": _note(node, roots, 1, ends=now - YEAR),
        "one signature": roots.signed(roots.listed(1, now + YEAR, [own]), "ada"),
        "no list at all": "hello",
        "other network": elsewhere.signed(elsewhere.listed(1, now + YEAR, [own])),
    }
    _put(node, 1, notes[fault])
    (tmp_path / "bakery").mkdir()
    store, key = Store(tmp_path / "bakery/safe-bench.db"), DeviceKey.generate()
    invitation = Invitation(URL, make_code(node.here, name="Linden Bakery")["code"])
    send = HttpClient(URL, adapter=WsgiAdapter(node.app))
    with pytest.raises(Untrusted, match="no bench yet: ask the coordinator"):
        join(store, ReadModels(FEATURES), key, invitation, send=send, tick=Time())
    assert load_identity(store.reading()) is None
    assert trust.history(store.reading()) == []
    store.close()


def test_a_newer_list_comes_with_the_next_sync_and_only_once(node: Node, bakery: Tablet, roots: Roots):
    _publish(node, _note(node, roots, 1))
    bakery.sync()
    _publish(node, _note(node, roots, 2))
    bakery.sync()
    bakery.sync()
    asked = [json.loads(request.body).get("trust") for request in bakery.line.asked]
    brought = [len(_answer(answer).trust) for answer in bakery.line.answers]
    assert asked == [None, 1, 2]
    assert brought == [1, 1, 0]
    assert _held(bakery) == 2


def test_what_follows_from_a_list_is_done_once_it_is_durable(
    node: Node, bakery: Tablet, roots: Roots, monkeypatch: pytest.MonkeyPatch
):
    done: list[tuple[int, int]] = []

    def taken(here, listed: TrustList) -> None:
        with closing(sqlite3.connect(here.journal.store.path)) as seen:
            done.append((listed.version, seen.execute("SELECT count(*) FROM trust_lists").fetchone()[0]))

    monkeypatch.setattr(trusting, "taken", taken)
    _publish(node, _note(node, roots, 1))
    bakery.sync()
    bakery.sync()
    assert done == [(1, 1)]


def test_a_stolen_tablet_that_asks_once_more_is_told_to_forget(node: Node, bakery: Tablet, roots: Roots):
    _publish(node, _note(node, roots, 1))
    bakery.says("a name", kind=WHISPERED)
    bakery.sync()
    revoke(node.here, bench="linden-bakery")
    wipe = (Wipe("linden-bakery", fingerprint(bakery.here.device.key.public).hex()),)
    _publish(node, _note(node, roots, 2, wipes=wipe))
    with pytest.raises(NodeRefused, match="locked out"):
        bakery.sync()
    assert bakery.here.locked
    assert bakery.hears() == []


def test_a_bench_that_was_locked_out_still_hears_what_the_roots_say(node: Node, bakery: Tablet, roots: Roots):
    _publish(node, _note(node, roots, 1))
    bakery.sync()
    revoke(node.here, bench="linden-bakery")
    _publish(node, _note(node, roots, 2))
    with pytest.raises(NodeRefused, match="locked out"):
        bakery.sync()
    assert _held(bakery) == 2
    assert [request.method for request in bakery.line.asked[1:]] == ["POST", "GET"]


# Another key of the node -----------------------------------------------------------------------------------


def test_a_node_goes_over_to_a_key_that_the_bench_has_on_its_list(node: Node, bakery: Tablet, roots: Roots):
    key, first = DeviceKey.generate(), node.here.device.key.public
    _publish(node, _note(node, roots, 1, first, key.public))
    bakery.says("before")
    bakery.sync()
    after = _gone_over(node, key, bakery)
    bakery.says("after")
    bakery.sync()
    assert after.hears() == ["after", "before"]
    assert bakery.here.device.node_public == key.public
    assert load_identity(bakery.here.db) == bakery.here.device.identity
    assert TRUST_PATH not in [request.path for request in bakery.line.asked]
    after.close()


def test_a_bench_that_was_away_learns_the_new_key_from_the_chain_of_lists(
    tmp_path: Path, node: Node, bakery: Tablet, roots: Roots
):
    """One that missed the list with both keys, and one that came after."""
    key, first = DeviceKey.generate(), node.here.device.key.public
    _publish(node, _note(node, roots, 1))
    bakery.says("before")
    bakery.sync()
    _publish(node, _note(node, roots, 2, first, key.public))
    badges = (node_key(NETWORK, first),)
    _publish(node, _note(node, roots, 3, key.public, badges=badges))
    after = _gone_over(node, key, bakery)
    bakery.says("after")
    bakery.sync()
    assert (_held(bakery), bakery.here.device.node_public) == (3, key.public)
    assert [request.path for request in bakery.line.asked].count(TRUST_PATH) == 1
    newcomer = enrol(tmp_path / "newcomer", after, "Book Shop")
    newcomer.sync()
    assert newcomer.hears() == ["after", "before"]
    assert newcomer.count("forks") == 0
    for place in (newcomer, after):
        place.close()


def test_events_that_were_acknowledged_by_the_former_key_are_acknowledged_again_by_the_new(
    node: Node, bakery: Tablet, roots: Roots
):
    key, first = DeviceKey.generate(), node.here.device.key.public
    _publish(node, _note(node, roots, 1, first, key.public))
    bakery.sync()
    bakery.says("once")
    bakery.line.lose_answer = 1
    with suppress(NoWayThrough):
        bakery.sync()
    _publish(node, _note(node, roots, 2, key.public))
    after = _gone_over(node, key, bakery)
    bakery.sync()
    assert (bakery.pending, after.hears()) == (0, ["once"])
    after.close()


def test_a_wiped_node_with_a_new_key_is_filled_again_once_the_roots_name_it(
    tmp_path: Path, node: Node, bakery: Tablet, roots: Roots
):
    node.calls("a poster")
    _publish(node, _note(node, roots, 1))
    bakery.says("kept by the bench")
    bakery.sync()
    kept, former, key = trust.history(node.here.db), node.here.device.key.public, DeviceKey.generate()
    after = node_at(tmp_path / "wiped", key=key)
    bakery.line.send = HttpClient(URL, adapter=WsgiAdapter(after.app))
    with pytest.raises(NoWayThrough):
        bakery.sync()
    again = _note(after, roots, 2, key.public, badges=(node_key(NETWORK, former),))
    _publish(after, *kept, again)
    bakery.sync()
    assert after.hears() == ["a poster", "kept by the bench"]
    assert bakery.here.device.node_public == key.public
    after.close()


def test_38_a_key_that_no_list_names_is_no_node(node: Node, bakery: Tablet, roots: Roots):
    _publish(node, _note(node, roots, 1))
    bakery.sync()
    after = _gone_over(node, DeviceKey.generate(), bakery)
    bakery.says("kept")
    with pytest.raises(NoWayThrough, match="not our node"):
        bakery.sync()
    assert bakery.pending == 1
    after.close()


def test_38_a_key_that_was_dropped_from_the_list_is_no_node_any_more(
    tmp_path: Path, node: Node, bakery: Tablet, roots: Roots
):
    """The stolen key is the one that the bench had pinned."""
    key, stolen = DeviceKey.generate(), node.here.device.key
    _publish(node, _note(node, roots, 1))
    bakery.sync()
    _publish(node, _note(node, roots, 2, stolen.public, key.public), _note(node, roots, 3, key.public))
    after = _gone_over(node, key, bakery)
    bakery.sync()
    thief = node_at(tmp_path / "thief", key=stolen)
    bakery.line.send = HttpClient(URL, adapter=WsgiAdapter(thief.app))
    with pytest.raises(NoWayThrough, match="not our node"):
        bakery.sync()
    for place in (after, thief):
        place.close()


def test_a_list_that_is_over_leaves_the_bench_with_the_key_that_it_pinned(
    node: Node, bakery: Tablet, roots: Roots
):
    key, first = DeviceKey.generate(), node.here.device.key.public
    _publish(node, _note(node, roots, 1, first, key.public, ends=node.here.clock.now() + 60))
    bakery.sync()
    for place in (node, bakery):
        place.time.pass_seconds(120)
    bakery.says("still sent")
    bakery.sync()
    assert node.hears() == ["still sent"]
    after = _gone_over(node, key, bakery)
    with pytest.raises(NoWayThrough):
        bakery.sync()
    after.close()


# Hostile nodes ---------------------------------------------------------------------------------------------


def _other_roots(node: Node, _roots: Roots) -> str:
    return _note(node, Roots(), 9)


def _lower(node: Node, roots: Roots) -> str:
    return _note(node, roots, 2, ends=node.here.clock.now() + 2 * YEAR)


def _same_version(node: Node, roots: Roots) -> str:
    return _note(node, roots, 3, ends=node.here.clock.now() + 2 * YEAR)


def _over(node: Node, roots: Roots) -> str:
    return _note(node, roots, 9, ends=node.here.clock.now() - 60)


def _one_signature(node: Node, roots: Roots) -> str:
    text = Note.parse(_note(node, roots, 9)).text
    return roots.signed(TrustList.parse(text), "ada")


def _wrong_signature(node: Node, roots: Roots) -> str:
    good = _note(node, roots, 9)
    return good.replace("version 9", "version 8")


HOSTILE = [
    (_other_roots, "not signed by the roots"),
    (_lower, "version 2; 3 is known already"),
    (_same_version, "version 3; 3 is known already"),
    (_over, "over already"),
    (_one_signature, "not signed by the roots"),
    (_wrong_signature, "wrong signature"),
]


def _in_force(tablet: Tablet) -> tuple[list[str], bytes]:
    return trust.history(tablet.here.db), tablet.here.device.node_public


@pytest.mark.parametrize(("hostile", "said"), HOSTILE)
def test_38_a_list_that_does_not_follow_changes_nothing_and_is_remembered(
    node: Node, bakery: Tablet, roots: Roots, hostile: Callable[[Node, Roots], str], said: str
):
    _publish(node, _note(node, roots, 3))
    bakery.sync()
    before = _in_force(bakery)
    note = hostile(node, roots)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sync_node, "trust", SimpleNamespace(history=lambda *_: [note]))
        bakery.says("sent all the same")
        bakery.sync()
    assert _in_force(bakery) == before
    assert said in _refused(bakery)
    assert node.hears() == ["sent all the same"]
    found = trust.refusal(bakery.here.db)
    assert found is not None
    assert found.at == bakery.here.clock.now()
    _publish(node, _note(node, roots, 4))
    bakery.sync()
    assert (_held(bakery), _refused(bakery)) == (4, "")


@pytest.mark.parametrize(("hostile", "said"), HOSTILE)
def test_38_a_stranger_who_shows_such_a_list_stays_a_stranger(
    tmp_path: Path,
    node: Node,
    bakery: Tablet,
    roots: Roots,
    hostile: Callable[[Node, Roots], str],
    said: str,
):
    _publish(node, _note(node, roots, 3))
    bakery.sync()
    before = _in_force(bakery)
    stranger = node_at(tmp_path / "stranger")
    _put(stranger, 9, hostile(stranger, roots))
    bakery.line.send = HttpClient(URL, adapter=WsgiAdapter(stranger.app))
    with pytest.raises(NoWayThrough, match="not our node"):
        bakery.sync()
    assert _in_force(bakery) == before
    assert said in _refused(bakery)
    stranger.close()


def test_38_a_chain_that_lacks_a_link_leads_nowhere(tmp_path: Path, node: Node, bakery: Tablet, roots: Roots):
    """Between the two lists all roots were replaced; the list in between is not shown."""
    _publish(node, _note(node, roots, 1))
    bakery.sync()
    later, key = Roots(), DeviceKey.generate()
    after = node_at(tmp_path / "after", key=key)
    former = (node_key(NETWORK, node.here.device.key.public),)
    both = later.listed(2, after.here.clock.now() + YEAR, [key.public], badges=former)
    link = Note(both.text)
    for ring in (roots, later):
        link = Note(link.text, (*link.signatures, *Note.parse(ring.signed(both)).signatures))
    last = later.signed(later.listed(3, both.ends, [key.public], badges=former))
    bakery.line.send = HttpClient(URL, adapter=WsgiAdapter(after.app))
    _put(after, 3, last)
    with pytest.raises(NoWayThrough):
        bakery.sync()
    assert _held(bakery) == 1
    _put(after, 2, str(link))
    bakery.sync()
    assert _held(bakery) == 3
    after.close()


def test_38_the_first_list_must_name_the_node_that_gives_it(node: Node, bakery: Tablet, roots: Roots):
    _publish(node, _note(node, roots, 1, DeviceKey.generate().public))
    bakery.sync()
    assert _held(bakery) == 0
    assert "does not name the node" in _refused(bakery)


def test_without_a_list_of_its_own_a_bench_learns_nothing_from_what_is_shown_to_anyone(
    node: Node, bakery: Tablet, roots: Roots
):
    bakery.sync()
    key = DeviceKey.generate()
    after = _gone_over(node, key, bakery)
    _publish(after, _note(after, roots, 1, key.public))
    with pytest.raises(NoWayThrough):
        bakery.sync()
    assert _held(bakery) == 0
    assert TRUST_PATH not in [request.path for request in bakery.line.asked]
    after.close()


GARBAGE = {
    "nothing": b"",
    "a page": b"<html>sign in</html>",
    "not UTF-8": b"\xff\xfe",
    "a header and no more": b"safe-bench trust list v1\n",
    "headers without end": b"safe-bench trust list v1\n" * 40_000,
    "a list too long": b"safe-bench trust list v1\n" + b"x" * (MAX_LIST * 16),
    "beyond the cap": b"safe-bench trust list v1\n" * 80_000,
}


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
def test_38_garbage_in_the_place_of_lists_is_no_way_through(
    node: Node, bakery: Tablet, roots: Roots, body: bytes
):
    _publish(node, _note(node, roots, 1))
    bakery.sync()
    after = _gone_over(node, DeviceKey.generate(), bakery)
    send, held = bakery.line.send, _in_force(bakery)
    bakery.line.send = lambda asked: Response(200, {}, body) if asked.path == TRUST_PATH else send(asked)
    with pytest.raises(NoWayThrough, match="not our node"):
        bakery.sync()
    assert _in_force(bakery) == held
    after.close()


def test_a_login_page_is_not_asked_for_lists(node: Node, bakery: Tablet, roots: Roots):
    _publish(node, _note(node, roots, 1))
    bakery.sync()
    bakery.line.asked.clear()
    bakery.line.send = lambda _asked: Response(200, {}, b"<html>sign in</html>")
    with pytest.raises(NoWayThrough):
        bakery.sync()
    assert len(bakery.line.asked) == 1


def test_38_an_answer_with_lists_beyond_all_bounds_changes_nothing(
    node: Node, bakery: Tablet, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sync_node, "trust", SimpleNamespace(history=lambda *_: ["x" * (MAX_LIST + 1)]))
    bakery.says("kept")
    with pytest.raises(NodeRefused, match="another version"):
        bakery.sync()
    assert bakery.pending == 2
    assert _held(bakery) == 0


def test_the_lists_that_anyone_is_shown_are_those_that_were_published(node: Node, roots: Roots):
    client = node.app.test_client()
    assert client.get(TRUST_PATH, base_url=URL).get_data() == b""
    notes = [_note(node, roots, 1), _note(node, roots, 2)]
    _publish(node, *notes)
    answer = client.get(TRUST_PATH, base_url=URL)
    assert (answer.mimetype, answer.text) == ("text/plain", "".join(notes))
    send = HttpClient(URL, adapter=WsgiAdapter(node.app))
    assert trusting.shown(send) == notes


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_38_whatever_lists_an_answer_brings_only_what_the_roots_signed_is_taken(
    node: Node, bakery: Tablet, data: st.DataObject
):
    """Lists of true and of false roots, cut, mixed, changed and in any order."""
    true, false = _ROOTS
    good = [_note(node, true, version) for version in (2, 3)]
    bad = [_note(node, false, 4), _note(node, true, 5, ends=1), good[0].replace("version 2", "version 6")]
    with bakery.here.journal.writing() as db:
        db.conn.execute("DELETE FROM trust_lists")
        trust.take(db, NETWORK, [_note(node, true, 1)], 0)
    pieces = st.sampled_from([*good, *bad]) | st.text(max_size=60)
    cuts = st.tuples(st.sampled_from([*good, *bad]), st.integers(0, 400)).map(lambda p: p[0][: p[1]])
    notes = data.draw(st.lists(pieces | cuts, min_size=1, max_size=5))
    trusting.receive(bakery.here, notes)
    assert set(trust.history(bakery.here.db)[1:]) <= set(good)
    assert bakery.here.device.node_public == node.here.device.key.public


_ROOTS = (Roots(), Roots())


def test_a_sync_with_a_list_in_force_and_nothing_new_stays_small(node: Node, bakery: Tablet, roots: Roots):
    _publish(node, _note(node, roots, 123))
    bakery.sync()
    bakery.line.asked.clear()
    bakery.sync()
    (asked,), answer = bakery.line.asked, bakery.line.answers[-1]

    def weight(message: Request | Response) -> int:
        return sum(len(k) + len(v) + 4 for k, v in message.headers.items()) + len(message.body)

    assert _answer(answer).trust == []
    assert weight(asked) + weight(answer) < 1600
