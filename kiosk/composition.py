"""Where adapters are built and joined: the only place that both apps, and commands, begin from."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from sqlite_utils import Database

from kiosk.adapters import backup, epoch, opening, rekey
from kiosk.adapters.clock import Clock, machine_tick
from kiosk.adapters.datadir import DataDir
from kiosk.adapters.device import CORRECTED, DEVICE, Corrected, Device, Identity, require_identity
from kiosk.adapters.journal import Journal
from kiosk.adapters.keys import DeviceKey
from kiosk.adapters.meta import get_meta
from kiosk.adapters.readmodels import ReadModels
from kiosk.adapters.store import Store
from kiosk.core.clock import Tick
from kiosk.core.errors import Damaged, Refused
from kiosk.core.feature import Feature, hidden_places
from kiosk.features import FEATURES
from kiosk.people import PEOPLE
from kiosk.sync import FLEET
from kiosk.sync.wiping import wipe_if_told
from kiosk.web import access
from kiosk.web.services import Services

log = logging.getLogger("safe-bench")

ALL: tuple[Feature, ...] = (DEVICE, PEOPLE, FLEET, *FEATURES)


def compose(
    data: DataDir, tick: Callable[[], Tick] = machine_tick, *, central: bool | None = None
) -> Services:
    """The services of the device in `data`, ready to write; Refused when it has no identity yet.

    With `central`, Refused too when it is not a node, or not a bench.
    A damaged database is set aside for the newest backup; a copied or restored one goes on as a new epoch.
    """
    data.require()
    store = _open(data)
    try:
        here = join(store, require_identity(store.reading(), data.path), DeviceKey.load(data.key), tick)
        if central not in (None, here.device.is_central):
            raise Refused(f"{data.path} is the data of a {'bench' if central else 'central node'}.")
        here.device = epoch.settle(here.journal, here.device)
        here.device = rekey.go_over(here.journal, here.device, data)
        wipe_if_told(here)
    except BaseException:
        store.close()
        raise
    return here


def _open(data: DataDir) -> Store:
    try:
        return Store(data.database)
    except Damaged as error:
        log.error("%s", error)  # noqa: TRY400  the sentence is all that helps here
        backup.recover(data, ReadModels(ALL))
        return Store(data.database)


@contextmanager
def looking_at(data: DataDir) -> Iterator[tuple[Database, Device]]:
    """The database, for reading only, and the device in `data`; an app may run on it meanwhile."""
    data.require()
    with opening.looking(data.database) as db:
        yield db, Device(require_identity(db, data.path), DeviceKey.load(data.key))


def hidden_now(db: Database, device: Device) -> set[str]:
    """The public events that are hidden for now; Refused when this program's tables are not there yet."""
    models = ReadModels(ALL, central=device.is_central)
    if get_meta(db, "read-models") != models.fingerprint:
        raise Refused("This data was last used by another version: start the app once, then try again.")
    return hidden_places(models.features, db.conn)


def join(
    store: Store, identity: Identity, key: DeviceKey, tick: Callable[[], Tick] = machine_tick
) -> Services:
    """Services over an open store."""
    device = Device(identity, key)
    clock = Clock(store, tick, trusted=device.is_central)
    models = ReadModels(ALL, central=device.is_central)
    journal = Journal(store, models, source=identity.source, tick=clock.tick, now=clock.now)
    clock.on_move = lambda began: _correct(journal, clock, began)
    return Services(journal=journal, clock=clock, device=device, features=ALL)


def _correct(journal: Journal, clock: Clock, began: int) -> None:
    journal.record(CORRECTED, Corrected(clock.tick().boot, began), housekeeping=True)


def require_rules(app: Flask) -> None:
    """Fail at the start, not in the street, when a view declares no access rule."""
    bare = [endpoint for endpoint in app.view_functions if access.rule_of(app, endpoint) is None]
    if bare:
        raise LookupError(f"views without an access rule: {', '.join(sorted(bare))}")
