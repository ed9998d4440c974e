"""The node's interface, asked by a program that knows only its description."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes import free_port
from tests.support.street import App

EXAMPLES = 60


@pytest.mark.slow
def test_no_request_made_up_from_the_description_finds_a_fault(tmp_path: Path) -> None:
    node = App("central", tmp_path / "node", free_port())
    node.does("init", "--name", "Lindenfield")
    node.start()
    try:
        words = (
            "run",
            f"{node.url}api/openapi.json",
            "--seed",
            "1",
            "--no-color",
            "--max-examples",
            str(EXAMPLES),
        )
        tried = subprocess.run(
            [Path(sys.executable).with_name("schemathesis"), *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert tried.returncode == 0, tried.stdout + tried.stderr
        node.stop()
        assert "Traceback" not in node.said(), node.said()
    finally:
        node.kill()
