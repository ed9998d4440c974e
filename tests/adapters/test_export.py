"""Exports and receipts: what leaves the device, and what `verify` says of it."""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from kiosk.adapters.export import Exported, export, receipt
from kiosk.adapters.keys import DeviceKey
from kiosk.adapters.store import Store
from kiosk.adapters.verify import verify
from kiosk.core.checkpoint import Checkpoint, Receipt, sign_checkpoint
from kiosk.core.errors import Damaged, FormatError, Refused, SafeBenchError, SignatureError
from kiosk.core.event import Whole, encode_body, new_salt
from kiosk.core.note import VerifierKey
from kiosk.core.tree import Tree
from tests.support.storage import ALOUD, NETWORK, NOW, SOURCE, Kept, Said, opened

SHOP = "book-shop.1abcd"


@pytest.fixture
def node() -> DeviceKey:
    return DeviceKey.generate()


@pytest.fixture
def kept(tmp_path: Path, node: DeviceKey) -> Iterator[Kept]:
    """A bench with five events of its own, the first three cosigned, and two of another's signed by it."""
    with opened(tmp_path / "bench", node) as made:
        made.say("one")
        made.whisper("canary")
        made.say("three")
        made.cosigned_up_to(3, node)
        made.whisper("four")
        made.say("five — „naïve“")
        _other(made, 2)
        yield made


def _other(kept: Kept, signed: int) -> DeviceKey:
    """Three events of another bench, of which it signed the first `signed`."""
    key = DeviceKey.generate()
    forms = [Whole(new_salt(), encode_body(ALOUD, Said(text), NOW, "b0", 1)) for text in ("x", "y", "z")]
    kept.journal.append(SHOP, 1, forms)
    tree = Tree()
    for form in forms[:signed]:
        tree.append(form.leaf)
    signer = VerifierKey(f"{NETWORK}/{SHOP}", key.public)
    note = sign_checkpoint(Checkpoint(signer.name, signed, tree.root()), signer, key.sign)
    with kept.store.writing() as db:
        row = (kept.journal.find(db, SHOP).id, signed, str(note))
        db.conn.execute("INSERT INTO checkpoints (source, size, note) VALUES (?, ?, ?)", row)
    return key


def _lines(path: Path) -> list[dict[str, object]]:
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]


def test_an_export_holds_all_that_is_under_a_checkpoint(kept: Kept, tmp_path: Path) -> None:
    out = tmp_path / "out.ndjson"
    assert export(kept.db, kept.device, out) == Exported(sources=2, events=7, whole=7)
    lines = _lines(out)
    assert lines[0] == {
        "export": {"version": 1, "public": False, "lines": 11, "sources": {SOURCE: 5, SHOP: 2}}
    }
    kinds = [next(iter(line)) for line in lines]
    assert kinds == ["export", *["event"] * 3, "checkpoint", *["event"] * 2, "checkpoint"] + ["event"] * 2 + [
        "checkpoint"
    ]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["out.ndjson"]


def test_it_verifies_with_and_without_keys(kept: Kept, tmp_path: Path) -> None:
    out = tmp_path / "out.ndjson"
    export(kept.db, kept.device, out)
    alone = verify(out)
    assert alone.sentences == (
        f"{NETWORK}/{SOURCE}: 5 events: consistent, signer not checked.",
        f"{NETWORK}/{SHOP}: 2 events: consistent, signer not checked.",
    )
    assert not alone.is_signed
    known = verify(out, [kept.device.checkpoint_key, kept.device.cosigner_key])
    assert known.sentences == (
        f"{NETWORK}/central held the first 3 events of {NETWORK}/{SOURCE} at 2026-11-23T20:44:00Z.",
        f"{NETWORK}/{SOURCE}: 5 events, signed.",
        f"{NETWORK}/{SHOP}: 2 events: consistent, signer not checked.",
    )
    assert not known.is_signed


def test_a_public_export_holds_public_bodies_only_and_verifies(kept: Kept, tmp_path: Path) -> None:
    out = tmp_path / "out.ndjson"
    claimed = encode_body(ALOUD, Said("x"), NOW, "b0", 1).replace(
        b'"text":"x"', b'"text":5,"note":"quarantined"'
    )
    with kept.journal.writing():
        kept.journal.append(SOURCE, 6, [Whole(new_salt(), claimed)])
    assert export(kept.db, kept.device, out, public=True) == Exported(sources=2, events=8, whole=5)
    content = out.read_bytes()
    for private in (b"canary", b"four", b"whispered", b"quarantined"):
        assert private not in content
    assert b"three" in content
    assert stat.S_IMODE(out.stat().st_mode) == 0o644
    assert verify(out, [kept.device.checkpoint_key]).sentences[0].endswith("6 events, signed.")


def test_a_body_that_is_no_json_is_exported_as_its_32_bytes(kept: Kept, tmp_path: Path) -> None:
    out = tmp_path / "out.ndjson"
    bodies = [b"\xff\xfe", b"no json", b'{"a":\n1}', b"{}", b'{"type":"talk.said"}\n{"event":{}}']
    kept.journal.append(SOURCE, 6, [Whole(new_salt(), body) for body in bodies])
    assert export(kept.db, kept.device, out).whole == 7
    assert verify(out, [kept.device.checkpoint_key]).sentences[0].endswith("10 events, signed.")


def test_a_cosignature_without_its_checkpoint_stands_alone(tmp_path: Path, node: DeviceKey) -> None:
    with opened(tmp_path / "bench", node) as kept:
        kept.say("a", "b", "c")
        key = kept.cosigned_up_to(2, node, with_checkpoint=False)
        export(kept.db, kept.device, tmp_path / "out")
        assert list(_lines(tmp_path / "out")[3]) == ["cosignature"]
        done = verify(tmp_path / "out", [key, kept.device.checkpoint_key])
        assert (len(done.sentences), done.is_signed) == (2, True)


