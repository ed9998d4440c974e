"""What the bench does when somebody comes or goes: decides and records in one transaction."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import tzinfo
from enum import Enum, auto

import msgspec

from kiosk.core.clock import Tick
from kiosk.core.event import Entry, EventType
from kiosk.core.mandate import Role
from kiosk.core.night import begin_of, end_of, night_of
from kiosk.features.checkin import events, model, rules
from kiosk.features.checkin.events import How
from kiosk.features.checkin.rules import Stay, Step
from kiosk.people import neighbourhood
from kiosk.people import rules as people
from kiosk.web.services import Services

PATROL_MINUTES = 150
"""How long a round takes where the neighbourhood has not said."""

Fact = tuple[EventType, msgspec.Struct]


class Result(Enum):
    """What came of it."""

    IN = auto()
    ALREADY_IN = auto()
    ASK_LEAVING = auto()
    OUT = auto()
    JUST_LEFT = auto()
    CLOSED_TONIGHT = auto()
    CODE_USED = auto()
    NOT_HERE = auto()
    IN_UNDONE = auto()
    OUT_UNDONE = auto()
    TOO_LATE = auto()


@dataclass(frozen=True)
class Outcome:
    """What came of it, for the page that says so.

    `place` is of the event that can be undone, "" when none can; `uptime` (ms) is when it was recorded.
    """

    result: Result
    member: str
    how: How
    place: str = ""
    uptime: int = 0


_SAME = {
    Step.ALREADY_IN: Result.ALREADY_IN,
    Step.JUST_LEFT: Result.JUST_LEFT,
    Step.ASK_LEAVING: Result.ASK_LEAVING,
}
_UNDOES = {
    Result.IN: Result.IN_UNDONE,
    Result.ALREADY_IN: Result.IN_UNDONE,
    Result.OUT: Result.OUT_UNDONE,
    Result.JUST_LEFT: Result.OUT_UNDONE,
}


def come(here: Services, member: str, how: How, code: str | None = None) -> Outcome:
    """Somebody shows who they are: check them in, or say what else it means.

    By phone, with a `code` of this bench that counts: once, whoever is first. Nobody holds a phone before a
    camera for a while, so whoever has just left and comes with a new code has come back.
    """
    tick, now = here.clock.tick(), here.clock.now()
    with here.journal.writing() as db:
        last = model.last_stay(db.conn, bench_of(here), member)
        zone = neighbourhood.timezone(db.conn)
        tonight = night_of(now, zone)
        step = rules.next_step(last, tick, now, begin_of(tonight, zone) if here.clock.verified else None)
        if last is not None and step in _SAME and not (step is Step.JUST_LEFT and code):
            return _unchanged(_SAME[step], last, how, tick)
        if model.closed_on(db.conn, bench_of(here), tonight):
            return Outcome(Result.CLOSED_TONIGHT, member, how)
        if model.used_by(db.conn, code) is not None:
            return Outcome(Result.CODE_USED, member, how)
        facts = [_arrival(here, db.conn, member, how, now, code)]
        if last is not None and step is Step.FORGOTTEN:
            facts.insert(0, _closing(last, zone))
        return _recorded(Result.IN, member, how, here.journal.record_all(facts)[-1])


def go(here: Services, member: str, how: How, code: str | None = None) -> Outcome:
    """Somebody says that they leave; `code` as above. Nothing is recorded twice."""
    with here.journal.writing() as db:
        last = model.last_stay(db.conn, bench_of(here), member)
        if last is None:
            return Outcome(Result.NOT_HERE, member, how)
        if last.left is not None:
            return _unchanged(Result.JUST_LEFT, last, how, here.clock.tick())
        if model.used_by(db.conn, code) is not None:
            return Outcome(Result.CODE_USED, member, how)
        left = events.Left(member, how, code)
        return _recorded(Result.OUT, member, how, here.journal.record(events.LEFT, left))


def undo(here: Services, done: Outcome, times: int = 1) -> Outcome:
    """Take back what was just recorded, by a further event; once, and for a short while or `times` that."""
    if not done.place or done.result not in _UNDOES:
        return done
    if not rules.may_undo(done.uptime, here.clock.tick().uptime, times):
        return replace(done, result=Result.TOO_LATE, place="")
    with here.journal.writing() as db:
        last = model.last_stay(db.conn, bench_of(here), done.member)
        if last is not None and done.place in (last.place, last.left_place):
            here.journal.record(events.UNDONE, events.Undone(done.member, done.place))
    return replace(done, result=_UNDOES[done.result], place="")


def latest(here: Services, member: str, how: How) -> Outcome | None:
    """What was recorded of a member last, as an outcome; None when they were not here."""
    last = model.last_stay(here.db.conn, bench_of(here), member)
    if last is None:
        return None
    return _unchanged(Result.IN if last.left is None else Result.OUT, last, how, here.clock.tick())


def recorded_with(here: Services, member: str, code: str) -> Entry | None:
    """What a member recorded here with a code, while they have not come anew since."""
    last = model.last_stay(here.db.conn, bench_of(here), member)
    places = (last.place, last.left_place) if last else ()
    held = (here.journal.entry_at(here.db, place) for place in places if place)
    return next((one for one in held if one and getattr(one.data, "code", None) == code), None)


def close_forgotten(here: Services) -> None:
    """At a night's end, close what was not checked out in it; only by a clock that is verified."""
    if not here.clock.verified:
        return
    zone = neighbourhood.timezone(here.db.conn)
    if _forgotten(here, here.db.conn, zone):
        with here.journal.writing() as db:
            stays = _forgotten(here, db.conn, zone)
            here.journal.record_all([_closing(stay, zone) for stay in stays], housekeeping=True)


def bench_of(here: Services) -> str:
    """This bench's id."""
    return here.device.identity.device


def _forgotten(here: Services, db: sqlite3.Connection, zone: tzinfo) -> list[Stay]:
    now = here.clock.now()
    tonight = begin_of(night_of(now, zone), zone)
    return [stay for stay in model.open_stays(db, bench_of(here)) if rules.forgotten(stay, now, tonight)]


def _arrival(
    here: Services, db: sqlite3.Connection, member: str, how: How, now: int, code: str | None
) -> Fact:
    known = neighbourhood.described(db)
    expects = rules.expected_return(now, known.patrol_minutes if known else PATROL_MINUTES)
    standing = people.standing(here, db, member, Role.STEWARD)
    return events.ARRIVED, events.Arrived(member, expects, how, standing.on_duty, code)


def _closing(stay: Stay, zone: tzinfo) -> Fact:
    ended = end_of(night_of(stay.arrived.at, zone), zone)
    return events.CLOSED, events.Closed(stay.member, rules.counted_until(stay.expects, ended))


def _recorded(result: Result, member: str, how: How, entry: Entry) -> Outcome:
    return Outcome(result, member, how, entry.place, entry.uptime)


def _unchanged(result: Result, last: Stay, how: How, tick: Tick) -> Outcome:
    """What is said when a badge is shown again; what the first time recorded can still be undone."""
    mark, place = (last.arrived, last.place) if last.left is None else (last.left, last.left_place)
    same_boot = mark.boot == tick.boot
    return Outcome(result, last.member, how, place or "" if same_boot else "", mark.uptime)
