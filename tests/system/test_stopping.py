"""Ctrl-C, SIGTERM and the demo: what was started ends within two seconds and leaves nothing behind."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.processes import SAFE_BENCH, Process, answers, free_port, listens, safe_bench, until
from tests.support.street import Street

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("side", ["bench", "node"])
def test_an_app_ends_cleanly_within_two_seconds(street: Street, side: str, number: signal.Signals) -> None:
    app = street.bench if side == "bench" else street.node
    assert app.stop(number) == 0
    app.start()
    assert "Traceback" not in app.said()


def test_a_second_app_on_the_same_data_says_so_and_the_first_goes_on(street: Street) -> None:
    said = safe_bench("bench", "serve", "--data", street.bench.data, "--port", "0", code=75)
    assert len(said.strip().splitlines()) == 1
    assert answers(street.bench.port)


class Demo(Process):
    """`safe-bench demo` with its state in `state`."""

    def __init__(self, state: Path) -> None:
        self.state, self.ports = state, (free_port(), free_port())
        ports = ("--bench-port", str(self.ports[0]), "--central-port", str(self.ports[1]))
        words = (SAFE_BENCH, "demo", "--state", state, *ports)
        super().__init__(words, state.with_suffix(".log"), lambda: "Ctrl-C" in self.said())

    def start(self, seconds: float = 50) -> None:
        """Start it; it is up when it has said how to stop it: it makes a whole neighbourhood before."""
        self.log.unlink(missing_ok=True)
        super().start(seconds)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a demo keeps its neighbourhood from one start to the next."""
    return tmp_path_factory.mktemp("demo") / "state"


@pytest.fixture
def demo(state: Path) -> Iterator[Demo]:
    """A demo that runs."""
    with ExitStack() as stack:
        one = Demo(state)
        stack.callback(one.kill)
        one.start()
        yield one


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_ends_both_apps(demo: Demo, number: signal.Signals) -> None:
    assert all(answers(port) for port in demo.ports)
    assert demo.stop(number) in (0, 130, 143)
    until(lambda: not any(listens(port) for port in demo.ports), "both ports free", 1)
    assert "Traceback" not in demo.said()


def test_the_second_start_finds_its_people_again_within_five_seconds(demo: Demo) -> None:
    people = json.loads((demo.state / "people.json").read_text())
    demo.stop()
    began = time.monotonic()
    demo.start()
    assert time.monotonic() - began <= 5
    for one in people.values():
        assert one["pin"] in demo.said()
        assert Path(one["badge"]).is_file()
    assert demo.stop() == 0


def test_a_phones_link_leads_to_where_the_demos_node_is(tmp_path: Path) -> None:
    with ExitStack() as stack:
        demo = Demo(tmp_path / "state")
        stack.callback(demo.kill)
        demo.start()
        ines = json.loads((demo.state / "people.json").read_text())["Ines"]["number"]
        made = safe_bench("central", "phone-link", ines, "--data", demo.state / "central")
        demo.stop()
    assert f"\nhttp://127.0.0.1:{demo.ports[1]}/phone/" in made
