"""Fixtures that every folder of tests shares."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import Bench, make_bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A fresh bench at 21:44 on 23 November 2026, Berlin time."""
    made = make_bench(tmp_path / "bench")
    yield made
    made.here.journal.store.close()
