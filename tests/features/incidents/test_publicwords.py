"""The check of public words: what is refused, what is not, and how it is said."""

from __future__ import annotations

import re
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.features.incidents.publicwords import Finding, findings
from kiosk.features.incidents.publicwords.refusals import Kind, suggestion, why
from kiosk.features.incidents.publicwords.wordlists import listed

CORPUS = Path(__file__).with_name("corpus")
NAMES = ("Inés", "Teo", "Canaria Quill", "سلمى", "Jo", "61234")


def corpus(name: str) -> list[str]:
    lines = (CORPUS / f"{name}.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


HARMLESS, REFUSED = corpus("harmless"), corpus("refused")


def bare(text: str) -> str:
    return text.replace("⟦", "").replace("⟧", "")


def piece(text: str) -> str:
    found = re.search("⟦(.+)⟧", text)
    assert found is not None, text
    return found[1]


def test_the_corpus_is_as_large_as_was_agreed():
    assert len(set(HARMLESS)) >= 60
    assert len(set(REFUSED)) >= 100
    for letters in ("éè", "ñó", "عد"):
        assert all(any(one in text for text in HARMLESS) for one in letters)


@pytest.mark.parametrize("text", HARMLESS)
def test_an_ordinary_sentence_may_be_published(text: str):
    assert findings(text, NAMES) == []


@pytest.mark.parametrize("text", REFUSED, ids=bare)
def test_what_could_lead_to_somebody_is_refused_and_the_piece_is_named(text: str):
    assert piece(text) in [found.piece for found in findings(bare(text), NAMES)]


@pytest.mark.parametrize("text", REFUSED, ids=bare)
def test_capitals_and_decomposed_letters_hide_nothing(text: str):
    if not re.search("[\U0001d400-\U0001d7ff🅰-🆉]|Ьl", text):
        assert findings(bare(text).upper(), NAMES)
    assert findings(unicodedata.normalize("NFD", bare(text)), NAMES)


@pytest.mark.parametrize("hidden", list("\u200b\u200d\u00ad\u2060\ufeff\u0336\ufe0f"))
def test_signs_that_nobody_sees_hide_nothing(hidden: str):
    assert findings(f"bl{hidden}ack".join(["A ", " one."]), NAMES)
    assert findings(f"0176{hidden}1234{hidden}56", NAMES)
    assert findings(f"In{hidden}es was there.", NAMES)


def test_a_refusal_says_which_piece_why_and_what_to_do_instead():
    (found,) = findings("A tall one shouted.", ())
    assert found == Finding("tall", "says what somebody looked like", "Say “a person” instead.")
    assert found.sentence == "“tall” says what somebody looked like. Say “a person” instead."
    (found,) = findings("Ring 0176 123 456.", ())
    assert found.sentence == "“0176 123 456” may be a phone number. Leave the number out."


def test_a_piece_is_named_once_and_pieces_come_in_order():
    found = findings("A tall man at 12 Elm Street, 0176 123 456", ())
    assert [one.piece for one in found] == ["tall", "man", "12 Elm Street", "0176 123 456"]


def test_every_reason_has_its_words():
    assert all(why(kind) and suggestion(kind).endswith(".") for kind in Kind)


def test_a_name_is_a_whole_word_and_no_part_of_one():
    assert findings("A theodolite is teotic.", ("Teo",)) == []
    assert [found.piece for found in findings("So Teo left.", ("Teo",))] == ["Teo"]


def test_a_name_of_two_letters_counts_when_it_is_capitalised():
    assert findings("They jo along.", ("Jo",)) == []
    assert findings("They met Jo.", ("Jo",)) != []


def test_particles_of_names_are_no_names():
    assert findings("El pan de la panadería.", ("María de la Cruz",)) == []
    assert findings("A cruz in the road.", ("María de la Cruz",)) != []


def test_one_whose_whole_name_is_a_particle_is_named_all_the_same():
    assert findings("We met Ben there.", ("Ben",)) != []


def test_a_members_number_is_refused():
    assert [found.piece for found in findings("Ask 61234 about it.", NAMES)] == ["61234"]


def test_every_language_has_every_kind_of_word():
    lists = listed()
    kinds = set(lists.words.values())
    assert {Kind.LOOKS, Kind.CLOTHES, Kind.AGE, Kind.GENDER, Kind.ORIGIN, Kind.HEALTH, Kind.LABEL} <= kinds
    for word in ("black", "negra", "noire", "أسود"):
        assert findings(word, ())
    assert {"street", "calle", "rue", "شارع"} <= lists.sets["street"]


@given(st.text(max_size=280))
def test_any_text_is_checked_without_a_fault_and_pieces_are_its_own(text: str):
    for found in findings(text, NAMES):
        assert found.piece in text
        assert found.piece


@given(st.sampled_from([bare(text) for text in REFUSED]), st.sampled_from(HARMLESS))
def test_nothing_harmless_around_it_hides_a_piece(refused: str, harmless: str):
    assert findings(f"{harmless}\n{refused}\n{harmless}", NAMES)


def _effort(text: str) -> float:
    """Seconds of the processor's time that a check of this text takes at least."""
    times = []
    for _ in range(3):
        before = time.process_time()
        findings(text, NAMES)
        times.append(time.process_time() - before)
    return min(times)


def test_a_hostile_text_of_full_length_is_checked_at_once():
    floor = _effort(" ".join(HARMLESS)[:280])
    for text in ("a " * 140, "1 " * 140, "a1" * 140, "-." * 140, "@" * 280, "b l a c " * 35):
        assert _effort(text) < 300 * floor, text[:10]