def test_a_cosignature_at_the_end_is_a_line_of_the_last_note(tmp_path: Path, node: DeviceKey) -> None:
    with opened(tmp_path / "bench", node) as kept:
        kept.say("a", "b")
        key = kept.cosigned_up_to(2, node, with_checkpoint=False)
        export(kept.db, kept.device, tmp_path / "out")
        assert str(_lines(tmp_path / "out")[-1]["checkpoint"]).count("\n— ") == 2
        assert len(verify(tmp_path / "out", [key]).sentences) == 2


def test_a_former_log_of_the_device_is_signed_unless_another_key_signed_it_before(
    kept: Kept, tmp_path: Path
) -> None:
    forms = [Whole(new_salt(), encode_body(ALOUD, Said("old"), NOW, "b0", 1))] * 2
    kept.journal.append("linden-bakery.0aaaa", 1, forms)
    assert export(kept.db, kept.device, tmp_path / "out").events == 9
    with kept.store.writing() as db:
        stranger = DeviceKey.generate()
        signer = VerifierKey(f"{NETWORK}/linden-bakery.0aaaa", stranger.public)
        tree = Tree()
        tree.append(forms[0].leaf)
        note = sign_checkpoint(Checkpoint(signer.name, 1, tree.root()), signer, stranger.sign)
        row = (kept.journal.find(db, "linden-bakery.0aaaa").id, 1, str(note))
        db.conn.execute("INSERT INTO checkpoints (source, size, note) VALUES (?, ?, ?)", row)
    assert export(kept.db, kept.device, tmp_path / "out").events == 8
    assert verify(tmp_path / "out", [signer]).sentences[-1].endswith("1 events, signed.")


def test_an_empty_log_gives_an_empty_export(tmp_path: Path) -> None:
    with opened(tmp_path / "bench") as kept:
        assert export(kept.db, kept.device, tmp_path / "out") == Exported(0, 0, 0)
    assert verify(tmp_path / "out").sentences == ("There is no event in it.",)


def test_it_runs_beside_an_app_that_writes(kept: Kept, tmp_path: Path) -> None:
    over = threading.Event()

    def write() -> None:
        while not over.is_set():
            kept.say("more")

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for _ in range(5):
            beside = Store(kept.store.path, read_only=True)
            export(beside.reading(), kept.device, tmp_path / "out")
            beside.close()
            assert verify(tmp_path / "out", [kept.device.checkpoint_key]).sentences
    finally:
        over.set()
        thread.join()


def test_a_damaged_log_is_not_exported_and_an_older_export_stays(kept: Kept, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(kept.db, kept.device, out)
    before = out.read_bytes()
    with kept.store.writing() as db:
        db.conn.execute("DELETE FROM events WHERE source = 1 AND seq = 2")
    with pytest.raises(Damaged, match="nothing was exported"):
        export(kept.db, kept.device, out)
    assert out.read_bytes() == before
    with pytest.raises(Refused, match="cannot be written"):
        export(kept.db, kept.device, tmp_path / "missing" / "out")


def test_a_receipt_proves_one_event(kept: Kept, tmp_path: Path) -> None:
    found = receipt(kept.db, kept.device, SOURCE, 3)
    path = tmp_path / "three.tlog-proof"
    path.write_text(str(found))
    assert b"three" in found.extra
    done = verify(path, [kept.device.checkpoint_key])
    assert done.sentences == (f"Event 3 of {NETWORK}/{SOURCE} is inside its log of 5 events, signed.",)
    assert done.is_signed
    assert verify(path).sentences[0].endswith("consistent, signer not checked.")
    with pytest.raises(SignatureError, match="Nothing in this file is signed"):
        verify(path, [kept.device.cosigner_key])


def test_there_is_a_receipt_for_whole_and_signed_events_only(kept: Kept) -> None:
    assert receipt(kept.db, kept.device, SHOP, 2).index == 1
    kept.journal.erase({SOURCE: [2]})
    for name, seq in [(SOURCE, 0), (SOURCE, 6), (SHOP, 3), ("nobody.1abcd", 1)]:
        with pytest.raises(Refused, match="no event"):
            receipt(kept.db, kept.device, name, seq)
    with pytest.raises(Refused, match="32 bytes"):
        receipt(kept.db, kept.device, SOURCE, 2)


def test_a_receipt_with_a_byte_changed_is_refused(kept: Kept, tmp_path: Path) -> None:
    path = tmp_path / "three.tlog-proof"
    keys = [kept.device.checkpoint_key]
    good = str(receipt(kept.db, kept.device, SOURCE, 3)).encode()
    for place in range(len(good)):
        path.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        with pytest.raises(SafeBenchError):
            verify(path, keys)
    for end in range(len(good)):
        path.write_bytes(good[:end])
        with pytest.raises(SafeBenchError):
            verify(path, keys)


def test_a_receipt_for_another_log_of_the_same_key_does_not_pass(kept: Kept, tmp_path: Path) -> None:
    path = tmp_path / "three.tlog-proof"
    path.write_text(str(receipt(kept.db, kept.device, SOURCE, 3)))
    with pytest.raises(SignatureError):
        verify(path, [VerifierKey(f"{NETWORK}/linden-bakery.2test", kept.device.key.public)])
    assert Receipt.parse(path.read_text()).index == 2
    path.write_bytes(b"c2sp.org/tlog-proof@v1\n\xff")
    with pytest.raises(FormatError):
        verify(path)
