"""Which poster a reader gets, and how its dates are said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kiosk.web.words import gettext as _

FALLBACK = "en"
RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")
OWN_NAMES = {"ar": "العربية", "en": "English", "es": "Español", "fr": "Français"}


def best_language(offered: Iterable[str], wanted: str) -> str | None:
    """The language to show: the one wanted, one that shares its first part, English, or the first offered."""
    codes = sorted(offered)
    if wanted in codes:
        return wanted
    kin = (code for code in codes if code.partition("-")[0] == wanted.partition("-")[0])
    return next(kin, FALLBACK if FALLBACK in codes else next(iter(codes), None))


def own_name(language: str) -> str:
    """A language's name in itself; its code when that is not known here."""
    return OWN_NAMES.get(language, language)


def direction(language: str) -> str:
    """`rtl` or `ltr`."""
    return "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def spoken(day: str, *, year: bool = True) -> str:
    """`14 November 2026` for `2026-11-14`; the text itself when there is no such day."""
    try:
        moment = date.fromisoformat(day)
    except ValueError:
        return day
    words = {"day": moment.day, "month": _months()[moment.month - 1], "year": moment.year}
    return (_("%(day)s %(month)s %(year)s") if year else _("%(day)s %(month)s")) % words


def brief_footer(decided: str) -> str:
    """`Decided in assembly, 14 November`; "" when no day is given."""
    return _("Decided in assembly, %(day)s") % {"day": spoken(decided, year=False)} if decided else ""


def footer(decided: str, review: str, today: str) -> str:
    """`Decided in assembly, 14 November 2026`, and until when it holds or since when a review is due.

    `today` is an ISO date, or "" when the clock is doubtful: then nothing is said to be due.
    """
    parts = [_("Decided in assembly, %(day)s") % {"day": spoken(decided)}] if decided else []
    if review:
        due = _("Due for review since %(day)s") if review < today else _("To be reviewed by %(day)s")
        parts.append(due % {"day": spoken(review)})
    return " · ".join(parts)


def _months() -> tuple[str, ...]:
    return (
        _("January"),
        _("February"),
        _("March"),
        _("April"),
        _("May"),
        _("June"),
        _("July"),
        _("August"),
        _("September"),
        _("October"),
        _("November"),
        _("December"),
    )
