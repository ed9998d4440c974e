"""Setting the clock right: the bench says what it believes, and the host says yes, or tells it tap by tap.

Loads when it is first asked for, as a bench whose clock is right needs none of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo

from flask import render_template, request

from kiosk.core.clock import agrees, is_likely
from kiosk.core.mandate import Role
from kiosk.core.night import local
from kiosk.features.host import clock_pages, telling
from kiosk.features.host.clock_pages import Page, Sure
from kiosk.features.host.telling import Moment
from kiosk.people import members, neighbourhood, sessions
from kiosk.web.dates import clock, date_words, parse_day
from kiosk.web.services import Services
from kiosk.web.words import gettext as _


def believed_page(here: Services) -> str:
    """Whether the time that the bench believes in is right."""
    believed = local(here.clock.now(), _zone(here))
    return _sure_page(here, clock_pages.believed_page(believed, _said_by_node(here)))


def taken(here: Services, given: Mapping[str, str]) -> int | None:
    """The POSIX millisecond that a form says, None when something is missing or cannot be believed.

    With nothing said it is the one that was shown.
    """
    if not given:
        return here.clock.read().now
    told = telling.told(given)
    if told.day is None or _refusal(here, told.day):
        return None
    moment = telling.question(told.day, told, _zone(here))
    if not isinstance(moment, Moment) or _refusal(here, told.day, moment):
        return None
    return moment.at * 1000


def next_page(here: Services, given: Mapping[str, str]) -> tuple[str, int]:
    """The first question that is not answered, or whether it is right; with its status, 422 for a refusal."""
    told = telling.told(given)
    day, zone = told.day, _zone(here)
    refusal = "" if day is None else _refusal(here, day)
    if day is None or refusal:
        return _day_page(here, day, refusal)
    asked = telling.question(day, told, zone)
    if not isinstance(asked, Moment):
        return _page(clock_pages.page(asked, zone))
    if refusal := _refusal(here, day, asked):
        return _day_page(here, day, refusal)
    return _sure_page(here, clock_pages.sure_page(asked)), 200


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
    known, bounds = local(here.clock.now(), _zone(here)).date(), telling.bounds(_zone(here))
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
    day, node_day = date_words(page.shown.date()), date_words(said.date()) if said else ""
    facts = {"page": page, "day": day, "said": said, "node_day": node_day, "clock": clock}
    return render_template("host/clock.html", **facts)


def _said_by_node(here: Services) -> datetime | None:
    """A signed time that waits for the host's word."""
    doubtful = here.clock.state.doubtful
    return None if doubtful is None else local(doubtful // 1000, _zone(here))


def _zone(here: Services) -> tzinfo:
    return neighbourhood.timezone(here.db.conn)
