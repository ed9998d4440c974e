"""Incident notes: one question a screen, and a sentence that grows from the taps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kiosk.core.event import Entry
from kiosk.core.feature import Decision, Feature, Holding, Matter, Names
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

if TYPE_CHECKING:
    from flask import Blueprint

    from kiosk.web.services import Services


def _describe(entry: Entry, names: Names) -> str:
    """Nothing of sealed details: a line beside the note would tell the host whose note has some."""
    if isinstance(entry.data, Noted):
        return f"{names(entry.data.member)} wrote a note."
    if isinstance(entry.data, Withdrawn):
        return f"{names(entry.data.member)} withdrew a note."
    return "The writer of a note added their own words." if isinstance(entry.data, Words) else ""


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
        Holding("incident_notes", "who wrote which note, by member number", 28),
        Holding("incident_parts", "which own words and details belong to which note", SEALED_DAYS),
        Holding("incident_out", "which notes have come out, by their place in the log", "as long as the log"),
        Holding("incident_withdrawn", "which notes their writers have withdrawn, by member number", 28),
        Holding("incident_sealed", "details of notes that only mediators can read", SEALED_DAYS),
        Holding("incident_closed", "which such details a mediator has closed and erased", SEALED_DAYS),
    ),
)
