"""The bench's way out, against servers on real sockets that behave as badly as networks do."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from kiosk.adapters.http import MAX_ANSWER, HttpClient, Request, check_url
from kiosk.core.errors import NoWayThrough, Refused
from tests.support.tls import Authority

Behave = Callable[[socket.socket], object]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
ASK = Request("/api/v1/sync", {"Content-Type": "application/json"}, b"{}")


class Server:
    """A server on the loopback that does as `behave` says with every connection."""

    def __init__(self, behave: Behave, context: ssl.SSLContext | None = None) -> None:
        self._behave, self._context = behave, context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.connections = 0
        self.over = threading.Event()
        self.has_closed_one = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                raw, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._one, args=(raw,), daemon=True).start()

    def _one(self, raw: socket.socket) -> None:
        raw.settimeout(10)
        with suppress(OSError), raw:
            if self._context is None:
                self._behave(raw)
            else:
                with self._context.wrap_socket(raw, server_side=True) as wrapped:
                    self._behave(wrapped)
        self.has_closed_one.set()

    def close(self) -> None:
        self.over.set()
        self._listener.close()


@contextmanager
def serving(behave: Behave, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(behave, context)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def client_of(server: Server, **words) -> Iterator[HttpClient]:
    words = {"seconds": 5.0, **words}
    client = HttpClient(f"http://127.0.0.1:{server.port}", **words)
    try:
        yield client
    finally:
        client.close()


def read_request(connection: socket.socket) -> bytes:
    """One request with a Content-Length."""
    got = b""
    while b"\r\n\r\n" not in got:
        more = connection.recv(65536)
        if not more:
            raise OSError("the client left")
        got += more
    head, _, body = got.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answering(*answers: bytes) -> Behave:
    """Give these bytes, one after each request, and close."""

    def behave(connection: socket.socket) -> None:
        for answer in answers:
            read_request(connection)
            connection.sendall(answer)

    return behave


def said_by(behave: Behave, **words) -> NoWayThrough:
    """The error that a server's behaviour leads to."""
    with serving(behave) as server, client_of(server, **words) as client:
        with pytest.raises(NoWayThrough) as error:
            client(ASK)
        return error.value


def test_an_answer_comes_as_it_was_sent_and_is_not_unpacked():
    body = gzip.compress(b"{}" * 100)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nX-More: 1\r\nContent-Length: %d\r\n\r\n" % len(body)
    with serving(answering(head + body)) as server, client_of(server) as client:
        answer = client(ASK)
    assert (answer.status, answer.body) == (200, body)
    assert answer.headers["x-more"] == "1"


def test_the_connection_is_kept_for_the_next_request():
    with serving(answering(OK, OK, OK)) as server, client_of(server) as client:
        assert [client(ASK).body for _ in range(3)] == [b"{}"] * 3
        assert server.connections == 1


def test_a_kept_connection_that_the_server_has_closed_is_opened_again():
    with serving(answering(OK)) as server, client_of(server) as client:
        client(ASK)
        assert server.has_closed_one.wait(5)
        assert client(ASK).body == b"{}"
        assert server.connections == 2


def test_a_redirect_is_not_followed():
    answer = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with serving(answering(answer)) as server, client_of(server) as client:
        assert client(ASK).status == 302
        assert server.connections == 1


def test_no_cookie_is_taken():
    kept: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        for _ in range(2):
            kept.append(read_request(connection))
            connection.sendall(OK.replace(b"\r\n\r\n", b"\r\nSet-Cookie: spy=1; Path=/\r\n\r\n"))

    with serving(behave) as server, client_of(server) as client:
        client(ASK)
        client(ASK)
    assert b"Cookie" not in kept[1]


def test_nothing_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    with serving(answering(OK)) as server, client_of(server) as client:
        assert client(ASK).body == b"{}"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
        b"not HTTP at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
    ],
    ids=[
        "nothing",
        "half a head",
        "half a body",
        "half the chunks",
        "bad chunks",
        "no HTTP",
        "negative",
        "many headers",
        "a long header",
    ],
)
def test_an_answer_that_is_not_whole_is_none(answer: bytes):
    assert "no way through" in str(said_by(answering(answer)))


def test_an_endless_answer_is_cut():
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        for _ in range(10_000):
            connection.sendall(bytes(65536))

    started = time.monotonic()
    assert "no way through" in str(said_by(behave))
    assert time.monotonic() - started < 3


def test_an_answer_over_the_limit_is_none():
    body = bytes(MAX_ANSWER + 1)
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    assert "no way through" in str(said_by(answering(answer)))


def _drip(connection: socket.socket, head: bytes) -> None:
    read_request(connection)
    connection.sendall(head)
    for _ in range(200):
        connection.sendall(b"x")
        time.sleep(0.05)


