"""When a check-in counts, and what a further scan of the same badge means. No app, no clock of their own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from kiosk.core.clock import Tick

AGAIN_SECONDS = 60
"""A badge that stays before the camera changes nothing for so long."""
UNDO_SECONDS = 15
UNDO_GRACE = 5
"""What a slow page may take before it begins to count."""
_ROUND = 300


@dataclass(frozen=True)
class Mark:
    """A moment: POSIX second `at`, whether that is `exact`, and the boot and its uptime (ms)."""

    at: int
    exact: bool
    boot: str
    uptime: int


@dataclass(frozen=True)
class Stay:
    """One member's stay at one bench. What is about leaving is None while it is open.

    `place` and `left_place` are those of the events; `how_left` is badge, pin or bench.
    """

    place: str
    member: str
    on_duty: bool
    arrived: Mark
    expects: int
    left: Mark | None = None
    left_place: str | None = None
    how_left: str | None = None


class Step(Enum):
    """What a person who shows a badge or PIN is told or asked."""

    ARRIVE = auto()
    ALREADY_IN = auto()
    JUST_LEFT = auto()
    ASK_LEAVING = auto()
    FORGOTTEN = auto()


def expected_return(at: int, minutes: int) -> int:
    """When somebody who sets out at POSIX second `at` is expected back, on a full five minutes."""
    return -(-(at + minutes * 60) // _ROUND) * _ROUND


def counted_until(expects: int, ended: int) -> int:
    """Until when a stay counts."""
    return min(expects, ended)


def seconds_since(mark: Mark, tick: Tick, now: int) -> float:
    """How long ago it was; by uptime within one boot, so that no jump of the clock matters."""
    return (tick.uptime - mark.uptime) / 1000 if mark.boot == tick.boot else now - mark.at


def next_step(last: Stay | None, tick: Tick, now: int, tonight: int | None) -> Step:
    """What the newest stay of a member at this bench makes of their coming to it.

    `tonight` is the POSIX second at which this night began, None while the clock is not verified.
    """
    if last is None:
        return Step.ARRIVE
    if last.left is not None:
        just_now = last.how_left != "bench" and _again(last.left, tick, now)
        return Step.JUST_LEFT if just_now else Step.ARRIVE
    if _again(last.arrived, tick, now):
        return Step.ALREADY_IN
    if tonight is not None and forgotten(last, now, tonight):
        return Step.FORGOTTEN
    return Step.ASK_LEAVING


def forgotten(stay: Stay, now: int, tonight: int) -> bool:
    """Whether an open stay is of an earlier night; `now` and its night's begin by a verified clock.

    One that seems to lie ahead was written by a clock that ran ahead and was never set right.
    """
    return not tonight <= stay.arrived.at < now + AGAIN_SECONDS


def _again(mark: Mark, tick: Tick, now: int) -> bool:
    return 0 <= seconds_since(mark, tick, now) < AGAIN_SECONDS


def may_undo(recorded: int, uptime: int, times: int = 1) -> bool:
    """Whether what was recorded at uptime `recorded` can still be undone at `uptime`, milliseconds.

    `times`: how many times longer than usual somebody has for it.
    """
    return uptime - recorded <= (UNDO_SECONDS * times + UNDO_GRACE) * 1000
