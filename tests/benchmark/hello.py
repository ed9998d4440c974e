"""The floors: the smallest Flask app on waitress, and one bare durable insert.

Run as a program with a port: serves `hello`.
"""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

from tests.benchmark.measure import ms
from tests.support.processes import Process, answers, free_port

THREADS = 8
"""As many as the product has."""
_BODY = b'{"type":"checkin.arrived","time":"2026-11-23T20:44:00Z","data":{}}' + b" " * 130


def serve(port: int) -> None:
    """Say hello until ended."""
    import flask
    import waitress

    app = flask.Flask("hello")

    @app.get("/")
    def hello() -> str:
        return "Hello"

    waitress.serve(app, host="127.0.0.1", port=port, threads=THREADS, _quiet=True)


class Hello(Process):
    """The app as a process of its own."""

    def __init__(self, place: Path) -> None:
        self.port = free_port()
        words = (sys.executable, "-m", "tests.benchmark.hello", str(self.port))
        super().__init__(words, place / "hello.log", lambda: answers(self.port, "/"))


def durable(path: Path) -> sqlite3.Connection:
    """A database as durable as ours, with one table and nothing else."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, body BLOB)")
    return db


class Inserts:
    """Bare durable inserts, one at a time."""

    def __init__(self, place: Path) -> None:
        self._db = durable(place / "floor.db")

    def times(self, count: int) -> list[float]:
        """How long each of `count` inserts took, in milliseconds."""
        insert = "INSERT INTO events (body) VALUES (?)"
        return [ms(lambda: self._db.execute(insert, (_BODY,))) for _ in range(count)]


if __name__ == "__main__":
    serve(int(sys.argv[1]))
