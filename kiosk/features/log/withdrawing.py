"""Sentences that their writers took back: gone at once where the note is held, said in public at 07:00."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from kiosk.core.clock import corrected
from kiosk.core.feature import Remark
from kiosk.features.log import rules
from kiosk.features.log.events import GONE, SentenceWithdrawn
from kiosk.people import neighbourhood
from kiosk.web.services import Services
from kiosk.web.words import gettext as _

_UNSAID = """
SELECT g.night, g.number, g.sentence, t.at, b.began, t.uptime FROM log_gone g
  JOIN log_settled s ON s.bench = g.bench AND s.sentence = g.sentence
  JOIN log_taken_back t ON t.bench = s.bench AND t.place = s.place
  LEFT JOIN boots b ON b.source = t.source AND b.boot = t.boot
WHERE g.bench = ? AND g.at = 0 ORDER BY g.night, g.number"""


class Unsaid(NamedTuple):
    """A sentence that is gone and not yet said to be, and when it was taken back, POSIX seconds."""

    night: date
    number: int
    sentence: str
    at: int


def say_so(here: Services) -> None:
    """Say in public which sentences were withdrawn, so that every device that holds one erases it.

    Once the night of the withdrawal is over: its time would tell when somebody stood at the bench.
    """
    if here.device.is_central or not here.clock.verified:
        return
    zone, now, name = neighbourhood.timezone(here.db.conn), here.clock.now(), here.device.identity.name
    last = rules.last_ended(now, zone)
    with here.journal.writing() as db:
        due = [
            (GONE, SentenceWithdrawn(one.night, name, one.number, one.sentence))
            for one in unsaid(db.conn, here.device.identity.device)
            if rules.night_of_note(one.at, now, zone) <= last
        ]
        if due:
            here.journal.record_all(due, housekeeping=True)


def unsaid(db: sqlite3.Connection, bench: str) -> list[Unsaid]:
    """The sentences of a bench that are still to be said to be withdrawn."""
    rows = db.execute(_UNSAID, (bench,))
    return [
        Unsaid(date.fromisoformat(night), number, sentence, corrected(at, began, uptime))
        for night, number, sentence, at, began, uptime in rows
    ]


def gone(db: sqlite3.Connection, _now: int | None = None) -> list[str]:
    """Where the sentences stand, or stood, that are neither shown nor kept any more."""
    return [place for (place,) in db.execute("SELECT sentence FROM log_gone")]


def remarks(here: Services, night: date) -> Iterable[Remark]:
    """What stands in the place of each of them."""
    rows = here.db.conn.execute(
        "SELECT bench, number, at FROM log_gone WHERE night = ?", (night.isoformat(),)
    )
    words = _("Withdrawn by its writer.")
    return [Remark(bench, night, number, words, at, instead=True) for bench, number, at in rows]
