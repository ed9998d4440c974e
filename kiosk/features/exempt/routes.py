"""Where coordinators hold records: the list, asking, confirming, ending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec
from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk.core.errors import Refused
from kiosk.core.feature import Way
from kiosk.core.night import local
from kiosk.features.exempt import model, operations
from kiosk.features.exempt.events import MOST_DAYS, MOST_REASON
from kiosk.people import members, neighbourhood, rules, sessions
from kiosk.web.access import allow
from kiosk.web.dates import date_words
from kiosk.web.forms import FormError, form
from kiosk.web.services import Services, services
from kiosk.web.words import gettext as _
from kiosk.web.words import ngettext, say

HOME = "/desk/holds"
central = Blueprint("exempt", __name__)


class Wanted(msgspec.Struct):
    """What is to be held, why, and for how many days."""

    records: Annotated[str, msgspec.Meta(max_length=6000)]
    reason: Annotated[str, msgspec.Meta(max_length=2000)]
    days: Annotated[int, msgspec.Meta(ge=1, le=MOST_DAYS)]


class Named(msgspec.Struct):
    """Which hold."""

    hold: Annotated[str, msgspec.Meta(max_length=120)]


@dataclass(frozen=True)
class Line:
    """A hold as the list shows it; `may_confirm` for who did not ask for it, `may_end` until it is over."""

    place: str
    title: str
    text: str
    records: tuple[str, ...]
    may_confirm: bool
    may_end: bool


@central.get(HOME)
@allow(rules.coordinator)
def listed() -> ResponseReturnValue:
    """What is held, what waits, and a form to ask for more."""
    return _page()


@central.post(HOME)
@allow(rules.coordinator)
def ask() -> ResponseReturnValue:
    """Ask for a hold."""
    try:
        wanted = form(Wanted)
        operations.ask(services(), _who(), wanted.records.split(), wanted.reason, wanted.days)
    except (FormError, Refused) as error:
        return _page(say(error)), 422
    return redirect(HOME, 303)


@central.post("/desk/holds/confirm")
@allow(rules.coordinator)
def confirm() -> ResponseReturnValue:
    """Agree to a hold that another coordinator asked for."""
    operations.confirm(services(), _who(), form(Named).hold)
    return redirect(HOME, 303)


@central.get("/desk/holds/end")
@allow(rules.coordinator)
def ask_once_more() -> ResponseReturnValue:
    """The one question before a hold ends."""
    here = services()
    hold = model.find(here.db.conn, request.args.get("hold", ""))
    if hold is None:
        abort(404)
    return render_template("exempt/end.html", line=_line(here, hold))


@central.post("/desk/holds/end")
@allow(rules.coordinator)
def end() -> ResponseReturnValue:
    """End a hold."""
    operations.release(services(), _who(), form(Named).hold)
    return redirect(HOME, 303)


def way(here: Services) -> Way:
    """The desk's way here, which says whether something waits."""
    now = here.clock.now()
    waiting = sum(1 for hold in model.holds(here.db.conn) if hold.waits(now))
    words = ngettext("Hold records: {count} waits", "Hold records: {count} wait", waiting)
    return Way(HOME, words.format(count=waiting) if waiting else _("Hold records"), "lock")


def _page(error: str = "") -> str:
    here = services()
    return render_template(
        "exempt/holds.html",
        lines=[_line(here, hold) for hold in model.holds(here.db.conn)],
        counted=model.counted(here.db.conn, here.clock.now()),
        error=error,
        given=request.form,
        most=MOST_REASON,
        times=[(14, _("Two weeks")), (28, _("Four weeks")), (MOST_DAYS, _("Ninety days, the most"))],
    )


def _line(here: Services, hold: model.Hold) -> Line:
    now = here.clock.now()
    until = local(hold.until, neighbourhood.timezone(here.db.conn))
    text = _("“{reason}” Asked for by {name}; until {day} at the latest.").format(
        reason=hold.reason, name=members.name_of(here.db.conn, hold.asked_by), day=date_words(until.date())
    )
    said = operations.state(hold, now)
    count = len(hold.records)
    title = ngettext("{count} record: {state}", "{count} records: {state}", count)
    return Line(
        place=hold.place,
        title=title.format(count=count, state=said),
        text=text,
        records=hold.records,
        may_confirm=hold.waits(now) and hold.asked_by != _who(),
        may_end=hold.waits(now) or hold.runs(now),
    )


def _who() -> str:
    return sessions.signed_in().member
