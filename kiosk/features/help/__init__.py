"""Get help: whom to call, which doors are open, who walks along. Needs no sign-in, and no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.core.feature import Feature

if TYPE_CHECKING:
    from flask import Blueprint


def _bench() -> Blueprint:
    from kiosk.features.help.routes import bench

    return bench


FEATURE = Feature(name="help", bench=_bench)
