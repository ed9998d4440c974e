"""Dates as people say them."""

from __future__ import annotations

from datetime import date

from kiosk.web.words import gettext as _


def parse_day(text: str) -> date | None:
    """The day that an address names, None when it is no date in that form."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def day_words(day: date) -> str:
    """23 November."""
    return _("{day} {month}").format(day=day.day, month=_months()[day.month - 1])


def date_words(day: date) -> str:
    """Monday 23 November 2026."""
    words = _("{weekday} {day} {month} {year}")
    month = _months()[day.month - 1]
    return words.format(weekday=_weekdays()[day.weekday()], day=day.day, month=month, year=day.year)


def _weekdays() -> list[str]:
    return [
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
    ]  # fmt: skip


def _months() -> list[str]:
    return [
        _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"), _("August"),
        _("September"), _("October"), _("November"), _("December"),
    ]  # fmt: skip
