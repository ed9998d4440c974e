"""Signed notes against the examples of their specification (c2sp.org/signed-note)."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.adapters.keys import DeviceKey, verify
from kiosk.core.errors import FormatError, SignatureError
from kiosk.core.note import COSIGNATURE, Note, Signature, VerifierKey

SPEC_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = (
    "This is an example message.\n"
    "\n"
    "— example.com/foo"
    " Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann"
    " x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
KEY = DeviceKey.generate()
SIGNER = VerifierKey("lindenfield/linden-bakery.1test", KEY.public)
names = st.text(st.characters(exclude_categories=("Z", "C"), exclude_characters="+"), min_size=1, max_size=20)


@pytest.mark.parametrize(("key", "note"), [(SPEC_KEY, SPEC_NOTE), (GO_KEY, GO_NOTE)], ids=["C2SP", "Go"])
def test_the_examples_of_the_specification_hold(key: str, note: str) -> None:
    signer = VerifierKey.parse(key)
    assert str(signer) == key
    assert str(Note.parse(note)) == note
    assert Note.parse(note).check([signer], verify) == [signer]


def test_a_note_has_its_text_up_to_the_last_empty_line() -> None:
    note = Note("one\n\ntwo\n\n").signed(SIGNER, KEY.sign)
    assert Note.parse(str(note)) == note
    assert note.check([SIGNER], verify) == [SIGNER]


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["C"])), st.lists(names, min_size=1, max_size=4, unique=True))
def test_every_note_reads_as_it_was_written(text: str, signers: list[str]) -> None:
    note = Note(text + "\n")
    for name in signers:
        note = note.signed(VerifierKey(name, KEY.public), KEY.sign)
    assert Note.parse(str(note)) == note


def test_signatures_of_strangers_are_passed_over() -> None:
    other = DeviceKey.generate()
    note = Note("text\n").signed(VerifierKey("stranger", other.public), other.sign).signed(SIGNER, KEY.sign)
    assert note.check([SIGNER], verify) == [SIGNER]


def test_a_note_that_no_known_key_signed_is_refused() -> None:
    other = DeviceKey.generate()
    note = Note("text\n").signed(VerifierKey(SIGNER.name, other.public), other.sign)
    with pytest.raises(SignatureError, match="No known key"):
        note.check([SIGNER], verify)


def test_one_wrong_signature_by_a_known_key_spoils_the_note() -> None:
    good = Note("text\n").signed(SIGNER, KEY.sign)
    bad = Note("text\n", (*good.signatures, Signature(SIGNER.name, SIGNER.key_id, bytes(64))))
    with pytest.raises(SignatureError, match="does not hold"):
        bad.check([SIGNER], verify)


def test_a_cosigner_among_the_keys_is_not_taken_for_a_signer_of_the_text() -> None:
    cosigner = VerifierKey("lindenfield/central", KEY.public, COSIGNATURE)
    line = Signature(cosigner.name, cosigner.key_id, bytes(72))
    note = Note("text\n", (line,)).signed(SIGNER, KEY.sign)
    assert note.check([cosigner, SIGNER], verify) == [SIGNER]


def test_one_key_has_another_id_for_each_kind_and_name() -> None:
    ids = {VerifierKey(name, KEY.public, kind).key_id for name in ("a", "b") for kind in (1, 4)}
    assert len(ids) == 4


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text",
        "text\n",
        "text\n\n",
        "text\n\nno dash\n",
        "text\n— name AAAAAAAA\n",
        "te\txt\n\n— name AAAAAAAA\n",
        "te\x00xt\n\n— name AAAAAAAA\n",
        "te\ud800xt\n\n— name AAAAAAAA\n",
        "text\n\n— name AAAAAAAA",
        "text\n\n— na+me AAAAAAAA\n",
        "text\n\n— na me AAAAAAAA\n",
        "text\n\n—  AAAAAAAA\n",
        "text\n\n— name AAAA\n",
        "text\n\n— name AAAAAA=A\n",
        "text\n\n— name AAAAAAB=\n",
        "text\n\n- name AAAAAAAA\n",
        "text\n\n" + "— name AAAAAAAA\n" * 33,
    ],
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        Note.parse(text)


def test_thirty_two_signatures_are_taken() -> None:
    assert len(Note.parse("text\n\n" + "— name AAAAAAAA\n" * 32).signatures) == 32


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "na me+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q==",
        "example.com/foo+530d903a+not base64",
    ],
)
def test_what_is_no_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        VerifierKey.parse(text)


def test_a_key_that_is_no_point_verifies_nothing() -> None:
    for public in (bytes(32), b"\xff" * 32, b"short"):
        assert not verify(public, base64.b64decode(b"AA==") * 64, b"message")
