"""Drawing on pages of PDF: words in any direction, discs, the symbol and codes.

Measures are points, from the upper left corner down. reportlab is in the extra `[central]` only.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from kiosk.adapters.embedding import Embedded
from kiosk.adapters.qr import modules
from kiosk.adapters.shaping import shaped

MM = 72 / 25.4
INK, SUN, PAPER, WHITE = "#000000", "#f7b500", "#fbf5e7", "#ffffff"
"""Ink on paper is black alone: what a screen shows nearly black comes out of four cartridges."""
_GREY = "#8a8a8a"


@dataclass(frozen=True)
class Look:
    """How words look: size in points, weight, colour, and how much closer letters stand, in sizes."""

    size: float
    weight: str = "Plain"
    ink: str = INK
    tight: float = 0.0


@dataclass(frozen=True)
class Box:
    """A rectangle: its upper left corner, width and height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Where it ends below."""
        return self.y + self.height

    def inset(self, by: float) -> Box:
        """The same with a margin on every side."""
        return Box(self.x + by, self.y + by, self.width - 2 * by, self.height - 2 * by)


class Pen:
    """A document of pages of one size."""

    def __init__(self, width: float, height: float, title: str, language: str) -> None:
        from reportlab.pdfgen.canvas import Canvas

        self.width, self.height = width, height
        self._out = BytesIO()
        self._canvas: Any = Canvas(self._out, pagesize=(width, height), invariant=1, lang=language)
        self._canvas.setTitle(title)
        self._canvas.setAuthor("Safe Bench")
        self._canvas.setCreator("Safe Bench")
        self._canvas.setViewerPreference("DisplayDocTitle", "true")
        self._forget_helvetica()
        self._fonts: dict[str, Embedded] = {}

    def words(self, x: float, y: float, words: str, look: Look, *, leftward: bool = False) -> None:
        """A line on the base line `y` that begins at `x`: on the left, or `leftward` on the right."""
        runs = shaped(words, look.weight, leftward=leftward, tight=look.tight)
        at = x - (sum(run.width for run in runs) * look.size if leftward else 0.0)
        self._fill(look.ink)
        for run in runs:
            tag = f"SB{len(self._fonts)}"
            font = self._fonts.setdefault(run.face.name, Embedded(run.face, tag))
            place = f"BT 1 0 0 1 {at:.3f} {self.height - y:.3f} Tm"
            self._canvas.addLiteral(f"{place} {font.draw(run, look.size)} ET")
            at += run.width * look.size

    def box(self, box: Box, ink: str, round_by: float = 0.0) -> None:
        """A filled rectangle."""
        self._fill(ink)
        below = self.height - box.bottom
        self._canvas.roundRect(box.x, below, box.width, box.height, round_by, stroke=0, fill=1)

    def disc(self, x: float, y: float, radius: float, ink: str) -> None:
        """A filled disc around this point."""
        self._fill(ink)
        self._canvas.circle(x, self.height - y, radius, stroke=0, fill=1)

    def ring(self, x: float, y: float, radius: float, thick: float = 0.4) -> None:
        """A grey circle along which somebody cuts."""
        self._stroke(_GREY, thick)
        self._canvas.circle(x, self.height - y, radius, stroke=1, fill=0)

    def line(self, begin: tuple[float, float], end: tuple[float, float], thick: float = 0.4) -> None:
        """A grey line along which somebody cuts."""
        self._stroke(_GREY, thick)
        self._canvas.line(begin[0], self.height - begin[1], end[0], self.height - end[1])

    def symbol(self, x: float, y: float, side: float, light: str = SUN) -> None:
        """The disc of light over the bench, as in static/img/symbol.svg: a grid of 48 by 48."""
        unit = side / 48
        self.disc(x + 24 * unit, y + 11 * unit, 9 * unit, light)
        for left, top, right, low in ((8, 27, 40, 27), (4, 36, 44, 36), (13, 36, 13, 45), (35, 36, 35, 45)):
            wide, high = (right - left + 4) * unit, (low - top + 4) * unit
            self.box(Box(x + (left - 2) * unit, y + (top - 2) * unit, wide, high), INK, 2 * unit)

    def code(self, text: str, x: float, y: float, side: float) -> None:
        """The code of `text`, black, `side` wide without what must be white around it."""
        rows = modules(text)
        unit = side / len(rows)
        self._fill(INK)
        path = self._canvas.beginPath()
        for row, line in enumerate(rows):
            for column, dark in enumerate(line):
                if dark:
                    path.rect(x + column * unit, self.height - y - (row + 1) * unit, unit, unit)
        self._canvas.drawPath(path, stroke=0, fill=1)

    def next_page(self) -> None:
        """End this page."""
        self._canvas.showPage()

    def done(self) -> bytes:
        """The document; every page was ended before."""
        for font in self._fonts.values():
            font.put_into(self._canvas._doc)
        self._canvas.save()
        return self._out.getvalue()

    def _forget_helvetica(self) -> None:
        """Reportlab begins each page with a font that is not in the file; nothing is written in it."""
        self._canvas._preamble = "1 0 0 1 0 0 cm"
        self._canvas._doc.idToObject["BasicFonts"].dict.clear()

    def _fill(self, ink: str) -> None:
        from reportlab.lib.colors import HexColor

        if ink == INK:
            self._canvas.setFillGray(0)
        else:
            self._canvas.setFillColor(HexColor(ink))

    def _stroke(self, ink: str, thick: float) -> None:
        from reportlab.lib.colors import HexColor

        self._canvas.setStrokeColor(HexColor(ink))
        self._canvas.setLineWidth(thick)
