"""Where adapters are built and joined: the only place that both apps, and commands, begin from."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from kiosk.adapters.clock import Clock, machine_tick
from kiosk.adapters.datadir import DataDir
from kiosk.adapters.device import CORRECTED, DEVICE, Corrected, Device, Identity, require_identity
from kiosk.adapters.journal import Journal
from kiosk.adapters.keys import DeviceKey
from kiosk.adapters.readmodels import ReadModels
from kiosk.adapters.store import Store
from kiosk.core.clock import Tick
from kiosk.core.feature import Feature
from kiosk.features import FEATURES
from kiosk.people import PEOPLE
from kiosk.web import access
from kiosk.web.services import Services

ALL: tuple[Feature, ...] = (DEVICE, PEOPLE, *FEATURES)


def compose(data: DataDir, tick: Callable[[], Tick] = machine_tick, *, read_only: bool = False) -> Services:
    """The services of the device in `data`; Refused when it has no identity yet."""
    data.require()
    store = Store(data.database, read_only=read_only)
    identity = require_identity(store.reading(), data.path)
    return join(store, identity, DeviceKey.load(data.key), tick)


def join(
    store: Store, identity: Identity, key: DeviceKey, tick: Callable[[], Tick] = machine_tick
) -> Services:
    """Services over an open store."""
    device = Device(identity, key)
    clock = Clock(store, tick, trusted=device.is_central)
    journal = Journal(store, ReadModels(ALL), source=identity.source, tick=clock.tick, now=clock.now)
    clock.on_move = lambda began: _correct(journal, clock, began)
    return Services(journal=journal, clock=clock, device=device, features=ALL)


def _correct(journal: Journal, clock: Clock, began: int) -> None:
    journal.record(CORRECTED, Corrected(clock.tick().boot, began))


def require_rules(app: Flask) -> None:
    """Fail at the start, not in the street, when a view declares no access rule."""
    bare = [endpoint for endpoint in app.view_functions if access.rule_of(app, endpoint) is None]
    if bare:
        raise LookupError(f"views without an access rule: {', '.join(sorted(bare))}")
