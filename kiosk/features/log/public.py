"""The node's public pages: the published nights of every bench, and a feed of them."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kiosk.features.log import feed, queries
from kiosk.features.log.shown import listed, parse_night, shown
from kiosk.web.access import allow, anyone
from kiosk.web.dates import date_words
from kiosk.web.services import services

PAGE = 14
FEED_NIGHTS = 30
MOST_PAGES = 10_000

central = Blueprint("log", __name__)


@central.get("/")
@allow(anyone)
def front() -> ResponseReturnValue:
    """The newest night in full, and the others in a list."""
    db, page = services().db.conn, _page_asked()
    rows = queries.nights_listed(db, page * PAGE, PAGE + 1)
    newest = rows[0][0] if rows and not page else None
    return render_template(
        "log/public.html",
        title=date_words(newest) if newest else "",
        nights=[shown(told) for told in queries.published(db, newest)] if newest else [],
        earlier=[listed(*row) for row in rows[:PAGE] if row[0] != newest],
        page=page,
        older=len(rows) > PAGE,
    )


@central.get("/log/<night>")
@allow(anyone)
def one_night(night: str) -> ResponseReturnValue:
    """One night, as every bench tells it."""
    day = parse_night(night)
    nights = [shown(told) for told in queries.published(services().db.conn, day)] if day else []
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
        feed.Entry(day, date_words(day), url_for("log.one_night", night=day, _external=True), told)
        for day, _count in queries.nights_listed(db, 0, FEED_NIGHTS)
        if (told := queries.published(db, day))
    ]
    about = feed.About(identity.network, identity.name, request.url_root, url_for("log.atom", _external=True))
    return Response(feed.atom(about, nights), mimetype="application/atom+xml")


def _page_asked() -> int:
    asked = request.args.get("page", "0")
    return min(int(asked), MOST_PAGES) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 0
