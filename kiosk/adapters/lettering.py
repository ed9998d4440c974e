"""Words on paper: fonts that have their letters, the size at which they fit, and lines broken to fit.

Pillow shapes what is written from right to left with the system's FriBiDi.
"""

from __future__ import annotations

import textwrap
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from kiosk.core.errors import Refused

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

_FONTS = ("Inter-{}.otf", "NotoSans-{}.ttf", "NotoSansArabic-{}.ttf", "DejaVuSans-{}.ttf", "DejaVuSans.ttf")

LEADING = 1.15
"""From one base line to the next, in sizes."""


class Fit(NamedTuple):
    """A size in pixels, and the lines that fit at it."""

    size: int
    lines: list[str]


def font(size: int, words: str, weight: str) -> FreeTypeFont:
    """The first installed font that has all letters of `words`; Pillow's own when there is none."""
    from PIL import ImageFont

    for pattern in _FONTS:
        try:
            found = ImageFont.truetype(pattern.format(weight), size)
        except OSError:
            continue
        if _has(found, words):
            return found
    return ImageFont.load_default(size)  # type: ignore[return-value]


def _has(found: FreeTypeFont, words: str) -> bool:
    missing = bytes(found.getmask("\uffff"))
    return all(bytes(found.getmask(letter)) != missing for letter in set(words) if not letter.isspace())


def broken(words: str, count: int) -> list[str]:
    """Words on at most `count` lines, as even as they come: broken at spaces and hyphens only."""
    width = -(-len(words) // count)
    while len(lines := textwrap.wrap(words, width, break_long_words=False)) > count:
        width += 1
    return lines


def fitted(words: str, sizes: range, room: tuple[int, int], most: int, weight: str = "Bold") -> Fit:
    """The largest size at which words fit `room`, width and height, on at most `most` lines; fewer first.

    Words are broken where they may be; where they do not fit so, anywhere.
    """
    counts = range(1, most + 1)
    cut = [textwrap.wrap(words, -(-len(words) // count)) for count in counts]
    for tries in ([broken(words, count) for count in counts], cut):
        best = max((_fit(lines, sizes, room, weight) for lines in tries), key=lambda fit: fit.size)
        if best.size:
            return best
    return Fit(sizes[-1], cut[-1])


def _fit(lines: list[str], sizes: range, room: tuple[int, int], weight: str) -> Fit:
    fitting = [size for size in sizes if round(LEADING * size) * len(lines) <= room[1]]
    return Fit(next((size for size in fitting if _width(lines, size, weight) <= room[0]), 0), lines)


def _width(lines: list[str], size: int, weight: str) -> float:
    return max(font(size, line, weight).getlength(line) for line in lines)


def runs_left(words: str) -> bool:
    """Whether words are written from right to left; Refused when their letters cannot be joined here."""
    kinds = (unicodedata.bidirectional(letter) for letter in words)
    left = next((kind in ("R", "AL") for kind in kinds if kind in ("L", "R", "AL")), False)
    if left and not _can_shape():
        raise Refused(
            f"“{words}” is written from right to left, and its letters cannot be joined here:"
            " install Debian's libfribidi0."
        )
    return left


def _can_shape() -> bool:
    from PIL import features

    return bool(features.check("raqm"))
