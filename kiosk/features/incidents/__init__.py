"""Incident notes: one question a screen, and a sentence that grows from the taps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kiosk.core.event import Entry
from kiosk.core.feature import AS_LONG_AS_THE_LOG, Decision, Feature, Holding, Matter, Names
from kiosk.core.sentences import N_
from kiosk.features.incidents import model
from kiosk.features.incidents.events import (
    CLOSED,
    NOTED,
    SEALED,
    SEALED_DAYS,
    WITHDRAWN,
    WORDS,
    Noted,
    Withdrawn,
    Words,
)
from kiosk.features.log.events import SETTLED
from kiosk.web.words import gettext as _

if TYPE_CHECKING:
    from flask import Blueprint

    from kiosk.web.services import Services


def _describe(entry: Entry, names: Names) -> str:
    """Nothing of sealed details: a line beside the note would tell the host whose note has some."""
    if isinstance(entry.data, Noted):
        return _("{name} wrote a note.").format(name=names(entry.data.member))
    if isinstance(entry.data, Withdrawn):
        return _("{name} withdrew a note.").format(name=names(entry.data.member))
    return _("The writer of a note added their own words.") if isinstance(entry.data, Words) else ""


def _bench() -> Blueprint:
    from kiosk.features.incidents.routes import bench

    return bench


def _matters(here: Services, mediator: str) -> Sequence[Matter]:
    from kiosk.features.incidents.matters import matters  # only where mediators are

    return matters(here, mediator)


def _decide(here: Services, decision: Decision) -> None:
    from kiosk.features.incidents.matters import decide

    decide(here, decision)


FEATURE = Feature(
    name="incidents",
    events=(NOTED, WORDS, SEALED, CLOSED, WITHDRAWN),
    reads=(SETTLED,),
    schema=model.SCHEMA,
    apply=model.apply,
    describe=_describe,
    bench=_bench,
    spent=model.spent,
    matters=_matters,
    decide=_decide,
    holdings=(
        Holding("incident_notes", N_("who wrote which note, by member number"), 28),
        Holding("incident_parts", N_("which own words and details belong to which note"), SEALED_DAYS),
        Holding(
            "incident_out", N_("which notes have come out, by their place in the log"), AS_LONG_AS_THE_LOG
        ),
        Holding("incident_withdrawn", N_("which notes their writers have withdrawn, by member number"), 28),
        Holding("incident_sealed", N_("details of notes that only mediators can read"), SEALED_DAYS),
        Holding("incident_closed", N_("which such details a mediator has closed and erased"), SEALED_DAYS),
    ),
)
