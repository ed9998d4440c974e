"""The host's page: how the bench is, and the button that closes it for tonight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.core.event import Entry
from kiosk.core.feature import Feature, Holding, Names
from kiosk.core.sentences import N_
from kiosk.features.host import model
from kiosk.features.host.events import CLOSED, REOPENED, ClosedTonight
from kiosk.web.dates import day_words
from kiosk.web.words import gettext as _

if TYPE_CHECKING:
    from flask import Blueprint


def _describe(entry: Entry, _names: Names) -> str:
    if isinstance(entry.data, ClosedTonight):
        words = _("The host closed the bench for the night of {day}.")
    else:
        words = _("The host opened the bench again in the night of {day}.")
    return words.format(day=day_words(entry.data.night))


def _bench() -> Blueprint:
    from kiosk.features.host.routes import bench

    return bench


FEATURE = Feature(
    name="host",
    events=(CLOSED, REOPENED),
    schema=model.SCHEMA,
    apply=model.apply,
    describe=_describe,
    bench=_bench,
    bench_only=True,
    holdings=(Holding("host_closed", N_("for which nights the host closed the bench"), 28),),
)
