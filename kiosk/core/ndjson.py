"""The lines of an export: one JSON object each, written in exactly one way (README, "Format")."""

from __future__ import annotations

import msgspec

from kiosk.core.errors import FormatError
from kiosk.core.event import SALT_SIZE, Form, Leaf, Whole, is_plain
from kiosk.core.tree import HASH_SIZE

VERSION = 1
MAX_LINE = 256 * 1024
"""Bytes. A body has at most 32 KB; a checkpoint with 32 signatures far less."""


class Head(msgspec.Struct, frozen=True):
    """The first line: how many lines there are, and how many events of each source, in their order."""

    version: int
    public: bool
    lines: int
    sources: dict[str, int]


class EventLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event: whole (`salt`, `body`), or its 32 bytes (`leaf`)."""

    source: str
    seq: int
    salt: bytes | None = None
    body: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    leaf: bytes | None = None

    @classmethod
    def of(cls, source: str, seq: int, form: Form) -> EventLine:
        """The line of an event in either form."""
        if isinstance(form, Leaf):
            return cls(source, seq, leaf=form.leaf)
        return cls(source, seq, form.salt, msgspec.Raw(form.body))

    def form(self) -> Form:
        """The event as it is hashed; FormatError when it is neither form."""
        if self.leaf is not None and self.salt is None and self.body is msgspec.UNSET:
            if len(self.leaf) == HASH_SIZE:
                return Leaf(self.leaf)
        elif self.leaf is None and self.salt is not None and isinstance(self.body, msgspec.Raw):
            whole = Whole(self.salt, bytes(self.body))
            if len(whole.salt) == SALT_SIZE and is_plain(whole.body):
                return whole
        raise FormatError("an event is whole (salt and body), or its 32 bytes")


class CosignatureLine(msgspec.Struct, frozen=True):
    """A cosignature at a size for which no checkpoint stands in the file. `line`: a note's signature line."""

    origin: str
    size: int
    line: str


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line: exactly one of these is there. `checkpoint` is a signed note, cosignatures included."""

    export: Head | None = None
    event: EventLine | None = None
    checkpoint: str | None = None
    cosignature: CosignatureLine | None = None

    def encode(self) -> bytes:
        """The bytes, newline included."""
        return _ENCODER.encode(self) + b"\n"


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Line)


def decode_line(raw: bytes) -> Line:
    """The line of these bytes; FormatError when they are not exactly what `Line.encode` writes."""
    try:
        raw.decode()
        line = _DECODER.decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise FormatError("this is not a line of an export") from None
    kinds = (line.export, line.event, line.checkpoint, line.cosignature)
    if sum(kind is not None for kind in kinds) != 1 or line.encode() != raw:
        raise FormatError("this is not a line of an export")
    return line
