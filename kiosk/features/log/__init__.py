"""The night's log: counts tonight, sentences for stewards, all of it published at 07:00."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.adapters.device import OPENED
from kiosk.core.event import Entry
from kiosk.core.feature import AS_LONG_AS_THE_LOG, Feature, Holding, Names
from kiosk.core.sentences import N_
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
from kiosk.web.words import gettext as _

if TYPE_CHECKING:
    from flask import Blueprint


def _describe(entry: Entry, _names: Names) -> str:
    if isinstance(entry.data, NotesSettled):
        return _("The notes of a night came out.")
    if isinstance(entry.data, NightPublished):
        return _("The log of the night of {day} was published.").format(day=day_words(entry.data.night))
    if isinstance(entry.data, SentenceWithdrawn):
        words = _("A sentence of the night of {day} was withdrawn by its writer.")
        return words.format(day=day_words(entry.data.night))
    return _("Published: {sentence}").format(sentence=sentence_words(entry.data))


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
        Holding("log_notes", N_("notes: what happened, where and when about, what helped"), 28),
        Holding("log_words", N_("what writers of notes added in their own words"), 28),
        Holding("log_stays", N_("when the patrol came and went, by member number"), 28),
        Holding("log_settled", N_("which notes came out as which sentences, by place"), AS_LONG_AS_THE_LOG),
        Holding("log_taken_back", N_("when which note was withdrawn, by its place in the log"), 28),
        Holding("log_withdrawn", N_("which published sentences were withdrawn"), AS_LONG_AS_THE_LOG),
        Holding("log_nights", N_("the published totals of each night"), AS_LONG_AS_THE_LOG),
        Holding("log_sentences", N_("the published sentences"), AS_LONG_AS_THE_LOG),
        Holding("log_begun", N_("when this bench began"), AS_LONG_AS_THE_LOG),
    ),
    spent=withdrawing.gone,
    hidden=withdrawing.gone,
    remarks=withdrawing.remarks,
)
