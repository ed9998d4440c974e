"""`safe-bench trust …`: the ceremony of the roots, as people type it."""

from __future__ import annotations

import re
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.adapters import trust
from kiosk.adapters.datadir import DataDir
from kiosk.adapters.http import HttpClient
from kiosk.adapters.keys import DeviceKey, fingerprint
from kiosk.adapters.readmodels import ReadModels
from kiosk.adapters.sealing import new_reader
from kiosk.adapters.store import Store
from kiosk.central import create_central, init_central
from kiosk.cli import cli
from kiosk.commands.running import alone
from kiosk.composition import ALL, looking_at
from kiosk.config import Config
from kiosk.core.drafting import read_file
from kiosk.core.errors import FormatError, Refused, SafeBenchError
from kiosk.core.note import Note
from kiosk.core.trust import TrustList
from kiosk.people import badges, operations
from kiosk.sync.client import Client
from kiosk.sync.enrolling import make_code, revoke
from kiosk.sync.joining import Invitation, join
from kiosk.web.services import EXTENSION, Services
from tests.support import make_bench
from tests.support.street import App
from tests.sync.town import URL
from tests.sync.wsgi import WsgiAdapter

_MOMENT = re.compile(r"20\d\d-[0-9-]+T[0-9:]+Z")


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """The data of a fresh node."""
    place = tmp_path / "node"
    init_central(DataDir(place), "Lindenfield", "Rosa")
    return place


def _do(*words: str | Path) -> str:
    """What a command prints, run in this process; the error that it ends with is raised."""
    done = CliRunner().invoke(cli, ["trust", *map(str, words)], catch_exceptions=False, standalone_mode=False)
    return done.output


def _refusal(*words: str | Path) -> str:
    with pytest.raises(SafeBenchError) as refused:
        _do(*words)
    assert "\n" not in str(refused.value)
    return str(refused.value)


class Ceremony:
    """Three roots with a key each, a node, and the file that goes round."""

    def __init__(self, place: Path, node: Path) -> None:
        self.place, self.node, self.file = place, node, place / "list.txt"
        self.vkeys = {name: self.make(name) for name in ("ada", "bo", "cy")}

    def key(self, name: str) -> Path:
        return self.place / f"{name}.key"

    def make(self, name: str) -> str:
        out = _do("init", name, "--network", "lindenfield", "--out", self.key(name))
        return out.splitlines()[-1]

    def draft(self, *words: str | Path) -> str:
        return _do("draft", "--data", self.node, "--out", self.file, *words)

    def begin(self, *words: str | Path) -> str:
        roots = [word for vkey in self.vkeys.values() for word in ("--root", vkey)]
        return self.draft(*roots, *words)

    def sign(self, *names: str) -> str:
        return "".join(_do("sign", self.file, "--key", self.key(name)) for name in names)

    def publish(self) -> str:
        return _do("publish", self.file, "--data", self.node)

    @property
    def drafted(self) -> TrustList:
        return TrustList.parse(read_file(self.file.read_text())[-1].text)

    @property
    def in_force(self) -> TrustList:
        with looking_at(DataDir(self.node)) as (db, _device):
            listed = trust.load(db)
        assert listed is not None
        return listed


@pytest.fixture
def roots(tmp_path: Path, node: Path) -> Ceremony:
    return Ceremony(tmp_path, node)


@pytest.fixture
def begun(roots: Ceremony) -> Ceremony:
    """A first list is in force."""
    roots.begin()
    roots.sign("ada", "bo")
    roots.publish()
    return roots


def test_three_people_make_the_first_list_and_two_of_them_put_it_in_force(roots: Ceremony) -> None:
    _secret, recipient = new_reader()
    with alone(DataDir(roots.node), central=True) as here:
        number = operations.add_member(here, name="Amal", roles=["mediator"])["member"]
    said = roots.begin("--mediator", f"{number}={recipient}")
    assert "Trust list 1 of lindenfield" in said
    assert "2 of these 3 roots must sign" in said
    assert f"mediator {number} Amal, sealed to {recipient}" in said
    assert "Signed by nobody yet; 2 more must sign." in said
    assert "Nobody has signed" in _refusal("publish", roots.file, "--data", roots.node)
    said = roots.sign("cy")
    assert f"mediator {number}, sealed to {recipient}" in said
    assert "Signed by cy; 1 more must sign." in said
    assert "needs 2 signatures" in _refusal("publish", roots.file, "--data", roots.node)
    assert "Signed by ada, cy; that is enough" in roots.sign("ada")
    assert "Trust list 1 is published" in roots.publish()
    assert roots.in_force == roots.drafted
    assert "in force already" in roots.publish()
    assert "Trust list 1" in _do("show", "--data", roots.node)


