"""Setting the clock right: the bench says what it believes, and the host says yes, or tells it tap by tap.

Loads when it is first asked for, as a bench whose clock is right needs none of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo

from flask import render_template, request

from kiosk.core.clock import agrees, is_far, is_likely
from kiosk.core.mandate import Role
from kiosk.core.night import local
from kiosk.features.host import clock_pages, telling
from kiosk.features.host.clock_pages import Page, Sure
from kiosk.features.host.telling import Moment, Told
from kiosk.people import members, neighbourhood, sessions
from kiosk.web.dates import clock, date_words, full_day_words, near_day_words, parse_day
from kiosk.web.services import Services
from kiosk.web.words import gettext as _


def believed_page(here: Services) -> str:
    """Whether the time that the bench believes in is right."""
    now = here.clock.read().now
    believed, known = local(now // 1000, _zone(here)), _last_known(here, now)
    return _sure_page(here, clock_pages.believed_page(believed, _said_by_node(here), known))


def taken(here: Services, given: Mapping[str, str]) -> int | None:
    """The POSIX millisecond that a form says, None when something is missing or cannot be believed.

    With nothing said but the year it is the one that was shown.
    """
    at = _told(here, given) if given.keys() - {"year"} else here.clock.read().now
    if at is None:
        return None
    if "year" in given:
        return at if given["year"] == str(local(at // 1000, _zone(here)).year) else None
    return at if _last_known(here, at) is None else None


def _told(here: Services, given: Mapping[str, str]) -> int | None:
    told = telling.told(given)
    if told.day is None or _refusal(here, told.day):
        return None
    moment = telling.question(told.day, told, _zone(here))
    if not isinstance(moment, Moment) or _refusal(here, told.day, moment):
        return None
    return moment.at * 1000


def next_page(here: Services, given: Mapping[str, str]) -> tuple[str, int]:
    """The first question that is not answered, or whether it is right; with its status, 422 for a refusal.

    After another year than the one that was meant it is the day.
    """
    told = telling.told(given)
    if told.day is not None and given.get("year", str(told.day.year)) != str(told.day.year):
        told = Told()
    day, zone = told.day, _zone(here)
    refusal = "" if day is None else _refusal(here, day)
    if day is None or refusal:
        return _day_page(here, day, refusal)
    asked = telling.question(day, told, zone)
    if not isinstance(asked, Moment):
        return _page(clock_pages.page(asked, zone))
    if refusal := _refusal(here, day, asked):
        return _day_page(here, day, refusal)
    return _sure_page(here, clock_pages.sure_page(asked, _last_known(here, asked.at * 1000))), 200


def _refusal(here: Services, day: date, moment: Moment | None = None) -> str:
    """Why no moment of a day, or this one, is taken for now; "" when it is."""
    first, last = telling.bounds(_zone(here))
    if not first <= day <= last:
        return _("That cannot be today: this program was made later, or that is far ahead.")
    extent = telling.extent(day, _zone(here)) if moment is None else (moment.at * 1000,)
    tried = [at for at in extent if is_likely(here.clock.state, here.clock.tick(), at)]
    if not tried:
        words = _(
            "{day} is far from what this bench knows. Please look at the month and the year. If they are"
            " right, tell a coordinator: then the node has to say so too."
        )
        return words.format(day=date_words(day))
    if not any(_can_be_mended(here, at) for at in tried):
        return _(
            "You would not be the host here then, and could not correct it. Please look at the day. If it is"
            " right, tell a coordinator: then the node has to say so too."
        )
    return ""


def _can_be_mended(here: Services, at: int) -> bool:
    """Whether POSIX millisecond `at` is surely right, or of a minute when this host is one."""
    if agrees(here.clock.state, here.clock.tick(), at):
        return True
    session, minute_end = sessions.current(), at // 1000 + 59
    member, place = "" if session is None else session.member, here.device.identity.device
    return members.standing(here.db.conn, member, Role.HOST, minute_end, place).on_duty


def _day_page(here: Services, refused: date | None, error: str) -> tuple[str, int]:
    now, bounds = here.clock.read().now, telling.bounds(_zone(here))
    known = _last_known(here, now) or local(now // 1000, _zone(here)).date()
    months, start = (parse_day(request.args.get(name, "")) for name in ("months", "from"))
    if months is not None:
        return _page(clock_pages.month_page(months, bounds))
    first = start or refused or known - timedelta(days=1)
    return _page(clock_pages.day_page(first, known, bounds, error))


def _page(page: Page) -> tuple[str, int]:
    words = render_template("host/clock-ask.html", page=page, steps=clock_pages.STEPS)
    return words, 422 if page.error else 200


def _sure_page(here: Services, page: Sure) -> str:
    said = _said_by_node(here)
    day = (near_day_words if page.years else date_words)(page.shown.date())
    known = full_day_words(page.known) if page.known else ""
    node_day = date_words(said.date()) if said else ""
    facts = {"page": page, "day": day, "known": known, "said": said, "node_day": node_day, "clock": clock}
    return render_template("host/clock.html", **facts)


def _last_known(here: Services, at: int) -> date | None:
    """The day on which the bench last knew the time, where POSIX millisecond `at` is far from it."""
    state = here.clock.state
    known = max(state.floor, state.last) // 1000
    return local(known, _zone(here)).date() if is_far(state, at) else None


def _said_by_node(here: Services) -> datetime | None:
    """A signed time that waits for the host's word."""
    doubtful = here.clock.state.doubtful
    return None if doubtful is None else local(doubtful // 1000, _zone(here))


def _zone(here: Services) -> tzinfo:
    return neighbourhood.timezone(here.db.conn)
