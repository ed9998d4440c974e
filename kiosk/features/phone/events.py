"""What is recorded when somebody asks at the node, by phone, to be checked in at a bench, and its answer."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from kiosk.core.event import EventType, Place
from kiosk.people.events import BENCH, CENTRAL, BenchId, MemberId, Time

CODE_PATTERN = r"^[A-Za-z0-9_-]{8,64}\Z"
Code = Annotated[str, msgspec.Meta(pattern=CODE_PATTERN)]
"""What the QR on a bench's screen carries; only that bench can tell whether it showed it."""

Wants = Literal["in", "out"]

Result = Literal[
    "in",
    "out",
    "already",
    "refused:code",
    "refused:old",
    "refused:used",
    "refused:member",
    "refused:not-here",
    "refused:closed",
    "refused:clock",
]
"""What a bench makes of an ask.

`already`: the member was in (or out) as they asked for. Refused: `code`, it never showed that code; `old`, it
did so too long ago, or the member came or went by another way since; `used`, somebody was checked in with it
before; `member`, it knows no such member, or their badges were voided since; `not-here`, they want out and
never came in; `closed`, the bench is closed tonight; `clock`, its clock is not sure, or not that of the node.
"""


class Asked(msgspec.Struct, frozen=True):
    """At POSIX second `at` a phone that the node knows as `member`'s brought this `code` of this `bench`."""

    bench: BenchId
    member: MemberId
    code: Code
    wants: Wants
    at: Time


class Answered(msgspec.Struct, frozen=True, omit_defaults=True):
    """The bench that was asked at `ask` says what came of it.

    `event`: where the arrival or leaving stands that it recorded, or that made it `already`.
    """

    ask: Place
    result: Result
    event: Place | None = None


ASKED = EventType("phone.asked", Asked, CENTRAL, "bench", 28, addressee="bench")
ANSWERED = EventType("phone.answered", Answered, BENCH, "bench", 28)
