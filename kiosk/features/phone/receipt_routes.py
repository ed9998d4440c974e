"""A receipt of one's own check-in, for who asks for it; the page says first what it means to carry one."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from kiosk.core.errors import Refused
from kiosk.core.event import Entry
from kiosk.core.night import local
from kiosk.features.phone import asking
from kiosk.features.phone.ask_routes import own
from kiosk.people import neighbourhood, rules
from kiosk.web.access import allow
from kiosk.web.receipts import as_file
from kiosk.web.services import services

pages = Blueprint("receipts", __name__)


@pages.get("/at/ask/<int:ask>/receipt")
@allow(rules.introduced)
def explain(ask: int) -> ResponseReturnValue:
    """What a receipt is, before there is one."""
    _recorded(ask)
    back = f"/at/ask/{ask}"
    return render_template(
        "phone/receipt.html", base="phone/page.html", action=f"{back}/receipt", back_to=back
    )


@pages.post("/at/ask/<int:ask>/receipt")
@allow(rules.introduced)
def download(ask: int) -> ResponseReturnValue:
    """The receipt, as a file."""
    here, event = services(), _recorded(ask)
    at, _exact = asking.written_at(here, event)
    day = local(at, neighbourhood.timezone(here.db.conn)).date()
    try:
        return as_file(here, event, day)
    except Refused:  # erased a moment ago, or not signed for by the bench yet
        abort(404)


def _recorded(ask: int) -> Entry:
    event = asking.recorded(services(), own(ask))
    if event is None:
        abort(404)
    return event
