"""The sentence that a note makes, in words that can be read aloud. Pure: no app, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta, tzinfo
from string import Formatter

from kiosk.core.night import local
from kiosk.features.incidents.codes import Ended, Outside, Tried, What
from kiosk.web.words import gettext as _

Parts = list[tuple[str, bool]]
"""Pieces of a sentence in order; True for what somebody chose."""
REST = "…"


@dataclass(frozen=True)
class Told:
    """What has been told so far; None is not answered yet. `place` "" is somewhere else."""

    what: What | None = None
    place: str | None = None
    time: str | None = None
    tried: tuple[Tried, ...] | None = None
    outside: tuple[Outside, ...] | None = None
    ended: Ended | None = None


def compose(told: Told) -> Parts:
    """The pieces of the sentence; what is not told yet is left out, and a … stands at the end."""
    parts = _opening(told)
    for sentence in _sentences(told):
        parts += [(" ", False), (sentence, True)]
    whole = None not in (told.what, told.place, told.time, told.tried, told.outside, told.ended)
    return parts if whole else [*parts, (f" {REST}" if parts else REST, False)]


def spoken(parts: Parts) -> str:
    """The pieces as one text."""
    return "".join(text for text, _chosen in parts)


def clock_words(when: int, about: bool, zone: tzinfo) -> str:
    """A note's time as people say it: "about 22:15", or only "some time around 22:00"."""
    moment = local(when, zone)
    if about:
        return _("some time around {time}").format(time=f"{moment + timedelta(minutes=30):%H:00}")
    return _("about {time}").format(time=f"{moment:%H:%M}")


def hour_words(hour: int) -> str:
    """All that is published of a time: "about 22:00"."""
    return _("about {time}").format(time=f"{hour:02d}:00")


def _opening(told: Told) -> Parts:
    """What, where and when, up to the first that is not told: a translation may order them as it likes."""
    values = {
        "what": told.what and what_words(told.what),
        "place": None if told.place is None else place_words(told.place),
        "time": told.time,
    }
    parts: Parts = []
    for literal, field, _spec, _conversion in Formatter().parse(_("{what} {place}, {time}.")):
        value = values[field] if field else ""
        if value is None:
            break
        parts += [(text, chosen) for text, chosen in ((literal, False), (value, True)) if text]
    return parts


def place_words(place: str) -> str:
    """Where it happened: "at Market corner", "at the station", or "somewhere else" for ""."""
    if not place:
        return _("somewhere else")
    bare = place.removeprefix("The ")
    # For translators: of a place whose English name is, for example, "The station".
    return (_("at {place}") if bare == place else _("at the {place}")).format(place=bare)


def _sentences(told: Told) -> list[str]:
    """One short sentence for everything that was tried, for outside help, and for how it ended."""
    found = [tried_words(tried) for tried in told.tried or ()]
    if told.outside is not None:
        found += [outside_words(kind) for kind in told.outside] or [_("No outside help was called.")]
    if told.ended is not None:
        found.append(ended_words(told.ended))
    return found


def what_words(what: What) -> str:
    """What happened, as a sentence begins with it."""
    return {
        What.ARGUMENT: _("Loud argument"),
        What.FIGHT: _("Fight"),
        What.THREAT: _("Threat"),
        What.UNWELL: _("Someone unwell"),
        What.DRINK: _("Too much drink or drugs"),
        What.LOST: _("Someone lost"),
        What.NOISE: _("Noise"),
        What.DAMAGE: _("Damage"),
        What.THEFT: _("Theft"),
        What.FAMILY: _("Family matter"),
        What.SCARED: _("Someone scared"),
        What.OTHER: _("Something happened"),
    }[what]


def tried_words(tried: Tried) -> str:
    """What was tried, as a sentence."""
    return {
        Tried.LISTENED: _("We listened."),
        Tried.SPACE: _("We made space."),
        Tried.DRINK: _("We gave water or tea."),
        Tried.WALKED: _("We walked with them."),
        Tried.WAITED: _("We waited."),
        Tried.FRIEND: _("A friend was called."),
        Tried.DOOR: _("A door was open."),
        Tried.OTHER: _("We tried something else."),
    }[tried]


def outside_words(kind: Outside) -> str:
    """Which help was called, as a sentence."""
    return {
        Outside.MEDICAL: _("Medical help was called."),
        Outside.FIRE: _("The fire service was called."),
        Outside.POLICE: _("The police were called."),
        Outside.SUPPORT: _("A support line was called."),
    }[kind]


def ended_words(ended: Ended) -> str:
    """How it ended, as a sentence."""
    return {
        Ended.CALMED: _("It calmed down."),
        Ended.PARTED: _("They parted."),
        Ended.LEFT: _("They left."),
        Ended.HELP_CAME: _("Help came."),
        Ended.ONGOING: _("It was still going on."),
        Ended.UNKNOWN: _("We do not know how it ended."),
    }[ended]
