"""The node's public pages: the published nights of every bench, and a feed of them."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kiosk.features.log import feed, queries
from kiosk.features.log.shown import Shown, listed, remarks, shown
from kiosk.web.access import allow, anyone
from kiosk.web.dates import date_words, parse_day
from kiosk.web.services import Services, services

PAGE = 14
FEED_NIGHTS = 30
MOST_PAGES = 10_000

central = Blueprint("log", __name__)


@central.get("/")
@allow(anyone)
def front() -> ResponseReturnValue:
    """The newest night in full, and the others in a list."""
    here, page = services(), _page_asked()
    rows = queries.nights_listed(here.db.conn, page * PAGE, PAGE + 1)
    newest = rows[0] if rows and not page else None
    return render_template(
        "log/public.html",
        title=date_words(newest) if newest else "",
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
    return render_template("log/public-night.html", title=date_words(day), nights=nights)


@central.get("/feed.atom")
@allow(anyone)
def atom() -> ResponseReturnValue:
    """The newest nights as an Atom feed."""
    here = services()
    db, identity = here.db.conn, here.device.identity
    nights = [
        feed.Entry(day, date_words(day), _address(day), queries.published(db, day), remarks(here, day))
        for day in queries.nights_listed(db, 0, FEED_NIGHTS)
    ]
    about = feed.About(identity.network, identity.name, request.url_root, url_for("log.atom", _external=True))
    return Response(feed.atom(about, nights), mimetype="application/atom+xml")


def _told(here: Services, night: date) -> list[Shown]:
    said = remarks(here, night)
    return [shown(told, said) for told in queries.published(here.db.conn, night)]


def _address(night: date) -> str:
    return url_for("log.one_night", night=night, _external=True)


def _page_asked() -> int:
    asked = request.args.get("page", "0")
    return min(int(asked), MOST_PAGES) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 0
