"""A badge's card as a picture: name, number, network and the code, no photograph.

Two shapes: upright, A7, eight to an A4 sheet; and wide, eight to a Letter sheet. Measures are pixels at
300 dpi, taken `scale` times for a finer picture. Pillow is in the extra `[central]` only, so it loads when a
card is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from kiosk.adapters.lettering import LEADING, Fit, broken, fitted, font, runs_left
from kiosk.adapters.qr import modules

if TYPE_CHECKING:
    from PIL.Image import Image

DPI = 300
UPRIGHT = (874, 1240)
"""74 x 105 mm: the code is 59 mm wide, seventeen pixels a module."""
WIDE = (1157, 780)
"""98 x 66 mm: the code is 48.6 mm wide, fourteen pixels a module."""
MARGIN = 88
CODE_TOP = 400
_WHITE = 56
"""Kept free above the code, beside what hangs below a base line."""
_WIDE_LEFT, _WIDE_CODE, _WIDE_NAME = 64, (511, 103), 572
_ROOM, _WIDE_ROOM = UPRIGHT[0] - 2 * MARGIN, 390
_INK, _SOFT, _SUN, _PAPER = "#191817", "#5c5851", "#f7b500", "#ffffff"
_FOOT = "Hold this to the camera of a Safe Bench."


@dataclass(frozen=True)
class Card:
    """What is on a card: the badge's text, the member's name and number, the network's name."""

    text: str
    name: str
    number: str
    network: str


class _Type(NamedTuple):
    """How words look: size in pixels, weight, colour."""

    size: int
    weight: str = "Bold"
    ink: str = _INK


def upright(card: Card, scale: int = 1) -> Image:
    """An A7 card, the code below the name."""
    pen = _Pen(UPRIGHT, scale)
    pen.symbol(MARGIN, 60, 120)
    size = fitted(card.network, range(46, 19, -2), (_ROOM - 156, 60), 1, "SemiBold").size
    pen.words(MARGIN + 156, 120, card.network, _Type(size, "SemiBold", _SOFT))
    pen.words(MARGIN + 156, 172, card.number, _Type(46))
    name = fitted(card.name, range(124, 19, -2), (_ROOM, 176), 2)
    pen.name(MARGIN, CODE_TOP - _WHITE - name.size // 4, name, _ROOM)
    pen.code(card.text, MARGIN, CODE_TOP, 17)
    pen.words(UPRIGHT[0] // 2, UPRIGHT[1] - 62, _FOOT, _Type(34, "Medium", _SOFT), "ms")
    return pen.picture


def wide(card: Card, scale: int = 1) -> Image:
    """A card for Letter sheets, the code beside the name."""
    pen = _Pen(WIDE, scale)
    pen.symbol(_WIDE_LEFT, 84, 110)
    y = 256
    size, lines = fitted(card.network, range(34, 17, -2), (_WIDE_ROOM, 80), 2, "SemiBold")
    for line in lines:
        pen.words(_WIDE_LEFT, y, line, _Type(size, "SemiBold", _SOFT))
        y += round(LEADING * size)
    y += 14
    pen.words(_WIDE_LEFT, y, card.number, _Type(46))
    name = fitted(card.name, range(100, 23, -2), (_WIDE_ROOM, _WIDE_NAME - y - 16), 4)
    pen.name(_WIDE_LEFT, _WIDE_NAME, name, _WIDE_ROOM)
    pen.code(card.text, *_WIDE_CODE, 14)
    for row, line in enumerate(broken(_FOOT, 2)):
        pen.words(_WIDE_LEFT, 652 + row * 36, line, _Type(27, "Medium", _SOFT))
    return pen.picture


class _Pen:
    """Draws on a card of `size` pixels, each taken `scale` times."""

    def __init__(self, size: tuple[int, int], scale: int) -> None:
        from PIL import Image, ImageDraw

        self.scale = scale
        self.picture = Image.new("RGB", (size[0] * scale, size[1] * scale), _PAPER)
        self._draw = ImageDraw.Draw(self.picture)

    def words(self, x: int, y: int, words: str, look: _Type, anchor: str = "ls") -> None:
        """A line of words whose base line is at `y`."""
        letters = font(look.size * self.scale, words, look.weight)
        self._draw.text((x * self.scale, y * self.scale), words, look.ink, letters, anchor=anchor)

    def name(self, x: int, bottom: int, fit: Fit, room: int) -> None:
        """A name whose last base line is at `bottom`; on the right where it is written from there."""
        at, anchor = (x + room, "rs") if runs_left(" ".join(fit.lines)) else (x, "ls")
        for above, line in enumerate(reversed(fit.lines)):
            self.words(at, bottom - above * round(LEADING * fit.size), line, _Type(fit.size), anchor)

    def symbol(self, left: int, top: int, side: int) -> None:
        """The disc over the bench, as in static/img/symbol.svg: a 48 x 48 grid."""
        unit = side * self.scale / 48

        def at(x: float, y: float) -> tuple[float, float]:
            return left * self.scale + x * unit, top * self.scale + y * unit

        self._draw.ellipse((*at(15, 2), *at(33, 20)), _SUN)
        for x, y, end_x, end_y in ((8, 27, 40, 27), (4, 36, 44, 36), (13, 36, 13, 45), (35, 36, 35, 45)):
            self._draw.rounded_rectangle((*at(x - 2, y - 2), *at(end_x + 2, end_y + 2)), 2 * unit, _INK)

    def code(self, text: str, left: int, top: int, module: int) -> None:
        """The code, `module` pixels a module."""
        from PIL import Image

        rows = modules(text)
        code = Image.new("1", (len(rows), len(rows)))
        code.putdata([0 if dark else 255 for row in rows for dark in row])
        side = module * len(rows) * self.scale
        large = code.resize((side, side), Image.Resampling.NEAREST)
        self.picture.paste(large, (left * self.scale, top * self.scale))
