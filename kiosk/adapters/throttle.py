"""How many wrong tries a device lets pass in a while, from everybody together: nobody is told apart by it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable


class Throttle:
    """Lets `times` wrong tries pass in `seconds`. Kept in memory, without a word about who tried."""

    def __init__(self, times: int, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._wrong: deque[float] = deque(maxlen=times)
        self._seconds = seconds
        self._now = now
        self._lock = threading.Lock()

    @property
    def is_full(self) -> bool:
        """Whether there were too many of late."""
        with self._lock:
            full = len(self._wrong) == self._wrong.maxlen
            return full and self._now() - self._wrong[0] < self._seconds

    def count(self) -> None:
        """A wrong one came."""
        with self._lock:
            self._wrong.append(self._now())
