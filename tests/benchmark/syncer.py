"""The bench's side of a sync in a process of its own, without pages.

Run as a program with a data directory and a `Task` on stdin; prints `Done`.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import msgspec

from kiosk.adapters.datadir import DataDir
from kiosk.adapters.http import HttpClient, Request, Response
from kiosk.commands.running import alone
from kiosk.sync.client import Client
from kiosk.web.services import Services
from tests.benchmark import corpus
from tests.benchmark.measure import ms


class Task(msgspec.Struct, frozen=True):
    """Sync `events` new ones `repeats` times, then nothing `idle` times; over `url`, if given."""

    events: int = 0
    repeats: int = 0
    idle: int = 0
    url: str = ""


class Done(msgspec.Struct, frozen=True):
    """Seconds of each sync of new events, milliseconds of each without, and requests of the latter."""

    seconds: list[float]
    idle: list[float]
    requests: int


def sync(data: Path, task: Task) -> Done:
    """Have the task done in another process."""
    words = (sys.executable, "-m", "tests.benchmark.syncer", str(data))
    job = msgspec.json.encode(task)
    done = subprocess.run(words, input=job, stdout=subprocess.PIPE, timeout=200, check=True)
    return msgspec.json.decode(done.stdout, type=Done)


def record(here: Services, count: int) -> None:
    """Write the corpus into the log of this device."""
    journal = here.journal
    with journal.writing() as db:
        first = journal.find(db, journal.source).size + 1
        forms = corpus.forms(count, here.clock.now(), first, seed=first)
        for begin in range(0, count, 500):
            journal.append(journal.source, first + begin, forms[begin : begin + 500])


def _do(here: Services, task: Task) -> Done:
    http = HttpClient(task.url or here.device.identity.node_url)
    requests = 0

    def send(request: Request) -> Response:
        nonlocal requests
        requests += 1
        return http(request)

    client = Client(here, send, http.close)
    client.sync()
    seconds = []
    for _ in range(task.repeats):
        record(here, task.events)
        began = time.perf_counter()
        sent = client.sync().sent
        seconds.append(time.perf_counter() - began)
        assert sent == task.events, f"{sent} of {task.events} were sent"
    requests = 0
    idle = [ms(client.sync) for _ in range(task.idle)]
    client.close()
    return Done(seconds, idle, requests)


if __name__ == "__main__":
    with alone(DataDir(Path(sys.argv[1])), central=False) as services:
        todo = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
        print(msgspec.json.encode(_do(services, todo)).decode())
