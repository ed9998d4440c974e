"""A bench with a Wi-Fi of its own, and phones that come to it."""

from __future__ import annotations

from flask.testing import FlaskClient

from kiosk.features.checkin import screen
from kiosk.features.checkin.screen import Near
from kiosk.people import phones
from tests.support import Bench

NEAR = Near("http://192.168.4.1:8080", "Linden bench", "sit down")


def with_wifi(bench: Bench) -> Bench:
    bench.app.extensions[screen.EXTENSION].near = NEAR
    return bench


def phone(bench: Bench) -> FlaskClient:
    """A phone in the bench's Wi-Fi, which does not say `Sec-Fetch-Site` to an address without TLS."""
    client = bench.app.test_client()
    client.environ_base |= {"REMOTE_ADDR": "192.168.4.23", "HTTP_ORIGIN": "http://localhost"}
    return client


def known_phone(bench: Bench, member: str) -> FlaskClient:
    """One that was introduced."""
    client = phone(bench)
    client.set_cookie("phone", phones.introduce(bench.here, member))
    return client


def shown(bench: Bench) -> str:
    """The code on the screen now."""
    return screen.present_code(bench.here)
