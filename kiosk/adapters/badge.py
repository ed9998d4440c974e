"""A badge on paper: name, number, network and the code, no photograph. A7 at 300 dpi, eight to an A4 sheet.

Pillow is in the extra `[central]` only, so it loads here and nowhere else.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from kiosk.adapters.qr import modules

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

DPI = 300
WIDTH, HEIGHT = 874, 1240
MARGIN = 88
ROOM = WIDTH - 2 * MARGIN
CODE_TOP = 424
"""Pixels. The code fills the room, rounded down to whole modules: 59 mm, seventeen pixels a module."""
INK, SOFT, SUN, PAPER = "#191817", "#5c5851", "#f7b500", "#ffffff"
_FONTS = ("Inter-{}.otf", "NotoSans-{}.ttf", "NotoSansArabic-{}.ttf", "DejaVuSans-{}.ttf", "DejaVuSans.ttf")


def badge_png(text: str, name: str, number: str, network: str) -> bytes:
    """A card for the badge `text`, as PNG."""
    from PIL import Image, ImageDraw

    card = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(card)
    _symbol(draw, MARGIN, 60, 120)
    size = _largest((network,), range(46, 19, -2), ROOM - 156)
    draw.text((MARGIN + 156, 120), network, SOFT, _font(size or 20, network, "SemiBold"), anchor="ls")
    draw.text((MARGIN + 156, 172), number, INK, _font(46, number, "Bold"), anchor="ls")
    _name(draw, name)
    _code(card, text)
    foot = "Hold this to the camera of a Safe Bench."
    draw.text((WIDTH / 2, HEIGHT - 36), foot, SOFT, _font(34, foot, "Medium"), anchor="ms")
    out = BytesIO()
    card.quantize(16).save(out, "PNG", dpi=(DPI, DPI), optimize=True)
    return out.getvalue()


def _symbol(draw: ImageDraw, left: int, top: int, side: int) -> None:
    """The disc over the bench, as in static/img/symbol.svg: a 48 x 48 grid."""
    unit = side / 48

    def at(x: float, y: float) -> tuple[float, float]:
        return left + x * unit, top + y * unit

    draw.ellipse((*at(15, 2), *at(33, 20)), SUN)
    for x, y, end_x, end_y in ((8, 27, 40, 27), (4, 36, 44, 36), (13, 36, 13, 45), (35, 36, 35, 45)):
        draw.rounded_rectangle((*at(x - 2, y - 2), *at(end_x + 2, end_y + 2)), 2 * unit, INK)


def _name(draw: ImageDraw, name: str) -> None:
    """The name as large as it fits on one line, or on two when it is long."""
    size = _largest((name,), range(136, 71, -2))
    if size:
        draw.text((MARGIN, 350), name, INK, _font(size, name, "Bold"), anchor="ls")
        return
    lines = _halves(name)
    size = _largest(lines, range(84, 19, -2)) or 20
    for line, bottom in zip(lines, (360 - round(1.15 * size), 360), strict=True):
        draw.text((MARGIN, bottom), line, INK, _font(size, line, "Bold"), anchor="ls")


def _largest(lines: tuple[str, ...], sizes: range, room: int = ROOM) -> int:
    """The first size at which all lines fit; 0 when none does."""
    fits = (size for size in sizes if all(_font(size, one, "Bold").getlength(one) <= room for one in lines))
    return next(fits, 0)


def _halves(name: str) -> tuple[str, str]:
    spaces = [at for at, letter in enumerate(name) if letter == " "]
    middle = min(spaces, key=lambda at: abs(at - len(name) / 2), default=len(name) // 2)
    return name[:middle], name[middle:].lstrip()


def _font(size: int, words: str, weight: str) -> FreeTypeFont:
    """The first installed font that has all letters of `words`; Pillow's own when there is none."""
    from PIL import ImageFont

    for pattern in _FONTS:
        try:
            font = ImageFont.truetype(pattern.format(weight), size)
        except OSError:
            continue
        if _has(font, words):
            return font
    return ImageFont.load_default(size)  # type: ignore[return-value]


def _has(font: FreeTypeFont, words: str) -> bool:
    missing = bytes(font.getmask("\uffff"))
    return all(bytes(font.getmask(letter)) != missing for letter in set(words) if not letter.isspace())


def _code(card: Image, text: str) -> None:
    from PIL import Image as Pictures

    rows = modules(text)
    picture = Pictures.new("1", (len(rows), len(rows)))
    picture.putdata([0 if dark else 255 for row in rows for dark in row])
    side = ROOM // len(rows) * len(rows)
    card.paste(picture.resize((side, side), Pictures.Resampling.NEAREST), (MARGIN, CODE_TOP))
