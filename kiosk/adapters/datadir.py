"""The data directory of a device: its database, key, lock and socket."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.core.errors import Refused, TryLater


class DataDir:
    """Where one device keeps everything. Only its owner may look inside."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = path / "safe-bench.db"
        self.key = path / "device.key"
        self.next_key = path / "device.key.next"
        self.backups = path / "backups"
        self.cache = path / "cache"
        self.socket = path / "control.sock"
        self._lock = path / "lock"

    def create(self) -> None:
        """Make the directory (mode 0700) if it is not there; Refused when it cannot be written."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.chmod(0o700)
        except OSError as error:
            raise Refused(f"{self.path} cannot be used: {error.strerror}.") from None

    def require(self) -> None:
        """Refused, with what to do, when there is no Safe Bench data here."""
        if not self.database.exists():
            raise Refused(
                f"There is no Safe Bench data in {self.path}. Enrol the bench or init the node first."
            )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the directory: one process at a time. TryLater when another has it."""
        try:
            descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Refused(f"{self.path} cannot be used: {error.strerror}.") from None
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise TryLater(f"Another Safe Bench is running on {self.path}; it goes on.") from None
            yield
        finally:
            os.close(descriptor)
