"""What the pages of a note share: which draft they belong to, and how its sentence is drawn."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kiosk.features.incidents import flow, keeping, pages, publicwords
from kiosk.features.incidents.events import WORDS_LENGTH, compose
from kiosk.features.incidents.flow import REVIEW, Draft
from kiosk.people import mediators, members, neighbourhood
from kiosk.people.texts import text
from kiosk.web.services import services


def asked_for() -> Draft | None:
    """The draft that this page belongs to."""
    return keeping.found(request.args.get("note"))


def from_the_start() -> ResponseReturnValue:
    """Where a page goes whose draft is gone: to the present draft, or to a new one."""
    return redirect(url_for("incidents.ask", note=request.args.get("note")), 303)


def at(draft: Draft, step: str | None = None) -> str:
    """The address of a question of this draft: the next one, or `step`."""
    return url_for("incidents.ask", note=draft.token, step=step)


def around() -> pages.Around:
    """What cards and sentence need beside the draft."""
    here = services()
    known = neighbourhood.described(here.db.conn)
    places = {zone.slug: text(known, zone.name, zone.name_in) for zone in known.zones} if known else {}
    return pages.Around(places, here.clock.now(), neighbourhood.timezone(here.db.conn))


def render(template: str, draft: Draft, name: str = REVIEW, **more: object) -> str:
    """A page of the draft: at the question `name`, or where all are answered."""
    here = around()
    previous = flow.before(draft, name)
    facts = {
        "draft": draft,
        "parts": compose(flow.told(draft, here.places, here.zone)),
        "progress": flow.progress(name),
        "drops": keeping.drops(),
        "back_href": at(draft, previous) if previous else "/",
        "back": url_for("incidents.ask", note=draft.token, step=name),
    }
    return render_template(template, **(facts | more))


def review_page(draft: Draft, words: str | None = None, error: str = "") -> str:
    """The page that reads the note back, with the writer's own words as they were typed."""
    given = draft.words if words is None else words
    reached = mediators.current(services())
    facts = {"words": given, "error": error, "most": WORDS_LENGTH, "mediators": reached}
    return render("incidents/review.html", draft, REVIEW, **facts)


def refusal(words: str) -> str:
    """Why these words may not become public, and what to say instead; "" when they may."""
    found = publicwords.findings(words, members.names(services().db.conn))
    return " ".join(one.sentence for one in found[:MOST_NAMED])


MOST_NAMED = 3
"""So many pieces are named at once: more is a wall of text."""
