"""The colours of the pages as `static/css/bench.css` gives them, and how well they can be told apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kiosk.web import assets

TEXT, CONTROL = 4.5, 3.0
"""The least contrast of words, and of outlines, drawings and the focus (WCAG 2.2, 1.4.3 and 1.4.11)."""

_BEGINS = {"day": ":root {", "night": '[data-palette="night"] {', "contrast": '[data-palette="contrast"] {'}
_COLOUR = re.compile(r"--([a-z-]+): #([0-9a-f]{6}|[0-9a-f]{3});")
_SEEN = (
    (
        "ink on paper, ink on card, ink on calm, paper on ink, soft on paper, soft on card, brick on paper",
        TEXT,
    ),
    ("on on leaf, on on brick, on-sun on sun, band-ink on band, band-sun on band, done-ink on done", TEXT),
    ("poster-ink on poster, poster-title on poster, on-number on number, done on seal", TEXT),
    ("leaf on paper, brick on card, track on paper, ring on paper, ring on card, ring on calm", CONTROL),
    ("seal on done, number on poster", CONTROL),
)


@dataclass(frozen=True)
class Pair:
    """One colour upon another in one palette; `least`: the contrast that it has to have, as a ratio to 1."""

    palette: str
    above: str
    below: str
    above_hex: str
    below_hex: str
    least: float

    @property
    def contrast(self) -> float:
        """The contrast that it has, from 1 to 21."""
        return contrast(self.above_hex, self.below_hex)


def colours() -> dict[str, dict[str, str]]:
    """Of each palette, the colours by name, as `#rrggbb`; what a palette does not change is as by day."""
    sheet = (assets.folder("static") / "css" / "bench.css").read_text("utf-8")
    found: dict[str, dict[str, str]] = {}
    for name, begins in _BEGINS.items():
        block = sheet.partition(begins)[2].partition("}")[0]
        own = {colour: _six(digits) for colour, digits in _COLOUR.findall(block)}
        found[name] = {**found.get("day", {}), **own}
    return found


def pairs() -> list[Pair]:
    """What stands upon what on the pages, in every palette."""
    return [
        Pair(palette, above, below, known[above], known[below], least)
        for palette, known in colours().items()
        for line, least in _SEEN
        for above, _, below in (one.partition(" on ") for one in line.split(", "))
    ]


def contrast(one: str, other: str) -> float:
    """How far apart two colours (`#rrggbb`) are in lightness: the contrast ratio of WCAG 2.2."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _six(digits: str) -> str:
    return "#" + (digits if len(digits) == len("rrggbb") else "".join(2 * one for one in digits))
