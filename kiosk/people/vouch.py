"""The pages on which two stewards vouch for somebody who forgot their PIN."""

from __future__ import annotations

from typing import Annotated

import msgspec
from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk.core.errors import Refused
from kiosk.people import sessions, vouching
from kiosk.people.vouching import KEPT, Vouching
from kiosk.web.access import allow, anyone
from kiosk.web.forms import FormError, clean, form
from kiosk.web.services import services
from kiosk.web.words import gettext as _
from kiosk.web.words import say

blueprint = Blueprint("vouch", __name__, url_prefix="/vouch")


class WhoForm(msgspec.Struct):
    """Who somebody is: name, number, or the code of a badge."""

    badge: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]


class StewardForm(msgspec.Struct):
    """A steward's name or number, and PIN."""

    who: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    pin: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}$")]


@blueprint.get("")
@allow(anyone)
def ask() -> ResponseReturnValue:
    """Ask who it is; what was under way before is forgotten."""
    if _going() is not None:
        sessions.end()
    return _ask_page()


@blueprint.post("")
@allow(anyone)
def begin() -> ResponseReturnValue:
    """Begin for whoever that is, in a session of its own."""
    try:
        going = vouching.named(services(), form(WhoForm).badge)
    except FormError:
        return _ask_page(_("Type your name, or the number on your badge.")), 422
    except Refused as error:
        return _ask_page(say(error)), 422
    sessions.begin(sessions.Session(draft={KEPT: going}))
    return redirect("/vouch/steward", 303)


@blueprint.get("/steward")
@allow(anyone)
def ask_steward() -> ResponseReturnValue:
    """Ask the first steward, then the second."""
    going = _going()
    if going is None or going.pin:
        return redirect("/vouch/pin" if going else "/vouch", 303)
    return _steward_page(going)


@blueprint.post("/steward")
@allow(anyone)
def answer() -> ResponseReturnValue:
    """Take a steward's word."""
    going = _going()
    if going is None or going.pin:
        return redirect("/vouch/pin" if going else "/vouch", 303)
    try:
        given = form(StewardForm)
        going = vouching.vouch(services(), sessions.draft(), going, given.who, given.pin)
    except FormError:
        return _steward_page(going, _("Give your name or number, and the six digits of your PIN.")), 422
    except Refused as error:
        return _steward_page(going, say(error)), 422
    return redirect("/vouch/pin" if going.pin else "/vouch/steward", 303)


@blueprint.get("/pin")
@allow(anyone)
def show() -> ResponseReturnValue:
    """Show the PIN, until the page is left."""
    going = _going()
    if going is None or not going.pin:
        return redirect("/vouch", 303)
    return _page("pin", going=going)


def _going() -> Vouching | None:
    """How far whoever stands here has come. Who has signed in since needs no PIN, nor anybody after them."""
    session = sessions.current()
    return None if session is None or session.member else session.draft.get(KEPT)


def _ask_page(error: str = "") -> str:
    typed = clean(request.form.get("badge", ""))
    return _page("who", error=error, typed=typed[:400])


def _steward_page(going: Vouching, error: str = "") -> str:
    return _page("steward", going=going, error=error, who=clean(request.form.get("who", ""))[:40])


def _page(name: str, **facts: object) -> str:
    facts["idle_seconds"] = sessions.idle_seconds()
    return render_template(f"people/vouch-{name}.html", idle_href="/leave", **facts)
