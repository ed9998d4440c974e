"""What the process does with memory: what it no longer uses it gives back, and what stays it leaves alone."""

from __future__ import annotations

import ctypes
import gc

# mallopt(3): the numbers that glibc's <malloc.h> gives these.
_TRIM_THRESHOLD = -1
_ARENA_MAX = -8
_KEPT_BYTES = 64 << 10


def give_back() -> None:
    """Have memory returned to the system when it is freed, from one arena that all threads share.

    Else each thread keeps its own, and one of them for good the 19 MiB of a PIN's hash. Only one thread at a
    time runs Python, so none waits for the arena. To be called before threads begin; another C library than
    glibc is left as it is.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENA_MAX, 1)
        mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)


def settle() -> None:
    """Never look through what is there now: it stays, and some request would wait 20 ms for it each time."""
    gc.freeze()
