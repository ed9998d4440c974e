"""The page "What this tablet holds"."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kiosk.features.holds import model
from kiosk.features.holds.rules import JOURNAL, about, days_of, kept
from kiosk.people import neighbourhood
from kiosk.web.access import allow, anyone
from kiosk.web.services import services
from kiosk.web.words import begun

PATIENCE = 180
"""Seconds after which the page gives way to the attract screen."""

bench = Blueprint("holds", __name__)


@bench.get("/holds")
@allow(anyone, nearby=True)
def page() -> ResponseReturnValue:
    """Every kind of thing that is kept here, how much of it, and for how long."""
    here = services()
    now = here.clock.now() if here.clock.verified else None
    zone = neighbourhood.timezone(here.db.conn)
    holdings = [holding for feature in here.features for holding in feature.holdings]
    holdings.sort(key=lambda holding: (days_of(holding), holding in JOURNAL))
    return render_template(
        "holds/holds.html",
        held=model.by_time(model.counted(here.db.conn, holdings)),
        totals=model.totals(here.db.conn, here.journal.source),
        about=about,
        kept=lambda until: kept(until, now, zone),
        begun=begun,
        patience=PATIENCE,
    )
