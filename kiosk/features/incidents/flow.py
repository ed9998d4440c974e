"""The steps of a note, one question each: which comes next, and what an answer does to the draft. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Annotated, Any

import msgspec

from kiosk.core.night import local
from kiosk.features.incidents.codes import ELSEWHERE, Ended, Outside, Tried, What
from kiosk.features.incidents.events import WORDS_LENGTH, Noted
from kiosk.features.incidents.sentence import Told, clock_words
from kiosk.people.texts import Text

QUARTER = 900
HOUR = 3600
HOURS_BACK = 11
"""How many hours are offered, beside "just now"."""
NOW = "now"
OUTSIDE_CALLED = "outside-called"
REVIEW = "review"
TYPED = 2000
"""Letters of own words that a draft holds, though they are too many to be kept."""


class Draft(msgspec.Struct, frozen=True):
    """A note on its way, kept in the memory of the bench only. None is not answered yet.

    `token` tells one draft from another; `member` is whose it is. `sealed`: details as only the mediators
    named in `readers` can read them, and the `proof` of `adapters.sealing`. `amends`: where the note stands
    that this one replaces, "" for none.
    """

    token: str
    member: str
    asked: bool = False
    what: What | None = None
    where: str | None = None
    when: int | None = None
    about: bool = False
    tried: tuple[Tried, ...] | None = None
    called: bool = False
    outside: tuple[Outside, ...] | None = None
    ended: Ended | None = None
    words: str = ""
    sealed: bytes = b""
    proof: bytes = b""
    readers: tuple[str, ...] = ()
    amends: str = ""

    @property
    def asks_outside(self) -> bool:
        """Whether there is anything to ask about outside help."""
        return self.called or self.ended == Ended.HELP_CAME

    @property
    def called_kinds(self) -> tuple[Outside, ...] | None:
        """The outside help that was called, () for none, None while that is not known."""
        if self.tried is None or (self.asks_outside and self.outside is None):
            return None
        return self.outside or () if self.asks_outside else ()


class Asked(msgspec.Struct):
    """Whether somebody asked for help, or was being hurt."""

    asked: bool


class WhatAnswer(msgspec.Struct):
    """What happened."""

    what: What


class WhereAnswer(msgspec.Struct):
    """The slug of a zone, or ELSEWHERE."""

    where: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,40}$")]


class WhenAnswer(msgspec.Struct):
    """NOW, or the POSIX second of a full hour."""

    when: Annotated[str, msgspec.Meta(pattern=r"^(now|[0-9]{1,12})$")]


class TriedAnswer(msgspec.Struct):
    """What was tried, OUTSIDE_CALLED among it; nothing is an answer."""

    tried: list[str] = []


class OutsideAnswer(msgspec.Struct):
    """Which outside help was called; nothing is an answer."""

    outside: list[Outside] = []


class EndedAnswer(msgspec.Struct):
    """How it ended."""

    ended: Ended


class Finish(msgspec.Struct):
    """The writer's own words, if any."""

    words: Annotated[str, msgspec.Meta(max_length=WORDS_LENGTH)] = ""


@dataclass(frozen=True)
class Step:
    """One question. `take` puts a decoded answer into the draft; ValueError when it cannot be one."""

    name: str
    form: type[msgspec.Struct]
    is_answered: Callable[[Draft], bool]
    take: Callable[[Draft, Any, int], Draft]
    applies: Callable[[Draft], bool] = lambda _draft: True


