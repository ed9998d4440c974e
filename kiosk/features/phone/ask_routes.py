"""The pages at the node that the code on a bench's screen opens on a phone."""

from __future__ import annotations

import re

import msgspec
from flask import Blueprint, abort, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk.features.phone import asking, model
from kiosk.features.phone.events import CODE_PATTERN, Wants
from kiosk.features.phone.model import Ask
from kiosk.features.phone.ways import ways
from kiosk.people import members, phones, rules
from kiosk.sync import fleet
from kiosk.web.access import allow, anyone
from kiosk.web.forms import form
from kiosk.web.services import services
from kiosk.web.words import say

pages = Blueprint("asks", __name__)

_LOOKS = {"waiting": 5, "late": 60}
"""After how many seconds a page looks again by itself."""


class Wanted(msgspec.Struct):
    """In, or out."""

    wants: Wants = "in"


@pages.get("/at/<bench>/<code>")
@allow(anyone)
def scanned(bench: str, code: str) -> ResponseReturnValue:
    """Ask a phone that was introduced what it wants; tell another how it is introduced."""
    _require(bench, code)
    here = services()
    member, facts = phones.member_of(here, phones.carried()), {"bench": fleet.name_of(here.db, bench)}
    if member is None:
        return render_template("phone/unknown.html", **facts, **ways(here))
    name = members.name_of(here.db.conn, member)
    return render_template("phone/scanned.html", **facts, name=name, action=request.path)


@pages.post("/at/<bench>/<code>")
@allow(rules.introduced)
def send(bench: str, code: str) -> ResponseReturnValue:
    """Ask the bench; nothing counts before it has answered."""
    _require(bench, code)
    here = services()
    member = phones.member_of(here, phones.carried())
    if member is None:
        abort(403)
    try:
        place = asking.ask(here, member, bench, code, form(Wanted).wants)
    except asking.TooMany as error:
        return render_template("phone/too-many.html", sentence=say(error)), 429
    return redirect(f"/at/ask/{place.rpartition('/')[2]}", 303)


@pages.get("/at/ask/<int:ask>")
@allow(rules.introduced)
def asked(ask: int) -> ResponseReturnValue:
    """How an ask of one's own stands; while it waits the page looks again by itself, with no script."""
    one = own(ask)
    stands = asking.state(services(), one)
    answer = make_response(render_template("phone/ask.html", ask=one, state=stands))
    if stands.kind in _LOOKS:
        answer.headers["Refresh"] = str(_LOOKS[stands.kind])
    return answer


def own(number: int) -> Ask:
    """This ask, if it is of the member whose phone asks; else 404."""
    here = services()
    member = phones.member_of(here, phones.carried())
    found = model.find(here.db.conn, member or "", f"{here.journal.source}/{number}")
    if found is None:
        abort(404)
    return found


def _require(bench: str, code: str) -> None:
    """404 for a bench that is not there, and for what cannot be a code."""
    if re.search(CODE_PATTERN, code) is None or not asking.is_known(services(), bench):
        abort(404)
