"""Sync in the background: when it starts by itself, when it waits, how it ends."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable

import pytest

from kiosk.core.errors import NodeRefused, NoWayThrough
from kiosk.sync.backoff import Backoff
from kiosk.sync.client import Client
from kiosk.sync.inbox import Counts
from kiosk.sync.loop import Loop, routes
from tests.support.processes import until
from tests.sync.town import Node, Tablet

SOON = 3.0


class Scripted(Client):
    """A client that does what a test says instead of syncing."""

    def __init__(self, tablet: Tablet, does: Callable[[int], object]) -> None:
        super().__init__(tablet.here, tablet.line)
        self.times: list[float] = []
        self.does = does

    def sync(self) -> Counts:
        self.times.append(time.monotonic())
        self.does(len(self.times))
        return Counts()


class Quick(Backoff):
    """Waits as long as a test says, and remembers for how long it was asked to."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self.asked: list[float] = []

    def failed(self, asked_to_wait: float = 0.0) -> float:
        super().failed()
        self.asked.append(asked_to_wait)
        return self.seconds


@pytest.fixture
def loops():
    made: list[Loop] = []
    yield made
    for loop in made:
        loop.close()


def start(loops: list[Loop], tablet: Tablet, client: Client | None = None, **words) -> Loop:
    loop = Loop(tablet.here, lambda _: client or tablet.client, **{"debounce": 0.02, **words})
    loops.append(loop)
    loop.start()
    return loop


def test_a_new_event_is_sent_by_itself(node: Node, bakery: Tablet, loops: list[Loop]):
    loop = start(loops, bakery)
    until(lambda: bakery.pending == 0, "the first sync", SOON)
    bakery.says("hello")
    until(lambda: node.hears() == ["hello"], "the event arrives", SOON)
    until(lambda: loop.status().pending == 0, "it is acknowledged", SOON)
    assert loop.status().last_sync == node.here.clock.now()
    assert loop.status().last_error == ""


