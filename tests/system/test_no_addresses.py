"""No address of a visitor is ever logged: what both apps print while they are asked in every manner."""

from __future__ import annotations

import socket

import pytest
import requests

from tests.support.street import App, Street

_MANNERS = (
    b"GET /posters HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /no-such-page HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n",
    b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nwho=x",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"POST /api/v1/sync HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"NONSENSE\r\n\r\n",
    b"GET /" + b"a" * 300_000,
    b"",
)


@pytest.fixture
def apps(street: Street) -> tuple[App, App]:
    return street.bench, street.node


def _ask(port: int, manner: bytes) -> int:
    """Send this from a port of our own and hang up at once; that port."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        own = int(line.getsockname()[1])
        line.sendall(manner)
        return own


def test_nothing_that_an_app_prints_says_who_asked(apps: tuple[App, App]) -> None:
    ports = {_ask(app.port, manner) for app in apps for manner in _MANNERS for _ in range(3)}
    for app in apps:
        answer = requests.get(app.url + "posters", headers={"X-Forwarded-For": "203.0.113.7"}, timeout=5)
        assert answer.status_code < 500
        said = app.said().replace(app.url, "")
        assert "127.0.0.1" not in said
        assert "203.0.113.7" not in said
        assert not [port for port in ports if f"{port}" in said]
