"""Benches without a tablet: their signed requests are made beforehand, so that only the node is measured.

Run as a program: reads a `Rush` from stdin, sends all of it at once, prints the seconds that it took.
"""

from __future__ import annotations

import http.client
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from kiosk.adapters.http import Request, Response
from kiosk.adapters.keys import DeviceKey
from kiosk.core.checkpoint import Checkpoint, sign_checkpoint
from kiosk.core.event import Whole
from kiosk.core.note import VerifierKey
from kiosk.core.tree import Tree
from kiosk.sync.channel import address, opened, read_answer, signed_request
from kiosk.sync.protocol import SYNC_PATH, Answer, Batch, Exchange


@dataclass
class Stranger:
    """One bench: its key, and its log so far."""

    bench: str
    key: DeviceKey
    tree: Tree = field(default_factory=Tree)
    counter: int = 0

    @classmethod
    def new(cls, bench: str) -> Stranger:
        """One that has written nothing yet."""
        return cls(bench, DeviceKey.generate())

    def request(self, forms: Sequence[Whole], network: str, node: bytes, epoch: str, cursor: int) -> Request:
        """The exchange that sends these further events."""
        source, first = f"{self.bench}.1test", self.tree.size + 1
        for form in forms:
            self.tree.append(form.leaf)
        signer = VerifierKey(f"{network}/{source}", self.key.public)
        checkpoint = Checkpoint(signer.name, self.tree.size, self.tree.root())
        note = str(sign_checkpoint(checkpoint, signer, self.key.sign))
        self.counter += 1
        return signed_request(
            SYNC_PATH,
            Exchange(epoch, cursor, Batch.of(source, first, forms, note)),
            self.key,
            key_id=self.bench,
            headers=address(node, source, self.counter),
            created=int(time.time()),
        )


class Sent(msgspec.Struct, frozen=True):
    """A request as it travels to the other process."""

    headers: dict[str, str]
    body: bytes


class Rush(msgspec.Struct, frozen=True):
    """Requests that are sent at the same moment."""

    port: int
    node: bytes
    sent: list[Sent]


def rush(port: int, node: bytes, requests: Sequence[Request]) -> float:
    """The seconds until the last of these was answered; all are accepted, or AssertionError."""
    job = Rush(port, node, [Sent(dict(one.headers), one.body) for one in requests])
    words = (sys.executable, "-m", "tests.benchmark.fleet")
    done = subprocess.run(
        words, input=msgspec.json.encode(job), stdout=subprocess.PIPE, timeout=60, check=False
    )
    assert done.returncode == 0, "a bench was refused"
    return float(done.stdout)


def send(port: int, node: bytes, request: Request) -> Answer:
    """The node's answer to one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    return _read(_ask(connection, request), request, node)


def _ask(connection: http.client.HTTPConnection, request: Request) -> Response:
    connection.request("POST", SYNC_PATH, request.body, dict(request.headers))
    answer = connection.getresponse()
    return Response(
        answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    )


def _read(response: Response, request: Request, node: bytes) -> Answer:
    body, _created = opened(response, request, node)
    return read_answer(response, body, Answer)


def _run(job: Rush) -> float:
    requests = [Request(SYNC_PATH, one.headers, one.body) for one in job.sent]
    answers: list[tuple[Request, Response]] = []
    ended: list[float] = []
    start = threading.Barrier(len(requests) + 1)

    def go(request: Request) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", job.port, timeout=30)
        connection.connect()
        start.wait()
        answers.append((request, _ask(connection, request)))
        ended.append(time.perf_counter())

    threads = [threading.Thread(target=go, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    assert len(answers) == len(requests)
    for request, response in answers:
        assert _read(response, request, job.node).cosignature is not None
    return max(ended) - began


if __name__ == "__main__":
    print(_run(msgspec.json.decode(sys.stdin.buffer.read(), type=Rush)))
