"""What goes wrong between benches and the node, row by row of the list of faults."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec import structs

from kiosk.adapters.http import HttpClient, Request, Response
from kiosk.adapters.keys import DeviceKey, fingerprint
from kiosk.adapters.readmodels import ReadModels
from kiosk.adapters.store import Store
from kiosk.core.errors import NodeRefused, NoWayThrough, Refused
from kiosk.core.event import Whole, encode_body, new_salt
from kiosk.sync.backoff import Backoff
from kiosk.sync.batches import sign_tree
from kiosk.sync.channel import opened, read_answer
from kiosk.sync.enrolling import make_code, revoke
from kiosk.sync.events import BENCH_ENROLLED, Enrolled
from kiosk.sync.inbox import MOST_REASON, Counts
from kiosk.sync.joining import Invitation, join
from kiosk.sync.loop import Loop
from kiosk.sync.node import exchange
from kiosk.sync.outbox import next_offer
from kiosk.sync.protocol import SYNC_PATH, Answer, Batch, encode, pack
from tests.benchmark.fleet import Stranger
from tests.support import Time
from tests.support.processes import until
from tests.sync.sockets import Weather, listening, network, shut
from tests.sync.town import FEATURES, TOLD, URL, Node, Said, Tablet, tablet_at
from tests.sync.wsgi import WsgiAdapter

pytestmark = [pytest.mark.faults]

SOON = 5.0


@pytest.fixture
def port(node: Node) -> Iterator[int]:
    with listening(node) as port:
        yield port


def _over(tablet: Tablet, port: int, **words) -> None:
    """Let a bench reach its node by this port."""
    tablet.line.send = HttpClient(f"http://127.0.0.1:{port}", **words)


def _many(tablet: Tablet, count: int) -> list[str]:
    words = [f"word {number:04}" for number in range(count)]
    with tablet.here.journal.writing():
        tablet.says(*words)
    return words


def test_16_an_answer_that_is_lost_again_and_again_stores_one_row(node: Node, bakery: Tablet):
    words = _many(bakery, 700)
    for _ in range(4):
        bakery.line.lose_answer = 1
        with pytest.raises(NoWayThrough):
            bakery.sync()
    bakery.sync()
    assert node.hears() == words
    assert bakery.pending == 0


def test_17_whole_requests_played_again_in_any_order_do_nothing(node: Node, bakery: Tablet):
    for word in ("one", "two", "three"):
        bakery.says(word)
        bakery.sync()
    counters, events = _counters(node), node.count("events")
    for request in (*bakery.line.asked[::-1], *bakery.line.asked, bakery.line.asked[1]):
        answer = bakery.line.send(request)
        assert answer.status == 409
        assert b'"refused":"replay"' in answer.body
    assert (_counters(node), node.count("events")) == (counters, events)
    assert node.hears() == ["one", "three", "two"]


def _counters(node: Node) -> list[tuple[str, int]]:
    return node.here.db.conn.execute("SELECT name, counter FROM sources ORDER BY name").fetchall()


def test_18_a_copied_bench_is_found_and_nothing_of_either_is_lost(tmp_path: Path, node: Node, bakery: Tablet):
    bakery.sync()
    bakery.copy(tmp_path / "copy")
    copy = tablet_at(tmp_path / "copy", node)
    bakery.says("here")
    copy.says("there")
    bakery.sync()
    copy.sync()
    assert node.hears() == ["here", "there"]
    assert copy.here.journal.source != bakery.here.journal.source
    (reason,) = node.here.db.conn.execute("SELECT reason FROM forks").fetchone()
    assert "is not the one that was held" in reason
    copy.close()


def test_19_a_poison_event_is_not_in_the_way_of_the_next(node: Node, bakery: Tablet, bookshop: Tablet):
    poison = b'{"type":"bench.revoked","time":"2026-11-23T20:00:00Z","boot":"b","uptime":1,"scope":"network",'
    poison += b'"data":{"bench":"book-shop"}}'
    journal = bakery.here.journal
    journal.append(journal.source, bakery.source().size + 1, [Whole(new_salt(), poison)])
    bakery.says("the next")
    bakery.sync()
    bookshop.sync()
    (reason,) = node.here.db.conn.execute("SELECT reason FROM quarantine").fetchone()
    assert reason == "linden-bakery may not write bench.revoked."
    assert node.hears() == bookshop.hears() == ["the next"]


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_21_an_upload_that_is_cut_is_not_acknowledged(node: Node, bakery: Tablet, port: int, share: float):
    bakery.sync()
    words = _many(bakery, 300)
    whole = len(pack(encode_of(bakery))[0])
    with network(port, Weather(cut_up=int(whole * share))) as way:
        _over(bakery, way.port, seconds=3)
        with pytest.raises(NoWayThrough):
            bakery.sync()
        assert bakery.pending == 300
        assert node.hears() == []
        way.weather.cut_up = None
        bakery.sync()
    assert (node.hears(), bakery.pending) == (words, 0)


def encode_of(tablet: Tablet) -> bytes:
    """The body of the request that a bench would send now."""
    offer = next_offer(tablet.here.journal, tablet.here.device, tablet.here.db)
    assert offer is not None
    return encode(offer.batch)


@pytest.mark.parametrize("after", [0, 1, 20, 200, 500, 700])
def test_21_an_answer_that_is_cut_is_none(node: Node, bakery: Tablet, port: int, after: int):
    words = _many(bakery, 300)
    node.calls(*(f"call {number}" for number in range(50)))
    with network(port, Weather(cut_down=after)) as way:
        _over(bakery, way.port, seconds=3)
        with pytest.raises(NoWayThrough):
            bakery.sync()
        assert bakery.pending == 301
        assert bakery.hears() == words
        way.weather.cut_down = None
        bakery.sync()
    assert (node.hears(TOLD), bakery.pending, len(bakery.hears())) == (words, 0, 350)


def test_21_packets_of_one_byte_are_only_slow(node: Node, bakery: Tablet, port: int):
    words = _many(bakery, 50)
    with network(port, Weather(chop=1)) as way:
        _over(bakery, way.port)
        bakery.sync()
    assert (node.hears(), bakery.pending) == (words, 0)


def _shorter(body: bytes) -> bytes:
    return body[: len(body) // 2]


def _flipped(body: bytes) -> bytes:
    return body[:-9] + bytes([body[-9] ^ 1]) + body[-8:]


def _longer(body: bytes) -> bytes:
    return body + b"{}"


def _none(_body: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("calls", [0, 100], ids=["plain", "packed"])
@pytest.mark.parametrize("change", [_shorter, _flipped, _longer, _none])
def test_21_an_answer_with_other_bytes_than_were_signed_is_none(
    node: Node, bakery: Tablet, change: Callable[[bytes], bytes], calls: int
):
    bakery.sync()
    node.calls(*(f"call {number}" for number in range(calls)))
    bakery.says("kept")
    bakery.line.change = lambda r: Response(r.status, r.headers, change(r.body))
    with pytest.raises(NoWayThrough):
        bakery.sync()
    assert (bakery.pending, bakery.hears()) == (1, ["kept"])
    bakery.line.change = lambda r: r
    bakery.sync()
    assert (bakery.pending, len(bakery.hears())) == (0, calls + 1)


class Moody:
    """A server on a real socket that is out of order until it is told otherwise."""

    def __init__(self, behind: int, answer: bytes) -> None:
        self._behind, self._answer = behind, answer
        self.in_order = False
        self.times: list[float] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self.times.append(time.monotonic())
            threading.Thread(target=self._one, args=(near,), daemon=True).start()

    def _one(self, near: socket.socket) -> None:
        if not self.in_order:
            with near:
                near.recv(1 << 16)
                near.sendall(self._answer)
            return
        with near, socket.create_connection(("127.0.0.1", self._behind)) as far:
            up = threading.Thread(target=_pipe, args=(near, far))
            up.start()
            _pipe(far, near)
            up.join()

    def close(self) -> None:
        """Let nobody in any more."""
        shut(self._listener)


def _pipe(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while some := source.recv(1 << 16):
            sink.sendall(some)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\noops",
        b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 0\r\n\r\n",
    ],
    ids=["closed", "500", "502", "503"],
)
def test_23_while_the_node_is_out_of_order_there_is_no_busy_loop_and_then_it_goes_on(
    node: Node, bakery: Tablet, port: int, answer: bytes
):
    moody = Moody(port, answer)
    _over(bakery, moody.port)
    bakery.says("patient")
    quick = Backoff(0.05, 0.4, lambda _low, high: high, least=0)
    loop = Loop(bakery.here, lambda _: bakery.client, debounce=0.01, backoff=quick)
    loop.start()
    try:
        until(lambda: len(moody.times) >= 4, "four tries", SOON)
        waits = [b - a for a, b in pairwise(moody.times)]
        assert all(wait > bound for wait, bound in zip(waits, (0.05, 0.1, 0.2), strict=False))
        moody.in_order = True
        until(lambda: node.hears() == ["patient"], "it goes on by itself", SOON)
    finally:
        loop.close()
        moody.close()


def test_23_a_name_that_does_not_resolve_keeps_everything(bakery: Tablet):
    bakery.line.send = HttpClient("https://node.invalid")
    bakery.says("patient")
    with pytest.raises(NoWayThrough, match="no way through"):
        bakery.sync()
    assert bakery.pending == 2


@pytest.mark.parametrize(
    ("status", "stated", "wait"),
    [
        (429, "120", 120),
        (503, "7", 7),
        (429, "99999999999999999999", 3600),
        (429, "-5", 0),
        (429, "Wed, 21 Oct 2026 07:28:00 GMT", 0),
        (429, "\u0661", 0),
        (500, "120", 0),
        (200, "120", 0),
    ],
)
def test_23_retry_after_is_a_hint_of_an_hour_at_most(bakery: Tablet, status: int, stated: str, wait: float):
    bakery.line.send = lambda _: Response(status, {"retry-after": stated}, b"")
    with pytest.raises(NoWayThrough) as error:
        bakery.sync()
    assert error.value.wait == wait


@pytest.mark.slow
def test_27_a_bad_line_is_slow_and_gets_everything_through(node: Node, bakery: Tablet, port: int):
    """64 kbit a second and a fifth of the packets lost."""
    words = _many(bakery, 400)
    node.calls(*(f"call {number}" for number in range(100)))
    with network(port, Weather(rate=8000, loss=0.2)) as way:
        _over(bakery, way.port)
        bakery.sync()
    assert (node.hears(TOLD), bakery.pending, len(bakery.hears())) == (words, 0, 500)


@pytest.mark.slow
def test_27_a_line_too_slow_for_a_whole_batch_gets_smaller_ones(node: Node, bakery: Tablet, port: int):
    words = _many(bakery, 400)
    tries = 0
    with network(port, Weather(rate=8000)) as way:
        _over(bakery, way.port, seconds=1.2)
        while bakery.pending and tries < 12:
            tries += 1
            with suppress(NoWayThrough):
                bakery.sync()
    assert (node.hears(), bakery.pending) == (words, 0)
    assert tries > 1


@pytest.mark.slow
def test_30_three_hundred_benches_at_once_are_all_served_and_nothing_is_lost(node: Node, port: int):
    key = node.here.device.key.public
    strangers = [Stranger.new(f"bench-{number}") for number in range(300)]
    facts = [(BENCH_ENROLLED, Enrolled(one.bench, one.bench, one.key.public)) for one in strangers]
    node.here.journal.record_all(facts)
    requests = [one.request(_events(one.bench), "lindenfield", key, "", 0) for one in strangers]
    with ThreadPoolExecutor(300) as pool:
        answers = list(pool.map(lambda request: _once(port, request), requests))
    for request, response in zip(requests, answers, strict=True):
        body, _ = opened(response, request, key)
        assert read_answer(response, body, Answer).cosignature is not None
    assert len(node.hears()) == 300 * 20


def _events(bench: str) -> list[Whole]:
    bodies = (encode_body(TOLD, Said(f"{bench} {n}"), 1_795_466_640, "b0", n) for n in range(20))
    return [Whole(new_salt(), body) for body in bodies]


def _once(port: int, request: Request) -> Response:
    client = HttpClient(f"http://127.0.0.1:{port}")
    try:
        return client(request)
    finally:
        client.close()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://10.0.0.7:8081", "ftp://node.example.org"])
def test_37_a_node_elsewhere_is_reached_by_https_only(url: str):
    with pytest.raises(Refused):
        HttpClient(url)


def test_37_a_redirect_to_this_machine_is_not_followed(node: Node, bakery: Tablet, port: int):
    there = f"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:{port}{SYNC_PATH}\r\n"
    moody = Moody(port, there.encode() + b"Content-Length: 0\r\n\r\n")
    _over(bakery, moody.port)
    bakery.says("not led astray")
    with pytest.raises(NoWayThrough):
        bakery.sync()
    assert (node.hears(), len(moody.times)) == ([], 1)
    moody.close()


def test_38_a_node_with_another_key_is_no_node(node: Node, bakery: Tablet):
    bakery.says("ours")
    send, other = bakery.line.send, DeviceKey.generate()
    node.here.device = type(node.here.device)(node.here.device.identity, other)
    meant = {"Safe-Bench-Node": fingerprint(other.public).hex()}
    bakery.line.send = lambda r: send(Request(r.path, {**r.headers, **meant}, r.body))
    with pytest.raises(NoWayThrough, match="not our node"):
        bakery.sync()
    assert bakery.pending == 2


def test_38_what_a_node_may_not_write_is_put_aside_and_said(node: Node, bakery: Tablet):
    body = encode_body(TOLD, Said("as if a bench had said it"), 1_795_466_640, "b0", 1)
    node.here.journal.append(node.here.journal.source, node.source().size + 1, [Whole(new_salt(), body)])
    with node.here.journal.writing() as db:
        db.conn.execute("DELETE FROM quarantine")
    node.calls("what it may")
    bakery.sync()
    assert bakery.hears() == ["what it may"]
    (reason,) = bakery.here.db.conn.execute("SELECT reason FROM quarantine").fetchone()
    assert reason == "central may not write talk.told."


@pytest.mark.parametrize("what", ["body", "checkpoint", "source", "signer"])
def test_38_a_batch_that_its_writer_has_not_signed_is_set_aside(
    node: Node, bakery: Tablet, bookshop: Tablet, monkeypatch: pytest.MonkeyPatch, what: str
):
    make = Batch.of

    def forge(source, first, forms, note):
        if source == bookshop.here.journal.source:
            if what == "body":
                forms = [*forms[:-1], Whole(new_salt(), encode_body(TOLD, Said("forged"), 1, "b0", 1))]
            elif what == "checkpoint":
                note = note.replace(note.split("\n")[2], "A" * 43 + "=")
            elif what == "source":
                source = bakery.here.journal.source
            else:
                note = sign_tree(bakery.here.device, source, bookshop.source().tree)
        return make(source, first, forms, note)

    bookshop.says("true")
    bookshop.sync()
    with monkeypatch.context() as patch:
        patch.setattr(Batch, "of", forge)
        assert bakery.sync().refused == 1
    assert bakery.hears() == []
    assert bakery.count("forks") == 1


def test_38_an_acknowledgement_without_a_cosignature_is_none(
    node: Node, bakery: Tablet, monkeypatch: pytest.MonkeyPatch
):
    bakery.says("kept")
    with monkeypatch.context() as patch:
        patch.setattr("kiosk.sync.node._take", lambda *_: None)
        with pytest.raises(NodeRefused, match="did not acknowledge"):
            bakery.sync()
    assert bakery.pending == 2
    assert bakery.sync() == Counts(sent=2, received=node.source().size)


def test_38_what_a_node_says_of_events_that_it_was_not_sent_fills_no_disk(
    node: Node, bakery: Tablet, monkeypatch: pytest.MonkeyPatch
):
    said = {1: "x" * 100_000} | dict.fromkeys(range(100, 200), "not what it was sent")
    monkeypatch.setattr("kiosk.sync.node._reasons", lambda *_: said)
    bakery.sync()
    (row,) = bakery.here.db.conn.execute("SELECT seq, length(reason) FROM reported").fetchall()
    assert row == (1, MOST_REASON)


def test_39_a_code_is_good_once_and_for_a_while(tmp_path: Path, node: Node):
    code = make_code(node.here, name="Tea House")["code"]
    first, second, late = (_newcomer(tmp_path / name, node, code) for name in ("first", "second", "late"))
    first()
    with pytest.raises(NodeRefused, match="used by another device"):
        second()
    node.time.pass_seconds(16 * 60)
    with pytest.raises(NodeRefused):
        late()
    with pytest.raises(NodeRefused, match="has ended"):
        _newcomer(tmp_path / "other", node, make_ended_code(node))()
    assert node.count("benches") == 1


def make_ended_code(node: Node) -> str:
    """A code whose time is over."""
    code = str(make_code(node.here, name="Ended")["code"])
    node.time.pass_seconds(16 * 60)
    return code


def _newcomer(path: Path, node: Node, code: str) -> Callable[[], object]:
    path.mkdir()
    store, key = Store(path / "safe-bench.db"), DeviceKey.load_or_create(path / "device.key")
    send = HttpClient(URL, adapter=WsgiAdapter(node.app))
    return lambda: join(store, ReadModels(FEATURES), key, Invitation(URL, code), send=send, tick=Time())


def test_39_a_revoked_bench_is_refused_and_what_it_sends_set_aside(
    node: Node, bakery: Tablet, bookshop: Tablet
):
    bakery.says("before")
    bakery.sync()
    revoke(node.here, bench="linden-bakery")
    bakery.says("after")
    with pytest.raises(NodeRefused, match="locked out"):
        bakery.sync()
    bookshop.sync()
    assert node.hears() == bookshop.hears() == ["before"]
    (reason,) = node.here.db.conn.execute("SELECT reason FROM forks").fetchone()
    assert reason == "sent after it was locked out"


@pytest.mark.parametrize("lie", [{"more": True}, {"held": "nothing"}])
def test_38_a_node_that_never_comes_to_an_end_is_left(
    node: Node, bakery: Tablet, monkeypatch: pytest.MonkeyPatch, lie: dict[str, object]
):
    def lying(here, incoming):
        answer = exchange(here, incoming)
        held = {bakery.here.journal.source: 0} if "held" in lie else answer.held
        return structs.replace(answer, held=held, more="more" in lie)

    bakery.says("kept")
    bakery.sync()
    with monkeypatch.context() as patch:
        patch.setattr("kiosk.sync.routes.exchange", lying)
        with pytest.raises(NodeRefused, match="cannot agree"):
            bakery.sync()
    bakery.sync()
    assert bakery.pending == 0


@pytest.mark.parametrize(
    "words", [{"node": "x" * 5000}, {"node": "a.1abcd\n"}, {"quarantined": {1 << 63: "x"}}]
)
def test_38_an_answer_beyond_all_bounds_changes_nothing(
    bakery: Tablet, monkeypatch: pytest.MonkeyPatch, words: dict[str, object]
):
    with monkeypatch.context() as patch:
        patch.setattr(
            "kiosk.sync.routes.exchange",
            lambda here, incoming: structs.replace(exchange(here, incoming), **words),
        )
        with pytest.raises((NodeRefused, NoWayThrough)):
            bakery.sync()
    bakery.sync()
    assert bakery.pending == 0
