"""A file that takes up room, given up when the disk is full so that sync and erasure can go on."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

SIZE = 4 << 20
"""Bytes. A new reserve is made only where three times as much stays free."""


class Reserve:
    """`SIZE` bytes beside the database. While they are given up, `is_spent`: new notes are refused."""

    def __init__(self, path: Path, size: int = SIZE) -> None:
        self._path = path
        self._size = size
        self.is_spent = not path.exists()

    def give_up(self) -> None:
        """Give the room back to the file system."""
        self.is_spent = True
        self._path.unlink(missing_ok=True)

    def keep(self) -> bool:
        """Take the room, if there is enough; whether it is held."""
        if not self.is_spent:
            return True
        try:
            if shutil.disk_usage(self._path.parent).free < 4 * self._size:
                return False
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.posix_fallocate(descriptor, 0, self._size)
            finally:
                os.close(descriptor)
        except OSError:
            self._path.unlink(missing_ok=True)
            return False
        self.is_spent = False
        return True
