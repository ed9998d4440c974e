"""The host's page: how the bench is, and the button that closes it for tonight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.core.event import Entry
from kiosk.core.feature import Feature, Holding, Names
from kiosk.features.host import model
from kiosk.features.host.events import CLOSED, REOPENED, ClosedTonight

if TYPE_CHECKING:
    from flask import Blueprint


def _describe(entry: Entry, _names: Names) -> str:
    if isinstance(entry.data, ClosedTonight):
        return f"The host closed the bench for the night of {entry.data.night}."
    return f"The host opened the bench again in the night of {entry.data.night}."


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
    holdings=(Holding("host_closed", "for which nights the host closed the bench", 28),),
)
