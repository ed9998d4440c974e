"""The log at the bench: last night for everyone, tonight in numbers, and in sentences for stewards."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from kiosk.core.mandate import Role
from kiosk.core.night import night_of
from kiosk.features.incidents.events import ELSEWHERE, Told, clock_words, compose, spoken
from kiosk.features.log import queries, rules, words
from kiosk.features.log.rules import Note
from kiosk.features.log.shown import listed, remarks, shown
from kiosk.people import neighbourhood, sessions
from kiosk.people.rules import has_role
from kiosk.web.access import allow, anyone
from kiosk.web.dates import date_title, date_words, parse_day
from kiosk.web.services import Services, services

PAGE = 7
READING_SECONDS = 180
"""After which a passer-by's page gives way to the first screen; somebody signed in is asked sooner."""
MOST_PAGES = 10_000

bench = Blueprint("log", __name__)


@dataclass(frozen=True)
class Tonight:
    """A note as a steward reads it tonight. `read`: whether a partner has read the writer's own words."""

    text: str
    words: str
    read: bool


@bench.get("/log")
@allow(anyone, nearby=True)
def log() -> ResponseReturnValue:
    """Last night as published, tonight so far, and the nights before."""
    here = services()
    db, device, now = here.db.conn, here.device.identity.device, here.clock.now()
    last = rules.last_ended(now, neighbourhood.timezone(db))
    told = queries.published(db, last, device)
    page = _page_asked()
    rows = queries.nights_listed(db, page * PAGE, PAGE + 1, device)
    waiting, may_read = _waiting(here, now), has_role(Role.STEWARD, Role.HOST)
    return render_template(
        "log/log.html",
        last=shown(told[0], remarks(here, last)) if told else None,
        last_night=date_words(last),
        counted=words.notes_words(len(waiting)),
        tonight=[_tonight(here, note) for note in waiting] if may_read else None,
        earlier=[listed(here, night, device) for night in rows[:PAGE] if page or night != last],
        page=page,
        older=len(rows) > PAGE,
        **_reading(),
    )


@bench.get("/log/<night>")
@allow(anyone, nearby=True)
def one_night(night: str) -> ResponseReturnValue:
    """One published night."""
    here, day = services(), parse_day(night)
    told = queries.published(here.db.conn, day, here.device.identity.device) if day else []
    if day is None or not told:
        abort(404)
    facts = {"title": date_title(day), "night": shown(told[0], remarks(here, day)), "back_to": "/log"}
    return render_template("log/night.html", **facts, **_reading())


def _page_asked() -> int:
    asked = request.args.get("page", "0")
    return min(int(asked), MOST_PAGES) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 0


def _waiting(here: Services, now: int) -> list[Note]:
    """Tonight's notes, and any of nights that could not be published yet."""
    zone = neighbourhood.timezone(here.db.conn)
    tonight, notes = night_of(now, zone), queries.notes(here.db.conn, here.device.identity.device)
    return [note for note in notes if not note.settled or night_of(note.at, zone) == tonight]


def _tonight(here: Services, note: Note) -> Tonight:
    db = here.db.conn
    place = "" if note.zone == ELSEWHERE else neighbourhood.zone_name(db, note.zone)
    time = clock_words(note.at, note.about, neighbourhood.timezone(db))
    told = Told(note.what, place, time, note.tried, note.outside, note.ended)
    return Tonight(spoken(compose(told)), note.words, note.read)


def _reading() -> dict[str, object]:
    return {} if sessions.current() else {"idle_seconds": READING_SECONDS}
