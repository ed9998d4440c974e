"""The pages on which the time is told: each one question, whose answers are all there to be tapped. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from urllib.parse import urlencode

from kiosk.core.sentences import N_
from kiosk.features.host import telling
from kiosk.features.host.telling import AskAbout, AskHour, AskMinute, AskWhich, Moment
from kiosk.web.dates import clock, date_title, full_day_words, month_words, weekday_words
from kiosk.web.words import gettext as _

DAYS, MONTHS, STEPS = 7, 12, 4
_QUARTER = 6
_WHICH = (N_("The first, before the clocks go back"), N_("The second, after the clocks went back"))

Given = dict[str, object]


@dataclass(frozen=True)
class Card:
    """One answer; `more` is said beneath it, `hint` is for the eye alone."""

    name: str
    value: object
    label: str
    more: str = ""
    hint: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class Page:
    """One question, after what was `given` before.

    `groups`: what each is called, and its cards, None where one is missing. `ways`: other buttons, of each
    the shape, words, name and value.
    """

    kind: str
    title: str
    back: str
    step: int
    groups: tuple[tuple[str, Sequence[Card | None]], ...]
    lead: str = ""
    error: str = ""
    given: Given | None = None
    ways: tuple[tuple[str, str, str, date], ...] = ()


@dataclass(frozen=True)
class Sure:
    """Whether a moment is right. `drawing` and `part`: of the day; `which`: of two such moments.

    `known`: the day on which the bench last knew the time, where the moment is far from it: then the year is
    not shown but asked.
    """

    shown: datetime
    back: str
    other: str
    which: str
    given: Given
    known: date | None = None

    @property
    def part(self) -> str:
        """What the hour is part of."""
        return part_words(self.shown.hour)

    @property
    def years(self) -> tuple[int, ...]:
        """What is to choose from where the year is asked: three from the last known one on, and its own."""
        if self.known is None:
            return ()
        first = self.known.year
        return tuple(sorted({first, first + 1, first + 2, self.shown.year}))

    @property
    def drawing(self) -> str:
        """The shape for it."""
        return "sun" if _QUARTER <= self.shown.hour < 3 * _QUARTER else "moon"


def address(given: Given) -> str:
    """Where the next question after these answers is asked."""
    return f"/host/clock/tell?{urlencode(given)}" if given else "/host/clock/tell"


def day_page(start: date, known: date, bounds: tuple[date, date], error: str = "") -> Page:
    """Which day it is: a week of them from `start`; the one that the bench believes in is marked."""
    first = _within(start, bounds)
    week = [day for n in range(DAYS) if (day := first + timedelta(days=n)) <= bounds[1]]
    cards = [Card("day", day, weekday_words(day), full_day_words(day), chosen=day == known) for day in week]
    before, after = first - timedelta(days=DAYS), first + timedelta(days=DAYS)
    ways = [("book", _("Another month"), "months", first)]
    if first > bounds[0]:
        ways.insert(0, ("back", _("A week earlier"), "from", before))
    if after <= bounds[1]:
        ways.append(("arrow", _("A week later"), "from", after))
    title = _("Which day is it?")
    return Page("days", title, "/host/clock", 1, (("", cards),), error=error, ways=tuple(ways))


def month_page(start: date, bounds: tuple[date, date]) -> Page:
    """In which month the day is."""
    first, least = _within(start, bounds).replace(day=1), bounds[0].replace(day=1)
    year = [month for n in range(MONTHS) if (month := _months_on(first, n)) <= bounds[1]]
    cards = [Card("from", month, month_words(month)) for month in year]
    before, after = max(least, _months_on(first, -MONTHS)), _months_on(first, MONTHS)
    ways = []
    if first > least:
        ways.append(("back", _("A year earlier"), "months", before))
    if after <= bounds[1]:
        ways.append(("arrow", _("A year later"), "months", after))
    return Page("months", _("Which month is it?"), address({}), 1, (("", cards),), ways=tuple(ways))


def _within(day: date, bounds: tuple[date, date]) -> date:
    return max(bounds[0], min(day, bounds[1]))


def _months_on(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def page(asked: AskHour | AskAbout | AskMinute | AskWhich, zone: tzinfo) -> Page:
    """A question after the day."""
    match asked:
        case AskHour():
            return _hour_page(asked, zone)
        case AskAbout():
            return _about_page(asked, zone)
        case AskMinute():
            return _minute_page(asked, zone)
        case AskWhich():
            return _which_page(asked)


def _hour_page(asked: AskHour, zone: tzinfo) -> Page:
    day, there, jumped = asked.day, telling.hours(asked.day, zone), _jump_words(asked.day, zone)
    cards = [Card("hour", hour, str(hour), hint=_dial(hour)) if hour in there else None for hour in range(24)]
    groups = tuple((part_words(n), cards[n : n + _QUARTER]) for n in range(0, 24, _QUARTER))
    error = "" if asked.missing is None else f"{_missing_words(asked.missing)} {jumped}"
    lead = date_title(day) if error or not jumped else f"{date_title(day)}. {jumped}"
    title, back = _("Which hour is it?"), address({"from": day})
    return Page("hours", title, back, 2, groups, lead, error, {"day": day})


def _missing_words(missing: time) -> str:
    return _("There is no {time} on this day.").format(time=_shown(missing))


def _dial(hour: int) -> str:
    """The hour as the hands of a clock show it, where that is another number."""
    return "" if 0 < hour <= 12 else f"({(hour - 1) % 12 + 1})"


def part_words(hour: int) -> str:
    """What an hour is part of."""
    # For translators: the hours from 0 to 5, 6 to 11, 12 to 17 and 18 to 23, as headings.
    return (_("Night"), _("Morning"), _("Afternoon"), _("Evening"))[hour // _QUARTER]


def _jump_words(day: date, zone: tzinfo) -> str:
    jumped = telling.jump(day, zone)
    if jumped is None:
        return ""
    before, after = map(_shown, jumped)
    return _("On this day clocks jump from {before} to {after}.").format(before=before, after=after)


def _about_page(asked: AskAbout, zone: tzinfo) -> Page:
    day, hour, cards = asked.day, asked.hour, []
    for about in telling.abouts(day, hour, zone):
        there = telling.minutes(day, hour, about, zone)
        first, last = _shown(time(hour, there[0])), _shown(time(hour, there[-1]))
        cards.append(Card("about", about, _("{first} to {last}").format(first=first, last=last)))
    title, back, given = _("About what time is it?"), address({"day": day}), {"day": day, "hour": hour}
    return Page("abouts", title, back, 3, (("", cards),), date_title(day), given=given)


def _minute_page(asked: AskMinute, zone: tzinfo) -> Page:
    day, hour = asked.day, asked.hour
    there = telling.minutes(day, hour, asked.about, zone)
    cards = [Card("minute", minute, _shown(time(hour, minute))) for minute in there]
    given: Given = {"day": day, "hour": hour}
    title = _("What time is it exactly?")
    return Page("minutes", title, address(given), 4, (("", cards),), date_title(day), given=given)


def _which_page(asked: AskWhich) -> Page:
    shown, given = asked.shown, _given(asked.shown)
    title = _("{time} comes twice on this day. Which one is it?").format(time=clock(shown))
    cards = [Card("again", again, _(words)) for again, words in enumerate(_WHICH)]
    return Page("which", title, _back_of(shown), 4, (("", cards),), date_title(shown.date()), given=given)


def sure_page(moment: Moment, known: date | None) -> Sure:
    """Whether what was told is right."""
    which = "" if moment.again is None else _(_WHICH[moment.again])
    given = _given(moment.shown) | ({} if moment.again is None else {"again": moment.again})
    other = address({"from": moment.shown.date()})
    return Sure(moment.shown, _back_of(moment.shown), other, which, given, known)


def believed_page(believed: datetime, said: datetime | None, known: date | None) -> Sure:
    """Whether what the bench believes is right; if not, what the node says is asked next."""
    other = address({}) if said is None else address(_given(said) | {"again": said.fold})
    return Sure(believed, "/host", other, "", {}, known)


def _given(shown: datetime) -> Given:
    return {"day": shown.date(), "hour": shown.hour, "minute": shown.minute}


def _back_of(shown: datetime) -> str:
    """The ten minutes that it is one of."""
    return address({"day": shown.date(), "hour": shown.hour, "about": shown.minute // 10 * 10})


def _shown(wall: time) -> str:
    return f"{wall:%H:%M}"
