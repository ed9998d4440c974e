"""What is recorded about members, their badges, PINs and mandates, and about the neighbourhood."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec

from kiosk.core.event import EventType, Place, Writer
from kiosk.core.mandate import Role

CENTRAL = frozenset({Writer.CENTRAL})
BENCH = frozenset({Writer.BENCH})
PHONE_DAYS = 365
"""How long a phone that was introduced is known, unless it is revoked."""

MemberId = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{5}\Z")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
BenchId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,40}\Z")]
LINE, NOTE, WALK, WHERE = 120, 160, 200, 100
"""How many letters texts of the neighbourhood have at most."""

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=LINE)]
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,40}\Z")]
Language = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?\Z")]
Kind = Annotated[str, msgspec.Meta(pattern=r"^(medical|fire|police|support)\Z")]
Number = Annotated[str, msgspec.Meta(pattern=r"^[0-9+*# ()-]{2,24}\Z")]
Hour = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z|^\Z")]
Note = Annotated[str, msgspec.Meta(max_length=NOTE)]
Walk = Annotated[str, msgspec.Meta(max_length=WALK)]
Time = Annotated[int, msgspec.Meta(ge=0, lt=1 << 37)]
"""POSIX seconds that a calendar can show: the bound lies in the year 6325."""

PinHash = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^\$argon2id\$v=19\$m=[0-9]{2,5},t=[0-9],p=[0-9]\$[A-Za-z0-9+/]{11,64}\$[A-Za-z0-9+/]{11,86}\Z"
    ),
]
"""A PHC string whose check takes no more than 98 MiB, whoever made it."""


class Added(msgspec.Struct, frozen=True):
    """A member joined. `name` is what they chose to be called; `member` the number on their badge."""

    member: MemberId
    name: Name


class Left(msgspec.Struct, frozen=True):
    """A member left: name, PIN and badges are of no more use."""

    member: MemberId


class PinSet(msgspec.Struct, frozen=True):
    """A member's PIN, as an argon2id hash in PHC form."""

    member: MemberId
    hash: PinHash


class Vouched(msgspec.Struct, frozen=True):
    """Two stewards vouched for a member, who got a PIN for this night at this bench: its argon2id hash."""

    member: MemberId
    by: tuple[MemberId, MemberId]
    night: date
    hash: PinHash


class BadgeRevoked(msgspec.Struct, frozen=True):
    """Badges of this member that were issued before POSIX second `before` are void."""

    member: MemberId
    before: Time


class Granted(msgspec.Struct, frozen=True, omit_defaults=True):
    """A mandate: `role` from `begins` until before `ends`, POSIX seconds; on one bench, or on all."""

    member: MemberId
    role: Role
    begins: Time
    ends: Time
    bench: BenchId | None = None


class Recalled(msgspec.Struct, frozen=True):
    """A mandate taken back, as of POSIX second `at`."""

    member: MemberId
    role: Role
    at: Time


Lines = Annotated[dict[Language, Line], msgspec.Meta(max_length=24)]
"""By language, what a line beside it says in further ones: texts with `_in` behind their names."""

Notes = Annotated[dict[Language, Note], msgspec.Meta(max_length=24)]


class Zone(msgspec.Struct, frozen=True, omit_defaults=True):
    """A coarse place where something can have happened: a few streets, never an address."""

    slug: Slug
    name: Line
    name_in: Lines = {}


class Call(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whom to call. `kind` sorts and draws it: medical, fire, police, or support."""

    kind: Kind
    name: Line
    number: Number
    note: Note = ""
    name_in: Lines = {}
    note_in: Notes = {}


class Door(msgspec.Struct, frozen=True, omit_defaults=True):
    """A door to go in by; `until` is local time, "22:00", or "" for all night."""

    name: Line
    until: Hour = ""
    note: Note = ""
    name_in: Lines = {}
    note_in: Notes = {}


class Assembly(msgspec.Struct, frozen=True, omit_defaults=True):
    """When the next assembly begins, by the neighbourhood's own clocks, and where it is."""

    at: Annotated[datetime, msgspec.Meta(tz=False)]
    where: Annotated[str, msgspec.Meta(min_length=1, max_length=WHERE)]
    where_in: Lines = {}


class Described(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the neighbourhood has decided to do things. `patrol_minutes`: when somebody is expected back.

    `language` is that of its own texts, None where nobody said. `next_assembly` is free text, all that there
    was before `assembly`, and for benches that know no other.
    """

    name: Line
    timezone: Annotated[str, msgspec.Meta(max_length=64)]
    zones: Annotated[tuple[Zone, ...], msgspec.Meta(min_length=1, max_length=24)]
    calls: Annotated[tuple[Call, ...], msgspec.Meta(max_length=12)] = ()
    doors: Annotated[tuple[Door, ...], msgspec.Meta(max_length=12)] = ()
    walk_with_me: Walk = ""
    next_assembly: Annotated[str, msgspec.Meta(max_length=120)] = ""
    patrol_minutes: Annotated[int, msgspec.Meta(ge=15, le=720)] = 150
    language: Language | None = None
    name_in: Lines = {}
    walk_with_me_in: Annotated[dict[Language, Walk], msgspec.Meta(max_length=24)] = {}
    assembly: Assembly | None = None


class PhoneIntroduced(msgspec.Struct, frozen=True):
    """A phone may check this member in at the device that wrote this: at its bench, or by way of the node.

    `token`: SHA-256, in hex, of the secret that the phone carries.
    """

    member: MemberId
    token: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class PhoneRevoked(msgspec.Struct, frozen=True):
    """The phone that the same device introduced at `of` counts no more."""

    of: Place


ADDED = EventType("member.added", Added, CENTRAL, "network", None)
LEFT = EventType("member.left", Left, CENTRAL, "network", None)
PIN_SET = EventType("member.pin_set", PinSet, CENTRAL, "network", None)
VOUCHED = EventType("pin.vouched", Vouched, BENCH, "bench", 2)
BADGE_REVOKED = EventType("badge.revoked", BadgeRevoked, CENTRAL, "network", None)
GRANTED = EventType("mandate.granted", Granted, CENTRAL, "network", None)
RECALLED = EventType("mandate.recalled", Recalled, CENTRAL, "network", None)
DESCRIBED = EventType("neighbourhood.described", Described, CENTRAL, "public", None)
PHONE_INTRODUCED = EventType("phone.introduced", PhoneIntroduced, BENCH | CENTRAL, "bench", PHONE_DAYS)
PHONE_REVOKED = EventType("phone.revoked", PhoneRevoked, BENCH | CENTRAL, "bench", PHONE_DAYS)
