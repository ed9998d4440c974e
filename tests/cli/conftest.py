"""What tests of the commands share. Each file has a `node` of its own: the folder of its data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import free_port
from tests.support.street import App


@pytest.fixture
def serving(node: Path) -> Iterator[App]:
    """The same node with its app running."""
    app = App("central", node, free_port())
    app.start()
    yield app
    app.stop()
    assert "Traceback" not in app.said()
