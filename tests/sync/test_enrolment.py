"""A code made at the node turns a fresh device into a bench, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.adapters.device import load_identity
from kiosk.adapters.http import HttpClient, Response
from kiosk.adapters.keys import DeviceKey
from kiosk.adapters.readmodels import ReadModels
from kiosk.adapters.store import Store
from kiosk.core.errors import NodeRefused, NoWayThrough, Refused
from kiosk.sync.codes import Code
from kiosk.sync.enrolling import make_code, revoke
from kiosk.sync.joining import Invitation, join
from tests.support import Time
from tests.sync.town import FEATURES, URL, WHISPERED, Line, Node, Tablet, enrol, node_at
from tests.sync.wsgi import WsgiAdapter


class Fresh:
    """A device that is not a bench yet."""

    def __init__(self, path: Path, node: Node) -> None:
        path.mkdir()
        self.store = Store(path / "safe-bench.db")
        self.key = DeviceKey.load_or_create(path / "device.key")
        self.line = Line(HttpClient(URL, adapter=WsgiAdapter(node.app)))

    def join(self, code: str, url: str = URL):
        """Bring a code to the node."""
        models, invitation = ReadModels(FEATURES), Invitation(url, code)
        return join(self.store, models, self.key, invitation, send=self.line, tick=Time())


@pytest.fixture
def fresh(tmp_path: Path, node: Node):
    made = Fresh(tmp_path / "fresh", node)
    yield made
    made.store.close()


@pytest.fixture
def code(node: Node) -> str:
    return make_code(node.here, name="Linden Bakery")["code"]


def test_a_code_makes_a_device_a_bench_that_pins_the_node(node: Node, fresh: Fresh, code: str):
    identity = fresh.join(code)
    assert identity == load_identity(fresh.store.reading())
    assert (identity.device, identity.name, identity.network) == (
        "linden-bakery",
        "Linden Bakery",
        "lindenfield",
    )
    assert identity.node_key == node.here.device.key.public
    assert identity.source.startswith("linden-bakery.1")
    row = node.here.db.conn.execute("SELECT bench, key, name, revoked FROM benches").fetchone()
    assert row == ("linden-bakery", fresh.key.public, "Linden Bakery", None)


def test_a_code_can_be_typed_carelessly(fresh: Fresh, code: str):
    assert fresh.join(f" {code.lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} ").device


def test_the_same_device_may_ask_again_when_the_answer_was_lost(node: Node, fresh: Fresh, code: str):
    fresh.line.lose_answer = 1
    with pytest.raises(NoWayThrough):
        fresh.join(code)
    assert load_identity(fresh.store.reading()) is None
    fresh.join(code)
    assert node.count("benches") == 1
    assert node.source().size == 2


def test_another_device_cannot_use_a_code_again(tmp_path: Path, node: Node, fresh: Fresh, code: str):
    fresh.join(code)
    second = Fresh(tmp_path / "second", node)
    with pytest.raises(NodeRefused, match="used by another device"):
        second.join(code)
    assert load_identity(second.store.reading()) is None
    second.store.close()


def test_a_code_ends(node: Node, fresh: Fresh, code: str):
    node.time.pass_seconds(15 * 60 + 1)
    with pytest.raises(NodeRefused, match="ended"):
        fresh.join(code)


def test_guessing_codes_is_slowed_down(node: Node, fresh: Fresh):
    wrong = str(Code(bytes(10), Code.parse(make_code(node.here, name="x")["code"]).fingerprint))
    for _ in range(20):
        with pytest.raises(NodeRefused, match="does not know this code"):
            fresh.join(wrong)
    with pytest.raises(NoWayThrough, match="Too many wrong codes") as refused:
        fresh.join(make_code(node.here, name="A good one")["code"])
    assert refused.value.wait == 60


@pytest.mark.parametrize("typed", ["", "ABCD", "U" * 34, "0" * 33])
def test_a_code_with_a_wrong_letter_is_noticed_at_once(fresh: Fresh, typed: str):
    with pytest.raises(Refused, match="not quite right"):
        fresh.join(typed)
    assert not fresh.line.asked


def test_any_single_wrong_letter_is_noticed(code: str):
    for place, letter in enumerate(code):
        if letter != "-":
            wrong = code[:place] + ("2" if letter != "2" else "3") + code[place + 1 :]
            with pytest.raises(Refused):
                Code.parse(wrong)


def test_two_neighbouring_letters_that_changed_places_are_noticed(code: str):
    letters = code.replace("-", "")
    for place in range(len(letters) - 1):
        one, two = letters[place], letters[place + 1]
        if one != two:
            with pytest.raises(Refused):
                Code.parse(letters[:place] + two + one + letters[place + 2 :])


def test_another_node_at_the_same_address_is_not_pinned(tmp_path: Path, fresh: Fresh, code: str):
    other = node_at(tmp_path / "other")
    fresh.line.send = HttpClient(URL, adapter=WsgiAdapter(other.app))
    with pytest.raises(NoWayThrough, match="not the node that made this code"):
        fresh.join(code)
    assert load_identity(fresh.store.reading()) is None
    other.close()


def test_a_portal_that_answers_everything_enrols_nobody(fresh: Fresh, code: str):
    fresh.line.send = lambda _: Response(200, {"content-type": "text/html"}, b"<html>Sign in</html>")
    with pytest.raises(NoWayThrough):
        fresh.join(code)


def test_the_answer_cannot_be_changed_on_the_way(fresh: Fresh, code: str):
    fresh.line.change = lambda r: Response(r.status, r.headers, r.body.replace(b"Linden", b"Winden"))
    with pytest.raises(NoWayThrough):
        fresh.join(code)
    assert load_identity(fresh.store.reading()) is None


def test_a_bench_is_not_enrolled_twice(node: Node, fresh: Fresh, code: str):
    fresh.join(code)
    with pytest.raises(Refused, match="a bench already"):
        fresh.join(make_code(node.here, name="Another")["code"])


def test_benches_of_one_name_get_ids_of_their_own(tmp_path: Path, node: Node):
    made = [
        make_code(node.here, name=name)["bench"] for name in ("Café Ü", "Café Ü", "central", "漢字", "漢字")
    ]
    assert made == ["cafe-u", "cafe-u-2", "central-2", "bench", "bench-2"]


@pytest.mark.parametrize("url", ["http://192.168.1.5", "file:///etc/passwd", "https://me:pw@node.example"])
def test_an_address_that_is_not_safe_is_refused(fresh: Fresh, code: str, url: str):
    with pytest.raises(Refused):
        fresh.join(code, url)
    assert not fresh.line.asked


def test_the_code_is_not_kept_at_the_node(node: Node, code: str):
    (kept,) = node.here.db.conn.execute("SELECT secret FROM enrolments").fetchone()
    assert kept != Code.parse(code).secret


def test_codes_are_made_at_the_node_only(bakery: Tablet):
    with pytest.raises(Refused):
        make_code(bakery.here, name="x")


def test_a_revoked_bench_goes_on_sending_and_it_is_set_aside(node: Node, bakery: Tablet, bookshop: Tablet):
    bakery.says("before")
    bakery.sync()
    revoke(node.here, bench="linden-bakery")
    bakery.says("after")
    with pytest.raises(NodeRefused, match="locked out"):
        bakery.sync()
    bookshop.sync()
    assert node.hears() == bookshop.hears() == ["before"]
    assert bakery.pending == 1
    assert node.count("forks") == 1


def test_what_a_revoked_bench_wrote_is_not_taken_from_a_friend_either(
    node: Node, bakery: Tablet, bookshop: Tablet
):
    bakery.says("before")
    for tablet in (bakery, bookshop):
        tablet.sync()
    revoke(node.here, bench="linden-bakery")
    bakery.says("smuggled")
    source, friend = bakery.source(), bookshop.here.journal
    from kiosk.sync.batches import sign_tree, take
    from kiosk.sync.fleet import signers
    from kiosk.sync.protocol import Batch

    forms = bakery.here.journal.forms(bakery.here.db, source, 3, 3)
    batch = Batch.of(source.name, 3, forms, sign_tree(bakery.here.device, source.name, source.tree))
    take(friend, "lindenfield", batch, signers(bookshop.here, bookshop.here.db, source.name))
    with pytest.raises(NodeRefused, match="locked out"):
        bookshop.sync()
    assert node.hears() == ["before"]


def test_a_new_tablet_takes_the_place_of_a_lost_one_and_is_filled_again(
    tmp_path: Path, node: Node, bakery: Tablet
):
    bakery.says("public")
    bakery.says("private", kind=WHISPERED)
    bakery.sync()
    revoke(node.here, bench="linden-bakery")
    new = enrol(tmp_path / "new", node, "Linden Bakery", bench="linden-bakery")
    new.says("the new one")
    new.sync()
    assert new.here.journal.source.startswith("linden-bakery.2")
    assert new.hears() == node.hears() == ["private", "public", "the new one"]
    with pytest.raises(NodeRefused):
        bakery.sync()
    new.close()
