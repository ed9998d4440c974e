"""The tablet's screen with the bench's own code."""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk.adapters import qr
from kiosk.features.checkin import codes
from kiosk.features.checkin.screen import address, present_code, recorded_just_now, screen, ways
from kiosk.sync.state import load_health
from kiosk.web.access import allow, anyone
from kiosk.web.services import Services, services

TURNS = 18
"""So many times the page without scripts comes anew, every ten seconds, before it goes back."""

blueprint = Blueprint("screen", __name__)


@blueprint.get("/check-in/code")
@allow(anyone)
def show() -> ResponseReturnValue:
    """The code, with its address in words, by one of the two ways."""
    here = services()
    found = ways(here)
    if not found:
        return redirect("/check-in", 303)
    way, turn = _way(here, found), request.args.get("turn", 0, type=int)
    facts = {"way": way, "ways": found, "near": screen().near, "recorded": recorded_just_now(here)}
    again = f"/check-in/code?way={way}&turn={turn + 1}" if turn < TURNS else "/"
    return render_template("checkin/code.html", now=_now(here, way), again=again, **facts)


@blueprint.get("/check-in/code/now")
@allow(anyone)
def now() -> ResponseReturnValue:
    """The present code, as JSON, for the page that stays: its picture, what it says, seconds left."""
    here = services()
    way = _way(here, ways(here) or abort(404))
    return jsonify(**_now(here, way), recorded=recorded_just_now(here))


@blueprint.get("/check-in/code/<way>/<code>.svg")
@allow(anyone)
def picture(way: str, code: str) -> ResponseReturnValue:
    """The picture of the present code, and of no other."""
    here = services()
    if way not in ways(here) or code != present_code(here):
        abort(404)
    return Response(qr.svg(address(here, way, code)), mimetype="image/svg+xml")


@blueprint.get("/check-in/wifi.svg")
@allow(anyone)
def wifi() -> ResponseReturnValue:
    """The picture of the code that joins the bench's Wi-Fi."""
    return Response(qr.svg(screen().near.joins() or abort(404)), mimetype="image/svg+xml")


def _way(here: Services, found: list[str]) -> str:
    """The way that was asked for, or the one that is likelier to work now."""
    asked = request.args.get("way", "")
    health = load_health(here.db)
    likely = "wifi" if health.last_sync is None or health.last_error else "node"
    return next((way for way in (asked, likely) if way in found), found[0])


def _now(here: Services, way: str) -> dict[str, str | int]:
    screen().watched()
    code = present_code(here)
    seconds = -(-codes.left_of(here.clock.tick().uptime) // 1000)
    said = address(here, way, code)
    return {"picture": f"/check-in/code/{way}/{code}.svg", "address": said, "seconds": seconds}
