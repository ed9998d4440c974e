"""The night's log: counts tonight, sentences for stewards, all of it published at 07:00."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.adapters.device import OPENED
from kiosk.core.event import Entry
from kiosk.core.feature import Feature, Holding, Names
from kiosk.features.checkin.events import ARRIVED, CLOSED, LEFT, UNDONE
from kiosk.features.incidents.events import NOTED, WITHDRAWN, WORDS
from kiosk.features.log import model, withdrawing
from kiosk.features.log.events import (
    GONE,
    NIGHT,
    SENTENCE,
    SETTLED,
    NightPublished,
    NotesSettled,
    SentenceWithdrawn,
    sentence_words,
)
from kiosk.features.log.publishing import publish
from kiosk.web.dates import day_words

if TYPE_CHECKING:
    from flask import Blueprint


def _describe(entry: Entry, _names: Names) -> str:
    if isinstance(entry.data, NotesSettled):
        return "The notes of a night came out."
    if isinstance(entry.data, NightPublished):
        return f"The log of the night of {day_words(entry.data.night)} was published."
    if isinstance(entry.data, SentenceWithdrawn):
        return f"A sentence of the night of {day_words(entry.data.night)} was withdrawn by its writer."
    return f"Published: {sentence_words(entry.data)}"


def _bench() -> Blueprint:
    from kiosk.features.log.routes import bench

    return bench


def _central() -> Blueprint:
    from kiosk.features.log.public import central

    return central


FEATURE = Feature(
    name="log",
    events=(SENTENCE, NIGHT, SETTLED, GONE),
    reads=(NOTED, WORDS, WITHDRAWN, ARRIVED, LEFT, UNDONE, CLOSED, OPENED),
    schema=model.SCHEMA,
    apply=model.apply,
    describe=_describe,
    bench=_bench,
    central=_central,
    chores=(publish, withdrawing.say_so),
    holdings=(
        Holding("log_notes", "notes: what happened, where and when about, what helped", 28),
        Holding("log_words", "what writers of notes added in their own words", 28),
        Holding("log_stays", "when the patrol came and went, by member number", 28),
        Holding("log_settled", "which notes came out as which sentences, by place", "as long as the log"),
        Holding("log_taken_back", "when which note was withdrawn, by its place in the log", 28),
        Holding("log_withdrawn", "which published sentences were withdrawn", "as long as the log"),
        Holding("log_nights", "the published totals of each night", "as long as the log"),
        Holding("log_sentences", "the published sentences", "as long as the log"),
        Holding("log_begun", "when this bench began", "as long as the log"),
    ),
    spent=withdrawing.gone,
    hidden=withdrawing.gone,
    remarks=withdrawing.remarks,
)