def test_whoever_signs_twice_has_signed_once(roots: Ceremony) -> None:
    roots.begin()
    roots.sign("ada")
    before = roots.file.read_bytes()
    assert "signed this before" in roots.sign("ada")
    assert roots.file.read_bytes() == before


def test_one_root_of_one_is_allowed_and_said_plainly(roots: Ceremony) -> None:
    said = roots.draft("--root", roots.vkeys["ada"])
    assert "whoever holds a root key decides alone" in said
    roots.sign("ada")
    assert "published" in roots.publish()


def test_who_signs_sees_what_changes(begun: Ceremony) -> None:
    _secret, recipient = new_reader()
    begun.draft("--mediator", f"48213={recipient}", "--threshold", "3", "--days", "30")
    said = begun.sign("ada")
    assert f"New: mediator 48213, sealed to {recipient}" in said
    assert "Now 3 must sign, before 2." in said
    assert "Now until" in said
    alone = begun.place / "alone.txt"
    alone.write_text(str(read_file(begun.file.read_text())[-1]))
    copy = begun.place / "copy.txt"
    copy.write_text(str(read_file(begun.file.read_text())[0]))
    assert "It is the first list" in _do("sign", alone, "--key", begun.key("bo"))
    said = _do("sign", alone, "--key", begun.key("cy"), "--before", copy)
    assert "New: mediator 48213" in said


def test_a_list_that_was_changed_after_it_was_signed_is_not_signed_by_the_next(begun: Ceremony) -> None:
    begun.draft()
    begun.sign("ada")
    notes = read_file(begun.file.read_text())
    text = notes[-1].text.replace("threshold 2", "threshold 1")
    begun.file.write_text("".join(map(str, [*notes[:-1], Note(text, notes[-1].signatures)])))
    assert "changed after it was signed" in _refusal("sign", begun.file, "--key", begun.key("bo"))


def test_a_file_whose_former_list_is_not_signed_is_not_signed(begun: Ceremony) -> None:
    """Else somebody could show a made-up list as the one in force, and hide what changes."""
    begun.draft()
    first, draft = read_file(begun.file.read_text())
    begun.file.write_text(f"{Note(first.text, first.signatures[:1])}{draft}")
    assert "do not sign what follows" in _refusal("sign", begun.file, "--key", begun.key("ada"))


def test_a_key_that_is_no_root_signs_nothing(begun: Ceremony) -> None:
    begun.draft()
    begun.make("eve")
    before = begun.file.read_bytes()
    assert "is not a root of this list" in _refusal("sign", begun.file, "--key", begun.key("eve"))
    assert "not a root key" in _refusal("sign", begun.file, "--key", begun.file)
    assert begun.file.read_bytes() == before


def test_a_root_that_was_lost_is_replaced_by_the_two_that_remain(begun: Ceremony) -> None:
    new = begun.make("dee")
    said = _do("rotate", "--root", begun.vkeys["cy"], new, "--data", begun.node, "--out", begun.file)
    assert "New: root dee" in said
    assert "Gone: root cy" in said
    begun.sign("dee")
    assert "1 more must sign" in begun.sign("ada")
    assert "not signed by the roots" in _refusal("publish", begun.file, "--data", begun.node)
    begun.sign("bo")
    begun.publish()
    assert [key.name.rpartition("/")[2] for key in begun.in_force.roots] == ["ada", "bo", "dee"]
    unknown = begun.vkeys["cy"]
    assert "not a root of the list in force" in _refusal(
        "rotate", "--root", unknown, new, "--data", begun.node, "--out", begun.file
    )


