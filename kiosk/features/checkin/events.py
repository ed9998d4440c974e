"""What is recorded when somebody comes to a bench and goes again."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from kiosk.core.event import EventType, Place, Writer
from kiosk.people.events import MemberId, Time

_BENCH = frozenset({Writer.BENCH})

How = Literal["badge", "pin", "phone"]

Code = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{24}\Z")]
"""A code that a bench showed, as a phone brings it: see `codes`."""


class Arrived(msgspec.Struct, frozen=True, omit_defaults=True):
    """A member came. `on_duty`: whether they held a steward's mandate.

    `expects`: the POSIX second, by the same clock as the event's own time, by which they are expected back;
    hours are never counted beyond it. `code`: what a phone brought, so that it counts once.
    """

    member: MemberId
    expects: Time
    how: How
    on_duty: bool
    code: Code | None = None


class Left(msgspec.Struct, frozen=True, omit_defaults=True):
    """A member who was here went."""

    member: MemberId
    how: How
    code: Code | None = None


class Undone(msgspec.Struct, frozen=True):
    """The event at `of`, an arrival or a leaving of `member`, was a mistake, said within fifteen seconds."""

    member: MemberId
    of: Place


class Closed(msgspec.Struct, frozen=True):
    """The bench closed a check-in whose check-out was forgotten; it counts until POSIX second `until`."""

    member: MemberId
    until: Time


ARRIVED = EventType("checkin.arrived", Arrived, _BENCH, "bench", 28)
LEFT = EventType("checkin.left", Left, _BENCH, "bench", 28)
UNDONE = EventType("checkin.undone", Undone, _BENCH, "bench", 28)
CLOSED = EventType("checkin.closed", Closed, _BENCH, "bench", 28)
