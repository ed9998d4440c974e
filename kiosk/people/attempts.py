"""Tries to sign in: each is on disk as a failure before it is looked at, for each person apart.

The wait before a further try doubles with each failure; at ten, further tries are locked out for good. It is
counted in uptime, so that no clock jump shortens it, and starts anew after a restart.
"""

from __future__ import annotations

from sqlite_utils import Database

from kiosk.core.clock import Tick
from kiosk.core.errors import Refused
from kiosk.web.words import ngettext

FREE_TRIES = 3
LOCKED_AT = 10
_FIRST_WAIT = 15_000
SOON = 120
"""A wait shorter than so many seconds is said in seconds."""
_INSERT = "INSERT OR REPLACE INTO pin_attempts VALUES (?, ?, ?, ?)"


class Waiting(Refused):
    """Too many tries: the sentence says how long to wait, or whom to ask."""


def count(db: Database, key: str, tick: Tick, locked: str) -> None:
    """Write this try down as a failure before it is known to be one; Waiting when it may not be made.

    `locked` is the sentence for who has none left.
    """
    query = "SELECT failures, boot, uptime FROM pin_attempts WHERE member = ?"
    failures, boot, uptime = db.conn.execute(query, (key,)).fetchone() or (0, tick.boot, 0)
    if failures >= LOCKED_AT:
        raise Waiting(locked)
    if failures >= FREE_TRIES:
        _wait(failures, tick, boot, uptime)
    db.conn.execute(_INSERT, (key, failures + 1, tick.boot, tick.uptime))


def forget(db: Database, key: str) -> None:
    """Begin the count anew: the try was right, or there is something new to know."""
    db.conn.execute("DELETE FROM pin_attempts WHERE member = ?", (key,))


def _wait(failures: int, tick: Tick, boot: str, uptime: int) -> None:
    if boot != tick.boot:
        boot, uptime = tick.boot, 0
    ready = uptime + (_FIRST_WAIT << (failures - FREE_TRIES))
    if tick.uptime < ready:
        seconds = (ready - tick.uptime + 999) // 1000
        raise Waiting(_wait_words(seconds))


def _wait_words(seconds: int) -> str:
    if seconds < SOON:
        return ngettext(
            "Too many tries for this name. Wait {seconds} second, then try once more.",
            "Too many tries for this name. Wait {seconds} seconds, then try once more.",
            seconds,
        ).format(seconds=seconds)
    minutes = (seconds + 59) // 60
    return ngettext(
        "Too many tries for this name. Wait {minutes} minute, then try once more.",
        "Too many tries for this name. Wait {minutes} minutes, then try once more.",
        minutes,
    ).format(minutes=minutes)
