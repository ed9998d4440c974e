"""What stands between a bench and its node, and who leans on the tablet: real sockets, real processes.

The rows of FAULTS are named by their numbers.
"""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from threading import Event, Thread

import pytest

from kiosk.config import Config
from kiosk.serving import listen
from tests.support import Bench, walks
from tests.support.processes import answers
from tests.support.street import Member, Street
from tests.support.tls import Authority, Certificate
from tests.support.visitor import Visitor

pytestmark = [pytest.mark.faults, pytest.mark.slow]

TRY_LATER = 75
SLOW_CONNECTIONS = 120
PORTAL = 'header Content-Type text/html\n    respond "<html><h1>Welcome to the free network</h1></html>" 200'
YES_TO_ALL = 'header Content-Type application/json\n    respond "{}" 200'
NOT_OUR_NODE = "What answered is not our node"
NOT_VALID = "certificate is not valid"


def expired(street: Street) -> Certificate:
    return street.authority.issue("localhost", begins=-30, ends=-1)


def of_another_name(street: Street) -> Certificate:
    return street.authority.issue("elsewhere.example")


def of_an_unknown_ca(street: Street) -> Certificate:
    return Authority(street.folder / "unknown", "Another CA").issue("localhost")


@pytest.fixture(scope="module")
def waiting(street: Street) -> Iterator[Member]:
    """Somebody whose check-in has not reached the node; in the end it does, by itself and once."""
    member = street.member("Tamar", "steward")
    with street.front.instead(does=YES_TO_ALL):
        with Visitor(street.bench.url) as visitor:
            walks.check_in_by_pin(visitor, member)
        yield member
    street.bench.does("sync")
    assert street.node.types_of(member) == ["checkin.arrived"]
    assert street.pending() == 0


def nothing_gets_through(street: Street, member: Member, sentence: str) -> None:
    pending = street.pending()
    assert pending
    assert sentence in street.bench.does("sync", code=TRY_LATER)
    assert street.pending() == pending
    assert street.node.types_of(member) == []


@pytest.mark.https
@pytest.mark.parametrize("answer", [PORTAL, YES_TO_ALL], ids=["portal", "yes-to-all"])
def test_22_what_says_ok_to_everything_is_no_node(street: Street, waiting: Member, answer: str) -> None:
    with street.front.instead(does=answer):
        nothing_gets_through(street, waiting, NOT_OUR_NODE)


@pytest.mark.https
@pytest.mark.parametrize("certificate", [expired, of_another_name, of_an_unknown_ca])
def test_26_no_certificate_but_the_right_one_is_taken(
    street: Street, waiting: Member, certificate: Callable[[Street], Certificate]
) -> None:
    node = f"reverse_proxy 127.0.0.1:{street.node.port}"
    with street.front.instead(shown=certificate(street), does=node):
        nothing_gets_through(street, waiting, NOT_VALID)


class Drip:
    """A server that takes any request and answers with a byte at a time, for ever."""

    def __init__(self) -> None:
        self.asked = Event()
        self._over = Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        """End it."""
        self._over.set()
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._thread.join()
        self._listening.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            connection, _address = self._listening.accept()
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        try:
            if not connection.recv(65536):
                return
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            self.asked.set()
            while not self._over.wait(0.2):
                connection.sendall(b"{")
        except OSError:
            return


@pytest.mark.https
def test_24_a_byte_a_second_slows_no_page_and_no_stop(street: Street, waiting: Member) -> None:
    with ExitStack() as stack:
        drip = Drip()
        stack.callback(drip.close)
        stack.enter_context(street.front.instead(does=f"reverse_proxy 127.0.0.1:{drip.port}"))
        # A fresh start tries at once, without the wait after the failures before.
        street.bench.stop()
        street.bench.start()
        assert drip.asked.wait(20)
        for path in ("/", "/check-in", "/help", "/posters", "/log", "/holds"):
            assert seconds_to_open(street, path) < 1
        street.bench.stop()
        street.bench.start()
    assert "checkin.arrived" in street.bench.types_of(waiting)


def seconds_to_open(street: Street, path: str) -> float:
    began = time.monotonic()
    with closing(http.client.HTTPConnection("127.0.0.1", street.bench.port, timeout=5)) as connection:
        connection.request("GET", path)
        assert connection.getresponse().status == http.HTTPStatus.OK
    return time.monotonic() - began


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX-",
        b"POST /check-in HTTP/1.1\r\nContent-Length: 9\r\n\r\n",
    ],
    ids=["silent", "in the header", "in the body"],
)
def test_28_slow_connections_do_not_keep_the_tablets_own_page_waiting(street: Street, begun: bytes) -> None:
    with ExitStack() as stack:
        for _ in range(SLOW_CONNECTIONS):
            slow = stack.enter_context(closing(socket.create_connection(("127.0.0.1", street.bench.port))))
            slow.sendall(begun)
        assert seconds_to_open(street, "/") < 1
    assert answers(street.bench.port)


def test_28_a_crowd_in_the_wifi_does_not_shut_the_tablet_out_of_its_own_bench(bench: Bench) -> None:
    """Somebody in the bench's Wi-Fi, here at 127.0.0.2, holds all connections that they can get."""
    app = listen(bench.app, Config(port=0))
    app.fix_addr = lambda address: ("192.168.4.23" if address[0] == "127.0.0.2" else address[0], address[1])
    Thread(target=app.run, daemon=True).start()
    there = ("127.0.0.1", app.effective_port)
    with ExitStack() as stack:
        stack.callback(app.close)
        for _ in range(2 * app.adj.connection_limit):
            held = socket.create_connection(there, timeout=5, source_address=("127.0.0.2", 0))
            stack.enter_context(closing(held))
        with closing(http.client.HTTPConnection(*there, timeout=5)) as tablet:
            tablet.request("GET", "/")
            assert tablet.getresponse().status == http.HTTPStatus.OK


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("side", ["bench", "node"])
def test_29_a_request_with_two_lengths_is_refused(street: Street, side: str, version: str) -> None:
    app = street.bench if side == "bench" else street.node
    lines = ("Host: localhost", "Content-Length: 4", "Transfer-Encoding: chunked", "", "0", "", "")
    with closing(socket.create_connection(("127.0.0.1", app.port), timeout=5)) as connection:
        connection.sendall("\r\n".join((f"POST /check-in HTTP/{version}", *lines)).encode())
        with connection.makefile("rb") as answer:
            assert b" 400 " in answer.readline()
