"""When to try again: full jitter, so that many benches that lost the same network do not return at once.

See "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
"""

from __future__ import annotations

import random
from collections.abc import Callable

BASE = 4.0
LEAST = 1.0
MOST = 50.0
"""However long the node was away, a minute after its return everything is there."""


class Backoff:
    """Seconds to wait after failures in a row: random between nought and a bound that doubles.

    Never less than `least`, for the draw may come out near nought several times in a row.
    """

    def __init__(
        self,
        base: float = BASE,
        most: float = MOST,
        draw: Callable[[float, float], float] = random.uniform,
        least: float = LEAST,
    ) -> None:
        self._base = base
        self._most = most
        self._draw = draw
        self._least = least
        self.failures = 0

    def succeeded(self) -> None:
        """Begin anew."""
        self.failures = 0

    def failed(self, asked_to_wait: float = 0.0) -> float:
        """Seconds until the next try; not less than was asked for, and spread beyond that too."""
        bound = min(self._most, self._base * 2 ** min(self.failures, 20))
        self.failures += 1
        return max(self._least, asked_to_wait + self._draw(0, bound))
