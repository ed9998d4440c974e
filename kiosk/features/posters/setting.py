"""Setting words on paper: lines broken to fit, in a column that grows downwards from either side."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.adapters.pen import Box, Look, Pen
from kiosk.adapters.shaping import faces, width_of
from kiosk.core.errors import Refused

BODY, TITLE, SMALL = 1.16, 1.0, 1.3
"""From one base line to the next, in sizes; Arabic needs more."""
_ARABIC_MORE = 1.28


@dataclass(frozen=True)
class Words:
    """Words to set: how they look, and whether they run from right to left."""

    text: str
    look: Look
    leftward: bool

    def width(self, text: str) -> float:
        """How wide these words are in this look."""
        return width_of(text, self.look.weight, self.leftward, self.look.tight) * self.look.size

    @property
    def leading(self) -> float:
        """From one base line to the next, in points."""
        lead = {"Heavy": TITLE, "Small": SMALL, "Small Bold": SMALL}.get(self.look.weight, BODY)
        return self.look.size * lead * (_ARABIC_MORE if self.leftward else 1.0)


def lines(words: Words, room: float) -> list[str]:
    """The words on lines no wider than `room`; Refused when a word alone is wider."""
    done: list[str] = []
    line = ""
    for word in words.text.split():
        longer = f"{line} {word}".strip()
        if words.width(longer) <= room:
            line = longer
        elif words.width(word) > room:
            raise TooLong(f"The word “{word[:40]}{'…' if len(word) > 40 else ''}” is wider than the paper.")
        else:
            done, line = [*done, line], word
    return [*done, line] if line else done


def balanced(words: Words, room: float) -> list[str]:
    """The same, as few lines as `lines` makes of them, but as even as they come."""
    best = lines(words, room)
    low, high = room / 4, room
    while high - low > words.look.size / 20:
        middle = (low + high) / 2
        try:
            tried = lines(words, middle)
        except TooLong:
            tried = []
        low, high, best = (low, middle, tried) if tried and len(tried) <= len(best) else (middle, high, best)
    return best


def headline(words: Words, room: float) -> list[str]:
    """The same, with a line for each sentence where that takes no line more."""
    best = balanced(words, room)
    said = re.split(r"(?<=[.!?؟]) ", words.text)
    return said if len(said) == len(best) and all(words.width(one) <= room for one in said) else best


class TooLong(Refused):
    """Words do not fit their paper."""


def capital(weight: str) -> float:
    """The height of a capital in sizes."""
    return faces(weight)[0].capital


@dataclass
class Column:
    """A column of words. Without a pen it only measures: `y` is where the last line ended."""

    pen: Pen | None
    box: Box
    leftward: bool
    y: float

    def put(self, words: Words, found: list[str], begin: float = 0.0) -> None:
        """Set these lines, `begin` from where lines begin, and go below them."""
        for line in found:
            if self.pen is not None:
                base = self.y + words.look.size * _ascent(words)
                at = self.start(begin)
                if self.leftward != words.leftward:
                    at -= words.width(line)
                self.pen.words(at, base, line, words.look, leftward=words.leftward)
            self.y += words.leading

    def start(self, begin: float = 0.0) -> float:
        """A place `begin` from where lines begin."""
        return self.box.right - begin if self.leftward else self.box.x + begin


def _ascent(words: Words) -> float:
    """Where the base line is below the line's top: the capitals stand in the middle of the line."""
    tall = capital(words.look.weight)
    return (words.leading / words.look.size + tall) / 2 - (0.06 if words.leftward else 0.0)


Draw = Callable[[Column], None]


def height(draw: Draw, box: Box, leftward: bool) -> float:
    """How much of a box a drawing takes."""
    column = Column(None, box, leftward, box.y)
    draw(column)
    return column.y - box.y
