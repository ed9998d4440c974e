"""What people wait for: check-in, the first screen, a camera frame."""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from statistics import median
from urllib.parse import urljoin

from PIL import Image

from kiosk.adapters.badge import badge_png
from kiosk.adapters.datadir import DataDir
from kiosk.commands.running import alone
from kiosk.core.errors import TryLater
from tests.benchmark import corpus
from tests.benchmark.client import Asked, Client, p99_of_crowd
from tests.benchmark.fleet import send
from tests.benchmark.hello import Hello, Inserts
from tests.benchmark.measure import Row, percentile, times_floor
from tests.benchmark.syncer import record
from tests.benchmark.town import Town
from tests.support.frames import HEIGHT, WIDTH, hard_frame

CLIENTS = 16
HALF = 5000
_HELLO = Asked("/")
_LINKS = re.compile(r"""(?:href|src)="([^"]+\.(?:css|js|svg|png|woff2)[^"]*)"|url\(["']?([^"')]+)|"""
                    r"""(?:import|from)\s*\(?["']([^"']+)["']""")  # fmt: skip


def check_in_alone(town: Town, floor: Hello, repeats: int, count: int) -> Row:
    """One client."""
    inserts, at_floor, client = Inserts(town.place), Client(floor.port), Client(town.bench.port)
    client.times(town.arrivals(20))

    def once() -> tuple[float, float]:
        hello = median(at_floor.times([_HELLO] * count))
        insert = median(inserts.times(count))
        return median(client.times(town.arrivals(count))), hello + insert

    return times_floor("check-in POST, 1 client, p50", "ms", 2.5, (once() for _ in range(repeats)))


def check_in_crowd(town: Town, floor: Hello, repeats: int, count: int) -> Row:
    """Sixteen clients at once."""

    def once() -> tuple[float, float]:
        hello = p99_of_crowd(floor.port, CLIENTS, [_HELLO] * count)
        return p99_of_crowd(town.bench.port, CLIENTS, town.arrivals(count)), hello

    return times_floor("check-in POST, 16 clients, p99", "ms", 2.5, (once() for _ in range(repeats)))


def check_in_while_syncing(town: Town, repeats: int, count: int) -> Row:
    """One client while 10,000 events are exchanged, half of them each way."""
    pairs = [_while_syncing(town, count) for _ in range(repeats)]
    return times_floor("check-in p95 while 10,000 events sync", "ms", 3, pairs)


def _while_syncing(town: Town, count: int) -> tuple[float, float]:
    with alone(DataDir(town.bench.data), central=False) as here:
        record(here, HALF)
    with town.running(town.node):
        _bring(town)
    with town.running(town.bench):
        client = Client(town.bench.port)
        client.times(town.arrivals(10))
        quiet = percentile(client.times(town.arrivals(count)), 95)
        with town.running(town.node):
            return percentile(list(_during_sync(town, client)), 95), quiet


def _bring(town: Town) -> None:
    """Another bench brings its events to the node."""
    stranger = town.strangers[-1]
    forms = corpus.forms(HALF, int(time.time()), stranger.tree.size + 1, seed=stranger.tree.size)
    for begin in range(0, HALF, 500):
        asked = stranger.request(forms[begin : begin + 500], town.network, town.node_key, *town.newest())
        send(town.node.port, town.node_key, asked)


def _during_sync(town: Town, client: Client) -> Iterator[float]:
    """Check-ins until the bench has sent and received everything."""
    over = threading.Event()
    for work in (lambda: _sync(town), lambda: _watch(town, over)):
        threading.Thread(target=work, daemon=True).start()
    deadline = time.monotonic() + 30
    while not over.is_set():
        assert time.monotonic() < deadline, "the sync did not end"
        yield client.ask(town.arrivals(1)[0])


def _sync(town: Town) -> None:
    """Have the bench begin at once. It goes on as long as there are check-ins, until the node is gone."""
    with suppress(TryLater):
        town.bench.asks("bench.sync")


def _watch(town: Town, over: threading.Event) -> None:
    """Say when the bench has given and got what there was before the check-ins began."""
    stranger = town.strangers[-1]
    query = (
        "SELECT a.size - a.acked, b.size FROM sources a, sources b WHERE a.name LIKE 'linden-bakery.%'"
        " AND b.name = ?"
    )
    while not over.is_set():
        rows = town.bench.rows(query, f"{stranger.bench}.1test")
        if rows and rows[0][0] < HALF / 10 and rows[0][1] == stranger.tree.size:
            over.set()
        time.sleep(0.02)


def attract_time(town: Town, floor: Hello, repeats: int, count: int) -> Row:
    """The first screen."""
    at_floor, client = Client(floor.port), Client(town.bench.port)
    client.times([_HELLO] * 20)

    def once() -> tuple[float, float]:
        hello = median(at_floor.times([_HELLO] * count))
        return median(client.times([_HELLO] * count)), hello

    return times_floor("attract screen GET, p50", "ms", 2, (once() for _ in range(repeats)))


def attract_bytes(town: Town) -> Row:
    """All that a browser fetches for the first screen, headers and all."""
    known, todo, total = {"/"}, ["/"], 0
    while todo:
        path = todo.pop()
        head, body = _fetch(town.bench.port, path)
        total += head + len(body)
        if path.split("?")[0].endswith(".svg"):
            continue
        for found in _LINKS.findall(body.decode()):
            link = urljoin(path, next(part for part in found if part))
            if link not in known and link.startswith("/"):
                known.add(link)
                todo.append(link)
    note = f"{len(known)} files"
    return Row("attract screen, all told", total / 1024, "KiB", 40, note=note)


def _fetch(port: int, path: str) -> tuple[int, bytes]:
    """The size of the answer's head, and its body."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, path
    return 17 + sum(len(name) + len(value) + 4 for name, value in answer.getheaders()), body


def camera_frame(town: Town, count: int) -> Row:
    """From a frame of 640 x 480 to the answer that says what it shows."""
    chance, badge = random.Random(7), town.badge()
    card = Image.open(BytesIO(badge_png(badge, "Ines", "10001", "Lindenfield"))).convert("L")
    connection = http.client.HTTPConnection("127.0.0.1", town.bench.port)
    headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/octet-stream"}

    def scan(frame: bytes) -> tuple[float, bool]:
        began = time.perf_counter()
        connection.request("POST", f"/scan?width={WIDTH}&height={HEIGHT}", frame, headers)
        said = connection.getresponse().read()
        return (time.perf_counter() - began) * 1000, badge.encode() in said

    frames = [hard_frame(card, chance) for _ in range(count)]
    scan(frames[0])
    times, read = zip(*[scan(frame) for frame in frames], strict=True)
    note = f"{sum(read)} of {count} read"
    return Row("camera frame 640 x 480, p95", percentile(times, 95), "ms", 15, note=note)
