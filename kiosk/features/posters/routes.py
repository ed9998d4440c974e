"""The attract screen, the list of posters, and each poster on a page of its own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from kiosk.core.night import local, night_of
from kiosk.features.posters import model, shown, standing
from kiosk.people import assembly, neighbourhood
from kiosk.web import errors
from kiosk.web.access import allow, anyone
from kiosk.web.services import Services, services
from kiosk.web.words import gettext as _

PATIENCE = 180
"""Seconds after which a page that nobody touches gives way to the attract screen: reading takes its time."""

NODE_PAGES = ("/posters/", "/log")
_CACHE = "attract-pages"
_MOST_PAGES = 32
_OF_THE_REQUEST = ("request", "session", "g")

bench = Blueprint("posters", __name__)
central = Blueprint("posters", __name__)


@bench.get("/")
@allow(anyone)
def attract() -> ResponseReturnValue:
    """The screen that everybody sees: kept as drawn until a poster or anything else on it changes.

    It holds nothing about anybody, so one drawing serves all; with somebody signed in none is kept.
    """
    here, facts = services(), _page_facts()
    facts["closed_tonight"] = _closed_tonight(here)
    facts["next_assembly"] = assembly.ahead(here)
    if facts.get("who") is not None:
        return _draw_attract(here, facts)
    pages: dict[object, str] = current_app.extensions.setdefault(_CACHE, {})
    key = (model.state(here.db.conn), tuple((name, repr(fact)) for name, fact in facts.items()))
    page = pages.get(key)
    if page is None:
        if len(pages) >= _MOST_PAGES:
            pages.clear()
        page = pages[key] = _draw_attract(here, facts)
    return page


@bench.get("/posters")
@allow(anyone, nearby=True)
def listed() -> ResponseReturnValue:
    """All posters."""
    found = shown.briefs(services().db.conn, _language())
    return render_template("posters/list.html", posters=found, patience=PATIENCE)


@bench.get("/posters/<slug>")
@allow(anyone, nearby=True)
def poster(slug: str) -> ResponseReturnValue:
    """One poster, filling the screen."""
    here = services()
    found = shown.whole(here.db.conn, slug, _language(), today=_today(here))
    if found is None:
        return _no_such_poster()
    return render_template("posters/poster.html", poster=found, back_to="/posters", patience=PATIENCE)


@central.get("/posters")
@allow(anyone)
def public_posters() -> ResponseReturnValue:
    """All posters, for who reads at home or on a phone."""
    found = shown.briefs(services().db.conn, _language())
    return render_template("posters/list.html", posters=found, at_node=True)


@central.get("/posters/<slug>")
@allow(anyone)
def public_poster(slug: str) -> ResponseReturnValue:
    """One poster on the node's public pages."""
    here = services()
    found = shown.whole(here.db.conn, slug, _language(), today=_today(here), roots=NODE_PAGES)
    if found is None:
        return _no_such_poster()
    return render_template("posters/poster.html", poster=found, back_to="/posters")


@bench.get("/posters/<slug>/<int:version>")
@allow(anyone, nearby=True)
def paper_at_bench(slug: str, version: int) -> ResponseReturnValue:
    """Whether a poster on paper is current, as far as this bench knows."""
    return _paper(slug, version, ("/",))


@central.get("/posters/<slug>/<int:version>")
@allow(anyone)
def paper(slug: str, version: int) -> ResponseReturnValue:
    """Whether a poster on paper is current: the code on it leads here."""
    return _paper(slug, version, NODE_PAGES)


def _paper(slug: str, version: int, roots: tuple[str, ...]) -> ResponseReturnValue:
    here, language = services(), _language()
    found = standing.of_paper(here.db.conn, slug, version, language)
    newest = shown.whole(here.db.conn, slug, language, today=_today(here), roots=roots)
    page = render_template("posters/paper.html", standing=found, poster=newest)
    return page, 404 if newest is None else 200


def _draw_attract(here: Services, facts: dict[str, Any]) -> str:
    posters = shown.briefs(here.db.conn, facts["lang"])
    own = {name: facts[name] for name in ("closed_tonight", "next_assembly")}
    return render_template("attract/attract.html", posters=posters, **own)


def _closed_tonight(here: Services) -> bool:
    night = model.closed_night(here.db.conn, here.device.identity.device)
    return night is not None and night == night_of(here.clock.now(), neighbourhood.timezone(here.db.conn))


def _no_such_poster() -> ResponseReturnValue:
    return errors.page(
        404,
        _("That poster is not here."),
        _("It may have another name by now. All posters are listed under “Read”."),
    )


def _page_facts() -> dict[str, Any]:
    facts: dict[str, Any] = {}
    current_app.update_template_context(facts)
    return {name: fact for name, fact in facts.items() if name not in _OF_THE_REQUEST}


def _language() -> str:
    """The language asked for on this page, else the one that the page is in."""
    return request.args.get("language") or str(_page_facts().get("lang", "en"))


def _today(here: Services) -> str:
    reading = here.clock.read()
    zone = neighbourhood.timezone(here.db.conn)
    return local(reading.now // 1000, zone).date().isoformat() if reading.verified else ""
