"""A town for tests: one node and some benches in one process, on real files, with real signatures."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from flask import Flask

from kiosk.adapters.clock import Clock
from kiosk.adapters.device import (
    DEVICE,
    OPENED,
    Device,
    Identity,
    Opened,
    load_identity,
    new_source,
    save_identity,
)
from kiosk.adapters.http import HttpClient, Request, Response, Send
from kiosk.adapters.journal import Journal
from kiosk.adapters.keys import DeviceKey
from kiosk.adapters.readmodels import ReadModels
from kiosk.adapters.store import Store
from kiosk.core.clock import Tick
from kiosk.core.errors import NoWayThrough
from kiosk.core.event import Entry, EventType, Writer
from kiosk.core.feature import Feature
from kiosk.sync import FLEET
from kiosk.sync.client import Client
from kiosk.sync.enrolling import make_code
from kiosk.sync.inbox import Counts
from kiosk.sync.joining import Invitation, join
from kiosk.web.app import create_app
from kiosk.web.services import Services
from tests.support import Time
from tests.sync.wsgi import WsgiAdapter

URL = "http://127.0.0.1"


class Said(msgspec.Struct, frozen=True):
    """Something that was said."""

    words: str


class Sent(msgspec.Struct, frozen=True):
    """Something for one bench."""

    bench: str
    words: str


_BENCH, _NODE = frozenset({Writer.BENCH}), frozenset({Writer.CENTRAL})
TOLD = EventType("talk.told", Said, _BENCH, "network", None)
WHISPERED = EventType("talk.whispered", Said, _BENCH, "bench", 28)
CALLED = EventType("talk.called", Said, _NODE, "public", None)
SENT = EventType("talk.sent", Sent, _NODE, "bench", 28, addressee="bench")
NOTED = EventType("talk.noted", Sent, _NODE, "bench", 28)


def _hear(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    rows = [(e.place, e.source, e.type, e.data.words) for e in entries]
    db.executemany("INSERT INTO heard VALUES (?, ?, ?, ?)", rows)


TALK = Feature(
    name="talk",
    events=(TOLD, WHISPERED, CALLED, SENT, NOTED),
    schema=("CREATE TABLE heard (place TEXT PRIMARY KEY, source TEXT, type TEXT, words TEXT)",),
    apply=_hear,
)
FEATURES = (DEVICE, FLEET, TALK)


class Cut(NoWayThrough):
    """The network failed as a test asked it to."""


@dataclass
class Line:
    """The network between a bench and the node, which a test can break.

    `lose_answer`: how many answers get lost from now on after the node did its part. `down`: nothing gets
    through at all. `asked` and `answers` hold what passed.
    """

    send: Send
    down: bool = False
    lose_answer: int = 0
    change: Callable[[Response], Response] = lambda response: response
    asked: list[Request] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)

    def __call__(self, request: Request) -> Response:
        self.asked.append(request)
        if self.down:
            raise Cut("The line is cut.")
        response = self.send(request)
        self.answers.append(response)
        if self.lose_answer:
            self.lose_answer -= 1
            raise Cut("The answer was lost.", slow=True)
        return self.change(response)


@dataclass
class Place:
    """One device of the town."""

    path: Path
    here: Services
    time: Time

    def close(self) -> None:
        """Switch it off."""
        self.here.journal.store.close()

    def says(self, *words: str, kind: EventType = TOLD) -> None:
        """Write an event for each of these."""
        for word in words:
            self.here.journal.record(kind, Said(word))

    def hears(self, kind: EventType | None = None) -> list[str]:
        """What its read-model holds, sorted; of one type, if given."""
        rows = self.here.db.conn.execute("SELECT type, words FROM heard").fetchall()
        return sorted(words for name, words in rows if kind is None or name == kind.name)

    def holds(self) -> dict[str, int]:
        """Sizes by source."""
        return {s.name: s.size for s in self.here.journal.sources(self.here.db) if s.size}

    def source(self, name: str | None = None):
        """What it holds of a source, its own if none is named."""
        return self.here.journal.find(self.here.db, name or self.here.journal.source)

    def count(self, table: str) -> int:
        """Rows of a table."""
        return int(self.here.db.conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608

    def copy(self, to: Path) -> None:
        """Copy its data as they are on the disk now."""
        to.mkdir()
        shutil.copy(self.path / "device.key", to / "device.key")
        with closing(sqlite3.connect(to / "safe-bench.db")) as copied:
            self.here.db.conn.backup(copied)


@dataclass
class Tablet(Place):
    """A bench, its line and its client."""

    line: Line
    client: Client

    def sync(self) -> Counts:
        """Sync until nothing is new."""
        return self.client.sync()

    @property
    def pending(self) -> int:
        """Own events that the node has not cosigned."""
        source = self.source()
        return source.size - source.acked


@dataclass
class Node(Place):
    """The central node and its app."""

    app: Flask

    def calls(self, *words: str) -> None:
        """Publish something."""
        self.says(*words, kind=CALLED)


def _services(path: Path, identity: Identity, tick: Callable[[], Tick]) -> Services:
    store = Store(path / "safe-bench.db")
    device = Device(identity, DeviceKey.load(path / "device.key"))
    clock = Clock(store, tick, trusted=device.is_central)
    journal = Journal(store, ReadModels(FEATURES), source=identity.source, tick=tick, now=clock.now)
    return Services(journal=journal, clock=clock, device=device, features=FEATURES)


def node_at(path: Path, *, key: DeviceKey | None = None, epoch: str | None = None) -> Node:
    """The node whose data are in `path`, made when there are none.

    `epoch`: open a new one, for this reason. A wiped node keeps its key: pass it.
    """
    time = Time()
    path.mkdir(exist_ok=True)
    if key is not None:
        (path / "device.key").write_bytes(key.private.private_bytes_raw())
    DeviceKey.load_or_create(path / "device.key")
    store = Store(path / "safe-bench.db")
    identity = load_identity(store.reading())
    fresh = identity is None
    with store.writing() as db:
        identity = identity or Identity("central", "lindenfield", "Lindenfield", new_source("central"))
        if epoch is not None:
            identity = msgspec.structs.replace(identity, source=new_source("central", identity.source))
        save_identity(db, identity)
    store.close()
    here = _services(path, identity, time)
    if fresh or epoch:
        here.journal.record(OPENED, Opened(epoch or "the node was set up"))
    app = create_app(here, ["127.0.0.1"])
    assert FLEET.central is not None
    app.register_blueprint(FLEET.central())
    return Node(path, here, time, app)


def tablet_at(path: Path, node: Node, *, time: Time | None = None) -> Tablet:
    """The bench whose data are in `path`, with a line to `node`."""
    time = time or Time()
    store = Store(path / "safe-bench.db")
    identity = load_identity(store.reading())
    store.close()
    assert identity is not None
    here = _services(path, identity, time)
    line = Line(HttpClient(URL, adapter=WsgiAdapter(node.app)))
    return Tablet(path, here, time, line, Client(here, line))


def enrol(path: Path, node: Node, name: str = "Linden Bakery", **words) -> Tablet:
    """A new bench, enrolled at `node`."""
    code = make_code(node.here, name=name, **words)["code"]
    path.mkdir()
    store, key = Store(path / "safe-bench.db"), DeviceKey.load_or_create(path / "device.key")
    send = HttpClient(URL, adapter=WsgiAdapter(node.app))
    join(store, ReadModels(FEATURES), key, Invitation(URL, code), send=send, tick=Time())
    store.close()
    return tablet_at(path, node)
