"""The pages of a member's own notes: a list, and from there to amend one or to withdraw it."""

from __future__ import annotations

import msgspec
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kiosk.core.errors import NotSaved
from kiosk.core.event import Place
from kiosk.features.incidents import drawing, own
from kiosk.people import rules, sessions
from kiosk.web.access import allow
from kiosk.web.forms import form
from kiosk.web.services import services
from kiosk.web.words import gettext as _
from kiosk.web.words import say

mine = Blueprint("mine", __name__)


class Which(msgspec.Struct):
    """Which note is meant."""

    note: Place


@mine.get("/incidents/mine")
@allow(rules.steward)
def listed() -> ResponseReturnValue:
    """The notes that the signed-in member wrote here."""
    return _page(done=request.args.get("done", ""))


@mine.post("/incidents/mine/amend")
@allow(rules.steward)
def amend() -> ResponseReturnValue:
    """Tell one of them anew, from its answers on."""
    draft = own.amend(services(), _member(), form(Which).note)
    return _missing() if draft is None else redirect(drawing.at(draft), 303)


@mine.post("/incidents/mine/withdraw")
@allow(rules.steward)
def ask() -> ResponseReturnValue:
    """Ask once more before one is withdrawn."""
    found = own.note(services(), _member(), form(Which).note, drawing.around())
    if found is None:
        return _missing()
    return render_template("incidents/withdraw.html", note=found)


@mine.post("/incidents/mine/withdraw/yes")
@allow(rules.steward)
def withdraw() -> ResponseReturnValue:
    """Withdraw it."""
    try:
        if not own.withdraw(services(), _member(), form(Which).note):
            return _missing()
    except NotSaved as refused:
        return _page(error=_("{why} The note is as it was.").format(why=say(refused))), 507
    return redirect(url_for("incidents.mine.listed", done="yes"), 303)


def _member() -> str:
    return sessions.signed_in().member


def _missing() -> ResponseReturnValue:
    return _page(error=_("That note is not here any more. Nothing was changed.")), 404


def _page(done: str = "", error: str = "") -> str:
    notes = own.notes(services(), _member(), drawing.around())
    return render_template("incidents/mine.html", notes=notes, done=done == "yes", error=error)
