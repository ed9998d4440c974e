"""Files that are there whole or not at all, durable, and open to nobody else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import BinaryIO

from kiosk.core.errors import Refused

PRIVATE = 0o600
PUBLIC = 0o644


def require_replaceable(path: Path) -> None:
    """Refused when `path` is something else than a file, or beside a device's own data."""
    if path.exists() and not path.is_file():
        raise Refused(f"{path} is not a file that could be replaced.")
    if (path.parent / "device.key").exists():
        raise Refused(f"{path.parent} holds a device's data: write the file somewhere else.")


@contextmanager
def whole_file(path: Path, mode: int = PRIVATE) -> Iterator[BinaryIO]:
    """A file that takes the place of `path` when the block ends well; durable then. OSError otherwise."""
    with in_place_of(path, mode) as partial, partial.open("r+b") as file:
        yield file


@contextmanager
def in_place_of(path: Path, mode: int = PRIVATE) -> Iterator[Path]:
    """An empty file beside `path` that is made durable and renamed to it when the block ends well.

    A stick (FAT) keeps no modes: what anyone may read can stand there all the same, what is private cannot.
    """
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with suppress(PermissionError) if mode == PUBLIC else nullcontext():
            os.fchmod(descriptor, mode)
        yield partial
        os.fsync(descriptor)
        partial.replace(path)
    finally:
        os.close(descriptor)
        partial.unlink(missing_ok=True)
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Make durable which names are in a directory."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
