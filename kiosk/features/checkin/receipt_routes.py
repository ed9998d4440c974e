"""A receipt of one's own check-in, on the phone that made it; first a page says what it is to carry one."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from kiosk.core.event import Entry
from kiosk.core.night import local
from kiosk.features.checkin import desk, model
from kiosk.people import neighbourhood, phones
from kiosk.web import display
from kiosk.web.access import allow, anyone
from kiosk.web.services import services

blueprint = Blueprint("receipt", __name__)


@blueprint.get("/at/<code>/receipt")
@allow(anyone, nearby=True)
def explain(code: str) -> ResponseReturnValue:
    """What a receipt is, before there is one."""
    display.speak(negotiate=True)
    _recorded(code)
    back = f"/at/{code}"
    return render_template("phone/receipt.html", base="phone.html", action=f"{back}/receipt", back_to=back)


@blueprint.post("/at/<code>/receipt")
@allow(anyone, nearby=True)
def download(code: str) -> ResponseReturnValue:
    """The receipt, as a file."""
    from kiosk.web.receipts import as_file  # only where somebody asks for one

    here, event = services(), _recorded(code)
    return as_file(here, event, local(event.at, neighbourhood.timezone(here.db.conn)).date())


def _recorded(code: str) -> Entry:
    """What this phone recorded with this code, while its member has not come anew since; else 404."""
    here = services()
    member = phones.member_of(here, phones.carried())
    if member is None or model.used_by(here.db.conn, code) != member:
        abort(404)
    found = desk.recorded_with(here, member, code)
    if found is None:
        abort(404)
    return found
