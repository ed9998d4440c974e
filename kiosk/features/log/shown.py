"""A published night as pages and feed show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kiosk.core.feature import Remark
from kiosk.features.log import queries, words
from kiosk.features.log.events import SentencePublished, sentence_words
from kiosk.features.log.queries import Told
from kiosk.web.dates import date_title
from kiosk.web.services import Services

Said = Mapping[tuple[str, int], Remark]
"""Remarks on the sentences of one night, by bench and number."""


@dataclass(frozen=True)
class Line:
    """One sentence, or what is said in its place (`aside`).

    `own`: the writer's own words, "" for none; `added`: when it was added, "" if it came with its night;
    `note` and `more`: what others say of it; `wrong`: the address under which anyone can say that it is about
    them, or wrong.
    """

    text: str
    own: str = ""
    added: str = ""
    note: str = ""
    more: str = ""
    wrong: str = ""
    aside: bool = False


@dataclass(frozen=True)
class Shown:
    """What one bench tells of a night."""

    bench: str
    summary: str
    lines: list[Line]
    details: list[str]


@dataclass(frozen=True)
class Listed:
    """A night in a list."""

    title: str
    text: str
    day: str


def remarks(here: Services, night: date) -> dict[tuple[str, int], Remark]:
    """What the features say of the sentences of a night; of one sentence, the first that says something.

    What stands in a sentence's place goes before what is said beside it.
    """
    said = [one for feature in here.features if feature.remarks for one in feature.remarks(here, night)]
    found: dict[tuple[str, int], Remark] = {}
    for one in sorted(said, key=lambda one: not one.instead):
        found.setdefault((one.bench, one.number), one)
    return found


def shown(told: Told, said: Said) -> Shown:
    """A published night in words."""
    night = told.night
    details = [words.helped_words(night), words.outside_words(night)]
    lines = {one.number: _line(told, one, said.get((told.bench, one.number))) for one in told.sentences}
    own = {number: one for (bench, number), one in said.items() if bench == told.bench}
    lines |= {number: _aside(one) for number, one in own.items() if one.instead}
    in_order = [lines[number] for number in sorted(lines)]
    return Shown(night.bench, words.night_words(night), in_order, [d for d in details if d])


def _line(told: Told, one: SentencePublished, remark: Remark | None) -> Line:
    note, more = (remark.words, remark.more) if remark else ("", "")
    wrong = f"/log/{one.night}/{told.bench}/{one.number}/wrong"
    return Line(sentence_words(one), one.words, words.added_words(one), note, more, wrong)


def _aside(remark: Remark) -> Line:
    return Line(remark.words, more=remark.more, aside=True)


def listed(here: Services, night: date, bench: str | None = None) -> Listed:
    """A night in a list, with how many sentences it had: also those that are not there any more."""
    numbers = queries.numbers(here.db.conn, night, bench)
    gone = {at for at, one in remarks(here, night).items() if one.instead and bench in (None, one.bench)}
    return Listed(date_title(night), words.notes_words(len(numbers | gone)), night.isoformat())
