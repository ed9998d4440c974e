"""A receipt as a file: the proof that one event is in its log, with the event in it."""

from __future__ import annotations

from datetime import date

from flask import Response

from kiosk.adapters.export import receipt
from kiosk.core.event import Entry
from kiosk.web.services import Services


def as_file(here: Services, event: Entry, day: date) -> Response:
    """What a browser saves as `receipt-<day>.txt`; Refused: the event is not held whole, or not signed."""
    answer = Response(str(receipt(here.db, here.device, event.source, event.seq)), mimetype="text/plain")
    answer.headers["Content-Disposition"] = f'attachment; filename="receipt-{day.isoformat()}.txt"'
    return answer
