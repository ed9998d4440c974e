"""The mediator's desk: key and plain text, in this process's memory and nowhere else, until it is closed."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from kiosk.adapters.sealing import NotForThisKey, parted, unseal
from kiosk.core.errors import Refused
from kiosk.features.mediation.protocol import Decide, Matters, Waiting
from kiosk.mediator.files import sealed_in
from kiosk.web.words import gettext as _

IDLE_SECONDS = 15 * 60


@dataclass(frozen=True)
class Door:
    """Where matters are: at the node at this address, for this member number; or in an export file."""

    node: str = ""
    member: str = ""
    file: Path | None = None


@dataclass(frozen=True)
class Opened:
    """Something that waits. `text` is what its sealed part says; None when it is not for this key.

    `proof`: the letters in it that show the node that it was opened.
    """

    ref: str
    waiting: Waiting
    text: str | None
    proof: str = ""


class Source(Protocol):
    """Where matters come from. With `reads_only` nothing can be answered there."""

    reads_only: bool

    def matters(self) -> Matters:
        """What waits."""

    def decide(self, asked: Decide) -> None:
        """Answer it."""

    def close(self) -> None:
        """Forget the key."""


Connect = Callable[[Door, str], Source]
"""The source behind a door, for an age identity."""


class Export:
    """An export file: what was sealed in it can be read, not answered."""

    reads_only = True

    def __init__(self, path: Path) -> None:
        self._path = path

    def matters(self) -> Matters:
        """Every sealed part in it."""
        return Matters(tuple(sealed_in(self._path)))

    def decide(self, asked: Decide) -> None:
        """Refused."""
        del asked
        raise Refused(_("A file can only be read."))

    def close(self) -> None:
        """There is nothing to forget."""


class Desk:
    """One mediator at work. `way` is the secret first part of every address of the page."""

    def __init__(self, connect: Connect, door: Door, *, now: Callable[[], float] = time.monotonic) -> None:
        self.way = secrets.token_urlsafe(24)
        self.door = door
        self.ended = threading.Event()
        self._connect, self._now = connect, now
        self._seen = now()
        self._key = ""
        self._source: Source | None = None
        self._opened: dict[str, Opened] = {}
        self._said = ""

    @property
    def is_open(self) -> bool:
        """Whether there is a key."""
        return self._source is not None

    @property
    def reads_only(self) -> bool:
        """Whether what waits can only be read."""
        return self._source is not None and self._source.reads_only

    def open(self, key: str, door: Door) -> None:
        """Sit down with a key; Refused when the node's address is none."""
        self.forget()
        self._source = self._connect(door, key)
        self._key = key

    def look(self) -> tuple[list[Opened], int]:
        """What waits now, opened as far as the key opens it, and how many more there are."""
        found = self._at_work().matters()
        opened = [self._open(one) for one in found.matters]
        self._opened = {one.ref: one for one in opened}
        return opened, found.more

    def find(self, ref: str) -> Opened:
        """What was seen at the last look; Refused when it is not there."""
        if ref not in self._opened:
            raise Refused(_("This does not wait any more."))
        return self._opened[ref]

    def decide(self, ref: str, choice: str, words: str) -> None:
        """Answer it. Refused when its sealed part did not open: who has not read it does not answer it."""
        one = self.find(ref)
        if one.text is None:
            raise Refused(_("This was not sealed for your key, so it waits for another mediator."))
        self._at_work().decide(Decide(one.waiting.id, choice, words, one.proof))
        self._opened.pop(ref)
        self._said = dict(one.waiting.choices).get(choice, "")

    def said(self) -> str:
        """The words of the answer that was just given, once."""
        said, self._said = self._said, ""
        return said

    def touch(self) -> None:
        """Somebody is here."""
        self._seen = self._now()

    def seconds_left(self) -> float:
        """How long it stays open with nobody here."""
        return max(0.0, self._seen + IDLE_SECONDS - self._now())

    def forget(self) -> None:
        """Forget the key and all that it opened."""
        if self._source is not None:
            self._source.close()
        self._source, self._key, self._said = None, "", ""
        self._opened = {}

    def close(self) -> None:
        """Forget everything, for good."""
        self.forget()
        self.ended.set()

    def _at_work(self) -> Source:
        if self._source is None:
            raise Refused(_("There is no key yet."))
        return self._source

    def _open(self, waiting: Waiting) -> Opened:
        ref = sha256(waiting.id.encode()).hexdigest()[:16]
        try:
            text, proof = parted(unseal(waiting.sealed, self._key)) if waiting.sealed else ("", "")
            return Opened(ref, waiting, text, proof)
        except NotForThisKey:
            return Opened(ref, waiting, None)
