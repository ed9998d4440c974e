"""A node with one mediator, and the mediator's page that reaches it over WSGI."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from kiosk.adapters.http import HttpClient
from kiosk.core.errors import NoWayThrough
from kiosk.mediator.app import create_mediator
from kiosk.mediator.desk import Desk, Door, Source
from kiosk.mediator.node import Node
from tests.support.desk import MediatedNode, mediated_node
from tests.sync.wsgi import WsgiAdapter

URL = "http://127.0.0.1"


class Overheard(WsgiAdapter):
    """Keeps every request as it went out. With `down`, nothing gets through."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self.sent: list[bytes] = []
        self.down = False

    def leads_to(self, app: Flask) -> None:
        """From now on, another app answers."""
        super().__init__(app)

    def send(self, request: requests.PreparedRequest, *words: Any, **more: Any) -> requests.Response:
        if self.down:
            raise requests.ConnectionError("the line is cut")
        headers = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        self.sent.append(f"{request.method} {request.url}\n{headers}\n\n".encode() + body)
        return super().send(request, *words, **more)


@dataclass
class Clock:
    """Seconds, as a test sets them."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Page:
    """The page of one mediator, and whoever looks at it."""

    desk: Desk
    app: Flask
    line: Overheard
    clock: Clock
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        self.client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"

    def get(self, path: str = "", status: int = 200) -> str:
        """The text of a page."""
        answer = self.client.get(f"/{self.desk.way}/{path}")
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, path: str = "", status: int = 303, **words: Any) -> str:
        """What a form gives; where it leads is opened too."""
        answer = self.client.post(f"/{self.desk.way}/{path}", data=words)
        assert answer.status_code == status, answer.text
        if status != 303:
            return answer.text
        return self.client.get(answer.headers["Location"]).text

    def ref(self) -> str:
        """The last part of the address of the first thing that waits."""
        return self.get().partition("/read/")[2].partition('"')[0]


def page_over(node: MediatedNode, door: Door) -> Page:
    """A page that reaches a node over WSGI."""
    line, clock = Overheard(node.app), Clock()

    def connect(door: Door, key: str) -> Source:
        if not door.node:
            raise NoWayThrough("no address")
        return Node(HttpClient(door.node, adapter=line), door.member, key)

    desk = Desk(connect, door, now=clock)
    return Page(desk, create_mediator(desk), line, clock)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[MediatedNode]:
    made = mediated_node(tmp_path / "node")
    yield made
    made.here.journal.store.close()


@pytest.fixture
def amal(node: MediatedNode) -> str:
    """The number of a mediator."""
    return node.mediator()


@pytest.fixture
def page(node: MediatedNode, amal: str) -> Page:
    """Amal's page, the key in."""
    made = page_over(node, Door(URL, amal))
    made.desk.open(node.keys[amal], made.desk.door)
    return made
