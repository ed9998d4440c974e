"""Browsers that only ask and wait: one in this process, or a crowd in a process of its own.

Run as a program: reads a `Job` from stdin, prints the milliseconds of its answers.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from itertools import count
from urllib.parse import quote

import msgspec

from tests.benchmark.measure import percentile

_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


class Asked(msgspec.Struct, frozen=True):
    """A request and the status that it must be answered with."""

    path: str
    body: str | None = None
    status: int = 200


def check_in(badge: str) -> Asked:
    """The form that a scanned badge sends; an arrival is answered by a redirect to its page."""
    return Asked("/check-in", f"badge={quote(badge)}", 303)


class Client:
    """A kept connection, and the one cookie that the bench sets."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._cookie = ""

    def ask(self, asked: Asked) -> float:
        """How long the answer took, in milliseconds."""
        headers = dict(_FORM) if asked.body is not None else {}
        if self._cookie:
            headers["Cookie"] = self._cookie
        began = time.perf_counter()
        method = "GET" if asked.body is None else "POST"
        self._connection.request(method, asked.path, asked.body, headers)
        answer = self._connection.getresponse()
        answer.read()
        took = (time.perf_counter() - began) * 1000
        if answer.status != asked.status or answer.getheader("Location", "/done")[-5:] != "/done":
            raise AssertionError(f"{asked.path} was answered with {answer.status}")
        cookie = answer.getheader("Set-Cookie")
        if cookie:
            self._cookie = cookie.split(";")[0]
        return took

    def times(self, asked: Sequence[Asked]) -> list[float]:
        """How long each took, one after the other."""
        return [self.ask(one) for one in asked]


class Job(msgspec.Struct, frozen=True):
    """What a crowd asks: `clients` connections share the requests."""

    port: int
    clients: int
    asked: list[Asked]


def crowd(port: int, clients: int, asked: Sequence[Asked]) -> list[float]:
    """How long each took, in milliseconds, asked from a process of its own."""
    job = msgspec.json.encode(Job(port, clients, list(asked)))
    words = (sys.executable, "-m", "tests.benchmark.client")
    done = subprocess.run(words, input=job, stdout=subprocess.PIPE, timeout=120, check=True)
    times: list[float] = json.loads(done.stdout)
    assert len(times) == len(asked), f"{len(asked) - len(times)} of {len(asked)} were not answered"
    return times


def p99_of_crowd(port: int, clients: int, asked: Sequence[Asked]) -> float:
    """The 99th percentile."""
    return percentile(crowd(port, clients, asked), 99)


def _run(job: Job) -> list[float]:
    times: list[float] = []
    turn, start = count(), threading.Barrier(job.clients)

    def go() -> None:
        client = Client(job.port)
        start.wait()
        while (i := next(turn)) < len(job.asked):
            times.append(client.ask(job.asked[i]))

    threads = [threading.Thread(target=go) for _ in range(job.clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


if __name__ == "__main__":
    print(json.dumps(_run(msgspec.json.decode(sys.stdin.buffer.read(), type=Job))))
