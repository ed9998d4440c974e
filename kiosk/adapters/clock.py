"""The machine's clocks, and the clock that the bench goes by (rules in `core.clock`)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import msgspec
from sqlite_utils import Database

from kiosk.adapters.meta import get_meta, set_meta
from kiosk.adapters.store import Store
from kiosk.core.clock import (
    BUILD_TIME,
    ClockState,
    Reading,
    Tick,
    confirm,
    moved,
    observe_signed,
    passed,
    read,
)

_KEY = "clock"
_KEEP_EVERY = 600_000


@lru_cache(maxsize=1)
def boot_id() -> str:
    """A random id of this start of the machine: twelve hex digits, from the kernel."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().replace("-", "")[:12]


def machine_tick() -> Tick:
    """What the machine's clocks say now."""
    return Tick(
        time.time_ns() // 1_000_000, time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000, boot_id()
    )


def last_verified(db: Database) -> int:
    """The newest time (POSIX ms) that a database knows to have been verified; 0 when none was."""
    kept = get_meta(db, _KEY)
    return 0 if kept is None else msgspec.json.decode(kept, type=ClockState).last


class Clock:
    """The time that a device goes by, and whether it is verified. Its state is kept in the store.

    `on_move` is called with `began` (POSIX ms at which this boot's uptime was nought) when the anchor came
    or moved, so that the times of this boot can be corrected by an event.
    """

    def __init__(
        self, store: Store, tick: Callable[[], Tick] = machine_tick, *, trusted: bool = False
    ) -> None:
        self.tick = tick
        self.on_move: Callable[[int], None] = lambda _began: None
        self._store = store
        self._trusted = trusted
        self._lock = threading.Lock()
        kept = get_meta(store.reading(), _KEY)
        self._state = ClockState(BUILD_TIME) if kept is None else msgspec.json.decode(kept, type=ClockState)
        self._kept_last = self._state.last

    @property
    def state(self) -> ClockState:
        """What is kept between readings."""
        return self._state

    def read(self) -> Reading:
        """The best known time. A node's own clock (`trusted`) is always taken as verified."""
        if self._trusted:
            return Reading(self.tick().system, True)
        return read(self._state, self.tick())

    def now(self) -> int:
        """POSIX seconds."""
        return self.read().now // 1000

    @property
    def verified(self) -> bool:
        """Whether erasure, publication and lapses may rely on `now`."""
        return self.read().verified

    def lapse_time(self) -> int:
        """The POSIX second by which mandates and badges are judged: not later than is verified."""
        reading = self.read()
        return (reading.now if reading.verified else max(self._state.last, self._state.floor)) // 1000

    def observe_signed(self, created: int, round_trip: int) -> None:
        """Learn from an answer that the node signed at `created` (ms), `round_trip` ms after the question."""
        self._change(lambda state, tick: observe_signed(state, tick, created, round_trip))

    def confirm(self, now: int) -> None:
        """Take the host's word that it is POSIX millisecond `now`."""
        self._change(lambda state, tick: confirm(state, tick, now, BUILD_TIME))

    def keep(self) -> None:
        """Note the verified time from time to time, so that the next start knows about when it is."""
        self._change(passed)

    def _overdue(self, state: ClockState) -> bool:
        return state.last - self._kept_last > _KEEP_EVERY

    def _change(self, rule: Callable[[ClockState, Tick], ClockState]) -> None:
        with self._lock:
            before, after = self._state, rule(self._state, self.tick())
            if after == before:
                return
            if moved(before, after) or after.doubtful != before.doubtful or self._overdue(after):
                with self._store.writing() as db:
                    set_meta(db, _KEY, msgspec.json.encode(after).decode())
                self._kept_last = after.last
            self._state = after
        if moved(before, after) and after.began is not None:
            self.on_move(after.began)
