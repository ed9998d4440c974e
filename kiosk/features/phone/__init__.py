"""Checking in by phone at the node: pending until the bench whose code it is has confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.core.feature import Feature
from kiosk.features.phone import model
from kiosk.features.phone.events import ANSWERED, ASKED

if TYPE_CHECKING:
    from flask import Blueprint


def _central() -> Blueprint:
    from kiosk.features.phone.routes import blueprint

    return blueprint()


FEATURE = Feature(
    name="phone",
    events=(ASKED, ANSWERED),
    reads=model.READS,
    schema=model.SCHEMA,
    apply=model.apply,
    central=_central,
    central_only=True,
)
