"""The installed `safe-bench` and other servers, as real processes that a test starts and ends."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

Found = TypeVar("Found")

SAFE_BENCH = Path(sys.executable).with_name("safe-bench")
START_SECONDS = 30.0
STOP_SECONDS = 2.0


def safe_bench(*words: str | Path, code: int = 0, program: Path = SAFE_BENCH, cwd: Path | None = None) -> str:
    """What a command prints; for the exit code `code` other than 0, what it says is wrong."""
    done = subprocess.run([program, *words], capture_output=True, text=True, timeout=30, cwd=cwd, check=False)
    assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stderr if code else done.stdout


def until(find: Callable[[], Found | None], what: str, seconds: float = START_SECONDS) -> Found:
    """The first answer of `find` that is true, asked again and again; AssertionError after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        found = find()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int, path: str = "/healthz") -> bool:
    """Whether something on the loopback answers a plain GET with 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def listens(port: int) -> bool:
    """Whether connections to this port of the loopback are taken."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True


class Process:
    """A server that can be started, ended and started again on the same port.

    What it prints is added to `log`, whose text stands in the message when it does not do as it should.
    """

    def __init__(
        self,
        words: Iterable[str | Path],
        log: Path,
        up: Callable[[], bool],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.words = [str(word) for word in words]
        self.log = log
        self._cwd = cwd
        self._env = {**os.environ, **(env or {})}
        self._up = up
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id while it runs."""
        assert self._running is not None
        return self._running.pid

    def start(self, seconds: float = START_SECONDS) -> None:
        """Start it and wait until it is up, for so many seconds at most."""
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                self.words,
                cwd=self._cwd,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        running = self._running

        def up() -> bool:
            assert running.poll() is None, f"{self.words} ended with {running.returncode}\n{self.said()}"
            return self._up()

        until(up, f"{self.words}\n{self.said()}", seconds)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end, which it must within two seconds; its exit code."""
        running = self._running
        if running is None:
            return 0
        running.send_signal(number)
        try:
            running.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.words} did not end within two seconds\n{self.said()}") from None
        self._running = None
        return running.returncode

    def kill(self) -> None:
        """End it as a power cut would: kill -9."""
        if self._running is not None:
            self._running.kill()
            self._running.wait(STOP_SECONDS)
            self._running = None

    def said(self) -> str:
        """What it printed."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""


def alive(pid: int) -> bool:
    """Whether a process of this id is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
