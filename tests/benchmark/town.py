"""A node and a bench as real processes, with members enough that nobody checks in twice."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from kiosk.adapters.datadir import DataDir
from kiosk.bench import enrol_bench, sync_once
from kiosk.central import init_central
from kiosk.commands.running import alone
from kiosk.core.event import EventType
from kiosk.core.mandate import Role
from kiosk.people import badges, events, pins
from kiosk.sync.events import BENCH_ENROLLED, Enrolled
from kiosk.web.assets import folder as shipped
from kiosk.web.services import Services
from tests.benchmark.client import Asked, check_in
from tests.benchmark.fleet import Stranger
from tests.support.processes import free_port
from tests.support.sample import sample
from tests.support.street import App, Member

PIN = "246810"
TERM = 28 * 86400


class Server(App):
    """An app whose database can be looked into meanwhile."""

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with closing(sqlite3.connect(f"file:{self.data}/safe-bench.db?mode=ro", uri=True)) as db:
            return db.execute(query, values).fetchall()


@dataclass
class Town:
    """Both stand still at first. `strangers` are further benches that the node knows."""

    place: Path
    node: Server
    bench: Server
    strangers: list[Stranger]
    network: str
    node_key: bytes
    _badges: Iterator[str]

    def arrivals(self, count: int) -> list[Asked]:
        """Check-ins of `count` members who were not here before."""
        return [check_in(self.badge()) for _ in range(count)]

    def badge(self) -> str:
        """The badge of somebody who was not here before."""
        return next(self._badges)

    def newest(self) -> tuple[str, int]:
        """The node's log, and the place up to which a bench has read that knows everything."""
        [(source,)] = self.node.rows("SELECT name FROM sources WHERE name LIKE 'central.%'")
        [(place,)] = self.node.rows("SELECT max(id) FROM checkpoints")
        return source, place

    def steward(self) -> Member:
        """Somebody with every role at the bench."""
        return Member("Ines", "10000", PIN)

    @contextmanager
    def running(self, *apps: App) -> Iterator[None]:
        """These run."""
        for app in apps:
            app.start()
        try:
            yield
        except Exception:
            print("\n".join(app.said()[-3000:] for app in apps), file=sys.stderr)
            raise
        finally:
            for app in apps:
                app.stop()


@contextmanager
def open_town(place: Path, members: int, strangers: int) -> Iterator[Town]:
    """A town in the folder `place`; its bench has synced and both are ended."""
    node = Server("central", place / "node", free_port())
    bench = Server("bench", place / "bench", free_port())
    others = [Stranger.new(f"stranger-{i}") for i in range(strangers)]
    init_central(DataDir(node.data), "Lindenfield", "Sam")
    with alone(DataDir(node.data), central=True) as here:
        issued = _people(here, members, others)
        identity, key = here.device.identity, here.device.key
    town = Town(place, node, bench, others, identity.network, key.public, iter(issued))
    try:
        with town.running(node):
            code = node.asks("bench.code", name="Linden Bakery")["code"]
            enrol_bench(DataDir(bench.data), node.url, code, None)
            with alone(DataDir(bench.data), central=False) as here:
                sync_once(here)
        yield town
    finally:
        for app in (node, bench):
            app.kill()


def _people(here: Services, members: int, strangers: list[Stranger]) -> list[str]:
    """Have the node know everybody and everything; the members' badges."""
    now = here.clock.now()
    facts: list[tuple[EventType, msgspec.Struct]] = [(events.DESCRIBED, sample())]
    hashed = pins.hash_pin(PIN)
    numbers = [f"{10_000 + i}" for i in range(members)]
    for number in numbers:
        name = "Ines" if number == "10000" else f"Neighbour {number}"
        facts += [(events.ADDED, events.Added(number, name)), (events.PIN_SET, events.PinSet(number, hashed))]
        facts.append((events.GRANTED, events.Granted(number, Role.STEWARD, now - 60, now + TERM)))
    facts.append((events.GRANTED, events.Granted("10000", Role.HOST, now - 60, now + TERM)))
    facts += [(BENCH_ENROLLED, Enrolled(one.bench, one.bench, one.key.public)) for one in strangers]
    here.journal.record_all(facts)
    publish = next(f for f in here.features if f.name == "posters").operations["poster.publish"]
    for poster in sorted((shipped("sample") / "posters").glob("*.md")):
        publish(here, name=poster.name, text=poster.read_text("utf-8"))
    identity, key = here.device.identity, here.device.key
    return [badges.issue(number, identity.network, key.public, key.sign, now) for number in numbers[1:]]
