"""A node to publish at, and what a poster looks like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk.adapters.datadir import DataDir
from kiosk.central import create_central, init_central
from kiosk.config import Config
from kiosk.features.posters.operations import publish
from kiosk.web.services import EXTENSION, Services
from tests.support import Time


@dataclass
class Node:
    """A central node with nobody but its first coordinator."""

    app: Flask
    here: Services

    @property
    def client(self) -> FlaskClient:
        """A browser at its public pages."""
        return self.app.test_client()

    def publish(self, text: str, name: str = "poster.md") -> dict[str, Any]:
        """What a coordinator's command says."""
        return dict(publish(self.here, text=text, name=name))


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A fresh node at 21:44 on 23 November 2026, Berlin time."""
    data = DataDir(tmp_path / "node")
    init_central(data, "Lindenfield", "Rosa")
    app = create_central(Config(), data, tick=Time())
    here: Services = app.extensions[EXTENSION]
    yield Node(app, here)
    here.journal.store.close()
