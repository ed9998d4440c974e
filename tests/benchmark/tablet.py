"""What the tablet itself has to give: time to start, memory."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.benchmark.measure import Row, ms, times_floor
from tests.benchmark.town import Town
from tests.support import walks
from tests.support.processes import SAFE_BENCH, STOP_SECONDS
from tests.support.visitor import Visitor

_PAGES = ("/", "/check-in", "/check-in/pin", "/help", "/posters", "/log", "/holds", "/sign-in", "/healthz")
_SETTLE = 2.0


def start(town: Town, repeats: int) -> Row:
    """From the command to the first answer, both compiled beforehand as an installed package is."""
    floor = (sys.executable, "-c", "import flask, waitress")
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env["PYTHONPYCACHEPREFIX"] = str(town.place / "compiled")

    def once() -> tuple[float, float]:
        least = ms(lambda: subprocess.run(floor, check=True, env=env))
        return _first_answer(town, env), least

    once()
    return times_floor("start to first answered request", "ms", 2.2, [once() for _ in range(repeats)])


def _first_answer(town: Town, env: dict[str, str]) -> float:
    data, port = town.bench.data, town.bench.port
    words = (SAFE_BENCH, "bench", "serve", "--data", data, "--port", str(port))
    began = time.perf_counter()
    running = subprocess.Popen(words, stdout=subprocess.DEVNULL, env=env)
    try:
        connection = _connected(port)
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(12).endswith(b" 200")
        took = (time.perf_counter() - began) * 1000
        connection.close()
        time.sleep(0.3)
        return took
    finally:
        running.terminate()
        running.wait(STOP_SECONDS)


def _connected(port: int) -> socket.socket:
    deadline = time.monotonic() + 20
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=10)
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "the bench did not start"
            time.sleep(0.001)


def memory(town: Town) -> list[Row]:
    """Resident memory of a bench that was just started, and after every page, a PIN and a sync."""
    with town.running(town.node, town.bench):
        time.sleep(_SETTLE)
        idle = _resident(town.bench.pid)
        _everything(town)
        used = _resident(town.bench.pid)
    return [
        Row("resident memory, idle bench", idle, "MiB", 60),
        Row("resident memory, after everything", used, "MiB", 95),
    ]


def _everything(town: Town) -> None:
    """Every page, a PIN, a note, a frame and a sync."""
    steward = town.steward()
    with Visitor(town.bench.url) as visitor:
        for page in _PAGES:
            visitor.go(page)
        for (slug,) in town.bench.rows("SELECT DISTINCT slug FROM posters"):
            visitor.go(f"/posters/{slug}")
        walks.check_in_by_pin(visitor, steward)
        visitor.tap("Write a note")
        walks.note(visitor, steward)
        visitor.go("/host")
        visitor.see("Closed tonight")
    frame = bytes(640 * 480)
    subprocess.run([sys.executable, "-c", _SCAN, str(town.bench.port)], input=frame, check=True)
    town.bench.asks("bench.sync")


_SCAN = """
import sys, urllib.request
url = f"http://127.0.0.1:{sys.argv[1]}/scan?width=640&height=480"
asked = urllib.request.Request(url, sys.stdin.buffer.read(), {"Sec-Fetch-Site": "same-origin"})
assert urllib.request.urlopen(asked).status == 200
"""


def _resident(pid: int) -> float:
    """MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / (1 << 20)