def test_a_nodes_key_is_rotated_and_the_former_stays_good_for_badges_until_it_is_dropped(
    begun: Ceremony,
) -> None:
    place = DataDir(begun.node)
    with alone(DataDir(begun.node), central=True) as here:
        number = operations.add_member(here, name="Ines", roles=["steward"])["member"]
        badge = operations.make_badge(here, member=number)["badge"]
        old = here.device.cosigner_key
    said = _do("rotate", "--data", begun.node, "--out", begun.file)
    assert "started again" in said
    assert stat.S_IMODE(place.next_key.stat().st_mode) == 0o600
    following = DeviceKey.load(place.next_key).public
    again = _do("rotate", "--data", begun.node, "--out", begun.file)
    assert _MOMENT.sub("", again) == _MOMENT.sub("", said)
    assert DeviceKey.load(place.next_key).public == following
    begun.sign("ada", "bo")
    assert "goes over to its next key" in begun.publish()
    with alone(DataDir(begun.node), central=True) as here:
        assert here.device.key.public == following
        keys = trust.badge_keys(here.db, here.device)
        assert badges.read(badge, "lindenfield", keys, here.clock.now()).member == number
    begun.draft()
    assert [key.public for key in begun.drafted.badges] == [old.public]
    assert begun.drafted.node_keys == (following,)
    begun.draft("--drop-node", str(old))
    begun.sign("ada", "bo")
    begun.publish()
    with alone(DataDir(begun.node), central=True) as here:
        keys = trust.badge_keys(here.db, here.device)
        with pytest.raises(badges.NotABadge):
            badges.read(badge, "lindenfield", keys, here.clock.now())


def test_the_key_that_the_node_has_now_is_not_dropped(begun: Ceremony) -> None:
    with alone(DataDir(begun.node), central=True) as here:
        own = str(here.device.cosigner_key)
    assert "go over to another first" in _refusal(
        "draft", "--data", begun.node, "--out", begun.file, "--drop-node", own
    )
    other = begun.vkeys["ada"]
    assert "names no such key" in _refusal(
        "draft", "--data", begun.node, "--out", begun.file, "--drop-node", other
    )


def test_a_stolen_bench_is_named_by_the_key_of_the_tablet_that_was_locked_out(
    begun: Ceremony, tmp_path: Path
) -> None:
    app = create_central(Config(), DataDir(begun.node))
    here: Services = app.extensions[EXTENSION]
    send = HttpClient(URL, adapter=WsgiAdapter(app))
    keys = [
        _enrol(tmp_path / name, here, send, bench) for name, bench in (("a", None), ("b", "linden-bakery"))
    ]
    here.journal.store.close()
    words = ("draft", "--data", begun.node, "--out", begun.file, "--wipe", "linden-bakery")
    assert "No tablet of linden-bakery is locked out" in _refusal(*words)
    with alone(DataDir(begun.node), central=True) as here:
        revoke(here, bench="linden-bakery")
    said = _do(*words)
    for key in keys:
        assert f"to be wiped: the tablet {fingerprint(key).hex()} of linden-bakery" in said


def _enrol(path: Path, here: Services, send, bench: str | None) -> bytes:
    path.mkdir()
    key = DeviceKey.load_or_create(path / "device.key")
    code = make_code(here, name="Linden Bakery", bench=bench)["code"]
    with closing(Store(path / "safe-bench.db")) as store:
        join(store, ReadModels(ALL), key, Invitation(URL, code), send=send)
        assert trust.load(store.reading()) is not None
    return key.public


def test_a_wiped_node_is_brought_back_from_the_file_that_the_roots_keep(
    begun: Ceremony, tmp_path: Path
) -> None:
    former = begun.in_force
    kept = tmp_path / "kept.txt"
    kept.write_bytes(begun.file.read_bytes())
    anew = tmp_path / "anew"
    init_central(DataDir(anew), "Lindenfield", "Rosa")
    assert "names no key of this node" in _refusal("publish", kept, "--data", anew)
    begun.node = anew
    begun.draft("--after", kept)
    begun.sign("bo", "cy")
    begun.publish()
    assert begun.in_force.version == 2
    assert begun.in_force.badges == former.nodes
    assert begun.in_force.node_keys == (DeviceKey.load(DataDir(anew).key).public,)


def test_mediators_come_go_and_change_their_keys(begun: Ceremony) -> None:
    one, two = (new_reader()[1] for _ in range(2))
    begun.draft("--mediator", f"48213={one}", "--mediator", f"48214={one}")
    begun.sign("ada", "bo")
    begun.publish()
    begun.draft("--mediator", f"48213={two}", "--drop-mediator", "48214")
    assert [(m.member, m.recipient) for m in begun.drafted.mediators] == [("48213", two)]
    assert "no mediator on the list" in _refusal(
        "draft", "--data", begun.node, "--out", begun.file, "--drop-mediator", "99999"
    )


