"""Composition root of the mediator's page."""

from __future__ import annotations

import os
import resource
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Flask, g

from kiosk import serving
from kiosk.adapters.http import HttpClient
from kiosk.composition import require_rules
from kiosk.config import LOOPBACK, Config
from kiosk.core.errors import Refused
from kiosk.mediator import routes, trouble
from kiosk.mediator.desk import IDLE_SECONDS, Connect, Desk, Door, Export, Source
from kiosk.mediator.node import Node
from kiosk.web import display
from kiosk.web.app import create_app
from kiosk.web.words import gettext as _

MAX_FORM = 64 * 1024
"""Bytes: a key file is a few hundred, and nothing so small is put into a file on its way in."""
GRACE_SECONDS = 1.0
"""For the last page to get out, with what belongs to it."""
ASK_AFTER = IDLE_SECONDS - 60
"""Seconds untouched after which the page asks; 30 more and it is wiped, before the program ends by itself."""
NIGHT_BEGINS, NIGHT_ENDS = 20, 7


def create_mediator(desk: Desk) -> Flask:
    """The page over one desk."""
    app = create_app(None, LOOPBACK)
    app.config["MAX_CONTENT_LENGTH"] = MAX_FORM
    app.config[display.NEGOTIATES] = True
    app.extensions[routes.DESK] = desk
    app.register_blueprint(routes.blueprint())
    trouble.install(app)
    app.context_processor(lambda: _page_facts(desk))
    require_rules(app)
    return app


def run_mediator(desk: Desk, port: int, ready: Callable[[str], None]) -> None:
    """Serve the page on loopback until it is closed, or nobody was there for a quarter of an hour.

    `ready` is told the address. No memory of this process is written out when it fails.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    watch = threading.Thread(target=end_when_closed, args=(desk,), name="watch", daemon=True)
    watch.start()
    config = Config(port=port)
    try:
        serving.run_alone(create_mediator(desk), config, lambda root: ready(f"{root}{desk.way}/"))
    finally:
        desk.close()


def connecting(ca: str = "") -> Connect:
    """How doors lead to nodes, whose certificates `ca`, a PEM file, is the authority for, and to files."""

    def connect(door: Door, key: str) -> Source:
        if door.file is not None:
            return Export(door.file)
        if not door.node or not door.member:
            raise Refused(_("The node's address and your member number are needed."))
        return Node(HttpClient(door.node, ca), door.member, key)

    return connect


def end_when_closed(desk: Desk) -> None:
    """Wait until the desk is closed, or close it when nobody was there for so long; then end this process."""
    while not desk.ended.wait(max(0.05, desk.seconds_left())):
        if not desk.seconds_left():
            desk.close()
    threading.Event().wait(GRACE_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


def _page_facts(desk: Desk) -> dict[str, Any]:
    hour = datetime.now(UTC).astimezone().hour
    night = hour >= NIGHT_BEGINS or hour < NIGHT_ENDS
    inside = bool(g.get("inside"))
    return {
        **display.facts(night=night),
        "bench_name": _("For mediators"),
        "inside": inside,
        "reads_only": desk.reads_only,
        "idle_seconds": ASK_AFTER if inside and desk.is_open else None,
        "idle_href": f"/{desk.way}/leave" if inside else "/",
        "idle_keep": f"/{desk.way}/here" if inside else "",
    }
