"""The published log in words."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.features.incidents.events import Ended, Outside, Tried, What
from kiosk.features.log import words
from kiosk.features.log.events import NightPublished, Part, SentencePublished, sentence_words
from kiosk.web.dates import date_words, day_words

NIGHT = date(2026, 11, 23)


def a_night(**more) -> NightPublished:
    return NightPublished(NIGHT, "Linden Bakery", **more)


@pytest.mark.parametrize(
    ("night", "said"),
    [
        (a_night(), "No notes."),
        (a_night(notes=1), "1 note."),
        (
            a_night(patrol=(Part.EVENING,), hours=1),
            "No notes. The patrol was out in the evening, about 1 hour.",
        ),
        (
            a_night(notes=2, patrol=(Part.EVENING, Part.LATE), hours=3),
            "2 notes. The patrol was out in the evening and late, about 3 hours.",
        ),
        (a_night(patrol=(Part.DAY,)), "No notes. The patrol was out by day."),
    ],
)
def test_a_night_in_a_sentence_or_two_and_never_that_nobody_was_out(night, said):
    assert words.night_words(night) == said


@pytest.mark.parametrize("tried", Tried)
def test_all_that_was_tried_has_a_name(tried):
    assert words.helped_words(a_night(tried={tried: 1})).startswith("What was tried: ")


@pytest.mark.parametrize("kind", Outside)
def test_all_outside_help_has_a_name(kind):
    assert words.outside_words(a_night(outside={kind: 2})).endswith(" (2 ×).")


def test_nothing_tried_and_nobody_called_is_not_mentioned():
    assert words.helped_words(a_night()) == words.outside_words(a_night()) == ""


def test_a_sentence_tells_the_hour_and_when_it_was_added():
    told = SentencePublished(
        NIGHT, "Linden Bakery", 1, 0, What.OTHER, "park", Ended.LEFT, "Linden park", added=date(2026, 11, 25)
    )
    said = "Something happened at Linden park, about 00:00. No outside help was called. They left."
    assert sentence_words(told) == said
    assert words.added_words(told) == "added 25 November"


def test_dates_are_said_whole():
    assert day_words(NIGHT) == "23 November"
    assert date_words(NIGHT) == "Monday 23 November 2026"
