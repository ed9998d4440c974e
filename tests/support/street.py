"""A street as it is: a node behind Caddy's HTTPS and a bench that was enrolled at it, all real processes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from kiosk.adapters import control
from kiosk.adapters.datadir import DataDir
from kiosk.web.assets import folder as shipped
from tests.support.processes import SAFE_BENCH, Process, answers, free_port, safe_bench
from tests.support.sample import neighbourhood_file
from tests.support.tls import Authority, Caddy

ARRIVES_SECONDS = 60.0
"""Within which everything must reach the other side by itself."""


@dataclass(frozen=True)
class Member:
    """Somebody of the patrol, as the node made them."""

    name: str
    number: str
    pin: str


class App(Process):
    """`safe-bench bench serve` or `central serve` on a port of its own; `kind` is `bench` or `central`."""

    def __init__(self, kind: str, data: Path, port: int) -> None:
        self.kind, self.data, self.port = kind, data, port
        self.url = f"http://127.0.0.1:{port}/"
        words = (SAFE_BENCH, kind, "serve", "--data", data, "--port", str(port))
        super().__init__(words, data.with_suffix(".log"), lambda: answers(port))

    def does(self, *words: str | Path, code: int = 0) -> str:
        """What a further `safe-bench` command of this kind prints."""
        return safe_bench(self.kind, *words, "--data", self.data, code=code)

    def asks(self, operation: str, **words: Any) -> dict[str, Any]:
        """What the running app answers to what a command would have asked it, without the command's start."""
        return control.call(DataDir(self.data).socket, operation, **words)

    def export(self) -> Path:
        """The file of its export."""
        to = self.data.with_suffix(".ndjson")
        safe_bench("export", "--data", self.data, "--out", to)
        return to

    def bodies(self) -> list[dict[str, Any]]:
        """What its export says of all events that it holds whole: of each its body, `source` and `seq`."""
        lines = [json.loads(line) for line in self.export().read_text("utf-8").splitlines()]
        events = [line["event"] for line in lines if "event" in line]
        return [
            {"source": event["source"], "seq": event["seq"], **event["body"]}
            for event in events
            if "body" in event
        ]

    def types_of(self, member: Member) -> list[str]:
        """The types of the events about a member that its benches recorded and it holds, oldest first."""
        return [
            body["type"]
            for body in self.bodies()
            if body["data"].get("member") == member.number and not body["source"].startswith("central.")
        ]


@dataclass
class Street:
    """One node, one bench, and the people who come by."""

    folder: Path
    node: App
    bench: App
    front: Caddy
    authority: Authority

    def member(self, name: str, *roles: str) -> Member:
        """A new member, known at the bench."""
        made = self.node.asks("member.add", name=name, roles=list(roles))
        self.bench.asks("bench.sync")
        return Member(name, made["member"], made["pin"])

    def badge(self, member: Member) -> Path:
        """The picture of a badge that the node prints for a member."""
        printed = self.folder / "badges" / f"{member.number}.png"
        printed.parent.mkdir(exist_ok=True)
        self.node.does("badge", member.number, "--out", printed)
        return printed

    @cached_property
    def ines(self) -> Member:
        """A steward."""
        return self.member("Ines", "steward")

    @cached_property
    def rosa(self) -> Member:
        """The host of the bench."""
        return self.member("Rosa", "host")

    def pending(self) -> int:
        """How many of the bench's events the node has not acknowledged."""
        return int(json.loads(self.bench.does("status", "--json"))["pending"])


@contextmanager
def open_street(place: Path) -> Iterator[Street]:
    """A street with the sample neighbourhood in the folder `place`."""
    node = App("central", place / "node", free_port())
    bench = App("bench", place / "bench", free_port())
    authority = Authority(place / "tls")
    front = Caddy(place / "caddy", free_port(), node.port, authority.issue("localhost"), authority.ca)
    node.does("init", "--name", "Lindenfield")
    node.start()
    try:
        publish_sample(node)
        front.start()
        enrol(node, bench, "Linden Bakery", front.url, "--ca", str(authority.ca))
        (bench.data / "config.toml").write_text("sync_minutes = 0.05\n")
        bench.start()
        bench.asks("bench.sync")
        yield Street(place, node, bench, front, authority)
        for app in (bench, node):
            app.stop()
            assert "Traceback" not in app.said(), app.said()
        front.stop()
    finally:
        for server in (bench, front, node):
            server.kill()


def publish_sample(node: App) -> None:
    """Publish the sample neighbourhood and its posters at a node."""
    ours = node.data.with_name("neighbourhood.toml")
    ours.write_text(neighbourhood_file(), "utf-8")
    node.does("neighbourhood", "publish", ours)
    for poster in sorted((shipped("sample") / "posters").glob("*.md")):
        node.does("poster", "publish", poster)


def enrol(node: App, bench: App, name: str, url: str, *options: str) -> None:
    """Make `bench` a bench of the node, found at `url`."""
    code = node.does("bench-code", name).strip().splitlines()[-1]
    bench.does("enrol", url, code, *options)
