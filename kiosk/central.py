"""Composition root of the central node."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, jsonify
from flask.typing import ResponseReturnValue

import kiosk
from kiosk import serving
from kiosk.adapters.clock import machine_tick
from kiosk.adapters.datadir import DataDir
from kiosk.adapters.device import (
    OPENED,
    Identity,
    Opened,
    load_identity,
    machine_id,
    new_source,
    save_identity,
)
from kiosk.adapters.keys import DeviceKey
from kiosk.adapters.store import Store
from kiosk.composition import compose, join, require_rules
from kiosk.config import Config
from kiosk.core.clock import Tick
from kiosk.core.errors import Refused
from kiosk.core.event import CENTRAL_ID
from kiosk.people import desksignin, operations, sessions
from kiosk.web import display, errors, openapi
from kiosk.web.access import allow, anyone
from kiosk.web.app import create_app


def create_central(config: Config, data: DataDir, *, tick: Callable[[], Tick] = machine_tick) -> Flask:
    """The node's app."""
    here = compose(data, tick, central=True)
    app = create_app(here, config.trusted_hosts)
    app.config[errors.TEMPLATE] = "node-error.html"
    app.config.update({display.LANGUAGE: config.language, display.NEGOTIATES: True})
    sessions.install(app, desksignin.IDLE_SECONDS, desksignin.COOKIE)
    app.register_blueprint(desksignin.blueprint)
    app.register_blueprint(_health())
    app.register_blueprint(openapi.blueprint())
    for feature in here.features:
        if feature.central is not None:
            app.register_blueprint(feature.central())
    app.context_processor(lambda: _page_facts(here.device.identity.name))
    require_rules(app)
    return app


def run_central(config: Config, data: DataDir, ready: Callable[[str], None]) -> None:
    """Serve the node until it is told to stop; the caller holds the lock on `data`."""
    serving.run(create_central(config, data), config, data, ready=ready)


def init_central(data: DataDir, name: str, coordinator: str) -> dict[str, Any]:
    """Make a node in an empty directory.

    `network`, `key` (a vkey), and the first coordinator's `member` and `pin`.
    """
    network = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not 1 <= len(network) <= 40:
        raise Refused("A network's name needs 1 to 40 letters or digits from a to z.")
    data.create()
    with data.locked():
        store = Store(data.database)
        try:
            if load_identity(store.reading()) is not None:
                raise Refused(f"There is a Safe Bench in {data.path} already; nothing was changed.")
            key = DeviceKey.load_or_create(data.key)
            source = new_source(CENTRAL_ID)
            identity = Identity(CENTRAL_ID, network, name, source, machine=machine_id())
            here = join(store, identity, key)
            with here.journal.writing() as db:
                save_identity(db, identity)
                here.journal.record(OPENED, Opened("the node was set up"))
                made = operations.add_member(here, name=coordinator, roles=["coordinator"])
            return {**made, "key": str(here.device.cosigner_key), "network": network}
        finally:
            store.close()


def _page_facts(name: str) -> dict[str, object]:
    who = sessions.current()
    return {
        **display.facts(night=False),
        "bench_name": name,
        "online": True,
        "who": who,
        "idle_seconds": desksignin.ASK_AFTER if who else None,
        "idle_href": "/desk/leave",
        "idle_keep": "/desk/still-here",
    }


def _health() -> Blueprint:
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    @allow(anyone)
    def healthz() -> ResponseReturnValue:
        """Whether the node answers."""
        return jsonify(status="ok", role="central", version=kiosk.__version__)

    return blueprint
