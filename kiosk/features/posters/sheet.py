"""One side of a poster or leaflet: headline, numbered steps, and a foot with a code that tells its age.

Sizes are the least that can be read from where people stand; where there is room everything grows together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from math import ceil

from kiosk.adapters.pen import INK, MM, SUN, WHITE, Box, Look, Pen
from kiosk.adapters.qr import modules
from kiosk.adapters.shaping import runs_leftward
from kiosk.features.posters.plain import Block, Plain
from kiosk.features.posters.setting import Column, TooLong, Words, balanced, capital, headline, height, lines
from kiosk.web.words import gettext as _

_GROWN = (1.5, 1.4, 1.3, 1.2, 1.15, 1.1, 1.05, 1.0)
_GAPS = (0.75, 0.6, 0.45, 0.32, 0.24)
"""Between steps, in sizes of their words."""
_DISC = 1.22
_SMALL = 18.0
"""Points below which letters stand further apart."""
_QUIET = 3
"""Modules of white around a code; the ground is light enough for the rest."""

Room = Callable[[float, Words, float], list[str]]
"""Breaks words that begin at this height, so far from where lines begin."""


@dataclass(frozen=True)
class Sizes:
    """Least sizes: the headline's capitals and the code in mm, all else in points."""

    capital: float
    words: float
    foot: float
    body: float
    code: float
    margin: float

    def scaled(self, by: float, code: float) -> Sizes:
        """The same for other paper, with a code of this width."""
        return Sizes(
            self.capital * by, self.words * by, self.foot * by, self.body * by, code, self.margin * by
        )


@dataclass(frozen=True)
class Paper:
    """What is printed: a poster, what its foot says, and the address to which its code leads."""

    title: str
    plain: Plain
    facts: str
    place: str
    link: str
    leftward: bool
    ground: str = SUN

    def words(self, text: str, look: Look) -> Words:
        """Words in the direction of this paper, or in their own where they have but one."""
        return Words(text, look, self.leftward and runs_leftward(text))


@dataclass(frozen=True)
class Plan:
    """How a side is laid out: grown beyond the least, gaps, with what follows the steps, beside the code."""

    grown: float
    gap: float
    body: bool
    beside: bool


