"""What each question looks like: its words, and its cards. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from kiosk.core.night import local
from kiosk.features.incidents import flow
from kiosk.features.incidents.codes import ELSEWHERE, Ended, Outside, Tried, What
from kiosk.features.incidents.flow import Draft
from kiosk.features.incidents.sentence import what_words
from kiosk.people.texts import Text
from kiosk.web.words import gettext as _

MORNING, EVENING = 7, 18
"""The hours between which a sun stands for a time, else a moon."""


@dataclass(frozen=True)
class Card:
    """One answer: the value that is posted, its words, its shape; `apart` from the others or not."""

    value: str
    label: str | Text
    shape: str
    chosen: bool
    apart: bool = False


@dataclass(frozen=True)
class Around:
    """What the cards need beside the draft: zones by slug, POSIX seconds, the time zone."""

    places: dict[str, Text]
    now: int
    zone: tzinfo


@dataclass(frozen=True)
class Page:
    """One question. With `several`, cards are ticked and Next goes on; else a tap does."""

    title: str
    cards: list[Card]
    hint: str = ""
    several: bool = False


def page_of(step: str, draft: Draft, around: Around) -> Page:
    """The page of a step."""
    return _PAGES[step](draft, around)


def _asked(_draft: Draft, _around: Around) -> Page:
    cards = [
        Card("true", _("Yes"), "hand-open", chosen=False),
        Card("false", _("No"), "cross", chosen=False),
    ]
    hint = _("A note says what happened and what helped. It never says who.")
    return Page(_("Did someone ask for help, or was someone being hurt?"), cards, hint)


def _what(draft: Draft, _around: Around) -> Page:
    others = {What.OTHER: _("Something else")}
    cards = [Card(w, others.get(w) or what_words(w), w, w == draft.what) for w in What]
    return Page(_("What happened?"), cards)


def _where(draft: Draft, around: Around) -> Page:
    cards = [Card(s, name.alone, "pin", s == draft.where) for s, name in around.places.items()]
    elsewhere = Card(ELSEWHERE, _("Somewhere else"), "arrow", draft.where == ELSEWHERE)
    return Page(_("Where, roughly?"), [*cards, elsewhere])


def _when(draft: Draft, around: Around) -> Page:
    recent = draft.when is not None and not draft.about
    now = Card(flow.NOW, _("Just now"), "clock", recent)
    hours = flow.hours(around.now, around.zone)
    before = [Card(str(h), *_hour(h, around), draft.about and draft.when == h) for h in hours]
    return Page(_("When?"), [now, *before])


def _hour(at: int, around: Around) -> tuple[str, str]:
    """The words and the shape of a full hour within the last half day."""
    moment, today = local(at, around.zone), local(around.now, around.zone).date()
    words = _("About {time}")
    if moment.date() != today:
        words = _("About {time} last night") if moment.hour >= EVENING else _("About {time} yesterday")
    elif moment.hour >= EVENING:
        words = _("About {time} this evening")
    return words.format(time=f"{moment:%H:%M}"), "sun" if MORNING <= moment.hour < EVENING else "moon"


def _tried(draft: Draft, _around: Around) -> Page:
    words = {
        Tried.LISTENED: (_("We listened"), "ear"),
        Tried.SPACE: (_("We made space"), "make-space"),
        Tried.DRINK: (_("Water or tea"), "cup"),
        Tried.WALKED: (_("We walked with them"), "walk-together"),
        Tried.WAITED: (_("We waited"), "clock"),
        Tried.FRIEND: (_("A friend was called"), "phone"),
        Tried.DOOR: (_("An open door"), "house"),
        Tried.OTHER: (_("Something else"), "something-else"),
    }
    cards = [Card(t, *words[t], t in (draft.tried or ())) for t in Tried]
    called = _("Outside help was called")
    outside = Card(flow.OUTSIDE_CALLED, called, "medical-cross", draft.called, apart=True)
    return Page(_("What was tried?"), [*cards, outside], several=True)


def _outside(draft: Draft, _around: Around) -> Page:
    words = {
        Outside.MEDICAL: (_("Medical help"), "medical-cross"),
        Outside.FIRE: (_("Fire service"), "flame"),
        Outside.POLICE: (_("Police"), "shield"),
        Outside.SUPPORT: (_("A support line"), "phone"),
    }
    cards = [Card(o, *words[o], o in (draft.outside or ())) for o in Outside]
    return Page(_("Which help was called?"), cards, _("None of these? Go on with Next."), several=True)


def _ended(draft: Draft, _around: Around) -> Page:
    words = {
        Ended.CALMED: _("It calmed down"),
        Ended.PARTED: _("They parted"),
        Ended.LEFT: _("They left"),
        Ended.HELP_CAME: _("Help came"),
        Ended.ONGOING: _("Still going on"),
        Ended.UNKNOWN: _("We do not know"),
    }
    cards = [Card(e, words[e], e, e == draft.ended) for e in Ended]
    return Page(_("How did it end?"), cards)


_PAGES: dict[str, Callable[[Draft, Around], Page]] = {
    "asked": _asked,
    "what": _what,
    "where": _where,
    "when": _when,
    "tried": _tried,
    "outside": _outside,
    "ended": _ended,
}
