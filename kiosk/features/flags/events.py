"""What the node records when it has looked, each morning, at how notes are written.

It does so whether or not there is anything to say. Benches and exports have only the 32 bytes of it, one each
morning: so nobody sees from the log that somebody was written about.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec

from kiosk.core.event import EventType, Place, Writer
from kiosk.core.night import CYCLE_NIGHTS
from kiosk.people.events import MemberId, Time

SEALED_LENGTH = 8192
_MOST = 200


class Seen(msgspec.Struct, frozen=True):
    """The mediator `member` has read the flag that was raised at `flag`."""

    flag: Place
    member: MemberId


class Looked(msgspec.Struct, frozen=True, omit_defaults=True):
    """The nights up to `night` were looked at.

    `sealed`, if there was something to say, is an age file for the mediators `to`. `marks`: what was said,
    scrambled, and until which POSIX second it is not said again. `seen`: which flags were read by whom. Both
    are all that is known, so that the newest of these events is enough.
    """

    night: date
    to: Annotated[tuple[MemberId, ...], msgspec.Meta(max_length=2)] = ()
    sealed: Annotated[bytes, msgspec.Meta(max_length=SEALED_LENGTH)] = b""
    marks: Annotated[dict[str, Time], msgspec.Meta(max_length=_MOST)] = {}
    seen: Annotated[tuple[Seen, ...], msgspec.Meta(max_length=_MOST)] = ()


LOOKED = EventType("flag.looked", Looked, frozenset({Writer.CENTRAL}), "bench", CYCLE_NIGHTS)