class Side:
    """A side of paper in a box of one pen's page."""

    def __init__(self, pen: Pen, box: Box, paper: Paper, sizes: Sizes) -> None:
        self.pen, self.paper, self.sizes = pen, paper, sizes
        self.box, self.inner = box, box.inset(sizes.margin)
        self._code = sizes.code * MM
        self._quiet = self._code * _QUIET / len(modules(paper.link))

    def front(self) -> bool:
        """Draw headline, steps, foot, and what follows where it fits; whether it did. TooLong: how much."""
        plan = self._plan()
        self._ground()
        self._flow(Column(self.pen, self.inner, self.paper.leftward, self.inner.y), plan)
        self._foot()
        return plan.body or not self.paper.plain.body

    def _plan(self) -> Plan:
        must = bool(self.paper.plain.body) and not self.paper.plain.steps
        for body, beside in ((True, False), (True, True), (False, False), (False, True)):
            if body >= must:
                for grown, gap in product(_GROWN, _GAPS):
                    plan = Plan(grown, gap, body, beside)
                    if self._excess(plan) <= 0:
                        return plan
        over = self._excess(Plan(1.0, _GAPS[-1], must, beside=True))
        more = ceil(over / self.paper.words("x", Look(self.sizes.words)).leading)
        raise TooLong(f"Shorten it by about {more} line{'' if more == 1 else 's'}.")

    def _excess(self, plan: Plan) -> float:
        try:
            taken = height(lambda column: self._flow(column, plan), self.inner, self.paper.leftward)
        except TooLong:
            if plan.grown > 1.0:
                return self.inner.height
            raise
        floor = self._foot_top if plan.beside else min(self._foot_top, self._panel_top)
        return self.inner.y + taken - floor + self.sizes.words * 0.4

    @property
    def _panel_top(self) -> float:
        """Where the white around the code begins, which to the side and below reaches into the margin."""
        return self.inner.bottom - self._code - self._quiet

    @property
    def _foot_top(self) -> float:
        told = sum(words.leading * len(found) for words, found in self._foot_lines()[1:])
        return self.inner.bottom - told - self._sign_height

    def _ground(self) -> None:
        self.pen.box(self.box, self.paper.ground)

    def _flow(self, column: Column, plan: Plan) -> None:
        size = self.sizes.words * plan.grown
        self._headline(column, plan.grown)
        column.y += size * 0.5
        if self.paper.plain.lead:
            self._put(column, self.paper.words(self.paper.plain.lead, Look(size)))
            column.y += size * 0.55
        for number, step in enumerate(self.paper.plain.steps, 1):
            self._step(column, number, step, size)
            column.y += size * plan.gap
        if plan.body:
            blocks(column, self.paper, self.paper.plain.body, size, self._room)

    def _headline(self, column: Column, grown: float) -> None:
        size = self.sizes.capital * MM / capital("Heavy") * grown
        words = self.paper.words(self.paper.title, Look(size, "Heavy", tight=0.022))
        if not words.leftward:  # marks stand above Arabic letters
            column.y -= (words.leading - size * capital("Heavy")) / 2 * 0.8
        column.put(words, headline(words, self.inner.width))

    def _put(self, column: Column, words: Words, begin: float = 0.0) -> None:
        column.put(words, self._room(column.y, words, begin), begin)

    def _room(self, y: float, words: Words, begin: float) -> list[str]:
        """The lines of a paragraph: narrower where they would run into the code."""
        found = balanced(words, self.inner.width - begin)
        if y + len(found) * words.leading > self._panel_top - self.sizes.words * 0.2:
            return balanced(
                words, self.inner.width - begin - self._code - self._quiet - self.sizes.words * 0.4
            )
        return found

    def _step(self, column: Column, number: int, step: str, size: float) -> None:
        disc = _DISC * size
        words = self.paper.words(step, Look(size, "Bold"))
        indent = disc + size * 0.42
        if column.pen is not None:
            self._disc(column, number, size, words.leading)
        top = column.y
        self._put(column, words, indent)
        column.y = max(column.y, top + disc)

    def _disc(self, column: Column, number: int, size: float, leading: float) -> None:
        radius = _DISC * size / 2
        x = column.box.right - radius if column.leftward else column.box.x + radius
        y = column.y + leading / 2
        self.pen.disc(x, y, radius, INK)
        look = Look(size * 0.74, "Heavy", self.paper.ground)
        digit = Words(f"{number}", look, leftward=False)
        base = y + look.size * capital("Heavy") / 2
        self.pen.words(x - digit.width(digit.text) / 2, base, digit.text, look)

    def _foot(self) -> None:
        leftward, inner = self.paper.leftward, self.inner
        left = inner.x if leftward else inner.right - self._code
        code = Box(left, inner.bottom - self._code, self._code, self._code)
        self.pen.box(code.inset(-self._quiet), WHITE, self._quiet)
        self.pen.code(self.paper.link, code.x, code.y, self._code)
        column = Column(self.pen, inner, leftward, self._foot_top)
        self._sign(column)
        for words, found in self._foot_lines()[1:]:
            column.put(words, found)

    def _sign(self, column: Column) -> None:
        """The symbol and the neighbourhood's name, side by side."""
        place, found = self._foot_lines()[0]
        side, rows = self._symbol, place.leading * len(found)
        light = WHITE if self.paper.ground == SUN else SUN
        top = column.y
        mark = self.inner.right - side if self.paper.leftward else self.inner.x
        self.pen.symbol(mark, top, side, light)
        column.y = top + max(0.0, side - rows) / 2
        column.put(place, found, begin=side * 1.22)
        column.y = top + self._sign_height

    @property
    def _symbol(self) -> float:
        return self.sizes.foot * 2.5

    @property
    def _sign_height(self) -> float:
        place, found = self._foot_lines()[0]
        return max(self._symbol, place.leading * len(found)) + self.sizes.foot * 0.5

    def _foot_lines(self) -> list[tuple[Words, list[str]]]:
        room = self.inner.width - self._code - self._quiet - self.sizes.foot
        plain, bold = Look(self.sizes.foot, "Small"), Look(self.sizes.foot, "Small Bold")
        place = self.paper.words(self.paper.place, Look(self.sizes.foot * 1.5, "Heavy", tight=0.01))
        ask = self.paper.words(_("Is this paper current? Scan the code, or look here:"), plain)
        address = Words(self.paper.link.partition("://")[2], bold, leftward=False)
        facts = self.paper.words(self.paper.facts, bold)
        first = lines(place, room - self._symbol * 1.22)
        told = [(words, lines(words, room)) for words in (facts, ask)]
        return [(place, first), *told, (address, list(_address_lines(address, room)))]


def _address_lines(address: Words, room: float) -> Iterator[str]:
    """An address, broken behind its strokes; a part that is too wide anywhere."""
    line = ""
    for part in re.findall(r"[^/?]+[/?]?|[/?]", address.text):
        for piece in [part] if address.width(part) <= room else list(part):
            if address.width(line + piece) > room:
                yield line
                line = ""
            line += piece
    yield line


def blocks(
    column: Column, paper: Paper, body: Sequence[Block], size: float, room: Room | None = None
) -> None:
    """Paragraphs one below the other; `room` breaks their lines where not all of the column is free."""
    for block in body:
        _block(column, paper, block, size, room or partial(_all_of, column))


def _all_of(column: Column, _y: float, words: Words, begin: float) -> list[str]:
    return lines(words, column.box.width - begin)


def _block(column: Column, paper: Paper, block: Block, size: float, room: Room) -> None:
    """One paragraph, and the gap below it; a heading has one above it too."""
    heading = block.kind == "heading"
    weight = "Heavy" if heading else "Small" if size < _SMALL else "Plain"
    words = paper.words(block.words, Look(size * (1.15 if heading else 1.0), weight))
    begin = size * 1.1 if block.mark else 0.0
    column.y += size * 0.5 if heading else 0.0
    if block.mark:
        top = column.y
        column.put(paper.words(block.mark, Look(size, weight)), [block.mark])
        column.y = top
    column.put(words, room(column.y, words, begin), begin)
    column.y += size * (0.15 if heading else 0.3 if block.mark else 0.5)
