"""What stays is not looked through again, and what commands need loads without being looked through."""

from __future__ import annotations

import gc
import subprocess
import sys

from kiosk.adapters import memory

_COUNTED = """
import gc
looked = []
gc.callbacks.append(lambda phase, info: looked.append(phase))
from kiosk.cli import cli
before = len(looked)
cli.get_command(None, "bench")
print(len(looked) - before, gc.isenabled())
"""


def test_what_is_there_when_it_settles_is_never_looked_through_again() -> None:
    before = gc.get_freeze_count()
    try:
        memory.settle()
        assert gc.get_freeze_count() > before + 10_000
        assert len(gc.get_objects()) < 10_000
    finally:
        gc.unfreeze()


def test_nothing_is_looked_through_while_a_command_loads() -> None:
    done = subprocess.run([sys.executable, "-c", _COUNTED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "True"]
