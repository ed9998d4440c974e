"""The page that helps at a glance, and the codes that let a phone call from it."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from kiosk.adapters import qr
from kiosk.core.night import local
from kiosk.features.help.rules import open_doors, tel
from kiosk.people import neighbourhood
from kiosk.people.calls import CallShown, calls_shown, doors_shown
from kiosk.people.texts import text
from kiosk.web.access import allow, anyone
from kiosk.web.services import services

PATIENCE = 300
"""Seconds after which the page gives way to the attract screen: somebody may be on the phone beside it."""

SHAPES = {"medical": "medical-cross", "fire": "flame", "police": "shield", "support": "listen"}

bench = Blueprint("help", __name__)


@bench.get("/help")
@allow(anyone, nearby=True)
def page() -> ResponseReturnValue:
    """Whom to call, where to go in, who walks along."""
    here = services()
    known = neighbourhood.described(here.db.conn)
    if known is None:
        return render_template("help/unknown.html", patience=PATIENCE)
    reading = here.clock.read()
    moment = local(reading.now // 1000, neighbourhood.timezone_of(known)) if reading.verified else None
    calls = calls_shown(known)
    return render_template(
        "help/help.html",
        urgent=_numbered(calls, urgent=True),
        support=_numbered(calls, urgent=False),
        doors=doors_shown(known, open_doors(known.doors, moment)),
        walk_with_me=text(known, known.walk_with_me, known.walk_with_me_in),
        shapes=SHAPES,
        patience=PATIENCE,
    )


@bench.get("/help/qr/<int:place>.svg")
@allow(anyone, nearby=True)
def code(place: int) -> ResponseReturnValue:
    """The QR code that calls the number at this place in the neighbourhood's list."""
    known = neighbourhood.described(services().db.conn)
    if known is None or place >= len(known.calls):
        abort(404)
    return Response(qr.svg(tel(known.calls[place].number)), mimetype="image/svg+xml")


def _numbered(calls: list[CallShown], *, urgent: bool) -> list[tuple[str, CallShown]]:
    """Calls for danger, or the others, each with the address of its QR code."""
    fitting = ((place, call) for place, call in enumerate(calls) if (call.kind != "support") == urgent)
    return [(f"/help/qr/{place}.svg", call) for place, call in fitting]
