"""Claim slips: six words that somebody can write down, and type again in their own way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.features.claims import slips
from kiosk.features.claims.slips import WORDS, digest, draw, listed, read

WORD = st.sampled_from(sorted(listed().values()))
SLIP = st.lists(WORD, min_size=WORDS, max_size=WORDS).map(tuple)


def test_a_slip_is_six_words_of_the_list_and_hard_to_guess() -> None:
    drawn = {draw() for _ in range(200)}
    assert len(drawn) == 200
    assert all(len(slip) == WORDS and set(slip) <= set(listed().values()) for slip in drawn)
    assert len(slips._kind()) ** WORDS > 2**65


def test_nobody_is_handed_an_unkind_word() -> None:
    assert not {"abuse", "blame", "gun", "victim", "wrong"} & set(slips._kind())
    assert read("abuse blame gun victim wrong police") is not None


def test_four_letters_tell_any_two_words_apart() -> None:
    assert len(listed()) == 2048


@given(SLIP, st.sampled_from([" ", ", ", "\n", " - ", "; ", "  "]), st.booleans(), st.booleans())
def test_a_slip_is_read_however_it_is_typed(
    slip: tuple[str, ...], between: str, loud: bool, short: bool
) -> None:
    typed = between.join(word[:4] if short else word for word in slip)
    assert read(typed.upper() if loud else typed) == slip


@given(SLIP)
def test_the_order_counts(slip: tuple[str, ...]) -> None:
    turned = slip[::-1]
    assert (digest(slip) == digest(turned)) == (slip == turned)


@given(st.text(max_size=300))
def test_whatever_is_typed_is_a_slip_or_none(text: str) -> None:
    found = read(text)
    assert found is None or (len(found) == WORDS and read(" ".join(found)) == found)


@pytest.mark.parametrize(
    "typed",
    ["", "zoo", "zoo " * 5, "zoo " * 7, "zoo zoo zoo zoo zoo zzzz", "zoo zoo zoo zo zoo zoo", "🦊" * 6],
)
def test_what_is_no_slip_is_none(typed: str) -> None:
    assert read(typed) is None


def test_accents_of_a_helpful_keyboard_are_forgiven() -> None:
    assert read("zoo zóo Zoö zoo zoo zoo") == ("zoo",) * 6


def test_what_is_kept_is_a_hash_of_its_own_kind() -> None:
    kept = digest(("zoo",) * 6)
    assert kept.hex() == "922b8cb1df3d719af48a7380439e7a7c6e2a35c6875a647b59752d18c84afeb5"