def _take_when(draft: Draft, answer: WhenAnswer, now: int) -> Draft:
    if answer.when == NOW:
        return _with(draft, when=now // QUARTER * QUARTER, about=False)
    when = int(answer.when)
    if not now - 24 * HOUR <= when <= now:
        raise ValueError(f"{when} is not within the last day")
    return _with(draft, when=when // QUARTER * QUARTER, about=True)


def _take_tried(draft: Draft, answer: TriedAnswer, _now: int) -> Draft:
    chosen = dict.fromkeys(answer.tried)
    called = OUTSIDE_CALLED in chosen
    tried = tuple(Tried(code) for code in chosen if code != OUTSIDE_CALLED)
    return _with(draft, tried=tried, called=called, outside=draft.outside if called else None)


def _take_outside(draft: Draft, answer: OutsideAnswer, _now: int) -> Draft:
    return _with(draft, outside=tuple(dict.fromkeys(answer.outside)))


STEPS: tuple[Step, ...] = (
    Step("asked", Asked, lambda d: d.asked, lambda d, a, _now: _with(d, asked=a.asked)),
    Step("what", WhatAnswer, lambda d: d.what is not None, lambda d, a, _now: _with(d, what=a.what)),
    Step("where", WhereAnswer, lambda d: d.where is not None, lambda d, a, _now: _with(d, where=a.where)),
    Step("when", WhenAnswer, lambda d: d.when is not None, _take_when),
    Step("tried", TriedAnswer, lambda d: d.tried is not None, _take_tried),
    Step("outside", OutsideAnswer, lambda d: d.outside is not None, _take_outside, lambda d: d.asks_outside),
    Step("ended", EndedAnswer, lambda d: d.ended is not None, lambda d, a, _now: _with(d, ended=a.ended)),
)
"""In the order in which they are asked. A step that is added here gets its page and its place in the bar."""
BY_NAME = {step.name: step for step in STEPS}


def next_step(draft: Draft) -> str:
    """The first question that is not answered, or REVIEW."""
    return next((s.name for s in STEPS if s.applies(draft) and not s.is_answered(draft)), REVIEW)


def reachable(draft: Draft, wanted: str) -> str:
    """`wanted`, if all questions before it are answered; else the first that is not."""
    upcoming = next_step(draft)
    names = [step.name for step in STEPS if step.applies(draft)] + [REVIEW]
    return wanted if wanted in names and names.index(wanted) <= names.index(upcoming) else upcoming


def before(draft: Draft, name: str) -> str | None:
    """The question before this one, None at the first."""
    names = [step.name for step in STEPS if step.applies(draft)] + [REVIEW]
    place = names.index(name)
    return names[place - 1] if place else None


def progress(name: str) -> tuple[int, int]:
    """How many steps are done when this one is shown, and of how many; a step not always asked is none."""
    names = [step.name for step in STEPS if step.name != "outside"] + [REVIEW]
    return names.index("tried" if name == "outside" else name) + 1, len(names)


def hours(now: int, zone: tzinfo) -> list[int]:
    """The full hours before `now` on the local clock, newest first, as POSIX seconds."""
    moment = local(now, zone)
    newest = now - moment.minute * 60 - moment.second
    return [newest - back * HOUR for back in range(HOURS_BACK)]


def told(draft: Draft, places: Mapping[str, Text], zone: tzinfo) -> Told:
    """The draft as its sentence needs it; `places` gives the name of each zone."""
    return Told(
        what=draft.what,
        place=None if draft.where is None else place_of(draft.where, places),
        time=None if draft.when is None else clock_words(draft.when, draft.about, zone),
        tried=draft.tried,
        outside=draft.called_kinds,
        ended=draft.ended,
    )


def place_of(where: str, places: Mapping[str, Text]) -> str:
    """The name of a zone, "" for somewhere else; the slug of one that the neighbourhood has dropped."""
    return "" if where == ELSEWHERE else str(places.get(where, where))


def noted(draft: Draft, now: int, *, verified: bool) -> Noted | None:
    """The note of a draft, None while it is not complete.

    `now` is POSIX seconds. A time that the clock has since proved wrong becomes "some time around now".
    """
    if draft.what is None or draft.where is None or draft.when is None or draft.ended is None:
        return None
    if draft.tried is None or draft.called_kinds is None:
        return None
    settled = draft.when <= now and (bool(draft.amends) or now - 24 * HOUR <= draft.when)
    return Noted(
        member=draft.member,
        what=draft.what,
        where=draft.where,
        when=draft.when if settled else now // QUARTER * QUARTER,
        ended=draft.ended,
        about=draft.about or not verified or not settled,
        tried=draft.tried,
        outside=draft.called_kinds,
    )


def told_again(draft: Draft, note: Noted, place: str, shift: int) -> Draft:
    """The draft with the answers of the note at `place`, which it replaces when it is kept.

    `shift`: by how many seconds the clock of then was behind.
    """
    return _with(
        draft,
        asked=True,
        what=note.what,
        where=note.where,
        when=(note.when + shift) // QUARTER * QUARTER,
        about=note.about,
        tried=note.tried,
        called=bool(note.outside),
        outside=note.outside,
        ended=note.ended,
        amends=place,
    )


def _with(draft: Draft, **answers: object) -> Draft:
    return msgspec.structs.replace(draft, **answers)
