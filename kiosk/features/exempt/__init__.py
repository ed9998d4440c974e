"""Holds: records that two coordinators exempt from erasure, for a reason and a while, counted in public."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kiosk.core.event import Entry
from kiosk.core.feature import Feature, Holding, Names, Way
from kiosk.core.sentences import N_
from kiosk.features.exempt import model
from kiosk.features.exempt.events import ASKED, CONFIRMED, KEEP_DAYS, RELEASED, Asked, Confirmed
from kiosk.web.words import gettext as _
from kiosk.web.words import ngettext, whole

if TYPE_CHECKING:
    from flask import Blueprint

    from kiosk.web.services import Services


def _describe(entry: Entry, _names: Names) -> str:
    if isinstance(entry.data, Asked):
        count = len(entry.data.records)
        return ngettext(
            "A hold on {count} record was asked for.", "A hold on {count} records was asked for.", count
        ).format(count=count)
    return _("A hold was confirmed.") if isinstance(entry.data, Confirmed) else _("A hold ended.")


def _central() -> Blueprint:
    from kiosk.features.exempt.routes import central

    return central


def _listed(here: Services) -> Mapping[str, Any]:
    from kiosk.features.exempt.operations import listed

    return listed(here)


def _ways(here: Services) -> Sequence[Way]:
    from kiosk.features.exempt.routes import way

    return [way(here)]


def _tells(here: Services) -> str:
    count = model.counted(here.db.conn, here.clock.now())
    return _("Records kept longer this cycle: {count}").format(count=whole(count))


FEATURE = Feature(
    name="exempt",
    events=(ASKED, CONFIRMED, RELEASED),
    schema=model.SCHEMA,
    apply=model.apply,
    describe=_describe,
    central=_central,
    operations={"hold.list": _listed},
    holdings=(
        Holding(
            "record_holds", N_("which records two coordinators exempted from erasure, and why"), KEEP_DAYS
        ),
        Holding("held_records", N_("the places of those records in the log"), KEEP_DAYS),
    ),
    kept=model.kept,
    ways=_ways,
    tells=_tells,
)
