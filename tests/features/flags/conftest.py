"""A node with mediators, where notes come in from a bench."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.features.flags.inbox import NodeWithNotes
from tests.support.desk import mediated_node


@pytest.fixture
def node(tmp_path: Path) -> Iterator[NodeWithNotes]:
    """Nobody is a mediator yet, and nothing was noted."""
    made = NodeWithNotes(mediated_node(tmp_path / "node"))
    yield made
    made.here.journal.store.close()
