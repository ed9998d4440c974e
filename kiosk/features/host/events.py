"""What the host of a bench does with it."""

from __future__ import annotations

from datetime import date

import msgspec

from kiosk.core.event import EventType, Writer

_BENCH = frozenset({Writer.BENCH})


class ClosedTonight(msgspec.Struct, frozen=True):
    """The host has closed this bench for one night, named by the date on which it began."""

    night: date


class Reopened(msgspec.Struct, frozen=True):
    """The host has opened it again in that same night."""

    night: date


CLOSED = EventType("host.closed_tonight", ClosedTonight, _BENCH, "bench", 28)
REOPENED = EventType("host.reopened", Reopened, _BENCH, "bench", 28)
