"""Check-in and check-out: by badge, by scanner, by name or number and PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.core.event import Entry
from kiosk.core.feature import Feature, Holding, Names
from kiosk.core.sentences import N_
from kiosk.features.checkin import asked, desk, events, model, twice
from kiosk.features.host.events import CLOSED as HOST_CLOSED
from kiosk.features.host.events import REOPENED
from kiosk.features.phone.events import ANSWERED, ASKED
from kiosk.web.words import gettext as _

if TYPE_CHECKING:
    from flask import Blueprint


def _describe(entry: Entry, names: Names) -> str:
    data = entry.data
    who = names(data.member)
    if isinstance(data, events.Arrived):
        words = _("{who} checked in, on duty.") if data.on_duty else _("{who} checked in as a neighbour.")
    elif isinstance(data, events.Left):
        words = _("{who} checked out.")
    elif isinstance(data, events.Undone):
        words = _("{who} took back what was just recorded.")
    else:
        words = _("The bench closed the check-in of {who}, whose check-out was forgotten.")
    return words.format(who=who)


def _bench() -> Blueprint:
    from kiosk.features.checkin.routes import blueprint

    return blueprint


FEATURE = Feature(
    name="checkin",
    events=(events.ARRIVED, events.LEFT, events.UNDONE, events.CLOSED),
    reads=(HOST_CLOSED, REOPENED, ASKED, ANSWERED),
    schema=model.SCHEMA,
    apply=model.apply,
    describe=_describe,
    bench=_bench,
    bench_only=True,
    chores=(desk.close_forgotten, asked.answer_open),
    after_sync=(asked.answer_open,),
    operations={"badges.twice": twice.asked},
    holdings=(
        Holding("stays", N_("who of the patrol checked in and out here, and when"), 28),
        Holding("used_codes", N_("with which codes of its screen members came and went by phone"), 28),
        Holding("node_asks", N_("who asked by phone, by way of the node, to come or go here, and when"), 28),
        Holding("node_answers", N_("which of those were answered"), 28),
        Holding("closed_nights", N_("for which nights the host closed the bench"), 28),
    ),
)
