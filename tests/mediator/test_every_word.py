"""Nothing on the mediators' page is in English only: walked in a made-up language."""

from __future__ import annotations

import io

import pytest

from kiosk.adapters.sealing import new_reader, seal
from kiosk.mediator.desk import Door
from tests.mediator.conftest import URL, page_over
from tests.support import pseudo
from tests.support.desk import CHOICES, SECRET, MediatedNode
from tests.support.pseudo import Listener

DATA = (SECRET, "A sealed note", "Linden Bakery", *(words for _value, words in CHOICES))
"""The matters here are a test's own; those of features are heard where they are shown."""


def key_file(key: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(f"{key}\n".encode()), "key.txt"


def test_every_page_and_every_refusal(node: MediatedNode, amal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pseudo.install(monkeypatch)
    page = page_over(node, Door())
    heard = Listener(page.app, DATA)
    Listener(node.app, ())
    key, way = node.keys[amal], f"/{page.desk.way}/"
    for door in (
        {"key": key_file("nonsense"), "member": amal, "node": URL},
        {"key": key_file(key), "member": "x", "node": URL},
        {"key": key_file(key), "member": amal, "node": "http://elsewhere.example"},
        {"key": key_file(key), "member": amal, "node": "https://elsewhere.example/path"},
        {"key": key_file(new_reader()[0]), "member": amal, "node": URL},
        {"key": key_file(key), "member": amal, "node": URL},
    ):
        page.client.post(way, data=door, follow_redirects=True)
    node.doubt(lines=("Linden Bakery",), asks_words=True)
    node.doubt("linden-bakery.1test/8", sealed=for_nobody())
    page.get()
    for one in [*page.desk._opened]:
        page.client.get(f"{way}read/{one}")
        page.client.get(f"{way}answer/{one}")
        page.client.post(f"{way}answer/{one}", data={"choice": "stays", "words": "7" * 700})
        page.client.post(f"{way}answer/{one}", data={"choice": "stays"}, follow_redirects=True)
    page.line.down = True
    page.client.get(way)
    for path in ("nowhere", "read/nothing"):
        page.client.get(way + path)
    page.client.get("/elsewhere/")
    page.post("close", 200)
    assert b"Accept-Language: zz" in page.line.sent[-1]  # so that the node speaks it too
    assert heard.outside == []
    assert f"POST {way} 422" in heard.pages


def for_nobody() -> bytes:
    """What no mediator's key here opens."""
    return seal(SECRET, [new_reader()[1]])
