"""Answers to those who asked at the node, by phone, to come or go here: each is judged once."""

from __future__ import annotations

import sqlite3

from kiosk.features.checkin import codes, desk, model, rules
from kiosk.features.checkin.codes import Shown, Wrong
from kiosk.features.checkin.desk import Outcome
from kiosk.features.checkin.desk import Result as Came
from kiosk.features.checkin.model import Ask
from kiosk.features.phone.events import ANSWERED, Answered, Result
from kiosk.people import members
from kiosk.web.services import Services

LATE = 15 * 60
"""Seconds after which an ask is too old to be recorded as somebody's coming now."""
PATIENCE = 10 * 60_000
"""Milliseconds of uptime for which an ask waits until this bench's clock is right."""

_SAYS: dict[Came, Result] = {
    Came.IN: "in",
    Came.OUT: "out",
    Came.ALREADY_IN: "already",
    Came.ASK_LEAVING: "already",
    Came.JUST_LEFT: "already",
    Came.CODE_USED: "refused:used",
    Came.CLOSED_TONIGHT: "refused:closed",
    Came.NOT_HERE: "refused:not-here",
}


def answer_open(here: Services) -> None:
    """Answer every ask that waits, as far as this bench's clock allows."""
    for ask in model.open_asks(here.db.conn, desk.bench_of(here)):
        with here.journal.writing() as db:
            answered = _answer(here, db.conn, ask) if model.is_open(db.conn, ask) else None
            if answered is not None:
                here.journal.record(ANSWERED, answered)


def _answer(here: Services, db: sqlite3.Connection, ask: Ask) -> Answered | None:
    """What is made of an ask; None while the clock has yet to be set right."""
    bench, derive = desk.bench_of(here), here.device.key.derive
    began = {**model.began(db, bench), **_present(here)}
    shown = codes.read(derive, bench, {**began, here.clock.tick().boot: 0}, ask.code)
    if isinstance(shown, Wrong):
        return Answered(ask.place, "refused:code")
    if not here.clock.verified or shown.boot not in began:
        return None if _may_wait(here, shown) else Answered(ask.place, "refused:clock")
    refused = _refusal(here, db, ask, codes.judge_at(shown, began[shown.boot], ask.at))
    return Answered(ask.place, refused) if refused else _recorded(ask, _do(here, ask))


def _refusal(here: Services, db: sqlite3.Connection, ask: Ask, wrong: Wrong | None) -> Result | None:
    """Why an ask is not done, by what is wrong with its code and by what happened since; None when it is."""
    if wrong is Wrong.EARLY:
        return "refused:clock"
    if wrong is not None or here.clock.now() - ask.at > LATE:
        return "refused:old"
    member = members.find(db, ask.member)
    if member is None or member.void_before > ask.at:
        return "refused:member"
    return "refused:old" if _is_overtaken(here, db, ask) else None


def _is_overtaken(here: Services, db: sqlite3.Connection, ask: Ask) -> bool:
    """Whether the member did the contrary here after they had asked, say by badge, so that this is over.

    What an earlier ask brought about was done when that was asked, however late it was answered.
    """
    stay = model.last_stay(db, desk.bench_of(here), ask.member)
    if stay is None or (ask.wants == "out") == (stay.left is not None):
        return False
    mark, now = stay.left or stay.arrived, here.clock.now()
    asked_at = model.asked_at(db, ask.member, mark)
    done_at = now - rules.seconds_since(mark, here.clock.tick(), now) if asked_at is None else asked_at
    return done_at > ask.at


def _present(here: Services) -> dict[str, int]:
    """When the present boot began, where that is known."""
    state = here.clock.state
    return {state.boot: state.began} if state.began is not None else {}


def _may_wait(here: Services, shown: Shown) -> bool:
    """Whether the clock may still be set right in time: a sync of this boot does it."""
    tick = here.clock.tick()
    return shown.boot == tick.boot and tick.uptime - shown.step * codes.STEP < PATIENCE


def _do(here: Services, ask: Ask) -> Outcome:
    if ask.wants == "out":
        return desk.go(here, ask.member, "phone", ask.code)
    return desk.come(here, ask.member, "phone", ask.code)


def _recorded(ask: Ask, came: Outcome) -> Answered:
    return Answered(ask.place, _SAYS[came.result], came.place or None)
