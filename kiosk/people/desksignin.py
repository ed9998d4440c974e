"""Signing in at the node, for coordinators: number, passphrase and a code from their phone."""

from __future__ import annotations

from typing import Annotated

import msgspec
from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk.core.errors import Refused
from kiosk.core.mandate import Role
from kiosk.core.night import local
from kiosk.people import assembly, neighbourhood, passphrases, rules, sessions
from kiosk.web.access import allow, anyone, is_private
from kiosk.web.dates import moment_words
from kiosk.web.display import local_path
from kiosk.web.forms import FormError, form
from kiosk.web.services import services
from kiosk.web.words import gettext as _
from kiosk.web.words import say

IDLE_SECONDS = 15 * 60
"""Without a request for so long, a session at the node is over."""

ASK_AFTER = 13 * 60
"""Seconds after which a page that nobody touches asks, and is then wiped: before the session is over."""

COOKIE = "desk"
HOME = "/desk"

blueprint = Blueprint("desk_signin", __name__)


class Credentials(msgspec.Struct):
    """What the sign-in page asks for."""

    number: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{5}\Z")]
    passphrase: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
    code: Annotated[str, msgspec.Meta(pattern=r"^[0-9 ]{6,8}\Z")]
    next: Annotated[str, msgspec.Meta(max_length=300)] = HOME


@blueprint.get("/desk/sign-in")
@allow(anyone)
def ask() -> ResponseReturnValue:
    """Ask who it is."""
    return _page(request.args.get("next", HOME))


@blueprint.post("/desk/sign-in")
@allow(anyone)
def answer() -> ResponseReturnValue:
    """Check who it is, and go on to where they were going."""
    if not is_private():
        return _page(HOME), 403
    try:
        given = form(Credentials)
        here = services()
        member = passphrases.check(here, given.number, given.passphrase, given.code)
    except FormError as error:
        return _page(request.form.get("next", HOME), _wrong(error)), 422
    except Refused as error:
        return _page(request.form.get("next", HOME), say(error)), 422
    sessions.sign_in(member.id, member.name, passphrases.credential(here.db, member.id))
    return redirect(local_path(given.next), 303)


@blueprint.post("/desk/sign-out")
@allow(anyone)
def leave() -> ResponseReturnValue:
    """Forget who sits there."""
    sessions.end()
    return redirect("/", 303)


@blueprint.get("/desk/leave")
@allow(anyone)
def wiped() -> ResponseReturnValue:
    """Where a page goes that nobody touches."""
    sessions.end()
    return redirect("/", 303)


@blueprint.get("/desk/still-here")
@allow(rules.coordinator_or_lapsed)
def still_here() -> ResponseReturnValue:
    """Somebody types or reads: their session is not idle."""
    return "", 204


@blueprint.get("/desk/lapsed")
@allow(rules.coordinator_or_lapsed)
def lapsed() -> ResponseReturnValue:
    """Until when the mandate ran, and what renews it."""
    here, who = services(), sessions.signed_in()
    stands = rules.standing(here, here.db.conn, who.member, Role.COORDINATOR)
    if stands.on_duty or stands.lapsed is None:
        return redirect(HOME, 303)
    until = moment_words(local(stands.lapsed.until, neighbourhood.timezone(here.db.conn)))
    ahead = assembly.ahead(here)
    return render_template("people/desk-lapsed.html", name=who.name, until=until, assembly=ahead)


def _wrong(error: FormError) -> str:
    sentences = {
        "number": _("Your number has five digits: it is on your badge."),
        "passphrase": _("Type your passphrase."),
        "code": _("The code has six digits: your phone shows a new one every half minute."),
    }
    return sentences.get(error.field, say(error))


def _page(next_page: str, error: str = "") -> str:
    facts = {"next": local_path(next_page), "error": error, "private": is_private()}
    return render_template("people/desk-sign-in.html", **facts)
