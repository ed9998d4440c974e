"""What tests of the log share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.support import Bench
from tests.support.node import make_node


@pytest.fixture
def node(tmp_path: Path, bench: Bench) -> Iterator[Flask]:
    """The app of a fresh node, whose clock goes as the bench's does."""
    made = make_node(tmp_path / "public-node", bench.time)
    yield made.app
    made.close()
