"""What pages say in another language where the English ones say this: tests are written in English once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import chain, product
from typing import Any

from babel.messages.pofile import read_po

from kiosk.web import words
from kiosk.web.words import FALLBACK
from tests.support.sample import neighbourhood_file

_PLACE = re.compile(r"\{\w*\}|%\(\w+\)s")
_SHORT = 5
Chunks = tuple[str, ...]
"""The pieces of a message between its placeholders, lower case."""


def said(code: str, english: str) -> list[Chunks]:
    """Every way in which a page may say it, the likeliest first; last as it is, for data stays as it is."""
    wanted = _plain(english)
    fits = [(rank, to) for message, to in _messages(code) if (rank := _rank(message, wanted)) is not None]
    return [to for _, to in sorted(fits, key=lambda one: one[0])] + [(wanted,)]


def _rank(message: str, wanted: str) -> int | None:
    """0 for the message itself, 1 for a part of it, 2 for what it says with its places filled in."""
    if message == wanted:
        return 0
    if wanted in message:
        return 1
    return 2 if any(len(chunk) > _SHORT and chunk in wanted for chunk in _chunks(message)) else None


@cache
def _messages(code: str) -> list[tuple[str, Chunks]]:
    if code == FALLBACK:
        return []
    with (words.FOLDER / f"{code}.po").open("rb") as file:
        found = [one for one in read_po(file) if one.id]
    pairs = ((_each(one.id)[:2], _each(one.string)) for one in found)
    each = chain.from_iterable(product(ids, to) for ids, to in pairs)
    every = chain(each, _neighbourly(code, tomllib.loads(neighbourhood_file())))
    return [(_plain(english), _chunks(_plain(other))) for english, other in every]


def _neighbourly(code: str, part: Any) -> Iterator[tuple[str, str]]:
    """Every text of the sample neighbourhood in both languages."""
    if isinstance(part, dict) and FALLBACK in part and code in part:
        yield part[FALLBACK], part[code]
    elif isinstance(part, dict | list):
        for one in part.values() if isinstance(part, dict) else part:
            yield from _neighbourly(code, one)


def _each(one: Any) -> tuple[str, ...]:
    return (one,) if isinstance(one, str) else tuple(one)


def _chunks(message: str) -> Chunks:
    return tuple(part.strip() for part in _PLACE.split(message) if part.strip())


def _plain(text: str) -> str:
    return " ".join(text.split()).lower()
