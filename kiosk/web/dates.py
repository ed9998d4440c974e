"""Dates and times as people say them: each pattern is one message, which a translation orders as it likes."""

from __future__ import annotations

from datetime import date, datetime

from kiosk.web.words import begun
from kiosk.web.words import gettext as _


def parse_day(text: str) -> date | None:
    """The day that an address names, None when it is no date in that form."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def clock(moment: datetime) -> str:
    """22:15, in the figures of every clock, whatever the language."""
    return f"{moment:%H:%M}"


def about(moment: datetime, *, exact: bool = True) -> str:
    """22:15, or "about 22:15" where the clock was doubtful."""
    return clock(moment) if exact else _("about {time}").format(time=clock(moment))


def day_words(day: date) -> str:
    """23 November."""
    return _("{day} {month}").format(day=_day(day), month=_month(day))


def full_day_words(day: date) -> str:
    """23 November 2026."""
    return _("{day} {month} {year}").format(day=_day(day), month=_month(day), year=day.year)


def month_words(day: date) -> str:
    """November 2026."""
    return _("{month} {year}").format(month=_month(day), year=day.year)


def date_words(day: date) -> str:
    """Monday 23 November 2026."""
    words = _("{weekday} {day} {month} {year}")
    return words.format(weekday=weekday_words(day), day=_day(day), month=_month(day), year=day.year)


def moment_words(moment: datetime) -> str:
    """Monday 23 November 2026, 07:00."""
    return _("{day}, {time}").format(day=date_words(moment.date()), time=clock(moment))


def date_title(day: date) -> str:
    """Monday 23 November 2026, where it stands alone: with a capital where the language has none for days."""
    return begun(date_words(day))


def near_day_words(day: date) -> str:
    """Monday 23 November: where the year goes without saying."""
    words = _("{weekday} {day} {month}")
    return words.format(weekday=weekday_words(day), day=_day(day), month=_month(day))


def near_moment_words(moment: datetime) -> str:
    """Monday 23 November, 07:00: of what is near."""
    return _("{day}, {time}").format(day=near_day_words(moment.date()), time=clock(moment))


def short_moment_words(moment: datetime) -> str:
    """23 November, 07:00."""
    return _("{day}, {time}").format(day=day_words(moment.date()), time=clock(moment))


def _day(day: date) -> str:
    # For translators: the first day of a month, within a date; in French 1er.
    return _("1") if day.day == 1 else str(day.day)


def weekday_words(day: date) -> str:
    """Monday."""
    return (
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
    )[day.weekday()]  # fmt: skip


def _month(day: date) -> str:
    return (
        # For translators: the name of a month as it stands in a date, after the day.
        _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"), _("August"),
        _("September"), _("October"), _("November"), _("December"),
    )[day.month - 1]  # fmt: skip
