"""Data of any event type, made from its declaration, so that a test can walk all of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import inspect

from kiosk.people.pins import hash_pin
from tests.support import EVENING

MEMBER = "10777"
_HASHED = hash_pin("135790")
_WRITTEN = ("linden-bakery", "linden-bakery.1test/1", "linden-bakery.1test", "2026-11-23", "22:00", "112")
_FURTHER = ("medical", "en", 64 * "0", "mS4Bx0AAB9AD0123456789-_")


def sample(kind: type[msgspec.Struct], word: str = "hello", member: str = MEMBER, at: int = EVENING) -> Any:
    """Data of this shape: `word` wherever words are free, `member` and POSIX second `at` where they fit."""
    return msgspec.convert(_Maker(word, member, at).value(inspect.type_info(kind)), kind)


@dataclass(frozen=True)
class _Maker:
    word: str
    member: str
    at: int

    def value(self, kind: inspect.Type) -> Any:
        """Something that such a field can hold, as JSON has it. KeyError: no such field was met before."""
        return _MADE[type(kind)](self, kind)

    def union(self, kind: inspect.UnionType) -> Any:
        """Something rather than nothing."""
        return self.value(next(one for one in kind.types if not isinstance(one, inspect.NoneType)))

    def number(self, kind: inspect.IntType) -> int:
        """The time, unless that is too large."""
        fits = (kind.ge or 0) <= self.at < (kind.lt or self.at + 1) and self.at <= (kind.le or self.at)
        return self.at if fits else kind.ge or 1

    def text(self, kind: inspect.StrType) -> str:
        """The first text that the declaration allows."""
        for text in (*_WRITTEN, *_FURTHER, self.member, _HASHED) if kind.pattern else (self.word,):
            fits = (kind.min_length or 0) <= len(text) <= (kind.max_length or len(text))
            if fits and re.search(kind.pattern or "", text):
                return text
        raise LookupError(f"no sample matches {kind.pattern}: add one above")


_MADE: dict[type, Callable[[_Maker, Any], Any]] = {
    inspect.StructType: lambda make, kind: {f.encode_name: make.value(f.type) for f in kind.fields},
    inspect.UnionType: _Maker.union,
    inspect.VarTupleType: lambda make, kind: [make.value(kind.item_type)],
    inspect.TupleType: lambda make, kind: [make.value(item) for item in kind.item_types],
    inspect.ListType: lambda make, kind: [make.value(kind.item_type)],
    inspect.DictType: lambda make, kind: {make.value(kind.key_type): make.value(kind.value_type)},
    inspect.EnumType: lambda _make, kind: next(iter(kind.cls)).value,
    inspect.LiteralType: lambda _make, kind: kind.values[0],
    inspect.BoolType: lambda _make, _kind: True,
    inspect.IntType: _Maker.number,
    inspect.StrType: _Maker.text,
    inspect.BytesType: lambda _make, kind: bytes(kind.min_length or 1),
    inspect.DateType: lambda make, _kind: datetime.fromtimestamp(make.at, UTC).date(),
    inspect.DateTimeType: lambda make, kind: datetime.fromtimestamp(
        make.at, None if kind.tz is False else UTC
    ),
}
