"""Both apps, for what holds of both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from kiosk.adapters.datadir import DataDir
from kiosk.central import create_central, init_central
from kiosk.config import Config
from kiosk.web.services import EXTENSION
from tests.support import Time


@pytest.fixture
def node_app(tmp_path: Path) -> Iterator[Flask]:
    """The app of a fresh node."""
    data = DataDir(tmp_path / "node")
    init_central(data, "Lindenfield", "Rosa")
    app = create_central(Config(), data, tick=Time())
    yield app
    app.extensions[EXTENSION].journal.store.close()
