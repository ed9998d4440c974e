"""What tests of the log share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from kiosk.adapters.datadir import DataDir
from kiosk.central import create_central, init_central
from kiosk.config import Config
from kiosk.web.services import EXTENSION


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Flask]:
    """A fresh node."""
    data = DataDir(tmp_path / "node")
    init_central(data, "Lindenfield", "Ana")
    app = create_central(Config(), data)
    yield app
    app.extensions[EXTENSION].journal.store.close()
