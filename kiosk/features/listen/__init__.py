"""Listen: every page read aloud on the tablet itself, and four short sounds for how something ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.core.feature import Feature

if TYPE_CHECKING:
    from flask import Blueprint


def _bench() -> Blueprint:
    from kiosk.features.listen.routes import bench

    return bench


FEATURE = Feature(name="listen", bench=_bench)
