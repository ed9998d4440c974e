"""A node with two coordinators at its desk, and a bench that it knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.node import Node, make_node


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A node."""
    made = make_node(tmp_path / "node")
    yield made
    made.close()


@pytest.fixture
def rosa(node: Node) -> str:
    """The number of a coordinator."""
    return node.coordinator("Rosa")


@pytest.fixture
def lea(node: Node) -> str:
    """The number of another."""
    return node.coordinator("Lea")
