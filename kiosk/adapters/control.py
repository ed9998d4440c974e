"""The Unix socket (mode 0600) by which commands reach a running app: a line of JSON each way."""

from __future__ import annotations

import os
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from kiosk.core.errors import FormatError, Refused, SafeBenchError, TryLater

MAX_LINE = 1 << 20
ANSWER_SECONDS = 300.0

Operations = Mapping[str, Callable[..., Mapping[str, Any]]]


class _Call(msgspec.Struct):
    operation: str
    words: dict[str, Any] = {}


class _Answer(msgspec.Struct, omit_defaults=True):
    facts: dict[str, Any] | None = None
    refused: str | None = None
    later: str | None = None


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    operations: Operations


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        """Answer one call."""
        self.wfile.write(msgspec.json.encode(self._answer(self.rfile.readline(MAX_LINE))) + b"\n")

    def _answer(self, line: bytes) -> _Answer:
        try:
            call = msgspec.json.decode(line, type=_Call)
            operation = self.server.operations[call.operation]
            return _Answer(facts=dict(operation(**call.words)))
        except (msgspec.MsgspecError, KeyError, TypeError, AttributeError) as error:
            return _Answer(refused=f"The running app does not know this command: {error}")
        except TryLater as error:
            return _Answer(later=str(error))
        except SafeBenchError as error:
            return _Answer(refused=str(error))


def listen(path: Path, operations: Operations) -> Callable[[], None]:
    """Serve `operations` on a socket in a thread; returns what ends it."""
    path.unlink(missing_ok=True)
    mask = os.umask(0o177)
    try:
        with _reachable(path) as address:
            server = _Server(address, _Handler)
    finally:
        os.umask(mask)
    server.operations = operations
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()

    def close() -> None:
        server.shutdown()
        server.server_close()
        path.unlink(missing_ok=True)

    return close


@contextmanager
def _reachable(path: Path) -> Iterator[str]:
    """An address of at most 107 bytes, as the kernel wants it, however long the path is."""
    directory = os.open(path.parent, os.O_PATH | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{directory}/{path.name}"
    finally:
        os.close(directory)


def call(path: Path, operation: str, **words: Any) -> dict[str, Any]:
    """What the app behind the socket answers; Refused or TryLater as it says. ConnectionError: nobody."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(ANSWER_SECONDS)
        try:
            with _reachable(path) as address:
                connection.connect(address)
            connection.sendall(msgspec.json.encode(_Call(operation, words)) + b"\n")
            with connection.makefile("rb") as answers:
                line = answers.readline()
        except FileNotFoundError:
            raise ConnectionRefusedError(str(path)) from None
        except TimeoutError:
            raise TryLater("The running app takes too long to answer.") from None
    if not line:
        raise TryLater("The running app did not answer.")
    answer = msgspec.json.decode(line, type=_Answer)
    if answer.later is not None:
        raise TryLater(answer.later)
    if answer.refused is not None:
        raise Refused(answer.refused)
    if answer.facts is None:
        raise FormatError("The running app's answer does not read.")
    return answer.facts
