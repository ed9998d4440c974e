"""The description of the node's interface: all of it, and true."""

from __future__ import annotations

import base64
import os
import re

import msgspec
import pytest
from flask import Flask

from kiosk.sync.protocol import Enrol
from kiosk.web.openapi import PATH, call_of, document


def _api(app: Flask) -> list[str]:
    """The endpoints under /api/ but for the description itself."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    return [rule.endpoint for rule in rules if rule.rule != PATH]


def test_every_route_under_api_is_described(node_app: Flask) -> None:
    found = _api(node_app)
    assert {"sync.sync", "sync.enrolment"} <= set(found)
    assert [endpoint for endpoint in found if call_of(node_app, endpoint) is None] == []
    listed = document(node_app)["paths"]
    assert len(found) == sum(len(methods) for methods in listed.values())


def test_the_description_is_there_for_everyone(node_app: Flask) -> None:
    answer = node_app.test_client().get(PATH)
    assert answer.status_code == 200
    assert answer.json == document(node_app)
    assert answer.json["openapi"] == "3.1.0"


def test_its_patterns_are_those_of_json_schema(node_app: Flask) -> None:
    assert "\\\\Z" not in node_app.test_client().get(PATH).text


@pytest.mark.parametrize(("field", "size"), [("secret", 10), ("key", 32)])
def test_what_it_says_of_bytes_is_what_is_taken(node_app: Flask, field: str, size: int) -> None:
    pattern = document(node_app)["components"]["schemas"]["Enrol"]["properties"][field]["pattern"]
    whole = {"secret": base64.b64encode(bytes(10)).decode(), "key": base64.b64encode(bytes(32)).decode()}
    for length in (size - 1, size, size + 1):
        for _ in range(50):
            text = base64.b64encode(os.urandom(length)).decode()
            assert (re.fullmatch(pattern, text) is not None) == (length == size)
            written = msgspec.json.encode({**whole, field: text})
            if length == size:
                msgspec.json.decode(written, type=Enrol)
            else:
                with pytest.raises(msgspec.ValidationError):
                    msgspec.json.decode(written, type=Enrol)
