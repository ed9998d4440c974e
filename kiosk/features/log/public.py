"""The node's public pages: the published nights of every bench, and a feed of them."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kiosk.features.log import feed, queries, rules
from kiosk.features.log.queries import Told
from kiosk.features.log.shown import Shown, listed, remarks, shown
from kiosk.people import neighbourhood
from kiosk.web.access import allow, anyone
from kiosk.web.dates import date_title, parse_day
from kiosk.web.display import LANGUAGE
from kiosk.web.services import Services, services
from kiosk.web.words import use

PAGE = 14
FEED_NIGHTS = 30
MOST_PAGES = 10_000

central = Blueprint("log", __name__)


@central.get("/")
@allow(anyone)
def front() -> ResponseReturnValue:
    """The newest night in full, and the others in a list."""
    here, page = services(), _page_asked()
    rows = queries.nights_listed(here.db.conn, page * PAGE, PAGE + 1, until=_today(here))
    newest = rows[0] if rows and not page else None
    return render_template(
        "log/public.html",
        title=date_title(newest) if newest else "",
        nights=_told(here, newest) if newest else [],
        earlier=[listed(here, night) for night in rows[:PAGE] if night != newest],
        page=page,
        older=len(rows) > PAGE,
    )


@central.get("/log/<night>")
@allow(anyone)
def one_night(night: str) -> ResponseReturnValue:
    """One night, as every bench tells it."""
    day = parse_day(night)
    nights = _told(services(), day) if day else []
    if day is None or not nights:
        abort(404)
    return render_template("log/public-night.html", title=date_title(day), nights=nights)


@central.get("/feed.atom")
@allow(anyone)
def atom() -> ResponseReturnValue:
    """The newest nights as an Atom feed, in the node's own language: one feed has many readers."""
    use(current_app.config[LANGUAGE])
    here = services()
    db, identity = here.db.conn, here.device.identity
    nights = [
        feed.Entry(day, date_title(day), _address(day), _by_now(here, day), remarks(here, day))
        for day in queries.nights_listed(db, 0, FEED_NIGHTS, until=_today(here))
    ]
    about = feed.About(identity.network, identity.name, request.url_root, url_for("log.atom", _external=True))
    return Response(feed.atom(about, nights), mimetype="application/atom+xml")


def _told(here: Services, night: date) -> list[Shown]:
    said = remarks(here, night)
    return [shown(told, said) for told in queries.published(here.db.conn, night)]


def _by_now(here: Services, night: date) -> list[Told]:
    """A night as it was told; nothing of it changed later than now, whatever a bench says."""
    now = here.clock.now()
    return [one._replace(changed=min(one.changed, now)) for one in queries.published(here.db.conn, night)]


def _today(here: Services) -> date:
    """Beyond which no night was published, whatever a bench says."""
    return rules.today(here.clock.now(), neighbourhood.timezone(here.db.conn))


def _address(night: date) -> str:
    return url_for("log.one_night", night=night, _external=True)


def _page_asked() -> int:
    asked = request.args.get("page", "0")
    return min(int(asked), MOST_PAGES) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 0
