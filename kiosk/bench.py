"""Composition root of the tablet's app."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue

import kiosk
from kiosk import serving
from kiosk.adapters.clock import machine_tick
from kiosk.adapters.datadir import DataDir
from kiosk.adapters.device import Identity
from kiosk.adapters.keys import DeviceKey
from kiosk.adapters.readmodels import ReadModels
from kiosk.adapters.store import Store
from kiosk.composition import ALL, compose, require_rules
from kiosk.config import Config
from kiosk.core.clock import Tick
from kiosk.core.night import local, utc
from kiosk.features.checkin import introducing, screen
from kiosk.features.checkin.screen import Near
from kiosk.people import neighbourhood, sessions, signin, vouch
from kiosk.sync.loop import Loop
from kiosk.sync.state import Status, load_health, sync_status
from kiosk.web import access, assets, display, errors, headers
from kiosk.web.access import allow, anyone
from kiosk.web.app import create_app
from kiosk.web.services import EXTENSION, Services
from kiosk.web.words import gettext as _

if TYPE_CHECKING:
    from kiosk.sync.client import Client

NIGHT_BEGINS, NIGHT_ENDS = 20, 7
PATIENCE = 180
"""Seconds after which a page for everybody that says nothing else gives way to the first screen."""


def create_bench(config: Config, data: DataDir, *, tick: Callable[[], Tick] = machine_tick) -> Flask:
    """The tablet's app over the data of one bench."""
    here = compose(data, tick, central=False)
    app = create_app(here, config.trusted_hosts)
    app.jinja_env.globals["touch_keyboard"] = assets.touch_keyboard(always=config.keyboard)
    app.config[headers.CAMERA] = True
    app.config[display.LANGUAGE] = config.language
    app.config[access.ELSEWHERE] = _only_here
    near = Near(config.phone_url, config.wifi_name, config.wifi_password)
    app.extensions[screen.EXTENSION] = screen.Screen(near, lambda: here.clock.tick().uptime)
    app.extensions[introducing.EXTENSION] = introducing.Offers(lambda: here.clock.tick().uptime)
    app.jinja_env.globals["lens"] = config.lens
    sessions.install(app, config.idle_seconds + sessions.COUNTDOWN_SECONDS)
    app.register_blueprint(signin.blueprint)
    app.register_blueprint(vouch.blueprint)
    app.register_blueprint(_health(here))
    for feature in here.features:
        if feature.bench is not None:
            app.register_blueprint(feature.bench())
    if config.styleguide:
        _show_styleguide(app)
    app.context_processor(lambda: page_facts(here, config))
    app.before_request(lambda: None if access.from_here() else display.speak(negotiate=True))
    app.before_request(lambda: _locked() if here.locked and request.method == "POST" else None)
    require_rules(app)
    return app


def _only_here() -> ResponseReturnValue:
    """What a phone in the bench's Wi-Fi gets that asks for what only somebody at the tablet may use."""
    display.speak(negotiate=True)
    return render_template("elsewhere.html"), 403


def _show_styleguide(app: Flask) -> None:
    from kiosk.web.styleguide import blueprint  # only for developers

    app.register_blueprint(blueprint)


def run_bench(config: Config, data: DataDir, ready: Callable[[str], None]) -> None:
    """Serve the tablet and keep in step with the node until told to stop; the caller holds the lock."""
    app = create_bench(config, data)
    here: Services = app.extensions[EXTENSION]
    shown: screen.Screen = app.extensions[screen.EXTENSION]
    loop = Loop(here, _connect, every=config.sync_minutes * 60)
    loop.hurried, loop.after, shown.on_begin = lambda: shown.is_watched, lambda: _after_sync(here), loop.wake
    further = {"bench.sync": lambda: {"said": loop.sync_now().said}}
    serving.run(app, config, data, further=further, background=[loop.start], ready=ready)


def _after_sync(here: Services) -> None:
    for feature in here.features:
        for chore in feature.after_sync:
            chore(here)


def _connect(here: Services) -> Client:
    from kiosk.sync.client import connect  # loads the network: only when there is something to send

    return connect(here)


def sync_once(here: Services) -> str:
    """Sync until nothing is new, with no app running; a line of counts."""
    client = _connect(here)
    try:
        return client.sync().said
    finally:
        client.close()


def enrol_bench(data: DataDir, url: str, code: str, ca: Path | None) -> Identity:
    """Make the device in `data`, a new directory, a bench of the node at `url`; see `sync.joining.join`."""
    from kiosk.sync.joining import Invitation, join  # loads the network: only when enrolling

    data.create()
    with data.locked():
        key, store = DeviceKey.load_or_create(data.key), Store(data.database)
        try:
            return join(store, ReadModels(ALL), key, Invitation(url, code, ca))
        finally:
            store.close()


def page_facts(here: Services, config: Config) -> dict[str, Any]:
    """What every page of the bench may show."""
    who = sessions.current()
    reading = here.clock.read()
    zone = neighbourhood.timezone(here.db.conn)
    hour = local(reading.now // 1000, zone).hour
    night = hour >= NIGHT_BEGINS or hour < NIGHT_ENDS
    return {
        **display.facts(night=night),
        "volume": display.volume(config.volume, night=night),
        "bench_name": here.device.identity.name,
        "trouble": trouble(here),
        "doubtful_clock": not reading.verified,
        "online": is_online(here),
        "away": not access.from_here(),
        "idle_seconds": config.idle_seconds if who and who.member else None,
        "patience": PATIENCE,
        "idle_href": "/leave",
        "idle_times": sessions.times(),
        "idle_keep": "/still-here",
        "idle_more": "/more-time",
        "who": who,
    }


def trouble(here: Services) -> str:
    """Why nothing can be saved at present, in a sentence; "" when it can."""
    store = here.journal.store
    if here.locked:
        return _locked_words()
    if store.is_low:
        return _("The disk is full: what is new cannot be saved. Reading still works.")
    return _(store.trouble) if store.trouble else ""


def _locked_words() -> str:
    return _("This bench was locked by its neighbourhood.")


def _locked() -> ResponseReturnValue:
    """What everything but reading is answered with on a tablet that was wiped."""
    kept, todo = _("Nothing about people is left on it."), _("Please give it to a coordinator.")
    return errors.page(403, _locked_words(), todo, kept)


def is_online(here: Services) -> bool:
    """Whether the last try to sync came through."""
    health = load_health(here.db)
    return health.last_sync is not None and not health.last_error


def status_of(here: Services) -> Status:
    """How the bench stands with its node."""
    return sync_status(here.db, here.journal.source)


def _health(here: Services) -> Blueprint:
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    @allow(anyone)
    def healthz() -> ResponseReturnValue:
        """Whether this bench answers, for the start script and for monitoring on the tablet.

        What waits to be sent grows with each check-in: whoever sits in the Wi-Fi is not to count along.
        """
        stands = status_of(here)
        return jsonify(
            status="ok",
            role="bench",
            version=kiosk.__version__,
            pending=stands.pending,
            last_sync=None if stands.last_sync is None else utc(stands.last_sync),
        )

    return blueprint
