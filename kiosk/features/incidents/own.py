"""A member's own notes: to be looked at again, amended until they come out, and withdrawn."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

import msgspec

from kiosk.core.clock import corrected
from kiosk.core.event import Entry
from kiosk.core.night import night_of
from kiosk.features.incidents import flow, keeping, model
from kiosk.features.incidents.events import (
    WITHDRAWN,
    Noted,
    Sealed,
    Told,
    Withdrawn,
    Words,
    clock_words,
    compose,
    spoken,
)
from kiosk.features.incidents.flow import Draft
from kiosk.features.incidents.pages import Around
from kiosk.web.dates import date_title
from kiosk.web.services import Services
from kiosk.web.words import gettext as _

MOST = 30


@dataclass(frozen=True)
class Note:
    """One of them as its writer sees it. `amendable`: whether it has not come out yet."""

    place: str
    text: str
    words: str
    night: str
    amendable: bool


def notes(here: Services, member: str, around: Around) -> list[Note]:
    """The notes that a member wrote here and that are still held, the newest first."""
    held = model.own(here.db.conn, member, here.device.identity.device)[:MOST]
    found = [_note(here, one, around) for one in held]
    return [one for one in found if one is not None]


def note(here: Services, member: str, place: str, around: Around) -> Note | None:
    """One of these notes; None when it is not this member's, or not there any more."""
    return next((one for one in notes(here, member, around) if one.place == place), None)


def _note(here: Services, one: model.Own, around: Around) -> Note | None:
    entry = here.journal.entry_at(here.db, one.place)
    if entry is None or not isinstance(entry.data, Noted):
        return None
    zone, found = around.zone, entry.data
    place, time = flow.place_of(found.where, around.places), clock_words(found.when, found.about, zone)
    told = Told(found.what, place, time, found.tried, found.outside, found.ended)
    words = next((part.data.words for part in _parts(here, one.place) if isinstance(part.data, Words)), "")
    night = date_title(night_of(_written(here.db.conn, entry), zone))
    return Note(one.place, spoken(compose(told)), words, night, not one.out)


def _written(db: sqlite3.Connection, entry: Entry) -> int:
    query = "SELECT began FROM boots WHERE source = ? AND boot = ?"
    row = db.execute(query, (entry.source, entry.boot)).fetchone()
    return corrected(entry.at, row and row[0], entry.uptime)


def _parts(here: Services, place: str) -> list[Entry]:
    held = (here.journal.entry_at(here.db, part) for part in model.parts(here.db.conn, place))
    return [entry for entry in held if entry is not None]


def amend(here: Services, member: str, place: str) -> Draft | None:
    """A draft with the answers of one's own note, which replaces it when it is kept; None: it cannot be.

    Sealed details go along as they are: only mediators can open them.
    """
    bench, entry = here.device.identity.device, here.journal.entry_at(here.db, place)
    if not model.is_own(here.db.conn, member, bench, place) or entry is None:
        return None
    shift = _written(here.db.conn, entry) - entry.at
    draft = flow.told_again(keeping.begin(), entry.data, place, shift)
    for part in _parts(here, place):
        if isinstance(part.data, Words):
            draft = msgspec.structs.replace(draft, words=part.data.words)
        elif isinstance(part.data, Sealed):
            readers = (_("the mediators whom you chose"),)
            sealed, proof = part.data.sealed, part.data.proof
            draft = msgspec.structs.replace(draft, sealed=sealed, proof=proof, readers=readers)
    keeping.put(draft)
    return draft


def withdraw(here: Services, member: str, place: str) -> bool:
    """Take back one's own note: it is erased, and shown no more. False: it is not one's own."""
    with here.journal.writing() as db:
        if not model.is_own(db.conn, member, here.device.identity.device, place):
            return False
        here.journal.record(WITHDRAWN, Withdrawn(member, place))
    return True
