"""At 07:00 the bench publishes the night that ended, and makes up for those that it missed."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

import msgspec

from kiosk.core.event import EventType
from kiosk.core.night import night_of
from kiosk.features.incidents.events import ELSEWHERE, What, may_be_public
from kiosk.features.log import queries, rules
from kiosk.features.log.events import NIGHT, SENTENCE, SETTLED, NotesSettled, SentencePublished
from kiosk.features.log.rules import Note
from kiosk.people import members, neighbourhood
from kiosk.people.events import Zone
from kiosk.web.services import Services

_MOST_SETTLED = 100
"""Notes in one event: twice as many places of 120 letters fit into a body."""

Fact = tuple[EventType, msgspec.Struct]


@dataclass(frozen=True)
class Bench:
    """What publication goes by: the bench's id, name and log, the time zone, and now in POSIX seconds."""

    id: str
    name: str
    source: str
    zone: tzinfo
    now: int


def publish(here: Services) -> None:
    """Write the public events of every ended night that has none, and of notes that came after theirs.

    Only by a clock that is verified; all events of a night in one transaction.
    """
    if here.device.is_central or not here.clock.verified:
        return
    for night in _nights_due(here.db.conn, _bench(here)):
        with here.journal.writing() as db:
            first = here.journal.find(db, here.journal.source).size + 1
            facts = _facts(db.conn, _bench(here), night, first)
            if facts:
                here.journal.record_all(facts, housekeeping=True)


def _bench(here: Services) -> Bench:
    identity, zone = here.device.identity, neighbourhood.timezone(here.db.conn)
    return Bench(identity.device, identity.name, here.journal.source, zone, here.clock.now())


def _nights_due(db: sqlite3.Connection, bench: Bench) -> list[date]:
    published, begun = queries.nights(db, bench.id), queries.begun(db, bench.id)
    waiting = {_night(note, bench) for note in queries.notes(db, bench.id) if _is_due(note, bench)}
    first = None if begun is None else night_of(begun, bench.zone)
    last = rules.last_ended(bench.now, bench.zone)
    return rules.due(first, published, waiting, last) + rules.additions(published, waiting)


def _night(note: Note, bench: Bench) -> date:
    return rules.night_of_note(note.at, bench.now, bench.zone)


def _is_due(note: Note, bench: Bench) -> bool:
    return rules.may_come_out(note, bench.now, bench.zone)


def _facts(db: sqlite3.Connection, bench: Bench, night: date, seq: int) -> list[Fact]:
    """A night's events: its new sentences, its totals unless they are out already, and what these settle.

    The first of them will be event `seq` of this bench's log.
    """
    notes = queries.notes(db, bench.id)
    new = [note for note in notes if _is_due(note, bench) and _night(note, bench) == night]
    edition = rules.Edition(night, bench.name, bench.zone)
    counted = rules.cases(((_night(note, bench), note.what) for note in notes), night)
    first = queries.last_number(db, bench.id, night) + 1
    names = members.names(db)
    told = [
        rules.sentence(edition, note, number, counted, _zone(db, note), _words(note, counted, names))
        for number, note in enumerate(new, first)
    ]
    settling = _settling(new, told, [f"{bench.source}/{n}" for n in range(seq, seq + len(told))])
    if night in queries.nights(db, bench.id):
        today = rules.today(bench.now, bench.zone)
        return [(SENTENCE, msgspec.structs.replace(one, added=today)) for one in told] + settling
    totals = rules.totals(edition, told, queries.stays(db, bench.id))
    return [*((SENTENCE, one) for one in told), (NIGHT, totals), *settling]


def _zone(db: sqlite3.Connection, note: Note) -> Zone | None:
    return None if note.zone == ELSEWHERE else neighbourhood.zone_of(db, note.zone)


def _words(note: Note, counted: Counter[What], names: Sequence[str]) -> str:
    """Names may have come since the words were kept, so that they are checked once more."""
    return rules.public_words(note, counted, lambda words: may_be_public(words, names))


def _settling(notes: Sequence[Note], told: Sequence[SentencePublished], places: Sequence[str]) -> list[Fact]:
    """What says that these notes came out, and as which sentences: `told`, which will stand at `places`."""
    chunks = [slice(i, i + _MOST_SETTLED) for i in range(0, len(notes), _MOST_SETTLED)]
    return [(SETTLED, _settled(notes[some], told[some], places[some])) for some in chunks]


def _settled(notes: Sequence[Note], told: Sequence[SentencePublished], places: Sequence[str]) -> NotesSettled:
    came_from = tuple(note.place for note in notes)
    return NotesSettled(came_from, tuple(places), told[0].night, told[0].number)
