"""A receipt of one's own check-in, for who asks for it; the page says first what it means to carry one."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from kiosk.adapters.export import receipt
from kiosk.core.errors import Refused
from kiosk.core.event import Entry
from kiosk.core.night import local
from kiosk.features.phone import asking
from kiosk.features.phone.ask_routes import own
from kiosk.people import neighbourhood, rules
from kiosk.web.access import allow
from kiosk.web.services import services

pages = Blueprint("receipts", __name__)


@pages.get("/at/ask/<int:ask>/receipt")
@allow(rules.introduced)
def explain(ask: int) -> ResponseReturnValue:
    """What a receipt is, before there is one."""
    one = own(ask)
    _recorded(ask)
    return render_template("phone/receipt.html", ask=one)


@pages.post("/at/ask/<int:ask>/receipt")
@allow(rules.introduced)
def download(ask: int) -> ResponseReturnValue:
    """The receipt, as a file."""
    here, event = services(), _recorded(ask)
    try:
        made = receipt(here.db, here.device, event.source, event.seq)
    except Refused:  # erased a moment ago, or not signed for by the bench yet
        abort(404)
    at, _exact = asking.written_at(here, event)
    day = local(at, neighbourhood.timezone(here.db.conn)).date()
    answer = Response(str(made), mimetype="text/plain")
    answer.headers["Content-Disposition"] = f'attachment; filename="receipt-{day.isoformat()}.txt"'
    return answer


def _recorded(ask: int) -> Entry:
    event = asking.recorded(services(), own(ask))
    if event is None:
        abort(404)
    return event
