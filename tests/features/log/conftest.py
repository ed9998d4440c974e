"""What tests of the log share."""

from __future__ import annotations

import pytest
from flask import Flask


@pytest.fixture
def node(node_app: Flask) -> Flask:
    """The app of a fresh node."""
    return node_app
