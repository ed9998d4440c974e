"""What this tablet holds: all of it, in words and numbers, for anyone who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.core.feature import Feature
from kiosk.features.holds.rules import JOURNAL

if TYPE_CHECKING:
    from flask import Blueprint


def _bench() -> Blueprint:
    from kiosk.features.holds.routes import bench

    return bench


FEATURE = Feature(name="holds", bench=_bench, holdings=JOURNAL)
