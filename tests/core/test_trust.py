"""The trust list: its text, and which list may follow on which."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.adapters.keys import DeviceKey, verify
from kiosk.core.errors import FormatError, Untrusted
from kiosk.core.note import Note
from kiosk.core.trust import Reader, TrustList, Wipe, follow, node_key, root_key
from tests.support import EVENING, NETWORK
from tests.support.roots import YEAR, Roots, next_version

NODE = DeviceKey.generate().public
RECIPIENT = "age17qdwd2hq5sk0gu9w858nlhcys5nhlmznggfnatgprax4292ve3asyyfzew"
ROOTS = Roots()
FIRST = ROOTS.listed(1, EVENING + YEAR, [NODE], mediators=(Reader("48213", RECIPIENT),))


def _follow(before: TrustList | None, signed: str) -> TrustList:
    return follow(before, Note.parse(signed), NETWORK, verify)


def test_a_list_reads_as_it_was_written() -> None:
    full = replace(
        FIRST,
        badges=(node_key(NETWORK, DeviceKey.generate().public),),
        wipes=(Wipe("linden-bakery", "00112233445566778899"),),
    )
    assert TrustList.parse(full.text) == full
    assert _follow(None, ROOTS.signed(full)) == full


def test_the_first_list_needs_the_signatures_of_its_own_roots() -> None:
    with pytest.raises(Untrusted, match="2 signatures"):
        _follow(None, ROOTS.signed(FIRST, "ada"))


def test_the_same_root_twice_is_one_root() -> None:
    twice = ROOTS.signed(FIRST, "ada", "ada")
    with pytest.raises(Untrusted):
        _follow(None, twice)


def test_a_list_of_other_roots_does_not_follow() -> None:
    others = Roots()
    stolen = others.signed(others.listed(2, EVENING + YEAR, [NODE]))
    with pytest.raises(Untrusted, match="not signed by the roots"):
        _follow(FIRST, stolen)


@pytest.mark.parametrize("version", [1, 2])
def test_a_lower_version_or_the_same_does_not_follow(version: int) -> None:
    held = replace(FIRST, version=2)
    with pytest.raises(Untrusted, match="known already"):
        _follow(held, ROOTS.signed(replace(FIRST, version=version)))


def test_a_list_of_another_network_does_not_follow() -> None:
    other = Roots("elsewhere")
    with pytest.raises(Untrusted, match="another network"):
        _follow(None, other.signed(other.listed(1, EVENING + YEAR, [NODE])))


def test_a_root_is_replaced_by_the_word_of_the_roots_that_remain_and_its_own() -> None:
    later = Roots(keys={**ROOTS.keys})
    later.keys["dee"] = DeviceKey.generate()
    del later.keys["cy"]
    listed = later.listed(2, EVENING + YEAR, [NODE])
    assert _follow(FIRST, later.signed(listed, "ada", "bo")) == listed
    with pytest.raises(Untrusted, match="not signed by the roots"):
        _follow(FIRST, later.signed(listed, "ada", "dee"))


def test_a_signature_that_does_not_hold_refuses_the_whole_list() -> None:
    note = Note.parse(ROOTS.signed(FIRST, "ada", "bo", "cy"))
    broken = replace(note.signatures[2], blob=bytes(64))
    with pytest.raises(Untrusted, match="wrong signature"):
        follow(None, Note(note.text, (*note.signatures[:2], broken)), NETWORK, verify)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version 1", "version 01"),
        ("version 1", "version 1\nversion 2"),
        ("threshold 2", "threshold 4"),
        ("threshold 2", "threshold 0"),
        ("Z\n", "+00:00\n"),
        ("ends 20", "ends 90"),
        ("mediator 48213", "mediator 4821"),
        ("age1", "age2"),
        ("safe-bench trust list v1", "safe-bench trust list v2"),
        ("node ", "root "),
        ("network lindenfield\nversion 1", "version 1\nnetwork lindenfield"),
    ],
)
def test_what_is_not_written_as_it_should_be_is_no_list(old: str, new: str) -> None:
    with pytest.raises(FormatError):
        TrustList.parse(FIRST.text.replace(old, new))


@pytest.mark.parametrize("text", [FIRST.text + "more of this\n", FIRST.text.rstrip("\n"), "", "\n"])
def test_a_line_too_many_or_an_end_too_few_is_no_list(text: str) -> None:
    with pytest.raises(FormatError):
        TrustList.parse(text)


def test_a_key_that_is_named_twice_makes_no_list() -> None:
    double = replace(FIRST, roots=(*FIRST.roots, root_key(NETWORK, "eve", ROOTS.keys["ada"].public)))
    with pytest.raises(FormatError, match="twice"):
        TrustList.parse(double.text)


@given(st.text(max_size=300) | st.lists(st.sampled_from(FIRST.text.split("\n"))).map("\n".join))
def test_no_text_does_anything_but_read_or_be_refused(text: str) -> None:
    with suppress(FormatError):
        assert TrustList.parse(text).text == text


@given(st.data())
def test_no_changed_bit_of_a_signed_list_passes(data: st.DataObject) -> None:
    signed = ROOTS.signed(next_version(FIRST, EVENING + 2 * YEAR)).encode()
    place = data.draw(st.integers(0, len(signed) - 1))
    changed = bytearray(signed)
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        note = Note.parse(changed.decode())
        listed = follow(FIRST, note, NETWORK, verify)
    except (UnicodeDecodeError, FormatError, Untrusted):
        return
    assert listed == next_version(FIRST, EVENING + 2 * YEAR)  # only a signature's own name was touched
