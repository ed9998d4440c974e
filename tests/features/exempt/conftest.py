"""A node with two coordinators at its desk, and a bench that it knows."""

from __future__ import annotations

import pytest

from tests.support.node import Node


@pytest.fixture
def lea(node: Node) -> str:
    """The number of another."""
    return node.coordinator("Lea")
