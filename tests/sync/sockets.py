"""A node on a real socket, and a network before it that cuts, chops and crawls."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

import waitress
from flask import Flask
from waitress import wasyncore

Connection = socket.socket


class Served(Protocol):
    """A device with an app: a node or a bench."""

    @property
    def app(self) -> Flask:
        """Its app."""


@contextmanager
def listening(node: Served) -> Iterator[int]:
    """Serve a device's app with waitress; the port."""
    server = waitress.create_server(
        node.app, host="127.0.0.1", port=0, threads=4, connection_limit=1000, asyncore_use_poll=True
    )
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            wasyncore.loop(0.05, use_poll=True, map=server._map, count=1)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield int(server.effective_port)
    finally:
        over.set()
        thread.join()
        server.task_dispatcher.shutdown()
        wasyncore.close_all(server._map)


def shut(listener: Connection) -> None:
    """Close a listening socket, also for the thread that waits on it."""
    with suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)
    listener.close()


@dataclass
class Weather:
    """What the network does. Sizes in bytes, `rate` in bytes a second, `loss` as a share of packets.

    A lost packet is what TCP makes of it: everything behind it waits until it was sent again.
    """

    cut_up: int | None = None
    cut_down: int | None = None
    chop: int = 1460
    rate: float = float("inf")
    loss: float = 0.0


class Network:
    """Passes connections on to `port`, as the weather allows."""

    def __init__(self, port: int, weather: Weather, seed: int = 7) -> None:
        self._behind = port
        self.weather = weather
        self._random = random.Random(seed)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._both, args=(near,), daemon=True).start()

    def _both(self, near: Connection) -> None:
        with near, socket.create_connection(("127.0.0.1", self._behind)) as far:
            up = threading.Thread(target=self._pass, args=(near, far, self.weather.cut_up))
            up.start()
            self._pass(far, near, self.weather.cut_down)
            up.join()

    def _pass(self, source: Connection, sink: Connection, limit: int | None) -> None:
        passed = 0
        with suppress(OSError):
            while packet := source.recv(self.weather.chop):
                left = len(packet) if limit is None else limit - passed
                self._carry(len(packet))
                sink.sendall(packet[:left])
                passed += len(packet)
                if left < len(packet):
                    break
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _carry(self, size: int) -> None:
        wait, again = size / self.weather.rate, 0.2
        while self._random.random() < self.weather.loss:
            wait, again = wait + again, again * 2
        if wait:
            time.sleep(wait)

    def close(self) -> None:
        """Let nobody in any more."""
        shut(self._listener)


@contextmanager
def network(port: int, weather: Weather) -> Iterator[Network]:
    """A network before `port`."""
    made = Network(port, weather)
    try:
        yield made
    finally:
        made.close()
