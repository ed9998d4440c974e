"""A published night as pages and feed show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kiosk.features.log import words
from kiosk.features.log.queries import Told
from kiosk.web.dates import date_words


@dataclass(frozen=True)
class Line:
    """One sentence, and when it was added, "" if it came with its night."""

    text: str
    added: str


@dataclass(frozen=True)
class Shown:
    """What one bench tells of a night."""

    bench: str
    summary: str
    details: list[str]
    lines: list[Line]


@dataclass(frozen=True)
class Listed:
    """A night in a list."""

    title: str
    text: str
    day: str


def shown(told: Told) -> Shown:
    """A published night in words."""
    details = [words.helped_words(told.night), words.outside_words(told.night)]
    lines = [Line(words.sentence_words(one), words.added_words(one)) for one in told.sentences]
    return Shown(told.night.bench, words.night_words(told.night), [d for d in details if d], lines)


def listed(night: date, sentences: int) -> Listed:
    """A night in a list, with how many sentences it has."""
    return Listed(date_words(night), words.notes_words(sentences), night.isoformat())


def parse_night(text: str) -> date | None:
    """The night that an address names, None when it is no date in that form."""
    try:
        night = date.fromisoformat(text)
    except ValueError:
        return None
    return night if night.isoformat() == text else None
