"""A node with a coordinator at its desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.support.node import Node, make_node


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A node."""
    made = make_node(tmp_path / "node")
    yield made
    made.close()


@pytest.fixture
def rosa(node: Node) -> str:
    """The number of a coordinator with a passphrase."""
    return node.coordinator("Rosa")


@pytest.fixture
def desk(node: Node, rosa: str) -> FlaskClient:
    """A browser in which Rosa is signed in."""
    return node.signed_in(rosa)