@pytest.mark.parametrize(
    "head",
    [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"],
    ids=["the first line", "a header", "the body"],
)
def test_a_byte_now_and_then_for_ever_ends_at_the_one_deadline(head: bytes):
    started = time.monotonic()
    error = said_by(lambda connection: _drip(connection, head), seconds=0.4)
    assert error.slow
    assert "in time" in str(error)
    assert time.monotonic() - started < 1


def test_silence_ends_at_the_deadline():
    over = threading.Event()
    started = time.monotonic()
    assert said_by(lambda _: over.wait(5) and None, seconds=0.3).slow
    assert time.monotonic() - started < 1
    over.set()


def test_a_server_that_reads_nothing_ends_at_the_deadline():
    large = Request("/", {}, bytes(64 << 20))
    over = threading.Event()
    with serving(lambda _: over.wait(5)) as server, client_of(server, seconds=0.4) as client:
        started = time.monotonic()
        with pytest.raises(NoWayThrough) as error:
            client(large)
        assert error.value.slow
        assert time.monotonic() - started < 1.5
    over.set()


def test_closing_ends_an_exchange_that_is_going_on():
    asked, over = threading.Event(), threading.Event()

    def behave(connection: socket.socket) -> None:
        read_request(connection)
        asked.set()
        over.wait(10)

    with serving(behave) as server:
        client = HttpClient(f"http://127.0.0.1:{server.port}", seconds=30)
        failed: list[NoWayThrough] = []

        def ask() -> None:
            try:
                client(ASK)
            except NoWayThrough as error:
                failed.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        asked.wait(5)
        client.close()
        thread.join(1)
        assert not thread.is_alive()
        assert failed
    over.set()


def test_nobody_there_is_no_way_through():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NoWayThrough, match="no way through"):
        HttpClient(f"http://127.0.0.1:{port}")(ASK)


def test_a_name_that_does_not_resolve_is_no_way_through():
    with pytest.raises(NoWayThrough, match="no way through"):
        HttpClient("https://node.invalid")(ASK)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://node.example.org", "https://node.example.org"),
        (" https://node.example.org/ ", "https://node.example.org"),
        ("https://node.example.org:8443", "https://node.example.org:8443"),
        ("http://127.0.0.1:8081", "http://127.0.0.1:8081"),
        ("http://127.8.8.8", "http://127.8.8.8"),
        ("http://localhost:8081/", "http://localhost:8081"),
        ("http://[::1]:8081", "http://[::1]:8081"),
    ],
)
def test_an_https_address_or_one_on_this_machine_is_taken(url: str, kept: str):
    assert check_url(url) == kept


@pytest.mark.parametrize(
    "url",
    [
        "",
        "node.example.org",
        "file:///etc/passwd",
        "ftp://node.example.org",
        "http://node.example.org",
        "http://192.168.1.5:8081",
        "http://127.0.0.1.example.org",
        "http://localhost.example.org",
        "http://2130706433",
        "http://0x7f.1",
        "http://0.0.0.0",
        "http://[::]",
        "http://127.0.0.1@node.example.org",
        "https://me:secret@node.example.org",
        "https://me@node.example.org",
        "https://",
        "https://node.example.org/path",
        "https://node.example.org/?x=1",
        "https://node.example.org/#x",
        "https://node.example.org:99999",
        "https://node.example.org:port",
        "https://[::1",
        "javascript:alert(1)",
    ],
)
def test_any_other_address_is_refused(url: str):
    with pytest.raises(Refused):
        check_url(url)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


def _tls(authority: Authority, host: str = "localhost", begins: int = 0, ends: int = 30) -> ssl.SSLContext:
    shown = authority.issue(host, begins=begins, ends=ends)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown.cert, shown.key)
    return context


def _https(server: Server, ca: Path | None, verified: bool = True) -> HttpClient:
    return HttpClient(
        f"https://localhost:{server.port}", str(ca or ""), clock_verified=lambda: verified, seconds=5
    )


def test_a_certificate_from_the_given_ca_is_taken(authority: Authority):
    with serving(answering(OK, OK), _tls(authority)) as server:
        client = _https(server, authority.ca)
        assert client(ASK).body == b"{}"
        assert client(ASK).body == b"{}"
        assert server.connections == 1
        client.close()


@pytest.mark.parametrize(
    ("host", "days", "trusted"),
    [
        ("localhost", {"begins": -20, "ends": -10}, True),
        ("localhost", {"begins": 10, "ends": 20}, True),
        ("elsewhere", {}, True),
        ("localhost", {}, False),
    ],
    ids=["expired", "not yet valid", "of another name", "of an unknown CA"],
)
def test_no_other_certificate_ever(authority: Authority, host: str, days: dict[str, int], trusted: bool):
    heard: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        heard.append(connection.recv(100))

    with serving(behave, _tls(authority, host, **days)) as server:
        client = _https(server, authority.ca if trusted else None)
        with pytest.raises(NoWayThrough, match="certificate is not valid"):
            client(ASK)
        client.close()
    assert not any(heard)


@pytest.mark.parametrize(("begins", "ends"), [(-20, -10), (10, 20)])
def test_a_bench_that_does_not_know_the_time_says_check_the_clock(
    authority: Authority, begins: int, ends: int
):
    with serving(lambda _: None, _tls(authority, begins=begins, ends=ends)) as server:
        client = _https(server, authority.ca, verified=False)
        with pytest.raises(NoWayThrough, match="check the clock"):
            client(ASK)
        client.close()


def test_a_drip_inside_tls_ends_at_the_deadline_too(authority: Authority):
    behave = lambda connection: _drip(connection, b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")  # noqa: E731
    with serving(behave, _tls(authority)) as server:
        client = HttpClient(f"https://localhost:{server.port}", str(authority.ca), seconds=0.5)
        started = time.monotonic()
        with pytest.raises(NoWayThrough) as error:
            client(ASK)
        client.close()
    assert error.value.slow
    assert time.monotonic() - started < 1.2


def test_a_handshake_that_never_ends_is_given_up():
    over = threading.Event()
    with serving(lambda _: over.wait(5)) as server:
        client = HttpClient(f"https://localhost:{server.port}", seconds=0.4)
        started = time.monotonic()
        with pytest.raises(NoWayThrough) as error:
            client(ASK)
        assert error.value.slow
        assert time.monotonic() - started < 1.2
    over.set()
