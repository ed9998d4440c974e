"""Posters, leaflets and stickers as PDF.

A poster is one sheet, with what follows its steps on it where that fits, else left to the code or put on
further sheets. A leaflet is A5, two a page, steps on the front and the rest on the back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from kiosk.adapters.pen import INK, MM, SUN, WHITE, Box, Look, Pen
from kiosk.features.posters.plain import Block
from kiosk.features.posters.setting import Column, TooLong, Words, balanced, capital, height, lines
from kiosk.features.posters.sheet import Paper, Side, Sizes, blocks
from kiosk.web.words import gettext as _

PAGES = {"A3": (297.0, 420.0), "A4": (210.0, 297.0), "Letter": (215.9, 279.4)}
"""Width and height in mm."""
BORDER = 5.0
"""White at the edge, in mm: few printers reach it."""
POSTER = Sizes(capital=24.2, words=40.0, foot=18.0, body=40.0, code=61.0, margin=9 * MM)
"""On A3, for eyes two metres away."""
LEAFLET = Sizes(capital=8.0, words=14.0, foot=8.5, body=10.5, code=25.0, margin=8 * MM)
"""On A5, for the hand."""
STICKER, PITCH = 84.0, 88.0
"""A sticker's width, and from one to the next, in mm."""
_MOST_SHEETS = 6
LESSER_CODE = 45.0
"""On A4 and Letter, where the words would not fit beside a larger one: as wide as a badge's, in mm."""
_LARGEST = 14.0
"""Points of further words on a leaflet, where there is room."""


@dataclass(frozen=True)
class Made:
    """A PDF, its pages, whether all words of the poster are on it, and how wide its code is in mm."""

    content: bytes
    pages: int
    whole: bool
    code: float = 0.0


def poster(paper: Paper, size: str, language: str, *, whole: bool = False) -> Made:
    """A poster for this page; `whole` takes further sheets for what one does not hold. TooLong: how much."""
    width, high = (side * MM for side in PAGES[size])
    scale = min(PAGES[size][0] / PAGES["A3"][0], PAGES[size][1] / PAGES["A3"][1])
    pen = Pen(width, high, paper.title, language)
    box = Box(0, 0, width, high).inset(BORDER * MM)
    wide = POSTER.scaled(scale, POSTER.code)
    try:
        complete = Side(pen, box, paper, wide).front()
        sizes = wide
    except TooLong:
        if size == "A3":
            raise
        sizes = POSTER.scaled(scale, LESSER_CODE)
        complete = Side(pen, box, paper, sizes).front()
    pen.next_page()
    if complete or not whole:
        return Made(pen.done(), 1, complete, sizes.code)
    rest = list(paper.plain.body)
    pages = 1
    while rest:
        if pages == _MOST_SHEETS:
            raise TooLong(f"It takes more than {_MOST_SHEETS} sheets. Shorten it.")
        rest = rest[_back(pen, box, paper, sizes, rest) :]
        pen.next_page()
        pages += 1
    return Made(pen.done(), pages, whole=True, code=sizes.code)


def leaflet(paper: Paper, size: str, language: str) -> Made:
    """Two leaflets on a page on its side, to be cut in the middle; a second page is their backs."""
    high, width = (side * MM for side in PAGES[size])
    pen = Pen(width, high, paper.title, language)
    halves = [Box(left, 0, width / 2, high).inset(BORDER * MM) for left in (0, width / 2)]
    fronts = [Side(pen, half, paper, LEAFLET).front() for half in halves]
    _cut(pen)
    pen.next_page()
    if all(fronts):
        return Made(pen.done(), 1, whole=True, code=LEAFLET.code)
    sizes = _grown(halves[0], paper)
    for half in halves:
        _back(pen, half, paper, sizes, list(paper.plain.body))
    _cut(pen)
    pen.next_page()
    return Made(pen.done(), 2, whole=True, code=LEAFLET.code)


