"""What is recorded of an incident, all of it tapped from lists, and the sentence that it makes.

There is no field here for anybody who was there: what happened, where about, when about, what helped.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Annotated

import msgspec

from kiosk.core.event import EventType, Place, Writer
from kiosk.features.incidents.codes import ELSEWHERE, Ended, Outside, Tried, What
from kiosk.features.incidents.sentence import Parts, Told, clock_words, compose, hour_words, spoken
from kiosk.people.events import MemberId, Slug, Time

__all__ = [
    "CLOSED", "ELSEWHERE", "NOTED", "SEALED", "WITHDRAWN", "WORDS", "Closed", "Ended", "How", "Noted",
    "Outside", "Parts", "Sealed", "Told", "Tried", "What", "Withdrawn", "Words", "clock_words", "compose",
    "hour_words", "may_be_public", "spoken",
]  # fmt: skip

_BENCH = frozenset({Writer.BENCH})
_NODE = frozenset({Writer.CENTRAL})
WORDS_LENGTH = 280
SEALED_LENGTH = 23_000
"""Bytes of an age file: room for 4000 letters of any script and 32 readers, and as base64 within 32 KB."""
SEALED_DAYS = 90
"""Days after which details are erased though no mediator has closed them; a closing is kept as long."""


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


class Words(msgspec.Struct, frozen=True, omit_defaults=True):
    """The writer's own words about the note at `note`.

    `read_by`: the partner who has read them before they were kept; without one they are never published.
    """

    note: Place
    words: Annotated[str, msgspec.Meta(min_length=1, max_length=WORDS_LENGTH)]
    read_by: MemberId | None = None


class Sealed(msgspec.Struct, frozen=True):
    """Details of the note at `note`, as an age file that mediators open.

    `proof`: what the letters at its end come to, by which a closing shows that it was opened.
    """

    note: Place
    sealed: Annotated[bytes, msgspec.Meta(min_length=1, max_length=SEALED_LENGTH)]
    proof: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]


class How(StrEnum):
    """What a mediator did about sealed details."""

    DEALT_WITH = "dealt-with"
    PASSED_ON = "passed-on"
    NOTHING = "nothing-to-do"


class Closed(msgspec.Struct, frozen=True):
    """A mediator has closed the sealed details at `sealed`, so that they are erased. It is not said who.

    `proof`: the letters that they ended with. Without them nothing is erased, whatever the node says.
    """

    sealed: Place
    how: How
    proof: Annotated[str, msgspec.Meta(max_length=32)]


def may_be_public(words: str, names: Collection[str]) -> bool:
    """Whether words pass the text check; `names`: the members' names and numbers."""
    from kiosk.features.incidents.publicwords import findings  # its lists load when words are first checked

    return not findings(words, names)


class Withdrawn(msgspec.Struct, frozen=True):
    """The writer `member` takes back the note at `note`: it is erased, with its words and details."""

    member: MemberId
    note: Place


NOTED = EventType("incident.noted", Noted, _BENCH, "bench", 28)
WORDS = EventType("incident.words", Words, _BENCH, "bench", 28)
SEALED = EventType("incident.sealed", Sealed, _BENCH, "bench", SEALED_DAYS)
WITHDRAWN = EventType("incident.withdrawn", Withdrawn, _BENCH, "bench", 28)
CLOSED = EventType("incident.closed", Closed, _NODE, "network", SEALED_DAYS)
