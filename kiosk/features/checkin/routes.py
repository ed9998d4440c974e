"""The check-in's pages: by camera, by a typed or scanned code, by name or number and PIN."""

from __future__ import annotations

from typing import Annotated, cast

import msgspec
from flask import Blueprint, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk.adapters import qr
from kiosk.core.errors import Refused
from kiosk.core.night import night_of
from kiosk.features.checkin import (
    desk,
    model,
    own_phones,
    pages,
    phone_routes,
    receipt_routes,
    screen,
    screen_routes,
)
from kiosk.features.checkin.desk import Outcome, Result
from kiosk.people import badges, neighbourhood, pins, sessions, shown
from kiosk.web import errors
from kiosk.web.access import allow, anyone
from kiosk.web.forms import FormError, form
from kiosk.web.services import services
from kiosk.web.words import gettext as _
from kiosk.web.words import say

MAX_SIDE = 1920
MAX_PIXELS = 1920 * 1080
SAID_AFTER = 30
"""Seconds after which a page that has said what was recorded asks whether somebody is still there."""
_KEPT = "checkin"
_ONWARD = {"note": "/incidents/new", "mine": "/incidents/mine"}

blueprint = Blueprint("checkin", __name__)
blueprint.register_blueprint(screen_routes.blueprint)
blueprint.register_blueprint(phone_routes.blueprint)
blueprint.register_blueprint(own_phones.blueprint)
blueprint.register_blueprint(receipt_routes.blueprint)


class BadgeForm(msgspec.Struct):
    """A badge's code. `typed`: by hand or by a scanner, on the check-in page."""

    badge: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
    typed: bool = False


class PinForm(msgspec.Struct):
    """Who somebody says they are, and their PIN."""

    who: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    pin: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}$")]


@blueprint.get("/check-in")
@allow(anyone)
def ask() -> ResponseReturnValue:
    """The camera, and the other ways in beside it."""
    return _badge_page()


@blueprint.get("/check-in/pin")
@allow(anyone)
def ask_pin() -> ResponseReturnValue:
    """Name or number, and PIN."""
    return _pin_page()


@blueprint.post("/check-in")
@allow(anyone)
def answer() -> ResponseReturnValue:
    """Check somebody in by badge or PIN, or ask whether they leave."""
    return _by_badge() if "badge" in request.form or "pin" not in request.form else _by_pin()


@blueprint.get("/check-in/leaving")
@allow(anyone)
def ask_leaving() -> ResponseReturnValue:
    """Ask somebody who is here already whether they leave."""
    outcome = _kept()
    if outcome is None or outcome.result is not Result.ASK_LEAVING:
        return redirect("/check-in", 303)
    here = services()
    name = pages.name_of(here, outcome.member)
    return render_template(
        "checkin/leaving.html",
        question=pages.leaving(here, outcome),
        name=name,
        idle_seconds=sessions.idle_seconds(),
    )


@blueprint.post("/check-in/leaving")
@allow(anyone)
def leave() -> ResponseReturnValue:
    """Record that they leave, when they say so."""
    outcome = _kept()
    if outcome is None or outcome.result is not Result.ASK_LEAVING:
        return redirect("/check-in", 303)
    if request.form.get("answer") != "yes":
        return finish()
    return _show(desk.go(services(), outcome.member, outcome.how))


@blueprint.get("/check-in/done")
@allow(anyone)
def done() -> ResponseReturnValue:
    """Say what was recorded."""
    outcome = _kept()
    if outcome is None:
        return redirect("/", 303)
    page = pages.page_of(services(), outcome, sessions.times())
    return render_template("checkin/done.html", page=page, idle_seconds=SAID_AFTER)


@blueprint.post("/check-in/done")
@allow(anyone)
def finish() -> ResponseReturnValue:
    """Forget what was said and go on to notes, or forget who was here as well: Back shows neither."""
    onward = _ONWARD.get(request.form.get("to", ""))
    if onward is not None:
        sessions.draft().pop(_KEPT, None)
        return redirect(onward, 303)
    sessions.end()
    return redirect("/", 303)


