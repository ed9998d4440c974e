"""Badges on sheets of A4 or Letter, as PDF, with marks along which they are cut.

Measures are millimetres from the lower left corner. reportlab is in the extra `[central]` only, so it loads
when a sheet is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from kiosk.adapters.card import DPI, UPRIGHT, WIDE, Card, upright, wide

if TYPE_CHECKING:
    from PIL.Image import Image

_INCH = 25.4
_POINT = 72 / _INCH
_FINE = 2
"""Twice 300 dpi, as fine as most printers."""
_MARK = 5.0
"""How far a mark reaches from a card's corner, less than what is white around a code."""


@dataclass(frozen=True)
class Layout:
    """A page, how many cards lie side by side and one above the other, and which shape they have."""

    width: float
    height: float
    across: int
    down: int
    draw: Callable[[Card, int], Image]
    shape: tuple[int, int]

    @property
    def card(self) -> tuple[float, float]:
        """A card's width and height."""
        return self.shape[0] / DPI * _INCH, self.shape[1] / DPI * _INCH

    @property
    def corner(self) -> tuple[float, float]:
        """The lower left corner of all cards, which lie in the middle of the page."""
        width, height = self.card
        return (self.width - self.across * width) / 2, (self.height - self.down * height) / 2

    def places(self) -> Iterator[tuple[float, float]]:
        """The lower left corner of each card, as one reads."""
        (left, bottom), (width, height) = self.corner, self.card
        for row in reversed(range(self.down)):
            for column in range(self.across):
                yield left + column * width, bottom + row * height


SHEETS = {
    "A4": Layout(297, 210, 4, 2, upright, UPRIGHT),
    "Letter": Layout(215.9, 279.4, 2, 4, wide, WIDE),
}
"""Eight to a page."""
SINGLE = {
    "A4": Layout(210, 297, 1, 1, upright, UPRIGHT),
    "Letter": Layout(215.9, 279.4, 1, 1, upright, UPRIGHT),
}


def badges_pdf(cards: Sequence[Card], layout: Layout) -> bytes:
    """The cards, page after page, the last one filled as far as they go."""
    from reportlab.pdfgen.canvas import Canvas

    out, page = BytesIO(), (layout.width * _POINT, layout.height * _POINT)
    canvas = Canvas(out, pagesize=page, pageCompression=1, invariant=1)
    canvas.setTitle("Safe Bench badges")
    full = layout.across * layout.down
    for first in range(0, len(cards), full):
        _page(canvas, cards[first : first + full], layout)
    canvas.save()
    return out.getvalue()


def _page(canvas: Any, cards: Sequence[Card], layout: Layout) -> None:
    from reportlab.lib.utils import ImageReader

    canvas.scale(_POINT, _POINT)
    for card, place in zip(cards, layout.places(), strict=False):
        canvas.drawImage(ImageReader(layout.draw(card, _FINE)), *place, *layout.card)
    _marks(canvas, layout)
    canvas.showPage()


def _marks(canvas: Any, layout: Layout) -> None:
    """A cross at each corner of the cards."""
    (left, bottom), (width, height) = layout.corner, layout.card
    canvas.setLineWidth(0.15)
    canvas.setStrokeGray(0.55)
    for column in range(layout.across + 1):
        for row in range(layout.down + 1):
            x, y = left + column * width, bottom + row * height
            canvas.line(x - _MARK, y, x + _MARK, y)
            canvas.line(x, y - _MARK, x, y + _MARK)
