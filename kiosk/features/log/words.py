"""The published log in words. Pure."""

from __future__ import annotations

from kiosk.features.incidents.events import Outside, Tried
from kiosk.features.log.events import NightPublished, Part, SentencePublished
from kiosk.web.dates import day_words
from kiosk.web.words import gettext as _
from kiosk.web.words import listed, ngettext, together


def added_words(told: SentencePublished) -> str:
    """When it was added, "" for what came out with its night."""
    return _("added {day}").format(day=day_words(told.added)) if told.added else ""


def night_words(night: NightPublished) -> str:
    """What the night was like, in one or two sentences. That nobody was out is not said."""
    return " ".join(part for part in (notes_words(night.notes), patrol_words(night)) if part)


def notes_words(count: int) -> str:
    """How many notes there are."""
    return ngettext("{count} note.", "{count} notes.", count).format(count=count) if count else _("No notes.")


def patrol_words(night: NightPublished) -> str:
    """In which parts of the night the patrol was out, and for how long; "" when it was not."""
    if not night.patrol:
        return ""
    times = {Part.DAY: _("by day"), Part.EVENING: _("in the evening"), Part.LATE: _("late")}
    when = listed([times[part] for part in night.patrol])
    if not night.hours:
        return _("The patrol was out {when}.").format(when=when)
    return ngettext(
        "The patrol was out {when}, about {hours} hour.",
        "The patrol was out {when}, about {hours} hours.",
        night.hours,
    ).format(when=when, hours=night.hours)


def helped_words(night: NightPublished) -> str:
    """What was tried, and how often; "" for nothing."""
    times = {
        Tried.LISTENED: _("listening"),
        Tried.SPACE: _("making space"),
        Tried.DRINK: _("water or tea"),
        Tried.WALKED: _("walking along"),
        Tried.WAITED: _("waiting"),
        Tried.FRIEND: _("a friend who was called"),
        Tried.DOOR: _("an open door"),
        Tried.OTHER: _("something else"),
    }
    return _counted(_("What was tried: {list}."), {times[t]: night.tried.get(t, 0) for t in Tried})


def outside_words(night: NightPublished) -> str:
    """Which outside help was called, and how often; "" for none."""
    kinds = {
        Outside.MEDICAL: _("medical help"),
        Outside.FIRE: _("the fire service"),
        Outside.POLICE: _("the police"),
        Outside.SUPPORT: _("a support line"),
    }
    return _counted(_("Outside help: {list}."), {kinds[o]: night.outside.get(o, 0) for o in Outside})


def _counted(pattern: str, counts: dict[str, int]) -> str:
    often = _("{what} ({count} ×)")
    found = [name if n == 1 else often.format(what=name, count=n) for name, n in counts.items() if n]
    return pattern.format(list=together(found)) if found else ""
