"""What is recorded when coordinators exempt records from erasure: asked by one, confirmed by another."""

from __future__ import annotations

from typing import Annotated

import msgspec

from kiosk.core.event import EventType, Place
from kiosk.core.night import CYCLE_NIGHTS
from kiosk.people.events import CENTRAL, MemberId, Time

MOST_DAYS = 90
"""After so many days a hold is over, whatever was asked."""
MOST_RECORDS = 40
MOST_REASON = 280
KEEP_DAYS = MOST_DAYS + CYCLE_NIGHTS
"""Who asked for what and why is known while the hold can run, and in the cycle in which it is counted."""


class Asked(msgspec.Struct, frozen=True):
    """Coordinator `by` asks that `records` be kept beyond their days, until POSIX second `until`."""

    records: Annotated[tuple[Place, ...], msgspec.Meta(min_length=1, max_length=MOST_RECORDS)]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=MOST_REASON)]
    by: MemberId
    until: Time


class Confirmed(msgspec.Struct, frozen=True):
    """Another coordinator agrees to the hold that was asked for at `hold`: from now on it counts."""

    hold: Place
    by: MemberId


class Released(msgspec.Struct, frozen=True):
    """A coordinator ends a hold: what is past its days is erased."""

    hold: Place
    by: MemberId


ASKED = EventType("hold.asked", Asked, CENTRAL, "network", KEEP_DAYS)
CONFIRMED = EventType("hold.confirmed", Confirmed, CENTRAL, "network", KEEP_DAYS)
RELEASED = EventType("hold.released", Released, CENTRAL, "network", KEEP_DAYS)
