"""Signing in with name or number and PIN, staying signed in, and signing out."""

from __future__ import annotations

from typing import Annotated

import msgspec
from flask import Blueprint, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk.core.errors import Refused
from kiosk.people import pins, sessions
from kiosk.web import display
from kiosk.web.access import allow, anyone
from kiosk.web.display import local_path
from kiosk.web.forms import FormError, clean, form
from kiosk.web.services import services
from kiosk.web.words import gettext as _
from kiosk.web.words import say

ASK_AFTER = 45
"""Seconds after which the page asks whether somebody is still there, and is then wiped."""

blueprint = Blueprint("signin", __name__)


class Credentials(msgspec.Struct):
    """What the sign-in page asks for."""

    who: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    pin: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}$")]
    next: Annotated[str, msgspec.Meta(max_length=300)] = "/"


@blueprint.get("/sign-in")
@allow(anyone)
def ask() -> ResponseReturnValue:
    """Ask who it is."""
    return _page(request.args.get("next", "/"))


@blueprint.post("/sign-in")
@allow(anyone)
def answer() -> ResponseReturnValue:
    """Check the PIN and go on to where the person was going."""
    try:
        given = form(Credentials)
        member = pins.check(services(), given.who, given.pin)
    except FormError as error:
        return _again(_wrong(error)), 422
    except Refused as error:
        return _again(say(error)), 422
    sessions.sign_in(member.id, member.name)
    return redirect(local_path(given.next), 303)


@blueprint.post("/sign-out")
@allow(anyone)
def leave() -> ResponseReturnValue:
    """Forget everything about the person at the tablet."""
    sessions.end()
    return redirect("/", 303)


@blueprint.get("/leave")
@allow(anyone)
def wiped() -> ResponseReturnValue:
    """Where a page goes that nobody touches: whoever comes next is a stranger."""
    sessions.end()
    return display.forget(redirect("/", 303))


@blueprint.get("/still-here")
@allow(anyone)
def touched() -> ResponseReturnValue:
    """Somebody touches the page."""
    sessions.current()
    return "", 204


@blueprint.post("/more-time")
@allow(anyone)
def more_time() -> ResponseReturnValue:
    """Wait twice as long as before; as JSON, how many times longer than usual that is."""
    return jsonify(times=sessions.more_time())


def _wrong(error: FormError) -> str:
    sentences = {"who": _("Type your name, or the number on your badge."), "pin": _("A PIN has six digits.")}
    return sentences.get(error.field, say(error))


def _again(error: str) -> str:
    return _page(request.form.get("next", "/"), clean(request.form.get("who", "")), error)


def _page(next_page: str, who: str = "", error: str = "") -> str:
    facts = {"next": local_path(next_page), "given": who[:40], "error": error}
    return render_template("people/sign-in.html", idle_seconds=ASK_AFTER, idle_href="/leave", **facts)
