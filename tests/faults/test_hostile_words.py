"""Row 34: markup, script, links and format strings, in every text of every event, are words and no more."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk.adapters.export import export
from kiosk.composition import ALL
from kiosk.core.errors import Invalid
from kiosk.core.event import EventType, Whole, Writer, encode_body, new_salt
from kiosk.core.feature import registry_of
from kiosk.core.mandate import Role
from kiosk.web.services import Services
from tests.support import EVENING, PIN, Bench
from tests.support.node import Node
from tests.support.pages import Page
from tests.support.samples import sample

WORDS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)' x='",
    "</title></textarea><svg/onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "[here](javascript:alert(1)) ![x](//elsewhere.example/x)",
    "{{ 7*191 }} {% for x in y %} ${7*191} #{7*191}",
    "%s %n %(name)s {0} {name} {0.__class__}",
    '=HYPERLINK("http://elsewhere.example","x")',
    "]]></content><link href='//elsewhere.example'/>",
)
TYPES = registry_of(ALL).types
FORMAT_NAMES = re.compile(r"\b1337\b")
"""What 7*191 would come out as."""


def _bodies(word: str, writer: Writer) -> list[bytes]:
    """An event of every type that `writer` may write, with the word in each of its texts."""
    found = []
    for kind in TYPES.values():
        if writer in kind.writers:
            found += _body(kind, word)
    return found


def _body(kind: EventType, word: str) -> list[bytes]:
    try:
        data = sample(kind.data, word)
        return [encode_body(kind, data, EVENING - 86400, "b0", 1), encode_body(kind, data, EVENING, "b0", 1)]
    except (LookupError, Invalid):
        return []


def _take(here: Services, source: str, bodies: list[bytes]) -> None:
    here.journal.append(source, None, [Whole(new_salt(), body) for body in bodies])


def _pages(app: Flask, client: FlaskClient) -> Iterator[tuple[str, str, str]]:
    for route in app.url_map.iter_rules():
        if "GET" in (route.methods or ()) and route.endpoint != "static":
            for word in ("2026-11-22", "2026-11-23", "hello", "linden-bakery", "1"):
                path = re.sub(r"<[^>]+>", word, route.rule)
                answer = client.get(path, buffered=True)
                assert answer.status_code < 500, path
                yield path, answer.mimetype or "", answer.text
                if not route.arguments:
                    break


def _require_inert(app: Flask, client: FlaskClient) -> int:
    seen = 0
    for path, kind, text in _pages(app, client):
        if kind == "text/html":
            assert Page(text).findings == [], path
            assert not FORMAT_NAMES.search(text), path
            seen += (
                "alert(1)" in text or "elsewhere.example" in text or "7*191" in text or "__class__" in text
            )
        elif kind in ("application/atom+xml", "image/svg+xml"):
            for node in ET.fromstring(text).iter():  # noqa: S314  our own writing
                assert "script" not in node.tag, path
                assert not any("elsewhere" in value for value in node.attrib.values()), path
    return seen


@pytest.mark.parametrize("word", WORDS, ids=range(len(WORDS)))
def test_at_the_bench_they_are_words(bench: Bench, word: str) -> None:
    bench.member("61234", word[:40], Role.STEWARD, Role.HOST)
    _take(bench.here, bench.here.journal.source, _bodies(word, Writer.BENCH))
    _take(bench.here, "central.2test", _bodies(word, Writer.CENTRAL))
    bench.member("61235", "Ines", Role.STEWARD, Role.HOST)
    client = bench.client
    seen = _require_inert(bench.app, client)
    client.post("/sign-in", data={"who": "61235", "pin": PIN})
    assert _require_inert(bench.app, client) + seen, "the words were on no page: this walk saw nothing"


@pytest.mark.parametrize("word", WORDS, ids=range(len(WORDS)))
def test_at_the_node_and_in_what_leaves_it_they_are_words(node: Node, word: str, tmp_path: Path) -> None:
    here = node.here
    _take(here, "linden-bakery.1test", _bodies(word, Writer.BENCH))
    _take(here, here.journal.source, _bodies(word, Writer.CENTRAL))
    _require_inert(node.app, node.client)
    for public in (False, True):
        out = tmp_path / f"{public}.ndjson"
        export(here.db, here.device, out, public=public)
        for line in out.read_text().splitlines():
            assert isinstance(json.loads(line), dict)
            assert not line.startswith(("=", "+", "-", "@"))