def test_while_somebody_waits_the_node_is_asked_often_and_then_no_more(
    bakery: Tablet, loops: list[Loop], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.sync.loop.HURRY", 0.05)
    client, waits = Scripted(bakery, lambda _: None), threading.Event()
    loop = Loop(bakery.here, lambda _: client, debounce=0.02)
    loops.append(loop)
    loop.hurried = waits.is_set
    loop.start()
    until(lambda: len(client.times) == 1, "the first sync", SOON)
    waits.set()
    loop.wake()
    until(lambda: len(client.times) >= 5, "several more", SOON)
    waits.clear()
    until(lambda: time.monotonic() - client.times[-1] > 0.5, "it is quiet again", SOON)


def test_what_a_sync_brought_is_dealt_with_right_after_it(bakery: Tablet, loops: list[Loop]) -> None:
    client, after = Scripted(bakery, lambda _: None), threading.Event()
    loop = Loop(bakery.here, lambda _: client, debounce=0.02)
    loops.append(loop)
    loop.after = after.set
    loop.start()
    assert after.wait(SOON)
    assert len(client.times) == 1


def test_events_that_follow_each_other_go_together(bakery: Tablet, loops: list[Loop]):
    client = Scripted(bakery, lambda _: None)
    start(loops, bakery, client, debounce=0.3)
    until(lambda: client.times, "the first sync", SOON)
    bakery.says("one", "two", "three", "four")
    until(lambda: len(client.times) == 2, "the second sync", SOON)
    assert client.times[1] - client.times[0] > 0.25


def test_it_asks_now_and_then_when_nothing_happens(bakery: Tablet, loops: list[Loop]):
    client = Scripted(bakery, lambda _: None)
    start(loops, bakery, client, every=0.05)
    until(lambda: len(client.times) > 3, "four syncs", SOON)


def test_it_waits_after_a_failure_and_goes_on_by_itself(node: Node, bakery: Tablet, loops: list[Loop]):
    bakery.line.down = True
    bakery.says("kept")
    loop = start(loops, bakery, backoff=Quick(0.05))
    until(lambda: len(bakery.line.asked) > 2, "three tries", SOON)
    assert loop.status().last_error == "The line is cut."
    bakery.line.down = False
    until(lambda: node.hears() == ["kept"], "it arrives", SOON)
    until(lambda: loop.status().last_error == "", "the error is gone", SOON)


def test_while_the_network_is_away_new_events_make_no_further_tries(bakery: Tablet, loops: list[Loop]):
    bakery.line.down = True
    start(loops, bakery, backoff=Quick(60))
    until(lambda: bakery.line.asked, "the first try", SOON)
    bakery.says(*(f"word {i}" for i in range(50)))
    threading.Event().wait(0.2)
    assert len(bakery.line.asked) == 1


def test_it_tries_at_once_when_the_network_comes_back(
    node: Node, bakery: Tablet, loops: list[Loop], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("kiosk.sync.loop.LOOK_EVERY", 0.02)
    seen = ["no route"]
    bakery.line.down = True
    bakery.says("kept")
    start(loops, bakery, backoff=Quick(3600), network=lambda: seen[0])
    until(lambda: bakery.line.asked, "the first try", SOON)
    bakery.line.down = False
    seen[0] = "a route"
    until(lambda: node.hears() == ["kept"], "it arrives", SOON)


def test_what_the_node_asks_to_wait_is_passed_on(bakery: Tablet, loops: list[Loop]):
    def fail(_: int) -> None:
        raise NoWayThrough("busy", wait=120)

    backoff = Quick(60)
    start(loops, bakery, Scripted(bakery, fail), backoff=backoff)
    until(lambda: backoff.asked, "a failure", SOON)
    assert backoff.asked == [120]


def test_a_refusal_is_said_and_asked_about_again_only_now_and_then(bakery: Tablet, loops: list[Loop]):
    def fail(_: int) -> None:
        raise NodeRefused("revoked", "This bench was locked out.")

    client = Scripted(bakery, fail)
    loop = start(loops, bakery, client, every=60)
    until(lambda: loop.status().last_error == "This bench was locked out.", "it is said", SOON)
    assert len(client.times) == 1


def test_a_fault_in_one_sync_does_not_end_syncing(
    bakery: Tablet, loops: list[Loop], caplog: pytest.LogCaptureFixture
):
    def fail(times: int) -> None:
        if times == 1:
            raise ZeroDivisionError("a bug")

    client = Scripted(bakery, fail)
    start(loops, bakery, client, backoff=Quick(0.01))
    until(lambda: len(client.times) == 2, "the next sync", SOON)
    assert "a bug" in caplog.text


def test_it_ends_at_once_even_while_it_waits_or_asks(bakery: Tablet):
    asked, over = threading.Event(), threading.Event()

    def hang(_: int) -> None:
        asked.set()
        over.wait(5)

    for client in (Scripted(bakery, lambda _: asked.set()), Scripted(bakery, hang)):
        asked.clear()
        loop = Loop(bakery.here, lambda _, client=client: client)  # type: ignore[misc]
        loop.start()
        asked.wait(5)
        started = time.monotonic()
        loop.close()
        assert time.monotonic() - started < 1
    over.set()


def test_a_sync_that_a_person_asks_for_waits_for_the_one_that_runs(bakery: Tablet):
    inside, together = 0, []
    lock = threading.Lock()
    send = bakery.line.send

    def slow(request):
        nonlocal inside
        with lock:
            inside += 1
            together.append(inside)
        threading.Event().wait(0.02)
        answer = send(request)
        with lock:
            inside -= 1
        return answer

    bakery.line.send = slow
    threads = [threading.Thread(target=bakery.sync) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == [1, 1, 1, 1]


def test_the_wait_grows_with_full_jitter_up_to_a_bound():
    bounds: list[float] = []

    def draw(low: float, high: float) -> float:
        assert low == 0
        bounds.append(high)
        return high / 2

    backoff = Backoff(4, 300, draw)
    waits = [backoff.failed() for _ in range(10)]
    assert bounds == [4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert waits == [bound / 2 for bound in bounds]
    backoff.succeeded()
    assert backoff.failed() == 2


def test_benches_that_failed_together_do_not_return_together():
    rng = random.Random(7)
    waits = sorted(_fifth_wait(rng) for _ in range(300))
    assert max(b - a for a, b in itertools.pairwise(waits)) < 5
    assert waits[-1] - waits[0] > 40


def _fifth_wait(rng: random.Random) -> float:
    backoff = Backoff(draw=rng.uniform)
    return [backoff.failed() for _ in range(5)][-1]


def test_what_was_asked_to_wait_is_waited_and_spread():
    backoff = Backoff(4, 300, lambda _low, high: high)
    assert backoff.failed(3600) == 3604


def test_an_hour_of_failures_is_few_tries():
    backoff, waited, tries = Backoff(draw=lambda low, high: (low + high) / 2), 0.0, 0
    while waited < 3600:
        waited += backoff.failed()
        tries += 1
    assert tries < 150


def test_a_bench_is_back_within_a_minute_however_long_the_node_was_away():
    backoff = Backoff(draw=lambda _low, high: high)
    assert max(backoff.failed() for _ in range(1000)) < 60


def test_looking_for_a_network_sends_nothing_and_finds_no_change_by_itself():
    assert routes() == routes()
