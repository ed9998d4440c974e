"""Composition root of the central node."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Flask, jsonify
from flask.typing import ResponseReturnValue

import kiosk
from kiosk.adapters.clock import machine_tick
from kiosk.adapters.datadir import DataDir
from kiosk.composition import compose, require_rules
from kiosk.config import Config
from kiosk.core.clock import Tick
from kiosk.web.access import allow, anyone
from kiosk.web.app import create_app
from kiosk.web.display import display


def create_central(config: Config, data: DataDir, *, tick: Callable[[], Tick] = machine_tick) -> Flask:
    """The node's app."""
    here = compose(data, tick)
    app = create_app(here, config.trusted_hosts)
    app.register_blueprint(_health())
    for feature in here.features:
        if feature.central is not None:
            app.register_blueprint(feature.central())
    app.context_processor(lambda: _page_facts(here.device.identity.name))
    require_rules(app)
    return app


def _page_facts(name: str) -> dict[str, object]:
    palette, size = display()
    return {
        "lang": "en",
        "dir": "ltr",
        "palette": palette or "day",
        "text_size": size,
        "bench_name": name,
        "online": True,
    }


def _health() -> Blueprint:
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    @allow(anyone)
    def healthz() -> ResponseReturnValue:
        """Whether the node answers."""
        return jsonify(status="ok", role="central", version=kiosk.__version__)

    return blueprint
