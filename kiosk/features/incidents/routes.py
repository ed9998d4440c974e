"""The pages of a note: `/incidents/new` asks one question at a time; the rest ends it one way or another."""

from __future__ import annotations

from typing import Annotated

import msgspec
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kiosk.core.errors import NotSaved
from kiosk.core.night import night_of
from kiosk.core.sentences import N_
from kiosk.features.incidents import drawing, flow, keeping, pages
from kiosk.features.incidents.details_routes import details
from kiosk.features.incidents.events import (
    ELSEWHERE,
    WORDS_LENGTH,
    Told,
    clock_words,
    compose,
    spoken,
)
from kiosk.features.incidents.flow import BY_NAME, REVIEW, Draft
from kiosk.features.incidents.own_routes import mine
from kiosk.features.incidents.partner_routes import reading
from kiosk.people import rules, sessions
from kiosk.web.access import allow, anyone
from kiosk.web.forms import FormError, form
from kiosk.web.services import services
from kiosk.web.words import gettext as _
from kiosk.web.words import say

bench = Blueprint("incidents", __name__)
bench.register_blueprint(details)
bench.register_blueprint(reading)
bench.register_blueprint(mine)


class Which(msgspec.Struct):
    """Which question a form answers."""

    step: Annotated[str, msgspec.Meta(max_length=20)]


class Hiding(msgspec.Struct):
    """Whether Quick hide drops the note."""

    drops: bool


@bench.get("/incidents/new")
@allow(rules.steward)
def ask() -> ResponseReturnValue:
    """The question asked for, else the first that is not answered."""
    draft = keeping.current()
    if draft is None:
        return _step_page(keeping.begin(), "asked", lost=_lost())
    name = flow.reachable(draft, request.args.get("step", "") or flow.next_step(draft))
    return drawing.review_page(draft) if name == REVIEW else _step_page(draft, name)


@bench.post("/incidents/new")
@allow(rules.steward)
def answer() -> ResponseReturnValue:
    """Take one answer and go on to the next question."""
    draft = drawing.asked_for()
    if draft is None:
        return drawing.from_the_start()
    step = BY_NAME.get(flow.reachable(draft, form(Which).step))
    if step is None:
        return redirect(drawing.at(draft), 303)
    try:
        draft = step.take(draft, _decoded(step), services().clock.now())
    except (FormError, ValueError):
        return _step_page(draft, step.name, error=_("Please tap one of these.")), 422
    keeping.put(draft)
    if not draft.asked:
        return drawing.render("incidents/nothing.html", draft)
    return redirect(drawing.at(draft), 303)


@bench.get("/incidents/change")
@allow(rules.steward)
def change() -> ResponseReturnValue:
    """The parts of the sentence, each to be tapped and told anew."""
    draft = drawing.asked_for()
    if draft is None:
        return drawing.from_the_start()
    names = [step.name for step in flow.STEPS[1:] if step.applies(draft)]
    rows = [(pages.page_of(name, draft, drawing.around()).title, drawing.at(draft, name)) for name in names]
    return drawing.render("incidents/change.html", draft, rows=rows)


@bench.post("/incidents/keep")
@allow(rules.steward)
def keep() -> ResponseReturnValue:
    """Record the note, once however often this is sent; one with words of its own goes to the partner."""
    draft = drawing.asked_for()
    typed = request.form.get("words", "")[: flow.TYPED]
    try:
        words = form(flow.Finish).words
        if words and draft is not None:
            return _hand_over(draft, words)
        kept = keeping.keep(services(), request.args.get("note", ""))
    except FormError:
        if draft is None:
            raise
        error = _("That is longer than {most} letters. Nothing is lost: please make it shorter.")
        return drawing.review_page(draft, typed, error.format(most=WORDS_LENGTH)), 422
    except NotSaved as refused:
        if draft is None:
            raise
        error = _("{why} What you wrote is still here.")
        return drawing.review_page(draft, typed, error.format(why=say(refused))), 507
    if kept is None:
        return drawing.from_the_start()
    keeping.drop()
    return redirect(url_for("incidents.kept"), 303)


@bench.get("/incidents/kept")
@allow(rules.steward)
def kept() -> ResponseReturnValue:
    """What was recorded, and what comes next."""
    found = keeping.kept()
    if found is None:
        return redirect(url_for("incidents.ask"), 303)
    note, around, reading = found.note, drawing.around(), services().clock.read()
    place, zone = flow.place_of(note.where, around.places), around.zone
    time = clock_words(note.when, note.about, zone)
    sentence = spoken(compose(Told(note.what, place, time, note.tried, note.outside, note.ended)))
    tonight = night_of(note.when, zone) == night_of(reading.now // 1000, zone)
    return render_template(
        "incidents/kept.html",
        sentence=sentence,
        tonight=tonight,
        verified=reading.verified,
        kept=found,
    )


@bench.post("/incidents/throw-away")
@allow(rules.steward)
def throw_away() -> ResponseReturnValue:
    """Forget the draft."""
    keeping.drop()
    return render_template("incidents/thrown-away.html")


@bench.post("/incidents/hiding")
@allow(rules.steward)
def hiding() -> ResponseReturnValue:
    """Choose what Quick hide does with the note, and go on with it."""
    keeping.choose(drops=form(Hiding).drops)
    draft = drawing.asked_for()
    return drawing.from_the_start() if draft is None else redirect(drawing.at(draft), 303)


@bench.post("/incidents/hide")
@allow(anyone)
def hide() -> ResponseReturnValue:
    """Show the first screen at once; the draft stays in memory for its author, who gives the PIN again.

    It is dropped where its author chose so, with everything else of the session.
    """
    session = sessions.current()
    if session is not None and session.member and keeping.drops():
        sessions.end()
    elif session is not None and session.member:
        draft = keeping.current()
        typed = request.form.get("words")
        if draft is not None and typed is not None:
            keeping.put(msgspec.structs.replace(draft, words=typed[: flow.TYPED]))
        # Only what the PIN guards: the check-in page would still show the name.
        kept = {name: session.draft[name] for name in (keeping.DRAFT, keeping.KEPT) if name in session.draft}
        sessions.begin(sessions.Session(idle=keeping.HIDDEN_SECONDS, draft=kept))
    return redirect("/", 303)


def _hand_over(draft: Draft, words: str) -> ResponseReturnValue:
    """Words may become public, so the partner reads them first; not those that tell who somebody is."""
    keeping.put(msgspec.structs.replace(draft, words=words))
    refusal = drawing.refusal(words)
    if refusal:
        return drawing.review_page(draft, words, refusal), 422
    return redirect(url_for("incidents.partner.ask", note=draft.token), 303)


def _lost() -> bool:
    """Whether the page that was left belonged to a draft that was neither kept nor is there any more."""
    last, wanted = keeping.kept(), request.args.get("note")
    return wanted is not None and (last is None or last.token != wanted)


def _decoded(step: flow.Step) -> msgspec.Struct:
    found = form(step.form)
    if isinstance(found, flow.WhereAnswer) and found.where not in (*drawing.around().places, ELSEWHERE):
        raise FormError(N_("That is not a zone here."), "where")
    return found


def _step_page(draft: Draft, name: str, *, error: str = "", lost: bool = False) -> str:
    page = pages.page_of(name, draft, drawing.around())
    return drawing.render("incidents/step.html", draft, name, page=page, step=name, error=error, lost=lost)
