"""Somebody who keeps a shop, signed in at the bench before it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from kiosk.core.mandate import Role
from tests.support import PIN, Bench


@pytest.fixture
def host(bench: Bench) -> FlaskClient:
    """Hanna, a host."""
    bench.member("22222", "Hanna", Role.HOST)
    return sign_in(bench, "hanna")


def sign_in(bench: Bench, who: str) -> FlaskClient:
    """A browser in which somebody has signed in."""
    client = bench.client
    client.post("/sign-in", data={"who": who, "pin": PIN, "next": "/host"})
    return client
