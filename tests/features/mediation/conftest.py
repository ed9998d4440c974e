"""A node with one mediator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.desk import MediatedNode, mediated_node


@pytest.fixture
def node(tmp_path: Path) -> Iterator[MediatedNode]:
    made = mediated_node(tmp_path / "node")
    yield made
    made.here.journal.store.close()


@pytest.fixture
def amal(node: MediatedNode) -> str:
    """The number of a mediator."""
    return node.mediator()
