"""The README's "Format" is enough for a second verifier: this one knows nothing of ours."""

from __future__ import annotations

import base64
import json
import re
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kiosk.adapters.keys import verify as holds
from kiosk.adapters.verify import verify
from kiosk.core.checkpoint import Checkpoint, Receipt, cosign, sign_checkpoint
from kiosk.core.event import Form, Leaf, Whole
from kiosk.core.ndjson import EventLine, Head, Line
from kiosk.core.note import COSIGNATURE, Note, VerifierKey
from kiosk.core.tree import Tree, inclusion_proof, leaf_hash
from kiosk.core.trust import follow, root_key

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
SECTION = README.split("\n## Format\n", 1)[1].split("\n## ", 1)[0]
VALUES = dict(re.findall(r"^\| ([a-z0-9 ]+) \| `([0-9a-f]{64})` \|$", SECTION, re.M))
VKEYS, EXPORT, TRUST, RECEIPT = re.findall(r"^```\n(.*?)^```$", SECTION, re.M | re.S)


# A second verifier, from the section alone -----------------------------------------------------------------


def _root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + _root(leaves[:half]) + _root(leaves[half:])).digest()


def _check_note(note: str, vkeys: list[str]) -> list[str]:
    """The lines that were signed; InvalidSignature when one of the keys did not."""
    text, lines = note.rsplit("\n\n", 1)
    signatures = dict(re.findall(r"^— (\S+) (\S+)$", lines, re.M))
    for vkey in vkeys:
        name, key_id, material = vkey.split("+", 2)
        kind, public = base64.b64decode(material)[:1], base64.b64decode(material)[1:]
        assert sha256(name.encode() + b"\n" + kind + public).hexdigest()[:8] == key_id
        signature, message = base64.b64decode(signatures[name]), text.encode() + b"\n"
        assert signature[:4].hex() == key_id
        signature = signature[4:]
        if kind == b"\x04":
            message = b"cosignature/v1\ntime %d\n" % int.from_bytes(signature[:8], "big") + message
            signature = signature[8:]
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    return text.split("\n")


def _leaf(line: str) -> bytes:
    event = json.loads(line)["event"]
    if "leaf" in event:
        return base64.b64decode(event["leaf"])
    body = line.split('"body":', 1)[1].removesuffix("}}")
    return sha256(base64.b64decode(event["salt"]) + body.encode()).digest()


def _check_export(text: str, vkeys: list[str]) -> None:
    """One source is enough here."""
    head, *events, last = text.splitlines()
    (source, size), *_ = json.loads(head)["export"]["sources"].items()
    assert json.loads(head)["export"]["lines"] == len(events) + 2
    assert [json.loads(line)["event"]["seq"] for line in events] == [*range(1, size + 1)]
    origin, count, root = _check_note(json.loads(last)["checkpoint"], vkeys)
    assert (origin.split("/")[1], int(count)) == (source, size)
    assert base64.b64decode(root) == _root([_leaf(line) for line in events])


def _check_receipt(text: str, vkeys: list[str]) -> bytes:
    """The body that it proves; it is the first of two events."""
    head, note = text.split("\n\n", 1)
    version, extra, index, *path = head.split("\n")
    assert (version, index, len(path)) == ("c2sp.org/tlog-proof@v1", "index 0", 1)
    whole = base64.b64decode(extra.removeprefix("extra "))
    leaf = sha256(b"\x00" + sha256(whole).digest()).digest()
    root = _check_note(note, vkeys)[2]
    assert sha256(b"\x01" + leaf + base64.b64decode(path[0])).digest() == base64.b64decode(root)
    return whole[12:]


def test_another_verifier_accepts_the_example() -> None:
    _check_export(EXPORT, VKEYS.split())
    assert json.loads(_check_receipt(RECEIPT, VKEYS.split()))["data"] == {"text": "hello"}


def test_another_verifier_refuses_it_with_a_word_changed() -> None:
    with pytest.raises(AssertionError):
        _check_export(EXPORT.replace("hello", "hallo"), VKEYS.split())
    with pytest.raises(InvalidSignature):
        _check_export(EXPORT.replace("test\\n2\\n", "test\\n3\\n"), VKEYS.split())


