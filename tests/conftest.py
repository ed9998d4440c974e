"""Fixtures that every folder of tests shares."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from tests.support import Bench, make_bench
from tests.support.node import Node, make_node
from tests.support.street import Street, open_street

# The same examples in every run, and no deadline that a busy machine could miss.
settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")

# What a shell runs in the background does not hear Ctrl-C, and servers that tests start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


class _Compiled(BytecodeCache):
    """Templates, compiled once for the many apps of a test run: half of what a first page costs."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        kept = self._kept.get((bucket.key, bucket.checksum))
        if kept is not None:
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


Flask.jinja_options = {"bytecode_cache": _Compiled()}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--pictures DIR`: the browser tests save what they see there. `--slow`: in every language."""
    parser.addoption("--pictures", type=Path, metavar="DIR", help="save pictures of every screen in DIR")
    parser.addoption("--slow", action="store_true", help="look at every screen in all languages")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A fresh bench at 21:44 on 23 November 2026, Berlin time."""
    made = make_bench(tmp_path / "bench")
    yield made
    made.here.journal.store.close()


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A fresh node at the same time, with a coordinator who cannot sign in."""
    made = make_node(tmp_path / "node")
    yield made
    made.close()


@pytest.fixture
def node_app(node: Node) -> Flask:
    """The app of a fresh node."""
    return node.app


@pytest.fixture
def rosa(node: Node) -> str:
    """The number of a coordinator with a passphrase."""
    return node.coordinator("Rosa")


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """A node behind HTTPS and a bench enrolled at it, running; tests leave both running."""
    with open_street(tmp_path_factory.mktemp("street")) as made:
        yield made
