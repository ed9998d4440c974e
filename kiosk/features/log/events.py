"""What the bench publishes of a night: sentences, totals, and nothing that names anybody."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from kiosk.core.event import EventType, Place, Writer
from kiosk.features.incidents.events import (
    WORDS_LENGTH,
    Ended,
    Outside,
    Told,
    Tried,
    What,
    compose,
    hour_words,
    spoken,
)
from kiosk.people.events import Line, Lines, Slug
from kiosk.people.texts import said

_BENCH = frozenset({Writer.BENCH})

Count = Annotated[int, msgspec.Meta(ge=0, lt=1 << 31)]


class Part(StrEnum):
    """A part of the night: from 07:00, from 17:00, from 23:00."""

    DAY = "day"
    EVENING = "evening"
    LATE = "late"


class SentencePublished(msgspec.Struct, frozen=True, omit_defaults=True):
    """One note as the neighbourhood may read it.

    `bench` is the bench's name, `number` its place in that night's log, `hour` the nearest full hour on the
    local clock, `place` the name of the zone or "" for somewhere else, and `place_in` the same in further
    languages: an event is one and the same sentence in each, whatever a zone is called later. A kind of
    incident that is too rare to be told is What.OTHER. `added`: the day on which it came after its night was
    published. `words`: the writer's own, which a partner has read.
    """

    night: date
    bench: Line
    number: Annotated[int, msgspec.Meta(ge=1)]
    hour: Annotated[int, msgspec.Meta(ge=0, le=23)]
    what: What
    zone: Slug
    ended: Ended
    place: Annotated[str, msgspec.Meta(max_length=120)] = ""
    tried: Annotated[tuple[Tried, ...], msgspec.Meta(max_length=len(Tried))] = ()
    outside: Annotated[tuple[Outside, ...], msgspec.Meta(max_length=len(Outside))] = ()
    added: date | None = None
    words: Annotated[str, msgspec.Meta(max_length=WORDS_LENGTH)] = ""
    place_in: Lines = {}


def sentence_words(told: SentencePublished) -> str:
    """One published sentence in words."""
    place, time = said(told.place, told.place_in), hour_words(told.hour)
    return spoken(compose(Told(told.what, place, time, told.tried, told.outside, told.ended)))


class NightPublished(msgspec.Struct, frozen=True, omit_defaults=True):
    """The totals of one night at one bench. `hours`: how long somebody was out, in full hours."""

    night: date
    bench: Line
    notes: Count = 0
    patrol: Annotated[tuple[Part, ...], msgspec.Meta(max_length=len(Part))] = ()
    hours: Annotated[int, msgspec.Meta(ge=0, le=25)] = 0
    categories: dict[What, Count] = {}
    tried: dict[Tried, Count] = {}
    outside: dict[Outside, Count] = {}


class NotesSettled(msgspec.Struct, frozen=True, omit_defaults=True):
    """The notes at these places have come out: they are not published again.

    `sentences`: as what they came out, in the same order; the first is number `first` of that `night`.
    """

    notes: Annotated[tuple[Place, ...], msgspec.Meta(max_length=200)]
    sentences: Annotated[tuple[Place, ...], msgspec.Meta(max_length=200)] = ()
    night: date | None = None
    first: Count = 0


class SentenceWithdrawn(msgspec.Struct, frozen=True):
    """The writer of the published sentence at `sentence` has taken it back: it is erased wherever it is held.

    `night`, `bench` and `number` are its address, as in SentencePublished. Written at the next publication,
    so that its time does not tell when somebody stood at the bench.
    """

    night: date
    bench: Line
    number: Annotated[int, msgspec.Meta(ge=1, lt=1 << 31)]
    sentence: Place


SENTENCE = EventType("log.sentence_published", SentencePublished, _BENCH, "public", None)
NIGHT = EventType("log.night_published", NightPublished, _BENCH, "public", None)
# Kept for good: were it to go before a note whose clock ran ahead, that note would come out a second time.
SETTLED = EventType("log.notes_settled", NotesSettled, _BENCH, "bench", None)
GONE = EventType("log.sentence_withdrawn", SentenceWithdrawn, _BENCH, "public", None)