@blueprint.post("/check-in/undo")
@allow(anyone)
def undo() -> ResponseReturnValue:
    """Take back what was just recorded."""
    outcome = _kept()
    if outcome is None:
        return redirect("/check-in", 303)
    return _show(desk.undo(services(), outcome, sessions.times()))


@blueprint.post("/scan")
@allow(anyone)
def scan() -> ResponseReturnValue:
    """What a camera frame, `width` x `height` bytes of grey, says; as JSON {"text": … or null}."""
    width = request.args.get("width", 0, type=int)
    height = request.args.get("height", 0, type=int)
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and width * height <= MAX_PIXELS):
        return jsonify(error=_("A frame is at most 1920 by 1080 pixels; say its width and height.")), 400
    request.max_content_length = width * height
    if request.content_length != width * height:
        return jsonify(error=_("A frame has one byte for each pixel, no more and no less.")), 400
    return jsonify(text=qr.read(request.get_data(cache=False), width, height))


def _by_badge() -> ResponseReturnValue:
    here, typed = services(), ""
    try:
        given = form(BadgeForm)
        typed = given.badge if given.typed else ""
        member = shown.member_of(here, given.badge)
    except badges.NotABadge as error:
        return _badge_page(say(error), typed), 422
    except FormError:
        return _badge_page(_("That code is not a Safe Bench badge.")), 422
    outcome = desk.come(here, member, "badge")
    if outcome.result is Result.CLOSED_TONIGHT:
        return _closed()
    session = sessions.current()
    if session is None or session.member != member:
        sessions.begin(sessions.Session())
    return _show(outcome)


def _by_pin() -> ResponseReturnValue:
    here = services()
    try:
        given = form(PinForm)
        member = pins.check(here, given.who, given.pin)
    except FormError:
        return _pin_page(_("Give your name or number, and the six digits of your PIN.")), 422
    except Refused as error:
        return _pin_page(say(error)), 422
    outcome = desk.come(here, member.id, "pin")
    if outcome.result is Result.CLOSED_TONIGHT:
        return _closed()
    before = sessions.current()
    if before is not None and before.member != member.id:
        before.draft.clear()
    sessions.sign_in(member.id, member.name)
    return _show(outcome)


def _show(outcome: Outcome) -> ResponseReturnValue:
    """Keep what came of it for the next page, so that a reload records nothing, and go there."""
    sessions.draft()[_KEPT] = outcome
    asked = outcome.result is Result.ASK_LEAVING
    return redirect("/check-in/leaving" if asked else "/check-in/done", 303)


def _closed() -> ResponseReturnValue:
    title = _("The host has closed this bench tonight.")
    todo = _("It opens again in the morning. Whoever checked in before can still check out.")
    return errors.page(409, title, todo, kept=_("Nothing was written down."))


def _kept() -> Outcome | None:
    """What came of it for whoever stands here now; not for somebody who was here before."""
    session = sessions.current()
    outcome = None if session is None else cast("Outcome | None", session.draft.get(_KEPT))
    if session is None or outcome is None or session.member not in ("", outcome.member):
        return None
    return outcome


def _badge_page(error: str = "", typed: str = "") -> str:
    here = services()
    tonight = night_of(here.clock.now(), neighbourhood.timezone(here.db.conn))
    closed = model.closed_on(here.db.conn, desk.bench_of(here), tonight)
    facts = {"error": error, "typed": typed, "closed": closed, "by_phone": bool(screen.ways(here))}
    return render_template("checkin/badge.html", **facts, idle_seconds=sessions.idle_seconds())


def _pin_page(error: str = "") -> str:
    who = request.form.get("who", "")[:40]
    return render_template("checkin/pin.html", error=error, who=who, idle_seconds=sessions.idle_seconds())
