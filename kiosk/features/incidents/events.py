"""What is recorded of an incident, all of it tapped from lists, and the sentence that it makes.

There is no field here for anybody who was there: what happened, where about, when about, what helped.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec

from kiosk.core.event import EventType, Writer
from kiosk.people.events import MemberId, Slug, Time

_BENCH = frozenset({Writer.BENCH})

ELSEWHERE = "elsewhere"
"""The zone of what happened in none of the neighbourhood's zones."""
WORDS_LENGTH = 280


class What(StrEnum):
    """What happened. Each is also the name of a shape."""

    ARGUMENT = "argument"
    FIGHT = "fight"
    THREAT = "threat"
    UNWELL = "someone-unwell"
    DRINK = "too-much-drink-or-drugs"
    LOST = "someone-lost"
    NOISE = "noise"
    DAMAGE = "damage"
    THEFT = "theft"
    FAMILY = "family"
    SCARED = "someone-scared"
    OTHER = "something-else"


class Tried(StrEnum):
    """What was tried: the steps of the de-escalation poster."""

    LISTENED = "listened"
    SPACE = "made-space"
    DRINK = "water-or-tea"
    WALKED = "walked-with-them"
    WAITED = "waited"
    FRIEND = "friend-called"
    DOOR = "open-door"
    OTHER = "something-else"


class Outside(StrEnum):
    """Which outside help was called."""

    MEDICAL = "medical"
    FIRE = "fire"
    POLICE = "police"
    SUPPORT = "support"


class Ended(StrEnum):
    """How it ended. Each is also the name of a shape."""

    CALMED = "calmed"
    PARTED = "parted"
    LEFT = "left"
    HELP_CAME = "help-came"
    ONGOING = "ongoing"
    UNKNOWN = "unknown"


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
    """The writer's own words about note `note`, which is the number of an event of the same source."""

    note: Annotated[int, msgspec.Meta(ge=1)]
    words: Annotated[str, msgspec.Meta(min_length=1, max_length=WORDS_LENGTH)]


NOTED = EventType("incident.noted", Noted, _BENCH, "network", 28)
WORDS = EventType("incident.words", Words, _BENCH, "bench", 28)
