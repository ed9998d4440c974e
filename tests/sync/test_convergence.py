"""Whatever happens in whatever order, in the end everybody has everything, once."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kiosk.adapters.http import HttpClient, Response
from kiosk.core.errors import NoWayThrough
from tests.sync.town import CALLED, URL, WHISPERED, Node, Tablet, enrol, node_at, tablet_at
from tests.sync.wsgi import WsgiAdapter

WHICH = st.integers(0, 1)


class Town(RuleBasedStateMachine):
    """Two benches and a node; people write, lines fail, tablets restart, the node is restored or wiped."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.node: Node = node_at(self.folder / "node0")
        self.benches: list[Tablet] = [
            enrol(self.folder / f"bench{i}", self.node, f"Bench {i}") for i in (0, 1)
        ]
        self.told: list[str] = []
        self.whispered: list[list[str]] = [[], []]
        self.called: list[str] = []
        self.nodes = 1
        self.words = 0
        self.backup: tuple[Path, list[str]] | None = None
        for bench in self.benches:
            bench.sync()

    def _word(self) -> str:
        self.words += 1
        return f"word {self.words}"

    @rule(which=WHICH, many=st.integers(1, 3))
    def tell(self, which: int, many: int) -> None:
        for _ in range(many):
            self.told.append(self._word())
            self.benches[which].says(self.told[-1])

    @rule(which=WHICH)
    def whisper(self, which: int) -> None:
        self.whispered[which].append(self._word())
        self.benches[which].says(self.whispered[which][-1], kind=WHISPERED)

    @rule()
    def call(self) -> None:
        self.called.append(self._word())
        self.node.calls(self.called[-1])

    @rule(which=WHICH)
    def sync(self, which: int) -> None:
        self.benches[which].sync()

    @rule(which=WHICH, how=st.sampled_from(["lost", "cut", "old", "empty", "portal"]))
    def fail(self, which: int, how: str) -> None:
        """An exchange that goes wrong in one way or another."""
        line = self.benches[which].line
        before = line.answers[-1] if line.answers else Response(200)
        changes = {
            "cut": lambda r: Response(r.status, r.headers, r.body[: len(r.body) // 2]),
            "old": lambda _: before,
            "empty": lambda _: Response(200, {}, b"{}"),
            "portal": lambda _: Response(200, {"content-type": "text/html"}, b"<html>"),
        }
        try:
            if how == "lost":
                line.lose_answer = 1
            else:
                line.change = changes[how]
            with pytest.raises(NoWayThrough):
                self.benches[which].sync()
        finally:
            line.change, line.lose_answer = lambda response: response, 0

    @rule(which=WHICH)
    def replay(self, which: int) -> None:
        """The last request comes once more."""
        line = self.benches[which].line
        if line.asked:
            line.send(line.asked[-1])

    @rule(which=WHICH)
    def restart(self, which: int) -> None:
        old = self.benches[which]
        old.close()
        self.benches[which] = tablet_at(old.path, self.node)

    @rule(which=WHICH)
    def rebuild(self, which: int) -> None:
        models, before = self.benches[which].here.journal.models, self.benches[which].hears()
        with self.benches[which].here.journal.writing() as db:
            models.rebuild(db)
        assert self.benches[which].hears() == before

    @rule()
    def wipe_the_node(self) -> None:
        """All of the node but its key is gone; what it had said and nobody had heard is gone with it."""
        self._replace([], self.folder / f"node{self.nodes}", key=self.node.here.device.key)

    @rule()
    def back_the_node_up(self) -> None:
        path = self.folder / f"backup{self.nodes}"
        self.nodes += 1
        self.node.copy(path)
        self.backup = path, self.node.hears(CALLED)

    @rule()
    def restore_the_node(self) -> None:
        if self.backup is None:
            return
        backup, called = self.backup
        path = self.folder / f"node{self.nodes}"
        shutil.copytree(backup, path)
        self._replace(called, path, epoch="restored")

    def _replace(self, kept: list[str], path: Path, **words: Any) -> None:
        heard = {word for bench in self.benches for word in bench.hears(CALLED)}
        self.called = sorted(heard.union(kept))
        self.node.close()
        self.node = node_at(path, **words)
        self.nodes += 1
        for bench in self.benches:
            bench.line.send = HttpClient(URL, adapter=WsgiAdapter(self.node.app))

    @invariant()
    def nothing_counts_twice(self) -> None:
        if hasattr(self, "node"):
            for place in (self.node, *self.benches):
                heard = place.hears()
                assert len(heard) == len(set(heard))

    def teardown(self) -> None:
        if not hasattr(self, "node"):
            return
        for bench in (*self.benches, *self.benches):
            bench.sync()
        everything = sorted(self.told + self.called)
        for which, bench in enumerate(self.benches):
            assert bench.hears() == sorted(everything + self.whispered[which])
            assert bench.pending == 0
            assert bench.count("forks") == 0
        assert self.node.hears() == sorted(everything + self.whispered[0] + self.whispered[1])
        assert self.node.count("forks") == 0
        for name in self.node.holds():
            roots = {place.source(name).tree.root() for place in (self.node, *self.benches)}
            assert len(roots) == 1
        for place in (self.node, *self.benches):
            place.close()
        shutil.rmtree(self.folder)


Town.TestCase.settings = settings(
    max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestConvergence = pytest.mark.slow(pytest.mark.timeout(180)(Town.TestCase))
