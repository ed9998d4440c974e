"""What many tests need: devices on real files, whose time a test sets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec
from flask import Flask
from flask.testing import FlaskClient

from kiosk.adapters.datadir import DataDir
from kiosk.adapters.device import Identity, save_identity
from kiosk.adapters.keys import DeviceKey
from kiosk.adapters.store import Store
from kiosk.bench import create_bench
from kiosk.config import Config
from kiosk.core.clock import Tick
from kiosk.core.event import EventType
from kiosk.core.mandate import Role
from kiosk.people import events, pins
from kiosk.people.badges import issue
from kiosk.web.services import EXTENSION, Services

NETWORK = "lindenfield"
EVENING = 1_795_466_640
"""2026-11-23 20:44 UTC, 21:44 in Berlin, POSIX seconds."""
PIN = "246810"
FORM = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Time:
    """A machine's clocks that a test moves. Times in milliseconds."""

    system: int = EVENING * 1000
    uptime: int = 60_000
    boot: str = "b00700000001"

    def __call__(self) -> Tick:
        return Tick(self.system, self.uptime, self.boot)

    def pass_seconds(self, seconds: float) -> None:
        """Let time go by."""
        self.system += int(seconds * 1000)
        self.uptime += int(seconds * 1000)


@dataclass
class Bench:
    """A bench that was enrolled at a node of which only the key exists."""

    app: Flask
    here: Services
    time: Time
    node: DeviceKey
    _central_seq: int = 0
    members: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> DataDir:
        """Where the bench keeps everything."""
        return DataDir(self.here.journal.store.path.parent)

    @property
    def client(self) -> FlaskClient:
        """A browser at this tablet; forms that it posts come from the bench's own pages."""
        client = self.app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        return client

    def from_node(self, *facts: tuple[EventType, msgspec.Struct]) -> None:
        """Take in events as if the node had sent them."""
        from kiosk.core.event import Whole, encode_body, new_salt

        bodies = [encode_body(kind, data, self.time.system // 1000, "n0de", 1) for kind, data in facts]
        forms = [Whole(new_salt(), body) for body in bodies]
        self.here.journal.append("central.1test", self._central_seq + 1, forms)
        self._central_seq += len(forms)

    def member(self, number: str, name: str, *roles: Role, ends: int | None = None) -> str:
        """A member with the PIN `PIN` and these roles, synced to this bench; the text of their badge."""
        at = self.time.system // 1000
        facts: list[tuple[EventType, msgspec.Struct]] = [
            (events.ADDED, events.Added(number, name)),
            (events.PIN_SET, events.PinSet(number, _HASH)),
        ]
        end = at + 28 * 86400 if ends is None else ends
        facts += [(events.GRANTED, events.Granted(number, role, min(at, end) - 60, end)) for role in roles]
        self.from_node(*facts)
        return issue(number, NETWORK, self.node.public, self.node.sign, at)


_HASH = pins.hash_pin(PIN)

NEIGHBOURHOOD = events.Described(
    name="Lindenfield",
    timezone="Europe/Berlin",
    zones=(
        events.Zone("market", "Market corner"),
        events.Zone("park", "Linden park"),
        events.Zone("station", "The station"),
    ),
    calls=(
        events.Call("medical", "Ambulance", "112"),
        events.Call("fire", "Fire", "112"),
        events.Call("police", "Police", "110"),
    ),
    doors=(events.Door("The bakery", "22:00"),),
    walk_with_me="Ask anyone with the sun on their sleeve.",
    assembly=events.Assembly(datetime.fromisoformat("2026-11-29T17:00"), "the school hall"),
)


def make_bench(
    path: Path, time: Time | None = None, *, described: bool = True, device: str = "linden-bakery"
) -> Bench:
    """A bench of this id in `path`, its clock verified, its neighbourhood described."""
    time = time or Time()
    data, node = DataDir(path), DeviceKey.generate()
    data.create()
    DeviceKey.load_or_create(data.key)
    store = Store(data.database)
    with store.writing() as db:
        name = device.replace("-", " ").title()
        identity = Identity(device, NETWORK, name, f"{device}.1test", node_key=node.public)
        save_identity(db, identity)
    store.close()
    app = create_bench(Config(), data, tick=time)
    here: Services = app.extensions[EXTENSION]
    here.clock.confirm(time.system)
    bench = Bench(app, here, time, node)
    if described:
        bench.from_node((events.DESCRIBED, NEIGHBOURHOOD))
    return bench
