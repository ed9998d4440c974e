"""The sentence that a note makes."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from kiosk.features.incidents.events import Ended, Outside, Told, Tried, What, clock_words, compose, spoken
from kiosk.features.incidents.sentence import ended_words, outside_words, tried_words, what_words
from tests.support import EVENING

BERLIN = ZoneInfo("Europe/Berlin")
WHOLE = Told(What.ARGUMENT, "Market corner", "about 22:15", (Tried.LISTENED,), (), Ended.CALMED)


def test_a_whole_note_reads_aloud():
    assert spoken(compose(WHOLE)) == (
        "Loud argument at Market corner, about 22:15. We listened."
        " No outside help was called. It calmed down."
    )


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (Told(), "…"),
        (Told(What.NOISE), "Noise …"),
        (Told(What.NOISE, "The station"), "Noise at the station …"),
        (Told(What.NOISE, ""), "Noise somewhere else …"),
        (Told(What.NOISE, "", "about 22:15"), "Noise somewhere else, about 22:15. …"),
        (Told(What.NOISE, "", "about 22:15", ()), "Noise somewhere else, about 22:15. …"),
    ],
)
def test_a_note_that_is_half_told_is_half_a_sentence(told, words):
    assert spoken(compose(told)) == words


def test_what_was_tapped_stands_out_from_the_words_between():
    parts = compose(WHOLE)
    assert [text for text, chosen in parts if chosen] == [
        "Loud argument",
        "at Market corner",
        "about 22:15",
        "We listened.",
        "No outside help was called.",
        "It calmed down.",
    ]


def test_everything_that_can_be_tapped_has_words_of_its_own():
    for said in (
        [what_words(what) for what in What],
        [tried_words(tried) for tried in Tried],
        [outside_words(kind) for kind in Outside],
        [ended_words(ended) for ended in Ended],
    ):
        assert all(said)
        assert len(set(said)) == len(said)


@pytest.mark.parametrize("what", What)
def test_every_kind_of_incident_makes_a_sentence(what):
    told = Told(what, "Linden park", "about 22:00", tuple(Tried), tuple(Outside), Ended.HELP_CAME)
    sentence = spoken(compose(told))
    assert sentence.startswith(what_words(what) + " at Linden park, about 22:00. We listened.")
    assert sentence.endswith("Help came.")
    assert "…" not in sentence


def test_a_brace_in_the_name_of_a_zone_stays_a_brace():
    assert "at {0.x} {what}" in spoken(compose(Told(What.NOISE, "{0.x} {what}", "about 22:00")))


def test_a_time_is_said_as_people_say_it():
    assert clock_words(EVENING, False, BERLIN) == "about 21:44"
    assert clock_words(EVENING, True, BERLIN) == "some time around 22:00"
    assert clock_words(EVENING - 1800, True, BERLIN) == "some time around 21:00"
