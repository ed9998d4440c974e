"""A tablet that the roots have wiped: what is left of it, who can read that, and who can have it done."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kiosk.adapters import trust
from kiosk.adapters.backup import keep_backups
from kiosk.adapters.keys import fingerprint
from kiosk.adapters.sealing import unseal
from kiosk.adapters.spoken import Spoken
from kiosk.adapters.verify import verify
from kiosk.bench import create_bench
from kiosk.config import Config
from kiosk.core.errors import Untrusted
from kiosk.core.mandate import Role
from kiosk.core.trust import TrustList, Wipe
from kiosk.features.checkin.events import ARRIVED, Arrived
from kiosk.features.incidents.codes import Ended, What
from kiosk.features.incidents.events import NOTED, WORDS, Noted, Words
from kiosk.features.log.events import GONE, SentenceWithdrawn
from kiosk.features.posters.events import PUBLISHED, Published
from kiosk.sync.wiping import UNSENT, is_wiped, wipe_if_told
from kiosk.web.services import EXTENSION
from tests.support import EVENING, NETWORK, PIN, Bench
from tests.support.roots import YEAR, Roots, give_mediators, next_version

CANARIES = ("Canaria Quill", "canary words", "61234")


@pytest.fixture
def roots() -> Roots:
    return Roots()


@pytest.fixture
def keys(bench: Bench, roots: Roots) -> dict[str, str]:
    """A bench in use, with mediators; the mediators' age keys."""
    bench.from_node((PUBLISHED, Published("calm", "Stay calm", "en", 1, "Breathe.")))
    keys = give_mediators(bench, {"30001": "Amal"}, roots)
    bench.member("61234", "Canaria Quill", Role.STEWARD)
    record = bench.here.journal.record
    record(ARRIVED, Arrived("61234", EVENING + 9000, "badge", True))
    note = record(NOTED, Noted("61234", What.ARGUMENT, "market", EVENING, Ended.CALMED))
    record(WORDS, Words(note.place, "canary words"))
    bench.client.post("/sign-in", data={"who": "Canaria Quill", "pin": "000000"})
    keep_backups(bench.data, bench.time.system // 1000)
    Spoken(bench.data.cache).keep("en", "Breathe.", b"spoken")
    return keys


def _told(bench: Bench, roots: Roots, *, key: bytes | None = None) -> TrustList:
    """Take a list of the roots that names this tablet, or another with its name."""
    before = trust.load(bench.here.db)
    assert before is not None
    mark = fingerprint(bench.here.device.key.public if key is None else key).hex()
    listed = replace(next_version(before, EVENING + YEAR), wipes=(Wipe("linden-bakery", mark),))
    with bench.here.journal.writing() as db:
        trust.take(db, NETWORK, [roots.signed(listed)], EVENING)
    return listed


def _found(bench: Bench) -> list[tuple[str, str]]:
    files = [path for path in bench.data.path.rglob("*") if path.is_file()]
    return [(path.name, word) for path in files for word in CANARIES if word.encode() in path.read_bytes()]


def test_a_tablet_that_is_named_forgets_everybody(bench: Bench, roots: Roots, keys: dict[str, str]) -> None:
    assert _found(bench), "the canaries were never there: this test would see nothing"
    _told(bench, roots)
    assert wipe_if_told(bench.here)
    assert _found(bench) == []
    for table in ("members", "stays", "log_notes", "log_words", "pin_attempts", "mandates"):
        assert bench.here.db.conn.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)  # noqa: S608
    assert not bench.data.backups.exists()
    assert not bench.data.cache.exists()


def test_what_is_public_stays_and_the_log_still_gives_what_was_signed(
    bench: Bench, roots: Roots, keys: dict[str, str]
) -> None:
    sizes = [(source.name, source.size) for source in bench.here.journal.sources(bench.here.db)]
    _told(bench, roots)
    wipe_if_told(bench.here)
    assert "Stay calm" in bench.client.get("/posters").text
    db = bench.here.db
    for source in bench.here.journal.sources(db):
        tree = bench.here.journal.tree_at(db, source, 0) if source.size == 0 else source.tree
        assert bench.here.journal.root_at(db, source, source.size) == tree.root()
    assert [(source.name, source.size) for source in bench.here.journal.sources(db)] == sizes


def test_what_the_node_lacked_is_sealed_and_a_mediator_can_verify_it(
    bench: Bench, roots: Roots, keys: dict[str, str], tmp_path: Path
) -> None:
    _told(bench, roots)
    wipe_if_told(bench.here)
    (tmp_path / "key.txt").write_text(keys["30001"])
    opened = subprocess.run(
        ["age", "-d", "-i", tmp_path / "key.txt", bench.data.path / UNSENT], capture_output=True, check=True
    ).stdout
    for word in ("61234", "canary words"):
        assert word.encode() in opened
    (tmp_path / "unsent.ndjson").write_bytes(opened)
    said = verify(tmp_path / "unsent.ndjson", [bench.here.device.checkpoint_key]).sentences
    assert "consistent" not in " ".join(said)


def test_a_wiped_tablet_is_read_and_nothing_else(bench: Bench, roots: Roots, keys: dict[str, str]) -> None:
    client = bench.client
    client.post("/sign-in", data={"who": "61234", "pin": PIN})
    badge = bench.member("61235", "Teo", Role.STEWARD)
    _told(bench, roots)
    wipe_if_told(bench.here)
    assert "was locked by its neighbourhood" in client.get("/").text
    assert "Canaria" not in client.get("/").text
    assert client.get("/host").status_code == 303
    for path, form in (("/check-in", {"badge": badge}), ("/sign-in", {"who": "61234", "pin": PIN})):
        answer = client.post(path, data=form)
        assert answer.status_code == 403
        assert "was locked by its neighbourhood" in answer.text


def test_a_tablet_of_the_same_name_with_another_key_goes_on(
    bench: Bench, roots: Roots, keys: dict[str, str]
) -> None:
    _told(bench, roots, key=bench.node.public)
    assert not wipe_if_told(bench.here)
    assert bench.client.post("/sign-in", data={"who": "61234", "pin": PIN}).status_code == 303


def test_nobody_but_the_roots_can_have_a_tablet_wiped(
    bench: Bench, roots: Roots, keys: dict[str, str]
) -> None:
    with pytest.raises(Untrusted):
        _told(bench, Roots())
    assert not wipe_if_told(bench.here)
    assert not is_wiped(bench.here.db)


@pytest.mark.parametrize("step", ["_seal_unsent", "_private", "set_meta"])
def test_a_wipe_that_was_cut_off_is_done_at_the_next_start(
    bench: Bench, roots: Roots, keys: dict[str, str], step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCutError(Exception):
        pass

    def cut(*_args: object) -> None:
        raise PowerCutError

    # What is public stays after the erasure, and is not what mediators are to have.
    bench.here.journal.record(
        GONE, SentenceWithdrawn(date(2026, 11, 22), "Linden Bakery", 1, "linden-bakery.1test/1")
    )
    _told(bench, roots)
    with monkeypatch.context() as patch:
        patch.setattr(f"kiosk.sync.wiping.{step}", cut)
        with pytest.raises(PowerCutError):
            wipe_if_told(bench.here)
        assert bench.here.locked, "a tablet that is told to forget is locked before it has forgotten"
    bench.here.journal.store.close()
    again = create_bench(Config(), bench.data, tick=bench.time).extensions[EXTENSION]
    assert again.locked
    assert is_wiped(again.db)
    assert _found(bench) == []
    assert "canary words" in unseal((bench.data.path / UNSENT).read_bytes(), keys["30001"])
    again.journal.store.close()
