"""What a phone in the bench's own Wi-Fi gets: the page behind the code, and its introduction.

A phone that was introduced with badge and PIN may check its one member in and out with a code that counts,
and nothing more: it is told nobody else's name, and no other page knows it.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk.features.checkin import codes, desk, introducing, model, pages
from kiosk.features.checkin.codes import Wrong
from kiosk.features.checkin.desk import Outcome, Result
from kiosk.people import phones
from kiosk.web import display
from kiosk.web.access import allow, anyone
from kiosk.web.forms import form
from kiosk.web.services import Services, services
from kiosk.web.words import gettext as _

blueprint = Blueprint("phone", __name__)


class Wish(msgspec.Struct):
    """What the big button says."""

    wants: Literal["in", "out", "undo"]


@blueprint.get("/at/<code>")
@allow(anyone, nearby=True)
def page(code: str) -> ResponseReturnValue:
    """Ask whether to come or go, or say what came of it; a reload records nothing."""
    display.speak(negotiate=True)
    here = services()
    member = phones.member_of(here, phones.carried())
    if member is None:
        return render_template("checkin/phone-unknown.html", near=introducing.is_possible())
    if model.used_by(here.db.conn, code) == member:
        return _said(here, _own(here, code, member))
    return _refusal(here, code) or _question(here, member)


@blueprint.post("/at/<code>")
@allow(anyone, nearby=True)
def answer(code: str) -> ResponseReturnValue:
    """Record it, when the code still counts and the phone is known."""
    display.speak(negotiate=True)
    here, wants = services(), form(Wish).wants
    member = phones.member_of(here, phones.carried())
    if member is None:
        return redirect(f"/at/{code}", 303)
    if model.used_by(here.db.conn, code) == member:
        return _again(here, code, member, undo=wants == "undo")
    refusal = _refusal(here, code)
    if refusal is not None or wants == "undo":
        return refusal or redirect(f"/at/{code}", 303)
    come = desk.go if wants == "out" else desk.come
    outcome = come(here, member, "phone", code)
    return redirect(f"/at/{code}", 303) if outcome.result in (Result.IN, Result.OUT) else _said(here, outcome)


@blueprint.get("/at/introduce/<secret>")
@allow(anyone, nearby=True)
def meet(secret: str) -> ResponseReturnValue:
    """Ask whether this is the phone that is to be known here; looking at it changes nothing."""
    display.speak(negotiate=True)
    member = introducing.offered(secret)
    if member is None:
        return _stale(_("That code was used already, or is too old."), 410)
    return render_template("checkin/phone-introduce.html", name=pages.name_of(services(), member))


@blueprint.post("/at/introduce/<secret>")
@allow(anyone, nearby=True)
def met(secret: str) -> ResponseReturnValue:
    """Know this phone from now on: the secret of the offer is spent, and another is left in its cookie."""
    display.speak(negotiate=True)
    here, member = services(), introducing.take(secret)
    if member is None:
        return _stale(_("That code was used already, or is too old."), 410)
    response = make_response(render_template("checkin/phone-known.html", name=pages.name_of(here, member)))
    phones.give(response, phones.introduce(here, member))
    return response


def _question(here: Services, member: str) -> ResponseReturnValue:
    last = desk.latest(here, member, "phone")
    name = pages.name_of(here, member)
    if last is None or last.result is not Result.IN:
        return render_template("checkin/phone-ask.html", name=name, wants="in")
    return render_template(
        "checkin/phone-ask.html", name=name, wants="out", question=pages.leaving(here, last)
    )


def _again(here: Services, code: str, member: str, *, undo: bool) -> ResponseReturnValue:
    """The phone that used this code comes once more: to undo, or by a second tap."""
    last = _own(here, code, member)
    if not undo or last is None:
        return redirect(f"/at/{code}", 303)
    return _said(here, desk.undo(here, last))


def _own(here: Services, code: str, member: str) -> Outcome | None:
    """How it stands with what was recorded with this code; an old one tells nothing of later nights."""
    return desk.latest(here, member, "phone") if desk.recorded_with(here, member, code) else None


def _said(here: Services, outcome: Outcome | None) -> ResponseReturnValue:
    """What came of it; it names nobody but the phone's own member."""
    if outcome is None:
        return _stale(_("That code was used already, or is too old."), 410)
    if outcome.result is Result.CODE_USED:
        return _used()
    if outcome.result is Result.CLOSED_TONIGHT:
        return _stale(_("The host has closed this bench tonight."), 409)
    said = pages.page_of(here, outcome, partners=False)
    receipt = outcome.result in (Result.IN, Result.OUT)
    return render_template("checkin/phone-done.html", page=said, path=request.path, receipt=receipt)


def _refusal(here: Services, code: str) -> ResponseReturnValue | None:
    """Why this code does not count now, as a page; None when it does."""
    tick = here.clock.tick()
    boots = [tick.boot, *model.began(here.db.conn, desk.bench_of(here))]
    shown = codes.read(here.device.key.derive, desk.bench_of(here), boots, code)
    if shown is Wrong.OTHER_BENCH:
        return _stale(_("That code is another bench’s."), 404)
    if isinstance(shown, Wrong):
        return _stale(_("That is no code of this bench."), 404)
    if codes.judge(shown, tick) is not None:
        return _stale(_("That code is too old."), 410)
    return _used() if model.used_by(here.db.conn, code) is not None else None


def _used() -> ResponseReturnValue:
    return _stale(_("Somebody else was quicker with that code."), 409)


def _stale(title: str, status: int) -> ResponseReturnValue:
    return render_template("checkin/phone-stale.html", heading=title), status
