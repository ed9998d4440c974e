"""What is recorded of an incident, all of it tapped from lists, and the sentence that it makes.

There is no field here for anybody who was there: what happened, where about, when about, what helped.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from kiosk.core.event import EventType, Place, Writer
from kiosk.features.incidents.codes import ELSEWHERE, Ended, Outside, Tried, What
from kiosk.features.incidents.sentence import Parts, Told, clock_words, compose, hour_words, spoken
from kiosk.people.events import MemberId, Slug, Time

__all__ = [
    "ELSEWHERE", "NOTED", "WORDS", "Ended", "Noted", "Outside", "Parts", "Told", "Tried", "What", "Words",
    "clock_words", "compose", "hour_words", "spoken",
]  # fmt: skip

_BENCH = frozenset({Writer.BENCH})
WORDS_LENGTH = 280


class Noted(msgspec.Struct, frozen=True, omit_defaults=True):
    """A note. `when`: POSIX seconds, rounded to the quarter hour; with `about`, only the hour is meant.

    `where` is the slug of a zone, or ELSEWHERE. No `outside` says that no outside help was called.
    """

    member: MemberId
    what: What
    where: Slug
    when: Time
    ended: Ended
    about: bool = False
    tried: Annotated[tuple[Tried, ...], msgspec.Meta(max_length=len(Tried))] = ()
    outside: Annotated[tuple[Outside, ...], msgspec.Meta(max_length=len(Outside))] = ()


class Words(msgspec.Struct, frozen=True):
    """The writer's own words about the note at `note`."""

    note: Place
    words: Annotated[str, msgspec.Meta(min_length=1, max_length=WORDS_LENGTH)]


NOTED = EventType("incident.noted", Noted, _BENCH, "bench", 28)
WORDS = EventType("incident.words", Words, _BENCH, "bench", 28)
