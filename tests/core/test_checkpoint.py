"""Checkpoints, cosignatures and receipts against their specifications (c2sp.org/tlog-*)."""

from __future__ import annotations

import base64
import struct

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.adapters.keys import DeviceKey, verify
from kiosk.core.checkpoint import (
    Checkpoint,
    Receipt,
    check_cosignature,
    cosign,
    cosigners,
    sign_checkpoint,
)
from kiosk.core.errors import FormatError, SignatureError
from kiosk.core.note import COSIGNATURE, Note, Signature, VerifierKey
from kiosk.core.tree import Tree, inclusion_proof

SPEC = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
SPEC_NOTE = (
    SPEC + "\n"
    "— example.com/behind-the-sofa"
    " Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZ"
    "qhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
KEY, NODE = DeviceKey.generate(), DeviceKey.generate()
SIGNER = VerifierKey("lindenfield/linden-bakery.1test", KEY.public)
COSIGNER = VerifierKey("lindenfield/central", NODE.public, COSIGNATURE)


def _checkpoint(leaves: list[bytes]) -> Checkpoint:
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf)
    return Checkpoint(SIGNER.name, tree.size, tree.root())


def test_the_examples_of_the_specification_read() -> None:
    note = Note.parse(SPEC_NOTE)
    checkpoint = Checkpoint.parse(note.text)
    assert (checkpoint.origin, checkpoint.size, checkpoint.text) == (
        "example.com/behind-the-sofa",
        20852163,
        SPEC,
    )
    time = struct.unpack(">Q", note.signatures[1].blob[:8])[0]
    assert (time, len(note.signatures[1].blob)) == (1679315147, 72)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n5\n",
        SPEC.rstrip("\n"),
        SPEC + "\n",
        SPEC + "extension\n",
        SPEC.replace("20852163", "020852163"),
        SPEC.replace("20852163", "-1"),
        SPEC.replace("20852163", "２"),
        SPEC.replace("20852163", "9" * 30),
        SPEC.replace("example.com/behind-the-sofa", ""),
        SPEC.replace("q2I=", "q2J="),
        SPEC.replace("CsUY", ""),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        Checkpoint.parse(text)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**18), st.binary(min_size=32, max_size=32))
def test_every_checkpoint_reads_as_it_was_written(size: int, root: bytes) -> None:
    checkpoint = Checkpoint("lindenfield/linden-bakery.1test", size, root)
    assert Checkpoint.parse(checkpoint.text) == checkpoint


def test_a_cosignature_signs_the_message_of_the_specification() -> None:
    checkpoint = Checkpoint.parse(SPEC)
    line = cosign(checkpoint, 1679315147, COSIGNER, NODE.sign)
    message = "cosignature/v1\ntime 1679315147\n" + SPEC
    Ed25519PublicKey.from_public_bytes(NODE.public).verify(line.blob[8:], message.encode())
    assert line.blob[:8] == (1679315147).to_bytes(8, "big")
    assert check_cosignature(checkpoint, line, COSIGNER, verify) == 1679315147


def test_a_cosignature_holds_for_its_checkpoint_time_and_key_only() -> None:
    checkpoint = _checkpoint([b"a", b"b"])
    line = cosign(checkpoint, 7, COSIGNER, NODE.sign)
    later = Signature(line.name, line.key_id, struct.pack(">Q", 8) + line.blob[8:])
    beyond = cosign(checkpoint, 1 << 63, COSIGNER, NODE.sign)
    plain = VerifierKey(COSIGNER.name, NODE.public)
    for about, wrong, key in [
        (_checkpoint([b"a", b"c"]), line, COSIGNER),
        (checkpoint, later, COSIGNER),
        (checkpoint, beyond, COSIGNER),
        (checkpoint, Signature(line.name, line.key_id, line.blob[:-1]), COSIGNER),
        (checkpoint, Signature(line.name, plain.key_id, line.blob), plain),
        (checkpoint, line, VerifierKey("lindenfield/other", NODE.public, COSIGNATURE)),
    ]:
        with pytest.raises(SignatureError):
            check_cosignature(about, wrong, key, verify)


def test_cosigners_are_told_by_name_with_their_times() -> None:
    checkpoint = _checkpoint([b"a"])
    note = sign_checkpoint(checkpoint, SIGNER, KEY.sign)
    both = Note(note.text, (*note.signatures, cosign(checkpoint, 99, COSIGNER, NODE.sign)))
    assert cosigners(both, [SIGNER, COSIGNER], verify) == {"lindenfield/central": 99}
    assert cosigners(note, [SIGNER, COSIGNER], verify) == {}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.binary(max_size=50), min_size=1, max_size=40), st.binary(max_size=60), st.data())
def test_every_receipt_reads_as_it_was_written_and_proves(
    leaves: list[bytes], extra: bytes, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    checkpoint = _checkpoint(leaves)
    note = sign_checkpoint(checkpoint, SIGNER, KEY.sign)
    receipt = Receipt(index, tuple(inclusion_proof(leaves, index)), note, extra)
    assert Receipt.parse(str(receipt)) == receipt
    assert Receipt.parse(str(receipt)).check(leaves[index]) == checkpoint
    with pytest.raises(SignatureError):
        receipt.check(leaves[index] + b"x")


def test_a_receipt_has_the_lines_of_the_specification() -> None:
    leaves = [b"a", b"b", b"c"]
    note = sign_checkpoint(_checkpoint(leaves), SIGNER, KEY.sign)
    lines = str(Receipt(2, tuple(inclusion_proof(leaves, 2)), note, b"more")).split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra bW9yZQ==", "index 2"]
    assert len(base64.b64decode(lines[3])) == 32
    assert lines[4:7] == ["", SIGNER.name, "3"]


def test_what_is_no_receipt_is_refused() -> None:
    note = sign_checkpoint(_checkpoint([b"a", b"b"]), SIGNER, KEY.sign)
    good = str(Receipt(1, (bytes(32),), note, b"x"))
    assert str(Receipt.parse(good)) == good
    for wrong in [
        "",
        str(note),
        good.replace("@v1", "@v2"),
        good.replace("index 1", "index 01"),
        good.replace("index 1", "index x"),
        good.replace("index 1\n", ""),
        good.replace("extra eA==\n", "extra \n"),
        good.replace("eA==", "eB=="),
        good.replace("AAAA=\n", "AAAA\n"),
        good.replace("\n\n", "\n"),
    ]:
        with pytest.raises(FormatError):
            Receipt.parse(wrong)
