"""What goes between benches and the node: how fast, how much."""

from __future__ import annotations

import gzip
import time
from contextlib import closing
from statistics import median

import msgspec

from kiosk.core.event import Body
from kiosk.core.tree import Tree
from kiosk.sync.protocol import Batch, decode, encode, pack, unpack
from tests.benchmark import corpus
from tests.benchmark.fleet import Stranger, rush
from tests.benchmark.hello import durable
from tests.benchmark.measure import Row
from tests.benchmark.relay import Relay, relayed
from tests.benchmark.syncer import Task, sync
from tests.benchmark.town import Town

EVENTS = 10_000
BENCHES, EACH = 50, 200
BATCH, BATCHES = 500, 10
IDLE = 20


def throughput(town: Town, repeats: int) -> Row:
    """One bench with much to send."""
    with town.running(town.node):
        done = sync(town.bench.data, Task(events=EVENTS, repeats=repeats))
    _require_all(town, "linden-bakery.%")
    rate = EVENTS / median(done.seconds)
    note = f"bare, in one process: {median(_bare_rate(town) for _ in range(repeats)):,.0f} /s"
    return Row("bench to node, 10,000 events", rate, "/s", 25_000, at_least=True, note=note)


def _bare_rate(town: Town) -> float:
    """Events a second that are packed, unpacked, hashed and kept durably, with nothing checked or applied."""
    forms, tree = corpus.forms(EVENTS, int(time.time())), Tree()
    with closing(durable(town.place / "bare.db")) as db:
        began = time.perf_counter()
        for begin in range(0, EVENTS, BATCH):
            part = forms[begin : begin + BATCH]
            sent, encoding = pack(encode(Batch.of("linden-bakery.1test", begin + 1, part, "")))
            for form in decode(unpack(sent, encoding), Batch).forms():
                tree.append(form.leaf)
            db.execute("BEGIN")
            db.executemany("INSERT INTO events (body) VALUES (?)", [(form.body,) for form in part])
            db.execute("COMMIT")
        return EVENTS / (time.perf_counter() - began)


def _require_all(town: Town, source: str) -> None:
    """Node and bench hold the same, none in quarantine."""
    query = "SELECT sum(size) FROM sources WHERE name LIKE ?"
    assert town.node.rows(query, source) == town.bench.rows(query, source), "events are lost"
    assert town.node.rows("SELECT count(*) FROM quarantine") == [(0,)], "events are in quarantine"


def many_benches(town: Town, repeats: int) -> Row:
    """Fifty benches that all begin at the same moment."""
    seconds = []
    query = "SELECT count(*) FROM sources WHERE name LIKE 'stranger-%' AND size = ?"
    with town.running(town.node):
        for turn in range(repeats):
            benches = town.strangers[turn * BENCHES : (turn + 1) * BENCHES]
            place = town.newest()
            requests = [
                one.request(corpus.forms(EACH, int(time.time()), seed=i), town.network, town.node_key, *place)
                for i, one in enumerate(benches)
            ]
            seconds.append(rush(town.node.port, town.node_key, requests))
            assert town.node.rows(query, EACH) == [((turn + 1) * BENCHES,)], "events are lost"
    note = "none refused, none lost"
    return Row("50 benches at once, 200 events each", median(seconds), "s", 0.7, note=note)


def event_bytes() -> Row:
    """What one event weighs on the wire, headers and signatures and all, beside its bare facts."""
    forms = corpus.forms(BATCH * BATCHES, 1_795_466_640)
    stranger, sent, bare, better = Stranger.new("linden-bakery"), 0, 0, 0
    for begin in range(0, len(forms), BATCH):
        part = forms[begin : begin + BATCH]
        request = stranger.request(part, "lindenfield", bytes(32), "central.1test", 17)
        sent += len(request.body) + sum(len(name) + len(value) + 4 for name, value in request.headers.items())
        facts = b"[" + b",".join(_bare(form.body) for form in part) + b"]"
        bare += len(pack(facts)[0])
        better += len(gzip.compress(facts, 6))
    note = f"floor with gzip -6: {better / len(forms):.1f} B"
    return Row("bytes per event, batches of 500", sent / len(forms), "B", 28, bare / len(forms), note=note)


def _bare(body: bytes) -> bytes:
    event = msgspec.json.decode(body, type=Body)
    return msgspec.json.encode({"type": event.type, "time": event.time, "data": event.data})


def nothing_new(town: Town) -> list[Row]:
    """The exchange that finds nothing."""
    weights: list[int] = []
    with town.running(town.node):
        done = sync(town.bench.data, Task(idle=5 * IDLE))
        with relayed(town.node.port) as relay:
            weights += [_weight(town, relay, idle) for idle in (0, IDLE)]
    weight = (weights[1] - weights[0]) / IDLE / 1024
    note = f"{done.requests / len(done.idle):g} request"
    return [
        Row("sync with nothing new, p50", median(done.idle), "ms", 6),
        Row("sync with nothing new, both ways", weight, "KiB", 1.6, note=note),
    ]


def _weight(town: Town, relay: Relay, idle: int) -> int:
    """The bytes of a first sync and `idle` more, over one connection."""
    before = relay.bytes
    sync(town.bench.data, Task(idle=idle, url=relay.url))
    return relay.bytes - before
