"""Which poster a reader gets, and how its dates are said."""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.web.dates import day_words, full_day_words, parse_day
from kiosk.web.words import FALLBACK, languages
from kiosk.web.words import gettext as _


def best_language(offered: Iterable[str], wanted: str) -> str | None:
    """The language to show: the one wanted, one that shares its first part, English, or the first offered."""
    codes = sorted(offered)
    if wanted in codes:
        return wanted
    kin = (code for code in codes if code.partition("-")[0] == wanted.partition("-")[0])
    return next(kin, FALLBACK if FALLBACK in codes else next(iter(codes), None))


def own_name(language: str) -> str:
    """A language's name in itself; its code when that is not known here."""
    known = languages().get(language)
    return language if known is None else known.name


def spoken(day: str, *, year: bool = True) -> str:
    """`14 November 2026` for `2026-11-14`; the text itself when there is no such day."""
    found = parse_day(day)
    if found is None:
        return day
    return full_day_words(found) if year else day_words(found)


def brief_footer(decided: str) -> str:
    """`Decided in assembly, 14 November`; "" when no day is given."""
    return _("Decided in assembly, {day}").format(day=spoken(decided, year=False)) if decided else ""


def footer(decided: str, review: str, today: str) -> str:
    """`Decided in assembly, 14 November 2026`, and until when it holds or since when a review is due.

    `today` is an ISO date, or "" when the clock is doubtful: then nothing is said to be due.
    """
    parts = []
    if decided:
        parts.append(_("Decided in assembly, {day}").format(day=spoken(decided)))
    if review:
        due = _("Due for review since {day}") if review < today else _("To be reviewed by {day}")
        parts.append(due.format(day=spoken(review)))
    return " · ".join(parts)
