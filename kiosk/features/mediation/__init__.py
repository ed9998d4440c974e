"""Mediation: how mediators reach, over the node's API, what waits for them in every feature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.core.feature import Feature
from kiosk.features.mediation import proof

if TYPE_CHECKING:
    from flask import Blueprint


def _central() -> Blueprint:
    from kiosk.features.mediation.routes import central

    return central()


FEATURE = Feature(name="mediation", central=_central, operations={"mediation.proof": proof.make})
