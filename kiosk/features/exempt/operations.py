"""Asking for a hold, confirming it and ending it, at the node; each by a coordinator who is signed in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from kiosk.core.errors import Refused
from kiosk.core.event import Whole, head_of, split_place
from kiosk.core.night import utc
from kiosk.core.retention import DAY
from kiosk.features.exempt import model
from kiosk.features.exempt.events import (
    ASKED,
    CONFIRMED,
    MOST_DAYS,
    MOST_REASON,
    MOST_RECORDS,
    RELEASED,
    Asked,
    Confirmed,
    Released,
)
from kiosk.people import members
from kiosk.web.services import Services
from kiosk.web.words import gettext as _

_PLACE = re.compile(r"[a-z0-9.-]{1,100}/[0-9]{1,15}")
_OWN = (ASKED.name, CONFIRMED.name, RELEASED.name)


def ask(here: Services, by: str, records: Sequence[str], reason: str, days: int) -> str:
    """Ask that records be kept for so many days from now; the place of the hold. Refused, saying why."""
    named, reason = list(dict.fromkeys(records)), " ".join(reason.split())
    if not 1 <= len(named) <= MOST_RECORDS:
        raise Refused(_("Name at least one record, and at most {most}.").format(most=MOST_RECORDS))
    if not 1 <= len(reason) <= MOST_REASON:
        raise Refused(_("Give a reason of at most {most} letters.").format(most=MOST_REASON))
    if not 1 <= days <= MOST_DAYS:
        raise Refused(_("A hold ends after {most} days at the latest.").format(most=MOST_DAYS))
    with here.journal.writing() as db:
        for record in named:
            _require_erasable(here, db, record)
        until = here.clock.now() + days * DAY
        return here.journal.record(ASKED, Asked(tuple(named), reason, by, until)).place


def confirm(here: Services, by: str, place: str) -> model.Hold:
    """Agree to a hold that somebody else asked for."""
    with here.journal.writing() as db:
        hold = _hold(db, place)
        if hold.asked_by == by:
            raise Refused(_("You asked for this hold yourself: another coordinator has to confirm it."))
        if not hold.waits(here.clock.now()):
            raise Refused(_("This hold does not wait for anybody any more."))
        here.journal.record(CONFIRMED, Confirmed(place, by))
    return hold


def release(here: Services, by: str, place: str) -> model.Hold:
    """End a hold, or take back that it was asked for; one coordinator is enough to let things be erased."""
    with here.journal.writing() as db:
        hold, now = _hold(db, place), here.clock.now()
        if not (hold.waits(now) or hold.runs(now)):
            raise Refused(_("This hold is over already."))
        here.journal.record(RELEASED, Released(place, by))
    return hold


def listed(here: Services) -> Mapping[str, Any]:
    """All holds that are known; `holds`: place, state, until, records, reason, who asked."""
    db, now = here.db.conn, here.clock.now()
    return {
        "holds": [
            [hold.place, state(hold, now), utc(hold.until), list(hold.records), hold.reason, name]
            for hold in model.holds(db)
            for name in [members.name_of(db, hold.asked_by)]
        ],
        "counted": model.counted(db, now),
    }


def state(hold: model.Hold, now: int) -> str:
    """What is to be said of a hold."""
    if hold.waits(now):
        return _("waits for a second coordinator")
    if hold.runs(now):
        return _("held")
    return (
        _("ended") if hold.released is not None and hold.confirmed is not None else _("never held, or over")
    )


def _hold(db: Database, place: str) -> model.Hold:
    hold = model.find(db.conn, place)
    if hold is None:
        raise Refused(_("There is no such hold."))
    return hold


def _require_erasable(here: Services, db: Database, record: str) -> None:
    """Refused unless this is a record that is held whole and would be erased one day."""
    if _PLACE.fullmatch(record) is None:
        raise Refused(
            _("A record is named like linden-bakery.1k7qx/17, not {text}.").format(text=record[:60])
        )
    name, seq = split_place(record)
    source = here.journal.find(db, name)
    form = next(iter(here.journal.forms(db, source, seq, seq)), None)
    head = head_of(form.body) if isinstance(form, Whole) else None
    if head is None:
        raise Refused(_("{record} is not here any more, or never was.").format(record=record))
    kind = here.journal.models.registry.types.get(head.type)
    if kind is None or kind.keep_days is None or kind.name in _OWN:
        raise Refused(
            _("{record} is not erased after some days: there is nothing to hold.").format(record=record)
        )
