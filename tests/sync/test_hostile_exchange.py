"""Requests and answers that somebody has tampered with, or made up: by Hypothesis, over the real exchange."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.adapters.http import Request, Response
from kiosk.core.errors import NoWayThrough
from tests.sync.test_hostile_requests import _post
from tests.sync.town import Node, Tablet

shared = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
"""One town for all examples of a test: nothing that is hostile may change it."""

_NAMES = st.sampled_from(
    ["epoch", "cursor", "batch", "trust", "source", "first", "events", "checkpoint", "node", "held", "secret"]
)
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=40)
    | st.sampled_from(["linden-bakery.1aaaa", "central.1test", "A" * 43 + "=", "../x", "\x00", "AAAA"])
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=5),
    max_leaves=25,
)


class Tampering(NamedTuple):
    """What is done to bytes, at one of 1,000 places: a bit is turned, or a piece is cut out or put in."""

    place: int
    bit: int
    cut: int
    put: bytes

    def of(self, raw: bytes) -> bytes:
        """The bytes after it; never the same ones."""
        at = self.place * len(raw) // 1000
        if self.cut or self.put:
            return raw[:at] + self.put + raw[at + self.cut :] + (b"!" if self.put else b"")
        return raw[:at] + bytes([raw[at] ^ 1 << self.bit]) + raw[at + 1 :]


_TAMPERINGS = st.builds(
    Tampering,
    st.integers(0, 999),
    st.integers(0, 7),
    st.just(0) | st.integers(1, 40),
    st.just(b"") | st.binary(min_size=1, max_size=8),
)


def _deliver(node: Node, request: Request) -> Any:
    headers = {name: value for name, value in request.headers.items() if value.isprintable()}
    return node.app.test_client().post(
        request.path, base_url="http://127.0.0.1/", data=request.body, headers=headers
    )


@pytest.fixture
def withheld(node: Node, bakery: Tablet) -> Request:
    """A good request with news in it, which has not reached the node."""
    bakery.sync()
    bakery.says("something new")
    bakery.line.down = True
    with pytest.raises(NoWayThrough):
        bakery.sync()
    return bakery.line.asked[-1]


@shared
@given(value=_VALUES)
def test_whatever_a_bench_signs_is_answered_and_does_no_harm(node: Node, bakery: Tablet, value: Any) -> None:
    before = node.count("events")
    answer = _post(node, bakery, json.dumps(value).encode())
    assert 400 <= answer.status_code < 500
    assert answer.get_json()["refused"]
    assert node.count("events") == before


@shared
@given(tampering=_TAMPERINGS, name=st.none() | st.integers(0, 99))
def test_no_tampering_with_a_request_brings_anything_in(
    node: Node, withheld: Request, tampering: Tampering, name: int | None
) -> None:
    request, before = withheld, node.hears()
    if name is None:
        request = replace(withheld, body=tampering.of(withheld.body))
    else:
        names = sorted(set(withheld.headers) - {"Content-Type"})
        header = names[name % len(names)]
        value = tampering.of(withheld.headers[header].encode()).decode("latin-1")
        request = replace(withheld, headers={**withheld.headers, header: value})
    answer = _deliver(node, request)
    if answer.status_code == 200:  # a header that means the same, with the body as it was sent
        assert request.body == withheld.body
    else:
        assert 400 <= answer.status_code < 500
        assert node.hears() == before


@shared
@given(tampering=_TAMPERINGS, name=st.sampled_from(["", "signature", "signature-input", "content-digest"]))
def test_no_tampering_with_an_answer_is_believed(
    node: Node, bakery: Tablet, tampering: Tampering, name: str
) -> None:
    def tamper(response: Response) -> Response:
        if not name:
            return replace(response, body=tampering.of(response.body))
        value = tampering.of(response.headers[name].encode()).decode("latin-1")
        return replace(response, headers={**response.headers, name: value})

    bakery.says("something new")
    waiting = bakery.pending
    bakery.line.change = tamper
    try:
        bakery.sync()
    except NoWayThrough:
        assert bakery.pending == waiting
    else:
        assert name, "an answer whose body was changed was believed"
    bakery.line.change = lambda response: response
    bakery.sync()
    assert bakery.pending == 0
    assert node.hears() == bakery.hears()
