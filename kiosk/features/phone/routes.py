"""The pages at the node on which a phone is introduced, and forgotten."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk.features.phone import ask_routes, asking, model, receipt_routes
from kiosk.features.phone.ways import ways
from kiosk.people import members, phonelinks, phones, rules
from kiosk.web import errors
from kiosk.web.access import allow, anyone, is_private
from kiosk.web.services import services
from kiosk.web.words import gettext as _

_pages = Blueprint("phones", __name__)


def blueprint() -> Blueprint:
    """All pages of phones at the node."""
    whole = Blueprint("phone", __name__)
    for part in (_pages, ask_routes.pages, receipt_routes.pages):
        whole.register_blueprint(part)
    return whole


@_pages.get("/phone")
@allow(anyone)
def own() -> ResponseReturnValue:
    """What this phone is known as, and what came of what it asked for; or how it becomes known."""
    here = services()
    phone = phones.find(here, phones.carried())
    if phone is None:
        return render_template("phone/unknown.html", **ways(here))
    since = here.clock.now() - asking.SHOWN_SECONDS
    asks = [(ask, asking.state(here, ask)) for ask in model.of_member(here.db.conn, phone.member, since)]
    name = members.name_of(here.db.conn, phone.member)
    return render_template("phone/own.html", name=name, asks=asks)


@_pages.post("/phone/forget")
@allow(rules.introduced)
def forget() -> ResponseReturnValue:
    """The phone checks nobody in any more."""
    here = services()
    phone = phones.find(here, phones.carried())
    if phone is not None:
        phones.revoke(here, phone)
    answer = redirect("/phone", 303)
    phones.take(answer)
    return answer


@_pages.get("/phone/<secret>")
@allow(anyone)
def ask(secret: str) -> ResponseReturnValue:
    """Whether this phone is to be introduced; to look uses no link up, since messengers look at links too."""
    member = phonelinks.whose(services(), secret)
    if member is None:
        return _used_up()
    return render_template("phone/introduce.html", name=member.name, action=request.path)


@_pages.post("/phone/<secret>")
@allow(anyone)
def introduce(secret: str) -> ResponseReturnValue:
    """Introduce it, unless somebody on the way could copy what it is to carry for a year."""
    if not is_private():
        todo = _("Open the link with https:// in front.")
        return errors.page(403, _("This page was not opened over HTTPS."), todo)
    given = phonelinks.use(services(), secret, phones.carried())
    if given is None:
        return _used_up()
    answer = redirect("/phone", 303)
    phones.give(answer, given)
    return answer


def _used_up() -> ResponseReturnValue:
    return render_template("phone/used-up.html", **ways(services())), 404
