"""Looking, once each morning, at who wrote how many notes about which zone; and telling two mediators."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256

import msgspec
from sqlite_utils import Database

from kiosk.adapters.meta import get_meta, set_meta
from kiosk.adapters.sealing import seal
from kiosk.core.night import CYCLE_NIGHTS, night_of
from kiosk.features.flags import model, rules
from kiosk.features.flags.events import LOOKED, Looked, Seen
from kiosk.features.flags.rules import Flag
from kiosk.people import mediators, members, neighbourhood
from kiosk.people.mediators import Mediator
from kiosk.web.services import Services
from kiosk.web.words import gettext as _
from kiosk.web.words import listed

TOLD = 2
"""So many mediators are told of one flag."""
_CYCLE = CYCLE_NIGHTS * 86400
_READ = "flags-read"
_READING = msgspec.json.Decoder(tuple[Seen, ...])


def look(here: Services) -> None:
    """Once each morning, when there are notes: one flag at most is raised, the others wait for the next."""
    if not here.clock.verified:
        return
    zone = neighbourhood.timezone(here.db.conn)
    last = night_of(here.clock.now(), zone) - timedelta(days=1)
    notings = [one for one in model.notings(here.db.conn, zone) if one.night <= last]
    if not notings or model.is_looked(here.db.conn, last):
        return
    with here.journal.writing() as db:
        here.journal.record(LOOKED, _look(here, db, last, rules.flags(notings, last)), housekeeping=True)
        set_meta(db, _READ, "[]")


def _look(here: Services, db: Database, night: date, found: Sequence[Flag]) -> Looked:
    now = here.clock.now()
    marks = {mark: until for mark, until in model.marks(db.conn).items() if until > now}
    seen = tuple(dict.fromkeys([*model.seen(db.conn), *just_read(db)]))
    for flag in found:
        told, mark = _told(here, flag.member), _mark(here, flag)
        if told and mark not in marks:
            text = _text(here, flag, told)
            sealed = seal(text, [one.recipient for one in told])
            to = tuple(one.member for one in told)
            return Looked(night, to, sealed, {**marks, mark: now + _CYCLE}, seen)
    return Looked(night, marks=marks, seen=seen)


def _told(here: Services, writer: str) -> list[Mediator]:
    """Two mediators by chance, never the writer; fewer when there are no more."""
    current = mediators.current(here)
    own = {one.recipient for one in current if one.member == writer}
    others = [one for one in current if one.recipient not in own]
    return secrets.SystemRandom().sample(others, min(TOLD, len(others)))


def _mark(here: Services, flag: Flag) -> str:
    """Stands for a writer and a zone; nobody who lacks the node's key finds out which, by trying all."""
    signed = here.device.key.sign(f"flag\n{flag.member}\n{flag.zone}\n".encode())
    return sha256(signed).hexdigest()


def _text(here: Services, flag: Flag, told: Sequence[Mediator]) -> str:
    db = here.db.conn
    facts: Mapping[str, object] = {
        "name": members.name_of(db, flag.member),
        "number": flag.member,
        "count": flag.count,
        "total": flag.total,
        "zone": neighbourhood.zone_name(db, flag.zone),
        "nights": CYCLE_NIGHTS,
        "told": listed([one.name for one in told]),
    }
    return "\n\n".join(words.format(**facts) for words in _paragraphs())


def _paragraphs() -> tuple[str, ...]:
    return (
        _("{name} (number {number}) wrote {count} of the {total} notes about {zone} in {nights} nights."),
        _("That can be innocent: perhaps they live there, or are out more often than others."),
        _("It can also give a place, or those who live there, a bad name unearned. Please ask kindly."),
        _("Told: {told}. Nobody else was told, and no page shows it."),
    )


def just_read(db: Database) -> tuple[Seen, ...]:
    """What mediators have read since the last morning: it is recorded in the next, at its usual time."""
    return _READING.decode(get_meta(db, _READ) or "[]")


def note_read(db: Database, read: Seen) -> None:
    """Remember until the next morning that a mediator has read a flag; inside a transaction."""
    both = tuple(dict.fromkeys([*just_read(db), read]))
    set_meta(db, _READ, msgspec.json.encode(both).decode())
