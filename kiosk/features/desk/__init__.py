"""The coordinators' desk at the node: who is there, which benches, and what coordinators do about both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.core.feature import Feature

if TYPE_CHECKING:
    from flask import Blueprint


def _central() -> Blueprint:
    from kiosk.features.desk.routes import central

    return central


FEATURE = Feature(name="desk", central=_central)
