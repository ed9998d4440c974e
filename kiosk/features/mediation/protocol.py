"""What travels between a mediator's page and the node: JSON by msgspec, bytes as base64. No I/O.

1. `hello` with a member number gives an age file, which only that mediator's key opens: a `Grant`.
2. With its token as `Authorization: Bearer …`, `matters` gives what waits, and `decide` takes an answer.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

HELLO_PATH = "/api/v1/mediator/hello"
MATTERS_PATH = "/api/v1/mediator/matters"
DECIDE_PATH = "/api/v1/mediator/decide"

MOST_WORDS = 600
"""Letters of an answer in words; the feature that the matter is of may allow fewer."""
MAX_SENT = 16 * 1024
MAX_GIVEN = 512 * 1024
"""Bytes of matters after which the rest waits for the next time."""

Number = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{5}\Z")]


class Hello(msgspec.Struct, frozen=True):
    """Who wants in: a member number. It is no secret, and proves nothing."""

    member: Number


class Sealed(msgspec.Struct, frozen=True):
    """An age file that holds a `Grant`; of one shape and size for every number, known or not."""

    sealed: bytes


class Grant(msgspec.Struct, frozen=True):
    """`token`, good for a while; or, when the mandate has ended, `lapsed`: at which POSIX second."""

    token: str = ""
    lapsed: int | None = None


class Waiting(msgspec.Struct, frozen=True):
    """One `core.feature.Matter`; `id` names it among those of all features."""

    id: str
    at: int
    title: str
    lines: tuple[str, ...] = ()
    sealed: bytes = b""
    choices: tuple[tuple[str, str], ...] = ()
    asks_words: bool = False


class Matters(msgspec.Struct, frozen=True):
    """What waits, oldest first; `more`: how many did not fit in."""

    matters: tuple[Waiting, ...]
    more: int = 0


class Decide(msgspec.Struct, frozen=True):
    """A mediator's answer: one of the matter's choices, and words where it asks for them.

    `proof`: the letters behind `opened:` in what was sealed, so that nobody answers what they cannot open.
    """

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    choice: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    words: Annotated[str, msgspec.Meta(max_length=MOST_WORDS)] = ""
    proof: Annotated[str, msgspec.Meta(max_length=32)] = ""


class Decided(msgspec.Struct, frozen=True):
    """The answer was taken."""

    id: str
