"""Posters: what the neighbourhood decided, published at the node, read by every passer-by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.core.event import Entry
from kiosk.core.feature import AS_LONG_AS_THE_LOG, Feature, Holding, Names
from kiosk.core.sentences import N_
from kiosk.features.host.events import CLOSED, REOPENED
from kiosk.features.posters import model, operations
from kiosk.features.posters.events import PUBLISHED
from kiosk.web.words import gettext as _

if TYPE_CHECKING:
    from flask import Blueprint


def _describe(entry: Entry, _names: Names) -> str:
    words = _("The poster “{title}” was published, version {version}.")
    return words.format(title=entry.data.title, version=entry.data.version)


def _bench() -> Blueprint:
    from kiosk.features.posters.routes import bench

    return bench


def _central() -> Blueprint:
    from kiosk.features.posters.routes import central

    return central


FEATURE = Feature(
    name="posters",
    events=(PUBLISHED,),
    reads=(CLOSED, REOPENED),
    schema=model.SCHEMA,
    apply=model.apply,
    describe=_describe,
    bench=_bench,
    central=_central,
    operations={"poster.publish": operations.publish},
    holdings=(
        Holding("posters", N_("posters that the neighbourhood published"), AS_LONG_AS_THE_LOG),
        Holding("attract_closed", N_("for which nights the host closed the bench"), 28),
    ),
)