@pytest.mark.parametrize("wrong", ["48213=age1xyz", "4821=" + new_reader()[1]], ids=["key", "number"])
def test_a_mediator_whose_key_is_none_is_refused(roots: Ceremony, wrong: str) -> None:
    with pytest.raises(FormatError):
        roots.begin("--mediator", wrong)


def test_a_draft_without_roots_or_with_too_few_is_refused(roots: Ceremony) -> None:
    assert "needs roots" in _refusal("draft", "--data", roots.node, "--out", roots.file)
    with pytest.raises(Refused, match="no more than 3"):
        roots.begin("--threshold", "4")
    other = _do("init", "eve", "--network", "elsewhere", "--out", roots.key("eve")).splitlines()[-1]
    assert "is named lindenfield/root/" in _refusal(
        "draft", "--data", roots.node, "--out", roots.file, "--root", other
    )
    assert "draft" in _refusal("rotate", "--data", roots.node, "--out", roots.file)
    assert not DataDir(roots.node).next_key.exists()


def test_nothing_is_drafted_or_published_on_a_bench(tmp_path: Path, begun: Ceremony) -> None:
    bench = make_bench(tmp_path / "bench")
    bench.here.journal.store.close()
    for words in (
        ("draft", "--root", begun.vkeys["ada"], "--out", begun.file),
        ("rotate", "--out", begun.file),
        ("publish", begun.file),
    ):
        assert _refusal(*words, "--data", tmp_path / "bench")
    assert _do("show", "--data", tmp_path / "bench") == "There is no trust list yet.\n"


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\xff\xfe", b"safe-bench trust list v1\n", bytes(5 << 20)]
)
def test_a_file_that_holds_no_lists_is_said_in_words(begun: Ceremony, content: bytes) -> None:
    begun.file.write_bytes(content)
    for words in (("show",), ("sign", "--key", begun.key("ada")), ("publish", "--data", begun.node)):
        assert _refusal(words[0], begun.file, *words[1:]).endswith(".")


def test_lists_are_published_through_a_running_node(roots: Ceremony, serving: App) -> None:
    roots.begin()
    roots.sign("ada", "bo")
    assert "published" in roots.publish()
    with closing(sqlite3.connect(f"file:{roots.node}/safe-bench.db?mode=ro", uri=True)) as db:
        assert db.execute("SELECT version FROM trust_lists").fetchall() == [(1,)]
    assert serving.said()


def test_the_doctor_of_a_node_says_what_its_keys_wait_for(begun: Ceremony) -> None:
    def doctor() -> str:
        return CliRunner().invoke(cli, ["doctor", "--data", str(begun.node)], standalone_mode=False).output

    assert "well  Trust list 1 is in force until" in doctor()
    _do("rotate", "--data", begun.node, "--out", begun.file)
    assert "goes over to its next key once a trust list names it" in doctor()
    begun.sign("ada", "bo")
    begun.publish()
    assert "goes over to its next key at its next start" in doctor()
    with closing(sqlite3.connect(begun.node / "safe-bench.db")) as db, db:
        db.execute("DELETE FROM trust_lists WHERE version = 2")
    DataDir(begun.node).next_key.replace(DataDir(begun.node).key)
    assert "LOOK  The trust list does not name this node's key" in doctor()


def test_a_bench_follows_its_node_to_the_next_key(begun: Ceremony, tmp_path: Path) -> None:
    bench = tmp_path / "bench"
    app = create_central(Config(), DataDir(begun.node))
    here: Services = app.extensions[EXTENSION]
    _enrol(bench, here, HttpClient(URL, adapter=WsgiAdapter(app)), None)
    here.journal.store.close()
    _do("rotate", "--data", begun.node, "--out", begun.file)
    begun.sign("bo", "cy")
    begun.publish()
    app = create_central(Config(), DataDir(begun.node))
    node: Services = app.extensions[EXTENSION]
    with alone(DataDir(bench), central=False) as tablet:
        former = tablet.device.node_public
        Client(tablet, HttpClient(URL, adapter=WsgiAdapter(app))).sync()
        assert tablet.device.node_public == node.device.key.public != former
        source = tablet.journal.find(tablet.db, tablet.journal.source)
        assert source.acked == source.size
        held = {one.name for one in tablet.journal.sources(tablet.db) if one.name.startswith("central.")}
        assert len(held) == 2
    node.journal.store.close()
