"""An event: one fact, past tense, never edited; its body, its leaf, and what its type declares."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Any, Literal, NamedTuple

import msgspec

from kiosk.core.errors import Invalid

MAX_BODY = 32 * 1024
ROOM_FOR_FORMER = 160
"""Left free in a new body, so that it can be written again with the name of its former place."""

SALT_SIZE = 12
MAX_TIME = 221_845_392_000
"""The year 9000, in POSIX seconds: beyond it, a day or an hour more no longer fits a datetime."""

CENTRAL_ID = "central"
"""The device id of every central node: `central.1k7qx` is a source of the node."""

Scope = Literal["public", "network", "bench"]

PLACE = r"^[a-z0-9.-]{1,100}/[0-9]{1,15}$"
Place = Annotated[str, msgspec.Meta(pattern=PLACE)]
"""Where an event stands, `<source>/<seq>`, in the data of another that refers to it."""


class Writer(StrEnum):
    """Which kind of device may write a type of event."""

    BENCH = "bench"
    CENTRAL = "central"


class Body(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What is hashed and kept byte for byte (DESIGN 4). `time` is UTC; `uptime` milliseconds since boot.

    `former` names the place, `<source>/<seq>`, of an event that had to be written again in a new epoch.
    """

    type: Annotated[str, msgspec.Meta(pattern=r"^[a-z]+(\.[a-z0-9_]+)+$", max_length=64)]
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    boot: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]{1,32}$")]
    uptime: Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)]
    scope: Scope
    data: msgspec.Raw
    former: Annotated[str, msgspec.Meta(max_length=120)] | None = None


class Whole(NamedTuple):
    """An event as it travels and is stored whole."""

    salt: bytes
    body: bytes

    @property
    def leaf(self) -> bytes:
        """The 32 bytes that stand for it in the tree: SHA-256(salt || body)."""
        return sha256(self.salt + self.body).digest()


class Leaf(NamedTuple):
    """An event of which only the 32 bytes are here: erased, withheld, or never received."""

    leaf: bytes


Form = Whole | Leaf


class Entry(NamedTuple):
    """An event as read-models see it. `at` is its time in POSIX seconds, by the source's clock."""

    source: str
    seq: int
    type: str
    at: int
    boot: str
    uptime: int
    scope: str
    data: Any
    former: str | None = None

    @property
    def place(self) -> str:
        """`<source>/<seq>`: by which other events refer to it, as one whole string in their data."""
        return f"{self.source}/{self.seq}"


@dataclass(frozen=True)
class EventType:
    """The declaration of one type of event.

    `data` is a frozen msgspec Struct; new optional fields may be added to it, anything else is a new
    type named `<name>.v2`. `keep_days` is how long its body is kept after the event's own time, None
    for as long as the log exists. `addressee`: of what the node writes in scope `bench`, the field of `data`
    that names the one bench which has the body too; without it no bench has.
    """

    name: str
    data: type[msgspec.Struct]
    writers: frozenset[Writer]
    scope: Scope
    keep_days: int | None
    addressee: str | None = None

    @property
    def version(self) -> int:
        """1, or the number behind `.v`."""
        last = self.name.rpartition(".v")[2]
        return int(last) if last.isdigit() else 1


def split_place(place: str) -> tuple[str, int]:
    """Source and number of `<source>/<seq>`."""
    source, _, seq = place.rpartition("/")
    return source, int(seq)


@lru_cache(maxsize=1024)
def device_of(source: str) -> str:
    """`linden-bakery` of `linden-bakery.2k7qx`."""
    return source.rpartition(".")[0]


@lru_cache(maxsize=1024)
def epoch_of(source: str) -> int:
    """2 of `linden-bakery.2k7qx`: how many-th log of its device it is. 0 of a name that tells none."""
    digits = source.rpartition(".")[2][:-4]
    return int(digits) if digits.isascii() and digits.isdigit() else 0


@lru_cache(maxsize=1024)
def writer_of(source: str) -> Writer:
    """Which kind of device a source belongs to."""
    return Writer.CENTRAL if device_of(source) == CENTRAL_ID else Writer.BENCH


def encode_body(
    kind: EventType, data: msgspec.Struct, time: int, boot: str, uptime: int, former: str | None = None
) -> bytes:
    """The body's bytes. `time` in POSIX seconds, `uptime` in milliseconds. Invalid when over 32 KB."""
    moment = datetime.fromtimestamp(time, UTC)
    raw = msgspec.Raw(msgspec.json.encode(data))
    body = msgspec.json.encode(Body(kind.name, moment, boot, uptime, kind.scope, raw, former))
    if len(body) > MAX_BODY - ROOM_FOR_FORMER:
        raise Invalid("That is too much for one record.")
    return body


