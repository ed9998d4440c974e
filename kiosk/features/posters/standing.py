"""Whether a poster on paper is the one that counts now."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from kiosk.features.posters import model, rules
from kiosk.web.words import gettext as _


@dataclass(frozen=True)
class Standing:
    """How a paper stands: `kind` is current, stale or unknown; `said` in big words, `further` below it."""

    kind: str
    said: str
    further: str


def of_paper(db: sqlite3.Connection, slug: str, version: int, language: str) -> Standing:
    """How this version in this language compares with the newest that is known here."""
    newest = model.versions_of(db, slug).get(language)
    if newest is None:
        return Standing("unknown", _("This paper is not known here."), _ask())
    if version > newest.version:
        words = _("Version {version} is not known here. The newest one here is version {newest}.")
        further = words.format(version=version, newest=newest.version)
        return Standing("unknown", _("It is not known here whether this paper is current."), further)
    if version == newest.version:
        return Standing("current", _("This paper is current."), _decided(newest))
    return Standing("stale", _("This paper is out of date."), _decided(newest))


def _decided(newest: model.Poster) -> str:
    if not newest.decided:
        return _("Version {version} is the one that counts now.").format(version=newest.version)
    words = _("Version {version}, which was decided on {day}, is the one that counts now.")
    return words.format(version=newest.version, day=rules.spoken(newest.decided))


def _ask() -> str:
    return _("Ask at a bench or at the next assembly before you rely on it.")
