"""Claim slips: six words or numbers that somebody can write down, and type again in their own way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.features.claims import slips
from kiosk.features.claims.slips import WORDS, digest, digits, draw, listed, read

WORD = st.sampled_from(sorted(listed().values()))


def six(each: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(each, min_size=WORDS, max_size=WORDS)


SLIP = six(WORD).map(tuple)
SCRIPTS = ("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹")
"""Western, Arabic-Indic, Persian."""
SIGNS = ["", " ", "  ", "\n", "-", " – ", "،", "، ", ". ", "\u200f ", "\u00a0", "ـ"]


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


def in_script(group: str, script: str) -> str:
    return "".join(script[int(digit)] for digit in group)


def test_the_places_are_those_of_the_list() -> None:
    assert digits(("abandon", "ability", "zoo")) == ("0001", "0002", "2048")
    assert sorted(map(int, digits(tuple(listed().values())))) == list(range(1, 2049))


@given(SLIP, six(st.sampled_from(SCRIPTS)), six(st.sampled_from(SIGNS)))
def test_digits_are_the_same_slip_in_any_script_and_spacing(
    slip: tuple[str, ...], scripts: list[str], signs: list[str]
) -> None:
    groups = [in_script(group, script) for group, script in zip(digits(slip), scripts, strict=True)]
    typed = "".join(group + sign for group, sign in zip(groups, signs, strict=True))
    assert read(typed) == slip
    assert digest(slip) == digest(read(typed) or ())


@given(SLIP, st.sampled_from(SCRIPTS), st.sampled_from([" ", "\n", "، ", " - "]), six(st.booleans()))
def test_the_noughts_before_a_number_may_be_left_out(
    slip: tuple[str, ...], script: str, between: str, as_words: list[bool]
) -> None:
    bare = [in_script(group.lstrip("0"), script) for group in digits(slip)]
    assert read(between.join(bare)) == slip
    mixed = [word if said else number for word, number, said in zip(slip, bare, as_words, strict=True)]
    assert read(between.join(mixed)) == slip


@given(SLIP, st.integers(0, 23))
def test_a_blank_may_stand_anywhere_among_digits(slip: tuple[str, ...], at: int) -> None:
    typed = "".join(digits(slip))
    assert read(f"{typed[:at]} {typed[at:]}") == slip
    assert read(" ".join(typed)) == slip


@given(SLIP, six(st.booleans()), six(st.sampled_from(SCRIPTS)), st.booleans())
def test_words_and_digits_may_be_mixed(
    slip: tuple[str, ...], as_words: list[bool], scripts: list[str], counted: bool
) -> None:
    numbers = [in_script(group, script) for group, script in zip(digits(slip), scripts, strict=True)]
    parts = [
        word if is_word else number for word, number, is_word in zip(slip, numbers, as_words, strict=True)
    ]
    assert read(" ".join(parts)) == slip
    if counted:
        assert read("\n".join(f"{n}. {part}" for n, part in enumerate(parts, 1))) == slip


@given(SLIP, st.sampled_from(SCRIPTS), st.sampled_from([" ", "\n", ", ", ""]))
def test_both_words_and_digits_are_the_slip_as_it_is_shown(
    slip: tuple[str, ...], script: str, between: str
) -> None:
    pairs = [(word, in_script(group, script)) for word, group in zip(slip, digits(slip), strict=True)]
    assert read(between.join(word + between + number for word, number in pairs)) == slip
    assert read("\n".join(f"{number}. {word}" for word, number in pairs)) == slip
    assert read(" ".join(f"{n} {word} {number}" for n, (word, number) in enumerate(pairs, 1))) == slip
    assert read(" ".join(slip) + "\n" + between.join(number for _word, number in pairs)) == slip


def test_a_word_with_the_number_of_another_is_no_slip() -> None:
    assert read("zoo 2048 " * 5 + "zoo 2047") is None
    assert read("zoo " * 6 + "2048 " * 5 + "2047") is None


@given(six(st.integers(0, 9999)))
def test_only_places_of_the_list_are_a_slip(numbers: list[int]) -> None:
    found = read(" ".join(f"{one:04}" for one in numbers))
    assert (found is None) == any(not 1 <= one <= 2048 for one in numbers)
    assert found is None or [int(one) for one in digits(found)] == numbers


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
    [
        "",
        "zoo",
        "zoo " * 5,
        "zoo " * 7,
        "zoo zoo zoo zoo zoo zzzz",
        "zoo zoo zoo zo zoo zoo",
        "🦊" * 6,
        "2048 " * 5,
        "2048 " * 7,
        "0000 " * 6,
        "2049 " * 6,
        "0 " * 6,
        "20481 " * 6,
        "1 2 3 4 5",
        "zoo " * 5 + "0",
        "²⁰⁴⁸ " * 5,
        "二〇四八 " * 6,
    ],
)
def test_what_is_no_slip_is_none(typed: str) -> None:
    assert read(typed) is None


def test_accents_of_a_helpful_keyboard_are_forgiven() -> None:
    assert read("zoo zóo Zoö zoo zoo zoo") == ("zoo",) * 6


def test_what_is_kept_is_a_hash_of_its_own_kind() -> None:
    kept = digest(("zoo",) * 6)
    assert kept.hex() == "922b8cb1df3d719af48a7380439e7a7c6e2a35c6875a647b59752d18c84afeb5"
