"""The host's page, the button that closes the bench for tonight, and setting the clock right."""

from __future__ import annotations

from datetime import tzinfo

import msgspec
from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

import kiosk
from kiosk.adapters import trust
from kiosk.core.feature import hidden_places
from kiosk.core.night import begin_of, local, night_of
from kiosk.features.host import machine, model, presence, rules, words
from kiosk.features.host.events import CLOSED, REOPENED, ClosedTonight, Reopened
from kiosk.people import members, neighbourhood
from kiosk.people import rules as people
from kiosk.sync.state import sync_status
from kiosk.web.access import allow
from kiosk.web.dates import clock
from kiosk.web.forms import form
from kiosk.web.services import Services, services
from kiosk.web.words import gettext as _

bench = Blueprint("host", __name__)


class Tonight(msgspec.Struct):
    """Whether the bench is to be closed tonight."""

    closed: bool


@bench.get("/host")
@allow(people.host)
def page() -> ResponseReturnValue:
    """How the bench is, in one look."""
    here = services()
    db, zone, reading = here.db.conn, _zone(here), here.clock.read()
    state = _state(here)
    present = presence.present_here(here)
    duty = [_person(here, one, verified=reading.verified) for one in present if one.on_duty]
    others = len(present) - len(duty)
    return render_template(
        "host/host.html",
        advice=rules.advice(state),
        closed=model.is_closed(db, _bench(here), night_of(state.now, zone)),
        present=words.here_words(duty, others),
        facts=_facts(state, zone),
        disk=words.disk_words(state.disk_free),
        version=kiosk.__version__,
    )


@bench.get("/host/log")
@allow(people.host)
def everything() -> ResponseReturnValue:
    """What this bench has recorded since the night began, the newest first."""
    here, zone = services(), _zone(services())
    db, begin = here.db, begin_of(night_of(here.clock.now(), zone), zone)
    hidden = hidden_places(here.features, db.conn)
    newest = [entry for entry in reversed(presence.newest(here)) if entry.place not in hidden]
    tonight = [entry for entry in newest if entry.at >= begin]
    sentences = {kind.name: feature.describe for feature in here.features for kind in feature.events}
    lines = [
        (clock(local(entry.at, zone)), describe(entry, lambda number: members.name_of(db.conn, number)))
        for entry in tonight
        if (describe := sentences.get(entry.type)) is not None and entry.data is not None
    ]
    return render_template("host/log.html", lines=[(time, _(said)) for time, said in lines if said])


@bench.post("/host/closed")
@allow(people.host)
def close() -> ResponseReturnValue:
    """Close the bench for tonight, or open it again; twice the same changes nothing."""
    here, wanted = services(), form(Tonight).closed
    with here.journal.writing() as db:
        night = night_of(here.clock.now(), _zone(here))
        if wanted and not model.is_closed(db.conn, _bench(here), night):
            here.journal.record(CLOSED, ClosedTonight(night))
        elif not wanted and model.is_closed(db.conn, _bench(here), night):
            here.journal.record(REOPENED, Reopened(night))
    return redirect("/host", 303)


@bench.get("/host/clock")
@allow(people.host)
def ask_time() -> ResponseReturnValue:
    """Whether the time that the bench believes in is right."""
    from kiosk.features.host import setting

    return setting.believed_page(services())


@bench.get("/host/clock/tell")
@allow(people.host)
def tell_time() -> ResponseReturnValue:
    """The first question that is not answered; when all are, whether it is right."""
    from kiosk.features.host import setting

    return setting.next_page(services(), request.args)


@bench.post("/host/clock")
@allow(people.host)
def set_time() -> ResponseReturnValue:
    """Take the host's word for the time that was told; with nothing told, for the one that was shown."""
    from kiosk.features.host import setting

    here = services()
    at = setting.taken(here, request.form)
    if at is None:
        return setting.next_page(here, request.form)[0], 422
    here.clock.confirm(at)
    return redirect("/host", 303)


def _state(here: Services) -> rules.State:
    reading, status = here.clock.read(), sync_status(here.db, here.journal.source)
    listed = trust.load(here.db)
    return rules.State(
        now=reading.now // 1000,
        clock_verified=reading.verified,
        disk_free=machine.disk_free(here.journal.store.path.parent),
        battery=machine.battery(),
        pending=status.pending,
        last_contact=status.last_sync,
        quarantined=status.quarantined,
        trust_ends=None if listed is None else listed.ends,
        trust_refused=trust.refusal(here.db) is not None,
    )


def _facts(state: rules.State, zone: tzinfo) -> list[tuple[str, str, str]]:
    """Shape, name and value of what is good to know."""
    clock = words.clock_words(state.now, zone, verified=state.clock_verified)
    facts = [
        ("clock", _("Time"), clock),
        ("envelope", _("Node last reached"), words.contact_words(state, zone)),
        ("arrow", _("To be sent"), words.pending_words(state.pending)),
        ("alarm", _("Battery"), words.battery_words(state.battery)),
    ]
    return [fact for fact in facts if fact[2]]


def _person(here: Services, one: presence.Present, *, verified: bool) -> str:
    since = words.clock_words(one.since, _zone(here), verified=verified)
    return _("{name} since {time}").format(name=members.name_of(here.db.conn, one.member), time=since)


def _bench(here: Services) -> str:
    return here.device.identity.device


def _zone(here: Services) -> tzinfo:
    return neighbourhood.timezone(here.db.conn)
