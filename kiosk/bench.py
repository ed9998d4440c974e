"""Composition root of the tablet's app."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Flask, jsonify
from flask.typing import ResponseReturnValue

import kiosk
from kiosk.adapters.clock import machine_tick
from kiosk.adapters.datadir import DataDir
from kiosk.composition import compose, require_rules
from kiosk.config import Config
from kiosk.core.clock import Tick
from kiosk.core.night import local
from kiosk.people import neighbourhood, sessions, signin
from kiosk.web.access import allow, anyone
from kiosk.web.app import create_app
from kiosk.web.display import display
from kiosk.web.services import Services, services

NIGHT_BEGINS, NIGHT_ENDS = 20, 7


def create_bench(config: Config, data: DataDir, *, tick: Callable[[], Tick] = machine_tick) -> Flask:
    """The tablet's app over the data of one bench."""
    here = compose(data, tick)
    app = create_app(here, config.trusted_hosts)
    sessions.install(app)
    app.register_blueprint(signin.blueprint)
    app.register_blueprint(_health())
    for feature in here.features:
        if feature.bench is not None:
            app.register_blueprint(feature.bench())
    app.context_processor(lambda: page_facts(here))
    require_rules(app)
    return app


def page_facts(here: Services) -> Mapping[str, Any]:
    """What every page of the bench may show."""
    palette, size = display()
    reading = here.clock.read()
    zone = neighbourhood.timezone(here.db.conn)
    hour = local(reading.now // 1000, zone).hour
    night = hour >= NIGHT_BEGINS or hour < NIGHT_ENDS
    return {
        "lang": "en",
        "dir": "ltr",
        "palette": palette or ("night" if night else "day"),
        "text_size": size,
        "bench_name": here.device.identity.name,
        "doubtful_clock": not reading.verified,
        "online": True,
        "who": sessions.current(),
    }


def _health() -> Blueprint:
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    @allow(anyone)
    def healthz() -> ResponseReturnValue:
        """Whether this bench answers, for the start script and for monitoring."""
        db = services().db.conn
        row = db.execute(
            "SELECT size - acked FROM sources WHERE name = ?", (services().journal.source,)
        ).fetchone()
        return jsonify(status="ok", role="bench", version=kiosk.__version__, pending=row[0] if row else 0)

    return blueprint
