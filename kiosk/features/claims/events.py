"""What is recorded when somebody says of a published sentence: this is about me, or this is wrong.

There is no field for who says so. What they add for mediators is sealed, and an event of its own, which stays
with the bench and the node and goes when the claim is answered.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from kiosk.core.event import EventType, Place, Writer
from kiosk.people.events import CENTRAL, BenchId

_BOTH = frozenset(Writer)

SLIP_SIZE = 32
MOST_SEALED = 23_000
"""Bytes of an age file that still fit into an event, in base64."""
WORDS_LENGTH = 280


class Answer(StrEnum):
    """What becomes of a sentence."""

    STAYS = "stays"
    GOES = "goes"
    UNANSWERED = "unanswered"


class Made(msgspec.Struct, frozen=True, omit_defaults=True):
    """A claim on sentence `number` of what the bench with the id `bench` published of `night`.

    `sentence` is where that event stands, `slip` the hash of the six words (`slips.digest`), `evening` the
    night in which the claim was made, by the claiming device. `queued`: it waits for a mediator, who looks at
    it first, and hides nothing.
    """

    sentence: Place
    night: date
    bench: BenchId
    number: Annotated[int, msgspec.Meta(ge=1, lt=1 << 31)]
    slip: Annotated[bytes, msgspec.Meta(min_length=SLIP_SIZE, max_length=SLIP_SIZE)]
    evening: date
    queued: bool = False


class Explained(msgspec.Struct, frozen=True):
    """What mediators should know of the claim at `claim`: an age file that only they open."""

    claim: Place
    sealed: Annotated[bytes, msgspec.Meta(min_length=1, max_length=MOST_SEALED)]


class Answered(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer to the claim at `claim`, on the sentence at `sentence`; `words` are for everyone."""

    claim: Place
    sentence: Place
    answer: Answer
    words: Annotated[str, msgspec.Meta(max_length=WORDS_LENGTH)] = ""


# Made and answered are kept for good: a device that holds the sentence and comes back after months must still
# learn that it is to go.
MADE = EventType("claim.made", Made, _BOTH, "network", None)
EXPLAINED = EventType("claim.explained", Explained, _BOTH, "bench", 90)
ANSWERED = EventType("claim.answered", Answered, CENTRAL, "network", None)
