"""Sealed details as they wait for a mediator at the node, and their closing."""

from __future__ import annotations

from kiosk.core.clock import corrected
from kiosk.core.errors import Refused
from kiosk.core.event import Entry, device_of
from kiosk.core.feature import Decision, Matter
from kiosk.core.night import night_of
from kiosk.features.incidents import model
from kiosk.features.incidents.events import CLOSED, ELSEWHERE, Closed, How, Noted, Told
from kiosk.features.incidents.sentence import clock_words, compose, spoken
from kiosk.people import neighbourhood
from kiosk.sync import fleet
from kiosk.web.dates import day_words
from kiosk.web.services import Services
from kiosk.web.words import gettext as _


def matters(here: Services, _mediator: str) -> list[Matter]:
    """All details that no mediator has closed, the oldest first.

    Everybody gets all of them: the node does not know who was left out. Only readers can open and close one.
    """
    entries = [here.journal.entry_at(here.db, place) for place in model.waiting(here.db.conn)]
    return sorted((_matter(here, entry) for entry in entries if entry is not None), key=lambda one: one.at)


def decide(here: Services, decision: Decision) -> None:
    """Close details; Refused when they are closed already, or were never there."""
    how = next((how for how in How if how == decision.choice), None)
    if how is None:
        raise Refused(_("Please choose what was done about it."))
    with here.journal.writing() as db:
        if decision.place not in model.waiting(db.conn):
            raise Refused(_("These details are closed already; nothing was changed."))
        here.journal.record(CLOSED, Closed(decision.place, how, decision.proof))


def _matter(here: Services, entry: Entry) -> Matter:
    note, zone = _note(here, entry), neighbourhood.timezone(here.db.conn)
    row = here.db.conn.execute(
        "SELECT began FROM boots WHERE source = ? AND boot = ?", (entry.source, entry.boot)
    ).fetchone()
    at = corrected(entry.at, row and row[0], entry.uptime)
    night = night_of(at if note is None else note.when + at - entry.at, zone)
    bench = fleet.name_of(here.db, device_of(entry.source))
    return Matter(
        place=entry.place,
        at=at,
        title=_("A note that is erased by now") if note is None else _sentence(here, note),
        lines=(_("{bench}, night of {day}").format(bench=bench, day=day_words(night)),),
        sealed=entry.data.sealed,
        choices=tuple((how.value, words) for how, words in _choices()),
        proof=entry.data.proof,
    )


def _note(here: Services, entry: Entry) -> Noted | None:
    """The note that the details belong to, while it is kept; none that another bench wrote."""
    if device_of(entry.data.note.partition("/")[0]) != device_of(entry.source):
        return None
    found = here.journal.entry_at(here.db, entry.data.note)
    return found.data if found is not None and isinstance(found.data, Noted) else None


def _sentence(here: Services, note: Noted) -> str:
    db = here.db.conn
    place = "" if note.where == ELSEWHERE else neighbourhood.zone_name(db, note.where)
    time = clock_words(note.when, note.about, neighbourhood.timezone(db))
    return spoken(compose(Told(note.what, place, time, note.tried, note.outside, note.ended)))


def _choices() -> list[tuple[How, str]]:
    return [
        (How.DEALT_WITH, _("It is dealt with")),
        (How.PASSED_ON, _("It is passed on to somebody who can help")),
        (How.NOTHING, _("There is nothing to do")),
    ]
