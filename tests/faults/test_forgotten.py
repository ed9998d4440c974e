"""Random lives of a bench and its node: what is past its time is in no file of either; the rest is there."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kiosk import composition
from kiosk.adapters.backup import newest_backup, recover
from kiosk.adapters.checkpoints import set_aside
from kiosk.adapters.datadir import DataDir
from kiosk.adapters.export import export
from kiosk.adapters.http import HttpClient
from kiosk.adapters.keys import DeviceKey
from kiosk.adapters.readmodels import ReadModels
from kiosk.adapters.store import Store
from kiosk.adapters.verify import verify
from kiosk.bench import create_bench
from kiosk.central import create_central, init_central
from kiosk.config import Config
from kiosk.core.event import EventType, Whole, Writer, encode_body, new_salt, writer_of
from kiosk.core.feature import Feature, Spent
from kiosk.core.tree import Tree
from kiosk.serving import do_chores, operations_of
from kiosk.sync.batches import sign_tree
from kiosk.sync.client import Client
from kiosk.sync.enrolling import make_code
from kiosk.sync.joining import Invitation, join
from kiosk.sync.protocol import Batch, encode
from kiosk.web.services import EXTENSION, Services
from tests.support import EVENING, PIN, Time, make_bench
from tests.support.samples import sample
from tests.support.traces import traces
from tests.sync.wsgi import WsgiAdapter

DAY = 86400
URL = "http://127.0.0.1"
LATE = DAY
"""Erasure comes round once a day."""
MEMBERS = ("10777", "20888", "30999")
KINDS = [kind for feature in composition.ALL for kind in feature.events]


class Words(msgspec.Struct, frozen=True):
    """What a newer program may write."""

    words: str


UNKNOWN = (
    EventType("talk.whispered", Words, frozenset(Writer), "bench", None),
    EventType("talk.told", Words, frozenset(Writer), "public", None),
)


@dataclass
class Written:
    """What a life wrote, as the test remembers it.

    `true`: when, in POSIX seconds; `gone_by`: when it must be in no file any more, None for never; `sure`:
    whether the clock was right, so that it must be there until `true` + its days.
    """

    place: str
    body: bytes
    word: str
    true: int
    days: int | None
    sure: bool
    gone_by: int | None
    unread: bool = False

    @property
    def due(self) -> float:
        """Until when it must be there."""
        return float("inf") if self.days is None else self.true + self.days * DAY


@dataclass
class Life:
    """A node and a bench, on real files."""

    folder: Path
    held: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    written: list[Written] = field(default_factory=list)
    now: int = EVENING
    right: bool = True
    words: int = 0

    def begin(self) -> None:
        """Set both up."""
        self.times = {"node": Time(), "bench": Time()}
        init_central(self.data("node"), "Lindenfield", "Rosa")
        self.open_node()
        code = make_code(self.here("node"), name="Corner")["code"]
        self.data("bench").create()
        store, key = Store(self.data("bench").database), DeviceKey.load_or_create(self.data("bench").key)
        send = HttpClient(URL, adapter=WsgiAdapter(self.node))
        join(
            store,
            ReadModels(composition.ALL),
            key,
            Invitation(URL, code),
            send=send,
            tick=self.times["bench"],
        )
        store.close()
        self.open_bench()
        self.set_right()
        self.sync()

    def data(self, which: str) -> DataDir:
        """Where a device keeps everything."""
        return DataDir(self.folder / which)

    def here(self, which: str) -> Services:
        """A device's services."""
        app: Flask = self.node if which == "node" else self.bench
        here: Services = app.extensions[EXTENSION]
        return here

    def open_node(self) -> None:
        self.node = create_central(Config(), self.data("node"), tick=self.times["node"])

    def open_bench(self) -> None:
        self.bench = create_bench(Config(), self.data("bench"), tick=self.times["bench"])
        self.client = Client(self.here("bench"), HttpClient(URL, adapter=WsgiAdapter(self.node)))

    def close(self, which: str) -> None:
        self.here(which).journal.store.close()

    def passes(self, seconds: int) -> None:
        """Time goes by, on every clock."""
        self.now += seconds
        for time in self.times.values():
            time.pass_seconds(seconds)

    def set_right(self) -> None:
        """The host says what time it is."""
        self.here("bench").clock.confirm(self.now * 1000)
        self.learn()

    def learn(self) -> None:
        """Once the bench's clock is right, so is what it knows of the time before."""
        self.right = self.here("bench").clock.verified
        for one in self.written:
            if self.right and one.gone_by is None and one.days is not None and not one.unread:
                one.gone_by = self.now + one.days * DAY + LATE

    def word(self) -> str:
        self.words += 1
        return f"canary{self.words:04}x"

    def remember(self, place: str, body: bytes, word: str, days: int | None, *, sure: bool) -> None:
        gone_by = None if days is None or not sure else self.now + days * DAY + LATE
        self.written.append(Written(place, body, word, self.now, days, sure, gone_by))

    # What can happen.

    def write(self, which: str, number: int) -> None:
        """An event of any type that this device may write."""
        self.passes(61)
        own = Writer.CENTRAL if which == "node" else Writer.BENCH
        kinds = [kind for kind in KINDS if own in kind.writers]
        kind, word = kinds[number % len(kinds)], self.word()
        journal = self.here(which).journal
        sure = which == "node" or self.right
        data = sample(kind.data, word, MEMBERS[number % 3], self.now)
        entry = journal.record(kind, data)
        self.remember(entry.place, self.body(which, entry.place), word, kind.keep_days, sure=sure)

    def body(self, which: str, place: str) -> bytes:
        source, _, seq = place.rpartition("/")
        journal, db = self.here(which).journal, self.here(which).db
        (form,) = journal.forms(db, journal.find(db, source), int(seq), int(seq))
        assert isinstance(form, Whole)
        return form.body

    def strange(self, which: str, number: int) -> None:
        """A type that only a newer program knows, or a body that nobody can read."""
        self.passes(61)
        here, word = self.here(which), self.word()
        kind = UNKNOWN[number % 2]
        tick = here.clock.tick()
        body = encode_body(kind, Words(word), here.clock.now(), tick.boot, tick.uptime)
        days, sure = None if kind.scope == "public" else 90, which == "node" or self.right
        if number % 3 == 0:  # counted from when each device first looked at it
            body, days, sure = body.replace(b'"scope"', b'"score"'), 28, False
        done = here.journal.append(here.journal.source, None, [Whole(new_salt(), body)])
        self.remember(f"{here.journal.source}/{done.size}", body, word, days, sure=sure)
        self.written[-1].unread = number % 3 == 0

    def aside(self, number: int) -> None:
        """A batch that does not hold is kept aside at the node."""
        self.passes(61)
        here, word = self.here("node"), self.word()
        body = encode_body(UNKNOWN[0], Words(word), self.now, "b", 1)
        tree = Tree()
        tree.append(bytes(32))
        note = sign_tree(here.device, "corner.7aaaa", tree)
        batch = Batch.of("corner.7aaaa", 1, [Whole(new_salt(), body)], note)
        with here.journal.writing() as db:
            set_aside(db, f"corner{number}", self.now, "why", encode(batch))
        self.written.append(Written("", body, word, self.now, 28, False, self.now + 28 * DAY + LATE))

    def sync(self) -> None:
        """Bench and node exchange what is new; the bench's clock is right then."""
        bench = self.here("bench")
        for one in self.written:
            if one.unread and bench.journal.holds_whole(bench.db, one.place):
                one.gone_by = None  # the node counts from when it comes there
        self.client.sync()
        self.learn()

    def days(self, count: int) -> None:
        """Days go by, and then both do their chores."""
        self.passes(count * DAY)
        self.chores()

    def chores(self) -> None:
        for which in ("bench", "node"):
            do_chores(self.here(which), self.data(which))
        self.learn()
        for one in self.written:
            if one.unread and one.gone_by is None and self.right:
                one.gone_by = self.now + 28 * DAY + LATE
        self.check()

    def restart(self, number: int) -> None:
        """The tablet starts anew: with its clock right, in 1970, or in 2040."""
        self.close("bench")
        time = self.times["bench"]
        self.words += 1
        time.boot, time.uptime = f"b{self.words:011}", 60_000
        time.system = (self.now, 60, 2_208_988_800)[number % 3] * 1000
        self.right = False
        self.open_bench()

    def restart_node(self) -> None:
        self.close("node")
        self.open_node()
        self.client = Client(self.here("bench"), HttpClient(URL, adapter=WsgiAdapter(self.node)))

    def restore(self) -> None:
        """The newest backup of the bench is brought back; what came after it may be gone."""
        if newest_backup(self.data("bench")) is None:
            return
        self.close("bench")
        recover(self.data("bench"), ReadModels(composition.ALL))
        self.open_bench()
        self.learn()

    def hold(self, number: int) -> None:
        """Two people say that something is kept for longer."""
        if self.written:
            self.held.add(self.written[number % len(self.written)].place)

    def withdraw(self, number: int) -> None:
        """Something is of no more use."""
        if self.written and (one := self.written[number % len(self.written)]).place:
            self.withdrawn.add(one.place)

    # What must hold.

    def check(self) -> None:
        clocks = {"node": True, "bench": self.here("bench").clock.verified}
        over = [one for one in self.written if self.is_over(one)]
        for which in ("node", "bench"):
            if clocks[which]:
                found = traces(self.folder / which, *(one.body for one in over), *(one.word for one in over))
                assert found == {}, (which, found)
        for which in ("node", "bench"):
            self.check_there(which)

    def is_over(self, one: Written) -> bool:
        if one.place in self.held:
            return False
        return one.gone_by is not None and one.gone_by <= self.now

    def check_there(self, which: str) -> None:
        here = self.here(which)
        sizes = {source.name: source.size for source in here.journal.sources(here.db)}
        for one in self.written:
            source, _, seq = one.place.rpartition("/")
            held = one.place and int(seq) <= sizes.get(source, 0)
            mine = held and (writer_of(source) is Writer.CENTRAL) == (which == "node")
            if mine and one.sure and one.due > self.now and one.place not in self.withdrawn:
                assert here.journal.holds_whole(here.db, one.place), (which, one)

    def listening(self, spent: Spent | None) -> Spent | None:
        """A feature's answer to what is spent, remembered."""

        def asked(db: sqlite3.Connection, now: int | None) -> Iterable[str]:
            assert spent is not None
            found = set(spent(db, now))
            self.withdrawn |= found
            return found

        return None if spent is None else asked

    def end(self) -> None:
        """The clock is set right, a long time passes, and all is looked at once more."""
        self.set_right()
        self.sync()
        self.chores()
        self.days(21)
        for _day in range(9):  # with a backup each
            self.days(1)
        self.days(14)
        for which in ("node", "bench"):
            here, before = self.here(which), self.tables(which)
            with here.journal.writing() as db:
                here.journal.models.rebuild(db)
            assert self.tables(which) == before
            out = self.folder / f"{which}.ndjson"
            export(here.db, here.device, out, public=False)
            verify(out)
            out.unlink()

    def tables(self, which: str) -> dict[str, list[tuple[Any, ...]]]:
        conn = self.here(which).db.conn
        names = {holding.table for feature in self.here(which).features for holding in feature.holdings}
        there = {name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return {
            name: sorted(conn.execute(f"SELECT * FROM {name}").fetchall(), key=repr)  # noqa: S608
            for name in sorted((there & names) - {"meta"})
        }


NUMBER = st.integers(0, 59)
WHICH = st.sampled_from(["bench", "bench", "node"])
STEP = st.one_of(
    st.tuples(st.just("write"), WHICH, NUMBER),
    st.tuples(st.just("write"), WHICH, NUMBER),
    st.tuples(st.just("strange"), WHICH, NUMBER),
    st.tuples(st.just("aside"), NUMBER),
    st.tuples(st.just("sync")),
    st.tuples(st.just("days"), st.sampled_from([1, 1, 5, 14, 29])),
    st.tuples(st.just("days"), st.sampled_from([1, 1, 5, 14, 29])),
    st.tuples(st.just("chores")),
    st.tuples(st.just("restart"), NUMBER),
    st.tuples(st.just("set_right")),
    st.tuples(st.just("restart_node")),
    st.tuples(st.just("restore")),
    st.tuples(st.just("hold"), NUMBER),
    st.tuples(st.just("withdraw"), NUMBER),
)


@contextmanager
def begun() -> Iterator[Life]:
    """A life, in which some things are held and others withdrawn."""
    with tempfile.TemporaryDirectory() as folder:
        life = Life(Path(folder))
        asked = [replace(one, spent=life.listening(one.spent)) for one in composition.ALL]
        told = Feature(
            "people-say", kept=lambda _db, _now: life.held, spent=lambda _db, _now: set(life.withdrawn)
        )
        with patch.object(composition, "ALL", (*asked, told)):
            life.begin()
            yield life
            for which in ("bench", "node"):
                life.close(which)


@pytest.mark.slow
@pytest.mark.timeout(240)
@settings(max_examples=10, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(st.lists(STEP, min_size=10, max_size=20))
def test_what_is_past_its_time_is_in_no_file_and_the_rest_is_there(steps: Sequence[tuple[Any, ...]]) -> None:
    with begun() as life:
        for name, *words in steps:
            getattr(life, name)(*words)
        life.end()


def test_42_a_pin_as_it_is_typed_is_in_no_file_of_the_tablet_or_the_node(tmp_path: Path) -> None:
    """Neither one that the node makes, nor one that is typed right or wrong."""
    init_central(DataDir(tmp_path / "node"), "Lindenfield", "Rosa")
    app = create_central(Config(), DataDir(tmp_path / "node"), tick=Time())
    here = app.extensions[EXTENSION]
    added = operations_of(here)["member.add"](name="Ines")
    pins = [added["pin"], operations_of(here)["member.pin"](member=added["member"])["pin"]]
    bench = make_bench(tmp_path / "bench")
    bench.member(MEMBERS[0], "Ines")
    for typed in ("975310", PIN):
        bench.client.post("/sign-in", data={"who": "Ines", "pin": typed})
    do_chores(bench.here, bench.data)
    assert bench.here.db.conn.execute("SELECT count(*) FROM members").fetchone() == (1,)
    assert traces(tmp_path, *pins, "975310", PIN) == {}
    for open_here in (here, bench.here):
        open_here.journal.store.close()
