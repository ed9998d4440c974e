"""A node and two benches, enrolled and in step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.town import Node, Tablet, enrol, node_at


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = node_at(tmp_path / "node")
    yield made
    made.close()


@pytest.fixture
def bakery(tmp_path: Path, node: Node) -> Iterator[Tablet]:
    made = enrol(tmp_path / "bakery", node, "Linden Bakery")
    yield made
    made.close()


@pytest.fixture
def bookshop(tmp_path: Path, node: Node) -> Iterator[Tablet]:
    made = enrol(tmp_path / "bookshop", node, "Book Shop")
    yield made
    made.close()
