"""At the tablet: the phones that are known here, ending that, and introducing one with badge and PIN."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec
from flask import Blueprint, Response, abort, redirect, render_template
from flask.typing import ResponseReturnValue

from kiosk.adapters import qr
from kiosk.core.event import Place
from kiosk.core.night import local
from kiosk.features.checkin import introducing, pages
from kiosk.features.checkin.screen import screen
from kiosk.people import badges, neighbourhood, phones, rules, sessions, shown, tonight
from kiosk.people.phones import Phone
from kiosk.web.access import allow
from kiosk.web.dates import date_words
from kiosk.web.forms import FormError, form
from kiosk.web.services import Services, services
from kiosk.web.words import gettext as _
from kiosk.web.words import say

_OFFER = "phone-offer"

blueprint = Blueprint("own_phones", __name__)


class Forgotten(msgspec.Struct):
    """Which phone is to be known no more."""

    phone: Place


class Badge(msgspec.Struct):
    """The badge that goes with the PIN."""

    badge: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]


@dataclass(frozen=True)
class Line:
    """A phone as a page lists it: whose, since which day."""

    place: str
    name: str
    since: str


@blueprint.get("/check-in/phones")
@allow(rules.sitting)
def own() -> ResponseReturnValue:
    """The phones of whoever gave their PIN."""
    here = services()
    listed = _lines(here, phones.of_member(here, sessions.signed_in().member))
    return render_template("checkin/phones.html", phones=listed, possible=introducing.is_possible())


@blueprint.post("/check-in/phones")
@allow(rules.sitting)
def forget() -> ResponseReturnValue:
    """Know one of them no more."""
    here = services()
    _revoke(here, phones.of_member(here, sessions.signed_in().member))
    return redirect("/check-in/phones", 303)


@blueprint.get("/host/phones")
@allow(rules.host)
def everybodys() -> ResponseReturnValue:
    """All phones that are known here, for the host: a lost one is ended at once."""
    here = services()
    return render_template("checkin/phones.html", phones=_lines(here, phones.all_known(here)), hosts=True)


@blueprint.post("/host/phones")
@allow(rules.host)
def end() -> ResponseReturnValue:
    """Know any of them no more."""
    here = services()
    _revoke(here, phones.all_known(here))
    return redirect("/host/phones", 303)


@blueprint.get("/check-in/phones/new")
@allow(rules.sitting)
def ask_badge() -> ResponseReturnValue:
    """Ask for the badge: a PIN that somebody saw is not enough to leave a phone behind that lasts a year."""
    return _badge_page()


@blueprint.post("/check-in/phones/new")
@allow(rules.sitting)
def offer() -> ResponseReturnValue:
    """Offer to know the phone that scans the next code, once PIN and badge are of the same member."""
    here, member = services(), sessions.signed_in().member
    if tonight.hash_for(here, member):
        return _badge_page(
            _("With a PIN for tonight no phone is introduced. A coordinator gives you one.")
        ), 422
    try:
        whose = shown.member_of(here, form(Badge).badge)
    except badges.NotABadge as error:
        return _badge_page(say(error)), 422
    except FormError:
        return _badge_page(_("That code is not a Safe Bench badge.")), 422
    if whose != member:
        return _badge_page(_("That badge is not yours.")), 422
    sessions.draft()[_OFFER] = introducing.offers().make(member)
    return redirect("/check-in/phones/code", 303)


@blueprint.get("/check-in/phones/code")
@allow(rules.sitting)
def code() -> ResponseReturnValue:
    """The code that introduces a phone, once; then the list, with that phone on it."""
    if not _standing():
        return redirect("/check-in/phones", 303)
    facts = {"address": _address(), "minutes": introducing.SECONDS // 60, "near": screen().near}
    return render_template("checkin/phone-offer.html", name=pages.name_of(services(), _standing()), **facts)


@blueprint.get("/check-in/phones/code.svg")
@allow(rules.sitting)
def picture() -> ResponseReturnValue:
    """Its picture."""
    if not _standing():
        abort(404)
    return Response(qr.svg(_address()), mimetype="image/svg+xml")


def _badge_page(error: str = "") -> str:
    return render_template("checkin/phone-badge.html", error=error, possible=introducing.is_possible())


def _standing() -> str:
    """Whose offer this session made, while it stands."""
    return introducing.offered(str(sessions.draft().get(_OFFER, ""))) or ""


def _address() -> str:
    return f"{screen().near.url}/at/introduce/{sessions.draft()[_OFFER]}"


def _revoke(here: Services, known: list[Phone]) -> None:
    which = form(Forgotten).phone
    phones.revoke(here, *(phone for phone in known if phone.place == which))


def _lines(here: Services, known: list[Phone]) -> list[Line]:
    zone = neighbourhood.timezone(here.db.conn)
    return [
        Line(one.place, pages.name_of(here, one.member), date_words(local(one.since, zone).date()))
        for one in known
    ]
