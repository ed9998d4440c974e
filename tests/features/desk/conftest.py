"""A node with a coordinator at its desk."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.support.node import Node


@pytest.fixture
def desk(node: Node, rosa: str) -> FlaskClient:
    """A browser in which Rosa is signed in."""
    return node.signed_in(rosa)