def _grown(half: Box, paper: Paper) -> Sizes:
    """The largest sizes at which what follows the steps fits the back of a leaflet. TooLong: by how much."""
    body, size = list(paper.plain.body), _LARGEST
    while True:
        sizes = replace(LEAFLET, body=size)
        taken = _back(None, half, paper, sizes, body)
        if taken == len(body):
            return sizes
        if size <= LEAFLET.body:
            left = len(body) - taken
            raise TooLong(f"The last {left} of {len(body)} paragraphs have no room. Shorten it by as much.")
        size -= 0.5


def _back(pen: Pen | None, box: Box, paper: Paper, sizes: Sizes, body: list[Block]) -> int:
    """Draw as many of these paragraphs as fit, below the title; how many they were. No pen: only count."""
    if pen is not None:
        pen.box(box, paper.ground)
    inner = box.inset(sizes.margin)
    title = paper.words(paper.title, Look(sizes.body * 1.5, "Heavy", tight=0.015))
    foot = paper.words(f"{paper.place} · {paper.facts}", Look(sizes.foot, "Small Bold"))
    at_foot = lines(foot, inner.width)
    floor = inner.bottom - foot.leading * len(at_foot)
    column = Column(pen, inner, paper.leftward, inner.y)
    column.put(title, balanced(title, inner.width))
    column.y += sizes.body * 0.6
    taken = 0
    for place, block in enumerate(body):
        kept = body[place : place + (2 if block.kind == "heading" else 1)]
        need = height(partial(blocks, paper=paper, body=kept, size=sizes.body), inner, paper.leftward)
        if column.y + need > floor:
            break
        blocks(column, paper, [block], sizes.body)
        taken += 1
    if not taken:
        raise TooLong("A paragraph is longer than a page. Part it.")
    Column(pen, inner, paper.leftward, floor).put(foot, at_foot)
    return taken


def _cut(pen: Pen) -> None:
    """Marks at the edges where the page is cut in two."""
    middle = pen.width / 2
    pen.line((middle, BORDER * MM * 0.3), (middle, BORDER * MM * 1.6))
    pen.line((middle, pen.height - BORDER * MM * 1.6), (middle, pen.height - BORDER * MM * 0.3))


def stickers(place: str, size: str, language: str, *, leftward: bool) -> Made:
    """Six round stickers with marks and a circle to cut along."""
    width, high = (side * MM for side in PAGES[size])
    pen = Pen(width, high, _("Community Safety Zone"), language)
    for row in range(3):
        for column in range(2):
            x = width / 2 + (column - 0.5) * PITCH * MM
            y = high / 2 + (row - 1) * PITCH * MM
            _sticker(pen, x, y, place, leftward)
    pen.next_page()
    return Made(pen.done(), 1, whole=True)


def _sticker(pen: Pen, x: float, y: float, place: str, leftward: bool) -> None:
    radius = STICKER / 2 * MM
    pen.ring(x, y, radius)
    for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        pen.line((x + dx * radius, y + dy * radius), (x + dx * (radius + 4), y + dy * (radius + 4)))
    pen.disc(x, y, radius - 2 * MM, INK)
    pen.disc(x, y, radius - 4.6 * MM, SUN)
    side = 30 * MM
    pen.symbol(x - side / 2, y - 33 * MM, side, WHITE)
    zone = _widened(_("Community Safety Zone"), 9.2 * MM, 56 * MM, leftward)
    below = _in_the_middle(pen, x, y + 3 * MM, zone, 56 * MM)
    _in_the_middle(pen, x, below + 1.6 * MM, _widened(place, 5 * MM, 36 * MM, leftward), 36 * MM)


def _widened(text: str, size: float, room: float, leftward: bool) -> Words:
    """Words of this size, or smaller where one of them is wider than `room`."""
    words = Words(text, Look(size, "Heavy", tight=0.015), leftward)
    widest = max(words.width(word) for word in text.split())
    return replace(words, look=replace(words.look, size=size * min(1.0, room / widest * 0.99)))


def _in_the_middle(pen: Pen, x: float, y: float, words: Words, room: float) -> float:
    """Lines around `x` from `y` down; where they end."""
    base = y + words.look.size * capital("Heavy")
    for line in balanced(words, room):
        half = words.width(line) / 2
        at = x + half if words.leftward else x - half
        pen.words(at, base, line, words.look, leftward=words.leftward)
        base += words.leading
    return base - words.look.size * capital("Heavy")
