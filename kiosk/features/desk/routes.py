"""The pages of the coordinators' desk."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Annotated

import msgspec
from flask import Blueprint, abort, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from kiosk.adapters import qr
from kiosk.core.errors import Refused
from kiosk.features.desk import actions, overview
from kiosk.features.desk.actions import ACTIONS, Done, Subject
from kiosk.people import members, operations, rules, sessions
from kiosk.people.roles import role_words
from kiosk.web.access import allow
from kiosk.web.forms import FormError, form
from kiosk.web.services import services
from kiosk.web.words import gettext as _
from kiosk.web.words import say

central = Blueprint("desk", __name__)

_DONE = "done"
_Id = Annotated[str, msgspec.Meta(max_length=40)]


class NewMember(msgspec.Struct):
    """What a new member's page asks for."""

    name: Annotated[str, msgspec.Meta(max_length=200)]
    roles: Annotated[list[str], msgspec.Meta(max_length=4)] = []
    bench: _Id = ""


class NewCode(msgspec.Struct):
    """What the page for a bench's code asks for."""

    name: Annotated[str, msgspec.Meta(max_length=200)]
    minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)] = 15
    bench: _Id = ""


class Wanted(msgspec.Struct):
    """What is to be done, and about whom or what."""

    act: str
    number: _Id = ""
    role: _Id = ""
    bench: _Id = ""
    phone: Annotated[str, msgspec.Meta(max_length=120)] = ""


class Who(msgspec.Struct):
    """Whom a link is for."""

    number: _Id


@central.get("/desk")
@allow(rules.coordinator)
def home() -> ResponseReturnValue:
    """Everything at a glance."""
    here = services()
    ways = [way for feature in here.features if feature.ways is not None for way in feature.ways(here)]
    return render_template(
        "desk/desk.html",
        benches=overview.benches(here),
        people=overview.people(here),
        facts=overview.facts(here),
        ways=ways,
    )


@central.get("/desk/members/new")
@allow(rules.coordinator)
def ask_member() -> ResponseReturnValue:
    """Who joins."""
    return _member_page()


@central.post("/desk/members/new")
@allow(rules.coordinator)
def add_member() -> ResponseReturnValue:
    """Add a member."""
    try:
        given = form(NewMember)
        done = actions.add_member(services(), given.name, given.roles, given.bench)
    except (FormError, Refused) as error:
        return _member_page(say(error)), 422
    return _show(done)


@central.get("/desk/benches/new")
@allow(rules.coordinator)
def ask_code() -> ResponseReturnValue:
    """Which bench joins."""
    return _code_page()


@central.post("/desk/benches/new")
@allow(rules.coordinator)
def make_code() -> ResponseReturnValue:
    """A code for a bench."""
    try:
        given = form(NewCode)
        done = actions.bench_code(services(), given.name, given.minutes, given.bench)
    except (FormError, Refused) as error:
        return _code_page(say(error)), 422
    return _show(done)


@central.get("/desk/member")
@allow(rules.coordinator)
def one_member() -> ResponseReturnValue:
    """One member, and what can be done."""
    member = _asked_member()
    person = overview.person(services(), member)
    roles = [(role.value, role_words(role)) for role in person.roles]
    known = overview.phones_of(services(), member.id)
    return render_template("desk/member.html", person=person, roles=roles, phones=known)


@central.post("/desk/phone-link")
@allow(rules.coordinator)
def phone_link() -> ResponseReturnValue:
    """A link by which a member introduces a phone."""
    return _show(actions.phone_link(services(), form(Who).number, request.host_url))


@central.get("/desk/badge")
@allow(rules.coordinator)
def badge() -> ResponseReturnValue:
    """A badge to print: on a page of A4 or Letter as PDF, else as a picture."""
    from kiosk.adapters.badge import badge_png
    from kiosk.adapters.card import Card
    from kiosk.adapters.paper import SINGLE, badges_pdf

    made = operations.make_badge(services(), member=_asked_member().id)
    card = Card(made["badge"], made["name"], made["member"], made["network"])
    name, page = f"badge-{card.number}", request.args.get("page", "")
    if page in SINGLE:
        pdf = BytesIO(badges_pdf([card], SINGLE[page]))
        return send_file(pdf, "application/pdf", as_attachment=True, download_name=f"{name}.pdf")
    picture = BytesIO(badge_png(card.text, card.name, card.number, card.network))
    return send_file(picture, "image/png", as_attachment=True, download_name=f"{name}.png")


@central.get("/desk/bench")
@allow(rules.coordinator)
def one_bench() -> ResponseReturnValue:
    """One bench, and what can be done."""
    asked = request.args.get("bench", "")
    found = next((bench for bench in overview.benches(services()) if bench.id == asked), None)
    if found is None:
        abort(404)
    return render_template("desk/bench.html", bench=found)


@central.get("/desk/sure")
@allow(rules.coordinator)
def ask_once_more() -> ResponseReturnValue:
    """The one question before something that cannot be undone."""
    name, about = request.args.get("act", ""), _about(request.args.get)
    if name not in ACTIONS:
        abort(404)
    back = "/desk" if not about.number else f"/desk/member?number={_asked_member().id}"
    action, fields = ACTIONS[name], {"act": name, **actions.about_facts(about)}
    question = action.ask(services(), about)
    facts = {"question": question, "warning": action.warning(), "button_words": action.button()}
    return render_template("desk/sure.html", fields=fields, back=back, **facts)


@central.post("/desk/act")
@allow(rules.coordinator)
def act() -> ResponseReturnValue:
    """Do it."""
    wanted = form(Wanted)
    if wanted.act not in ACTIONS:
        abort(404)
    about = Subject(wanted.number, wanted.role, wanted.bench, wanted.phone)
    return _show(ACTIONS[wanted.act].run(services(), about))


@central.get("/desk/done")
@allow(rules.coordinator)
def done() -> ResponseReturnValue:
    """What was done; a PIN or a code on it is shown this once."""
    kept = sessions.draft()
    said: Done | None = kept.get(_DONE) if request.method == "HEAD" else kept.pop(_DONE, None)
    if said is None:
        return redirect("/desk", 303)
    pictures = [Markup(qr.picture(code)) for code in said.codes]  # noqa: S704  drawn here, from dark and light
    return render_template("desk/done.html", said=said, pictures=pictures)


def _show(said: Done) -> ResponseReturnValue:
    """Kept in memory for the next page, so that to load it again does nothing twice."""
    sessions.draft()[_DONE] = said
    return redirect("/desk/done", 303)


def _about(given: Callable[[str, str], str]) -> Subject:
    number, role, bench = (given(name, "")[:40] for name in ("number", "role", "bench"))
    return Subject(number, role, bench, given("phone", "")[:120])


def _asked_member() -> members.Member:
    member = members.find(services().db.conn, request.args.get("number", ""))
    if member is None:
        abort(404)
    return member


def _member_page(error: str = "") -> str:
    roles = [(role.value, role_words(role)) for role in actions.GIVEN]
    live = overview.live_benches(services())
    return render_template("desk/new-member.html", error=error, roles=roles, benches=live, given=request.form)


def _code_page(error: str = "") -> str:
    times = [(15, _("A quarter of an hour")), (120, _("Two hours")), (1440, _("A day"))]
    facts = {"times": times, "benches": overview.benches(services()), "given": request.form}
    return render_template("desk/new-bench.html", error=error, **facts)
