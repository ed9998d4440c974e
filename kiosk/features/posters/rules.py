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


def spoken(day: str) -> str:
    """`14 November 2026` for `2026-11-14`; the text itself when there is no such day."""
    try:
        moment = date.fromisoformat(day)
    except ValueError:
        return day
    return _("%(day)s %(month)s %(year)s") % {
        "day": moment.day,
        "month": _months()[moment.month - 1],
        "year": moment.year,
    }


def footer(decided: str, review: str = "", today: str = "") -> str:
    """`Decided in assembly, 14 November 2026`, and until when it holds or since when a review is due."""
    parts = [_("Decided in assembly, %(day)s") % {"day": spoken(decided)}] if decided else []
    if review and today:
        due = _("due for review since %(day)s") if review < today else _("to be reviewed by %(day)s")
        parts.append(due % {"day": spoken(review)})
    words = " · ".join(parts)
    return words[:1].upper() + words[1:]


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
