"""Lines of words as glyphs: which font has each letter, which way it runs, and where it stands.

HarfBuzz joins and places letters; python-bidi says what runs from right to left (UAX 9). Both are in the
extra `[central]` only, so they load when something is put on paper. Measures are in sizes: 1.0 is one em.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from kiosk.core.errors import Refused

WEIGHTS = {
    "Heavy": ("InterDisplay-ExtraBold.otf", "Inter-ExtraBold.otf", "NotoSans-Bold.ttf"),
    "Bold": ("InterDisplay-SemiBold.otf", "Inter-SemiBold.otf", "NotoSans-Bold.ttf"),
    "Plain": ("InterDisplay-Medium.otf", "Inter-Medium.otf", "NotoSans-Regular.ttf"),
    "Small Bold": ("Inter-SemiBold.otf", "NotoSans-Bold.ttf"),
    "Small": ("Inter-Medium.otf", "NotoSans-Regular.ttf"),
}
"""Fonts by what they are for: three weights for large words, and two for what is read in the hand."""
_REGULAR = ("Plain", "Small")
_ARABIC = ("NotoSansArabic-{}.ttf", "NotoNaskhArabic-{}.ttf")
_LAST = ("DejaVuSans-{}.ttf", "DejaVuSans.ttf")
_INVISIBLE = ("Cc", "Cf", "Cs")


class Glyph(NamedTuple):
    """One glyph of a face: the letters that it stands for, how far the next one is, and its own shift."""

    number: int
    letters: str
    advance: float
    right: float
    up: float


@dataclass(frozen=True)
class Face:
    """An installed font. `capital` is the height of its H, or of its tallest plain letter."""

    name: str
    path: str
    hb: Any
    letters: frozenset[int]
    capital: float

    @property
    def upem(self) -> int:
        """Font units in an em."""
        return int(self.hb.face.upem)

    def width(self, glyph: int) -> float:
        """How wide the font says that this glyph is."""
        return float(self.hb.get_glyph_h_advance(glyph)) / self.upem


@dataclass(frozen=True)
class Run:
    """Glyphs of one face from left to right."""

    face: Face
    glyphs: tuple[Glyph, ...]

    @property
    def width(self) -> float:
        """From its beginning to where the next run begins."""
        return sum(glyph.advance for glyph in self.glyphs)


def visible(words: str) -> str:
    """Words without marks that steer the direction of text or are not seen, on one line."""
    plain = (" " if letter.isspace() else letter for letter in words)
    return " ".join("".join(c for c in plain if unicodedata.category(c) not in _INVISIBLE).split())


def runs_leftward(words: str) -> bool:
    """Whether anything in these words runs from right to left, or nothing says which way."""
    kinds = {unicodedata.bidirectional(letter) for letter in words}
    return bool(kinds & {"R", "AL"}) or "L" not in kinds


def shaped(words: str, weight: str, *, leftward: bool, tight: float = 0.0) -> tuple[Run, ...]:
    """The runs of a line from left to right; `leftward` when it begins on the right.

    `tight` is taken off between letters that are not joined. Refused when no font has one of the letters.
    """
    parts = [
        (level, face, "".join(letter for _, _, letter in group))
        for (level, face), group in groupby(_placed(words, weight, leftward), key=lambda one: one[:2])
    ]
    return tuple(_shape(face, text, level % 2 == 1, tight) for level, face, text in _as_seen(parts))


@cache
def width_of(words: str, weight: str, leftward: bool, tight: float = 0.0) -> float:
    """How wide a line is."""
    return sum(run.width for run in shaped(words, weight, leftward=leftward, tight=tight))


@cache
def faces(weight: str) -> tuple[Face, ...]:
    """The installed fonts of this weight, the one that is asked first first."""
    plain = "Regular" if weight in _REGULAR else "Bold"
    names = [*WEIGHTS[weight], *(name.format(plain) for name in (*_ARABIC, *_LAST))]
    return tuple(face for name in names if (face := _load(name)) is not None)


def _load(name: str) -> Face | None:
    import uharfbuzz as hb
    from PIL import ImageFont

    try:
        path = str(ImageFont.truetype(name, 16).path)
    except OSError:
        return None
    font = hb.Font(hb.Face(hb.Blob.from_file_path(path)))
    tall = font.get_nominal_glyph(ord("H")) or font.get_nominal_glyph(ord("\u0644"))
    extents = font.get_glyph_extents(tall) if tall else None
    height = extents.y_bearing / font.face.upem if extents else 0.7
    return Face(name.partition(".")[0], path, font, frozenset(font.face.unicodes), height)


def _placed(words: str, weight: str, leftward: bool) -> Iterator[tuple[int, Face, str]]:
    """Each letter with its level and its face: the one of the letter before, where that has it too."""
    known, last = _ordered(weight, leftward), None
    for letter, level in zip(words, levels(words, leftward=leftward), strict=True):
        if last is None or ord(letter) not in last.letters or letter.isalnum():
            last = next((face for face in known if ord(letter) in face.letters), None)
        if last is None:
            raise Refused(
                f"No font here has the letter “{letter}” of “{words}”:"
                " install Debian's fonts-inter and fonts-noto-core, or leave it out."
            )
        yield level, last, letter


def _ordered(weight: str, leftward: bool) -> list[Face]:
    known = faces(weight)
    return sorted(known, key=lambda face: "Arabic" not in face.name) if leftward else list(known)


def levels(words: str, *, leftward: bool) -> list[int]:
    """The level of each letter by UAX 9: even runs to the right, odd to the left."""
    from bidi import algorithm

    if not leftward and all(unicodedata.bidirectional(letter) not in ("R", "AL", "AN") for letter in words):
        return [0] * len(words)
    storage = algorithm.get_empty_storage()
    storage.update(base_level=int(leftward), base_dir="R" if leftward else "L")
    algorithm.get_embedding_levels(words, storage)
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, debug=False)
    algorithm.resolve_implicit_levels(storage, debug=False)
    return [letter["level"] for letter in storage["chars"]]


def _as_seen(parts: list[tuple[int, Face, str]]) -> list[tuple[int, Face, str]]:
    """Runs from left to right: rule L2 of UAX 9."""
    for level in range(max((part[0] for part in parts), default=0), 0, -1):
        turned: list[tuple[int, Face, str]] = []
        for inside, group in groupby(parts, key=lambda part: part[0] >= level):
            run = list(group)
            turned += reversed(run) if inside else run
        parts = turned
    return parts


def _shape(face: Face, text: str, leftward: bool, tight: float) -> Run:
    import uharfbuzz as hb

    buffer = hb.Buffer()
    buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if leftward else "ltr"
    hb.shape(face.hb, buffer, {"liga": False})  # readers of PDF turn around the letters of one that is joined
    starts = sorted({info.cluster for info in buffer.glyph_infos})
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    less = 0.0 if leftward else tight
    told: set[int] = set()
    glyphs = []
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        letters = "" if info.cluster in told else text[info.cluster : ends[info.cluster]]
        told.add(info.cluster)
        moves = (place.x_advance, place.x_offset, place.y_offset)
        advance, right, up = (move / face.upem for move in moves)
        glyphs.append(Glyph(info.codepoint, letters, advance - less if advance else 0.0, right, up))
    return Run(face, tuple(glyphs))
