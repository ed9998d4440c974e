"""A node with mediators, and something that waits for them, made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from kiosk.adapters import trust
from kiosk.adapters.clock import machine_tick
from kiosk.adapters.datadir import DataDir
from kiosk.adapters.sealing import new_reader, seal, seal_provable
from kiosk.central import create_central, init_central
from kiosk.config import Config
from kiosk.core.feature import Decision, Feature, Matter
from kiosk.core.trust import Reader
from kiosk.features.incidents.events import NOTED, SEALED, Ended, Noted, Sealed, Tried, What
from kiosk.people import operations
from kiosk.people.events import DESCRIBED
from kiosk.web.forms import FormError
from kiosk.web.services import EXTENSION, Services
from tests.support import EVENING, NEIGHBOURHOOD, Bench, Time
from tests.support.processes import SAFE_BENCH, Process
from tests.support.roots import YEAR, Roots

SECRET = "Canary: the grey coat said he would come back on Friday."
CHOICES = (("stays", "It stays"), ("goes", "It goes"))


@dataclass
class Doubts:
    """A feature whose matters a test sets; it keeps what was decided. `unfit`: what it says of any words."""

    waiting: list[Matter] = field(default_factory=list)
    decided: list[Decision] = field(default_factory=list)
    unfit: str = ""

    def feature(self) -> Feature:
        """Its declaration."""
        return Feature(name="doubts", matters=self._matters, decide=self._decide)

    def _matters(self, _here: Services, _member: str) -> Sequence[Matter]:
        return self.waiting

    def _decide(self, _here: Services, decision: Decision) -> None:
        if self.unfit:
            raise FormError(self.unfit, "words")
        self.decided.append(decision)
        self.waiting = [one for one in self.waiting if one.place != decision.place]


@dataclass
class MediatedNode:
    """A node of Lindenfield. `keys`: mediators' age keys, by number."""

    app: Flask
    here: Services
    time: Time
    doubts: Doubts
    roots: Roots = field(default_factory=lambda: Roots(threshold=1))
    keys: dict[str, str] = field(default_factory=dict)
    readers: list[Reader] = field(default_factory=list)

    @property
    def client(self) -> FlaskClient:
        """A program that reaches the node."""
        return self.app.test_client()

    def mediator(self, name: str = "Amal", *, listed: bool = True, role: bool = True) -> str:
        """A new mediator's number; on the trust list, and with a mandate, unless told otherwise."""
        number = str(
            operations.add_member(self.here, name=name, roles=["mediator"] if role else [])["member"]
        )
        self.keys[number], recipient = new_reader()
        if listed:
            self.readers.append(Reader(number, recipient))
            self.list_them()
        return number

    def new_key(self, number: str) -> None:
        """Name another key for a mediator from now on."""
        self.keys[number], recipient = new_reader()
        self.readers = [one for one in self.readers if one.member != number] + [Reader(number, recipient)]
        self.list_them()

    def list_them(self, ends: int | None = None) -> None:
        """Take a trust list with the mediators as they are."""
        now = self.time.system // 1000
        before = trust.load(self.here.db)
        version = 1 if before is None else before.version + 1
        listed = self.roots.listed(version, ends or now + YEAR, [self.here.device.key.public])
        listed = replace(listed, mediators=tuple(self.readers))
        with self.here.journal.writing() as db:
            trust.take(db, self.roots.network, [self.roots.signed(listed)], now)

    def doubt(self, place: str = "linden-bakery.1test/7", **more: Any) -> Matter:
        """Something that waits from now on, sealed to every mediator."""
        facts = {"at": EVENING, "title": "A sealed note", "choices": CHOICES, **more}
        if "sealed" not in facts:
            facts["sealed"] = seal(SECRET, [one.recipient for one in self.readers])
        matter = Matter(place, **facts)
        self.doubts.waiting.append(matter)
        return matter


class DeskProgram(Process):
    """`safe-bench mediator`, whose home and temporary folder are in `place`."""

    def __init__(self, place: Path, *words: str | Path) -> None:
        for name in ("home", "tmp"):
            (place / name).mkdir(parents=True)
        env = {"HOME": str(place / "home"), "TMPDIR": str(place / "tmp"), "TZ": "Europe/Berlin"}
        log = place / "said.log"
        command = (SAFE_BENCH, "mediator", *words)
        super().__init__(command, log, lambda: "http://" in self.said(), cwd=place / "home", env=env)

    @property
    def address(self) -> str:
        """The address of the page, its secret included, without a slash at the end."""
        return self.said().split()[-1].rstrip("/")


def present() -> Time:
    """The time that programs started now will see."""
    return Time(system=machine_tick().system)


def notes_for(node: MediatedNode, bench: Bench, *texts: str) -> None:
    """Notes with sealed details of this bench, as the node has them after a sync."""
    bench.from_node((DESCRIBED, NEIGHBOURHOOD))
    node.here.journal.record(DESCRIBED, NEIGHBOURHOOD)
    now, record = node.here.clock.now(), bench.here.journal.record
    for number, text in enumerate(texts):
        what = (What.ARGUMENT, What.LOST, What.NOISE)[number % 3]
        note = Noted("12345", what, "market", now - 7200, Ended.CALMED, tried=(Tried.LISTENED, Tried.SPACE))
        place = record(NOTED, note).place
        record(SEALED, Sealed(place, *seal_provable(text, [one.recipient for one in node.readers])))
    journal, db = bench.here.journal, bench.here.db
    source = journal.find(db, journal.source)
    node.here.journal.append(source.name, 1, journal.forms(db, source, 1, source.size))


def mediated_node(path: Path, *, fresh: bool = False) -> MediatedNode:
    """A node in `path`, with nobody on its trust list yet; with `fresh`, at this machine's present time."""
    data, time, doubts = DataDir(path), present() if fresh else Time(), Doubts()
    init_central(data, "Lindenfield", "Rosa")
    app = create_central(Config(), data, tick=time)
    here: Services = app.extensions[EXTENSION]
    here.features = (*here.features, doubts.feature())
    return MediatedNode(app, here, time, doubts)
