"""The page of a note on which details are written that only mediators can read."""

from __future__ import annotations

import msgspec
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kiosk.adapters.sealing import MOST_LETTERS
from kiosk.core.errors import Refused
from kiosk.features.incidents import flow, keeping
from kiosk.features.incidents.details import Details, readers, removed, sealed
from kiosk.features.incidents.flow import Draft
from kiosk.people import mediators, rules
from kiosk.web.access import allow
from kiosk.web.forms import FormError, form
from kiosk.web.services import services
from kiosk.web.words import gettext as _
from kiosk.web.words import say

details = Blueprint("details", __name__)


@details.post("/incidents/details/begin")
@allow(rules.steward)
def begin() -> ResponseReturnValue:
    """From the page that reads the note back to this one; the words typed there stay with the draft."""
    draft = _draft()
    if draft is not None:
        typed = request.form.get("words", draft.words)
        keeping.put(msgspec.structs.replace(draft, words=typed[: flow.TYPED]))
    return redirect(url_for(".ask", note=request.args.get("note")), 303)


@details.get("/incidents/details")
@allow(rules.steward)
def ask() -> ResponseReturnValue:
    """What happens with the details, a field for them, and who is to read them."""
    draft = _draft()
    return _from_the_start() if draft is None else _page(draft)


@details.post("/incidents/details")
@allow(rules.steward)
def take() -> ResponseReturnValue:
    """Seal what was typed, at once: from here on the bench has only the age file."""
    draft = _draft()
    if draft is None:
        return _from_the_start()
    try:
        found = form(Details)
    except FormError:
        error = _("That is longer than {most} letters. Nothing is lost: please make it shorter.")
        return _page(draft, error.format(most=MOST_LETTERS), again=True), 422
    to = readers(mediators.current(services()), found.shown, found.leave_out)
    if not found.details or not to:
        return _page(draft, _why_not(found), again=True), 422
    try:
        keeping.put(sealed(draft, found.details, to))
    except Refused as refused:
        return _page(draft, _("{why} Nothing was sealed.").format(why=say(refused)), again=True), 422
    return redirect(url_for("incidents.ask", note=draft.token), 303)


@details.post("/incidents/details/remove")
@allow(rules.steward)
def remove() -> ResponseReturnValue:
    """Take sealed details out of the note again."""
    draft = _draft()
    if draft is None:
        return _from_the_start()
    keeping.put(removed(draft))
    return redirect(url_for("incidents.ask", note=draft.token), 303)


def _why_not(found: Details) -> str:
    """Why nothing can be sealed, in a sentence."""
    current = mediators.current(services())
    if not current:
        return _("Meanwhile there is no mediator who can be written to. What you typed was not kept.")
    if not found.details:
        return _("There is nothing to seal yet.")
    if {one.member for one in current} <= {*found.leave_out}:
        return _("Everybody is left out, so nobody could read it. Leave one in, or speak to one in person.")
    return _("Who can be written to has changed. Please look at the names again.")


def _draft() -> Draft | None:
    return keeping.found(request.args.get("note"))


def _from_the_start() -> ResponseReturnValue:
    return redirect(url_for("incidents.ask", note=request.args.get("note")), 303)


def _page(draft: Draft, error: str = "", *, again: bool = False) -> str:
    """The page; with `again`, what was typed is given back to its author, and kept nowhere else."""
    return render_template(
        "incidents/details.html",
        draft=draft,
        mediators=mediators.current(services()),
        typed=request.form.get("details", "") if again else "",
        left_out=request.form.getlist("leave_out"),
        error=error,
        most=MOST_LETTERS,
        progress=flow.progress(flow.REVIEW),
    )
