"""Incident notes: one question a screen, and a sentence that grows from the taps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.core.event import Entry
from kiosk.core.feature import Feature, Names
from kiosk.features.incidents.events import NOTED, WORDS, Noted

if TYPE_CHECKING:
    from flask import Blueprint


def _describe(entry: Entry, names: Names) -> str:
    if isinstance(entry.data, Noted):
        return f"{names(entry.data.member)} wrote a note."
    return "The writer of a note added their own words."


def _bench() -> Blueprint:
    from kiosk.features.incidents.routes import bench

    return bench


FEATURE = Feature(name="incidents", events=(NOTED, WORDS), describe=_describe, bench=_bench)