def written_again(body: bytes, source: str, seq: int, moved: Mapping[int, str]) -> bytes:
    """The same fact as event `seq` of `source`, to be written once more in a new epoch.

    Time, boot and uptime stay those of the first, and `former` names its place. Where its data name events
    that `moved`, as `"<source>/<seq>"`, they name the new places. Bytes that are no body stay as they are.
    """

    def move(found: re.Match[bytes]) -> bytes:
        place = moved.get(int(found[1]))
        return found[0] if place is None else f'"{place}"'.encode()

    try:
        first = _HEAD.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return body
    place = re.compile(rb'"' + re.escape(source).encode() + rb'/([0-9]{1,15})"')
    data = msgspec.Raw(place.sub(move, bytes(first.data)))
    return msgspec.json.encode(msgspec.structs.replace(first, data=data, former=f"{source}/{seq}"))


def new_salt() -> bytes:
    """Twelve random bytes, which keep anyone from guessing an erased body back."""
    return os.urandom(SALT_SIZE)


@dataclass(frozen=True)
class Registry:
    """The declared event types, and the one decoder of bodies."""

    types: Mapping[str, EventType]
    _decoders: Mapping[str, msgspec.json.Decoder[Any]] = field(repr=False)

    @classmethod
    def of(cls, types: Iterable[EventType]) -> Registry:
        """The registry of these types; ValueError when two share a name."""
        by_name: dict[str, EventType] = {}
        for kind in types:
            if kind.name in by_name:
                raise ValueError(f"two event types are named {kind.name}")
            by_name[kind.name] = kind
        return cls(by_name, {name: msgspec.json.Decoder(kind.data) for name, kind in by_name.items()})

    def decode(self, source: str, seq: int, body: bytes) -> Entry:
        """The entry of a body. Its `data` is None when the type is unknown here.

        Invalid, with the reason in plain words, when the body is not what its declaration allows.
        """
        if len(body) > MAX_BODY:
            raise Invalid("The event is larger than 32 KB.")
        if not is_plain(body):
            raise Invalid("The event is not one line of UTF-8.")
        try:
            head = _HEAD.decode(body)
            kind = self.types.get(head.type)
            data = None if kind is None else self._decoders[head.type].decode(head.data)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise Invalid(f"The event does not read: {error}") from None
        if kind is not None:
            _check_declared(kind, head.scope, source)
            _check_numbers(head.data, data)
        at = int(head.time.timestamp())
        if not 0 <= at < MAX_TIME:
            raise Invalid("The event's time is out of all range.")
        return Entry(source, seq, head.type, at, head.boot, head.uptime, head.scope, data, head.former)


_HEAD = msgspec.json.Decoder(Body)


def head_of(body: bytes) -> Body | None:
    """What a body says of itself, its data as they are; None when it does not read."""
    try:
        return _HEAD.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def scope_of(body: bytes) -> str | None:
    """The scope that a body states, or None when it does not read."""
    head = head_of(body)
    return None if head is None else head.scope


def is_plain(body: bytes) -> bool:
    """Whether a body can stand in a line of JSON as it is: UTF-8, braces at its ends, no control bytes."""
    if _CONTROL.search(body) or not (body.startswith(b"{") and body.endswith(b"}")):
        return False
    try:
        return body.isascii() or bool(body.decode())
    except UnicodeDecodeError:
        return False


_CONTROL = re.compile(rb"[\x00-\x1f]")
_LONG = re.compile(rb"[0-9]{19}")


def _check_numbers(raw: msgspec.Raw, data: Any) -> None:
    """Invalid when a number is larger than the database takes: the next event must not wait behind it."""
    if _LONG.search(raw) and not _fits(msgspec.to_builtins(data)):
        raise Invalid("The event holds a number that is too large.")


def _fits(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_fits, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_fits, value))
    return not isinstance(value, int) or -(1 << 63) <= value < 1 << 63


def _check_declared(kind: EventType, scope: str, source: str) -> None:
    if scope != kind.scope:
        raise Invalid(f"{kind.name} is declared {kind.scope}, not {scope}.")
    if writer_of(source) not in kind.writers:
        raise Invalid(f"{device_of(source)} may not write {kind.name}.")