# Ours ------------------------------------------------------------------------------------------------------


def test_ours_accepts_the_example(tmp_path: Path) -> None:
    keys = [VerifierKey.parse(vkey) for vkey in VKEYS.split()]
    for name, text in (("export", EXPORT), ("receipt", RECEIPT)):
        (tmp_path / name).write_text(text)
        assert verify(tmp_path / name, keys).is_signed
        assert len(verify(tmp_path / name, keys).sentences) == 2


def test_ours_writes_the_example() -> None:
    device, node = (Ed25519PrivateKey.from_private_bytes(bytes(range(at, at + 32))) for at in (0, 32))
    body = EXPORT.splitlines()[1].split('"body":', 1)[1].removesuffix("}}").encode()
    first = Whole(bytes(range(12)), body)
    forms: list[Form] = [first, Leaf(bytes(32))]
    tree = Tree()
    for form in forms:
        tree.append(form.leaf)
    key = VerifierKey("lindenfield/linden-bakery.1test", device.public_key().public_bytes_raw())
    cosigner = VerifierKey("lindenfield/central", node.public_key().public_bytes_raw(), COSIGNATURE)
    checkpoint = Checkpoint(key.name, tree.size, tree.root())
    signed = sign_checkpoint(checkpoint, key, device.sign)
    note = Note(signed.text, (*signed.signatures, cosign(checkpoint, 1_795_466_640, cosigner, node.sign)))
    lines = [Line(export=Head(1, True, 4, {"linden-bakery.1test": 2}))]
    lines += [Line(event=EventLine.of("linden-bakery.1test", seq, form)) for seq, form in enumerate(forms, 1)]
    lines += [Line(checkpoint=str(note))]
    path = tuple(inclusion_proof([form.leaf for form in forms], 0))
    assert f"{key}\n{cosigner}\n" == VKEYS
    assert b"".join(line.encode() for line in lines).decode() == EXPORT
    assert str(Receipt(0, path, note, first.salt + body)) == RECEIPT
    assert {
        "leaf of event 1": forms[0].leaf.hex(),
        "its hash in the tree": leaf_hash(forms[0].leaf).hex(),
        "that of event 2": leaf_hash(forms[1].leaf).hex(),
        "root": tree.root().hex(),
        "public key of the device": key.public.hex(),
        "public key of the root": _ROOT.public_key().public_bytes_raw().hex(),
        "public key of the node": cosigner.public.hex(),
    } == VALUES


# The trust list --------------------------------------------------------------------------------------------

_ROOT = Ed25519PrivateKey.from_private_bytes(bytes(range(64, 96)))


def test_another_verifier_reads_the_trust_list_of_the_example() -> None:
    facts = [line.split(" ", 1) for line in TRUST.split("\n\n")[0].split("\n")]
    (root,) = [value for name, value in facts if name == "root"]
    lines = _check_note(TRUST, [root])
    assert lines[:3] == ["safe-bench trust list v1", "network lindenfield", "version 1"]
    assert base64.b64decode(root.split("+", 2)[2])[1:].hex() == VALUES["public key of the root"]
    (node,) = [value for name, value in facts if name == "node"]
    assert base64.b64decode(node.split("+", 2)[2])[1:].hex() == VALUES["public key of the node"]
    device = sha256(bytes.fromhex(VALUES["public key of the device"])).hexdigest()[:20]
    assert ["wipe", f"linden-bakery {device}"] in facts
    with pytest.raises(InvalidSignature):
        _check_note(TRUST.replace("version 1", "version 2"), [root])


def test_ours_takes_and_writes_the_trust_list_of_the_example() -> None:
    note = Note.parse(TRUST)
    listed = follow(None, note, "lindenfield", holds)
    assert listed.text == note.text
    key = root_key("lindenfield", "ada", _ROOT.public_key().public_bytes_raw())
    assert str(Note(listed.text).signed(key, _ROOT.sign)) == TRUST
