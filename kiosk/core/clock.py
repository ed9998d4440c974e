"""Rules for a tablet with no clock battery (DESIGN 7).

Within one boot, time is *anchored*: `began` is the POSIX time, in milliseconds, at which CLOCK_BOOTTIME
was nought, so that now = began + uptime whatever the system's own clock does. The anchor comes from the
host's word or from a signed answer; until there is one, the clock is not verified.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

BUILD_TIME = 1_795_392_000_000
"""2026-11-23 in POSIX milliseconds: no event can be older than the program that writes it."""

LATEST = BUILD_TIME + 20 * 366 * 24 * 3600 * 1000
"""POSIX milliseconds beyond which nobody's word is believed: not the machine's, the node's or the host's."""

MAX_ROUND_TRIP = 10_000
MAX_LEAP = 24 * 3600 * 1000
MAX_SILENCE = 60 * MAX_LEAP
"""Milliseconds after the last verified time within which a year is not mistaken."""
CORRECTION = 30_000
"""Milliseconds by which an anchor must move to be worth an event."""


@dataclass(frozen=True)
class Tick:
    """One reading of the machine: system clock and CLOCK_BOOTTIME in milliseconds, and which boot."""

    system: int
    uptime: int
    boot: str


@dataclass(frozen=True)
class ClockState:
    """What is kept between readings; all times in POSIX milliseconds.

    `floor`: no earlier time is believed. `boot` and `began`: the anchor. `last`: the newest verified time
    seen. `doubtful`: a signed time that waits for the host's word. `first`: the anchor with which the clock
    was first verified in this boot, or by the host since.
    """

    floor: int
    boot: str = ""
    began: int | None = None
    last: int = 0
    doubtful: int | None = None
    first: int | None = None


@dataclass(frozen=True)
class Reading:
    """The time in POSIX milliseconds, and whether erasure, publication and lapses may rely on it."""

    now: int
    verified: bool


def read(state: ClockState, tick: Tick) -> Reading:
    """The best known time."""
    if state.began is not None and state.boot == tick.boot:
        return Reading(state.began + tick.uptime, True)
    return Reading(max(min(tick.system, LATEST), state.floor), False)


def observe_signed(state: ClockState, tick: Tick, created: int, round_trip: int) -> ClockState:
    """The state after an answer that the node signed at POSIX millisecond `created`.

    Taken when it arrived within 10 s, is not below the floor, and is either at most a day beyond the last
    verified time, or within a day of the tablet's own clock; otherwise kept as doubtful for the host. What
    is beyond `LATEST` is not listened to.
    """
    if round_trip > MAX_ROUND_TRIP or not state.floor <= created <= LATEST:
        return state
    if read(state, tick).verified:
        first = state.began if state.first is None else state.first
        if abs(created - tick.uptime - (first or 0)) > MAX_LEAP:
            return replace(state, doubtful=created)
        return replace(_anchored(state, tick, created), first=first)
    if state.last and created - state.last > MAX_LEAP and abs(created - tick.system) > MAX_LEAP:
        return replace(state, doubtful=created)
    return _anchored(state, tick, created)


def is_likely(state: ClockState, tick: Tick, now: int) -> bool:
    """Whether the host can mean POSIX millisecond `now`: a slip in the year would erase and publish for good.

    Back is always possible; ahead by a day of a verified clock, or by sixty days of the last verified time,
    or within a day of the tablet's own clock, or of a signed time that waits for the host's word.
    """
    if state.doubtful is not None and abs(now - state.doubtful) <= MAX_LEAP:
        return True
    known = read(state, tick)
    if known.verified:
        return now <= known.now + MAX_LEAP
    return not state.last or now <= state.last + MAX_SILENCE or abs(now - tick.system) <= MAX_LEAP


def is_far(state: ClockState, now: int) -> bool:
    """Whether POSIX millisecond `now` is so far ahead that its year is asked: what is due by then is erased.

    Not when a signed time that waits says the same.
    """
    told_by_node = state.doubtful is not None and abs(now - state.doubtful) <= MAX_LEAP
    return now > max(state.floor, state.last) + MAX_SILENCE and not told_by_node


def agrees(state: ClockState, tick: Tick, now: int) -> bool:
    """Whether the tablet's own clock, or a signed time that waits, is within a day of `now` (POSIX ms)."""
    others = [other for other in (tick.system, state.doubtful) if other is not None]
    return any(abs(now - other) <= MAX_LEAP for other in others)


def confirm(state: ClockState, tick: Tick, now: int, build: int) -> ClockState:
    """The state after the host said that it is `now`; this can lower the floor, never below `build`."""
    now = max(now, build)
    anchored = _anchored(state, tick, now)
    return replace(anchored, floor=now, last=now)


def corrected(at: int, began: int | None, uptime: int) -> int:
    """The POSIX second of an event that was stamped `at`, in a boot that began at POSIX millisecond `began`.

    Differences that are not worth an event (`CORRECTION`) are none: what was shown rounded stays so.
    """
    if began is None or abs(began + uptime - at * 1000) <= CORRECTION + 1000:
        return at
    return min(began + uptime, LATEST) // 1000


def passed(state: ClockState, tick: Tick) -> ClockState:
    """The state with `last` brought up to now, where the clock is verified."""
    reading = read(state, tick)
    return replace(state, last=max(state.last, reading.now)) if reading.verified else state


def moved(before: ClockState, after: ClockState) -> bool:
    """Whether the anchor came or moved enough that this boot's times need correcting."""
    if after.began is None:
        return False
    if before.boot != after.boot or before.began is None:
        return True
    return abs(after.began - before.began) > CORRECTION


def _anchored(state: ClockState, tick: Tick, now: int) -> ClockState:
    began = now - tick.uptime
    return ClockState(max(state.floor, now), tick.boot, began, max(state.last, now), first=began)
