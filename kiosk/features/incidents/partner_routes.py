"""The pages between a note's own words and their keeping: the partner reads them, or there is none."""

from __future__ import annotations

import hmac
import secrets
from typing import Annotated, Literal

import msgspec
from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kiosk.core.errors import NotSaved, Refused
from kiosk.features.incidents import drawing, keeping, partner
from kiosk.features.incidents.flow import REVIEW, Draft, next_step
from kiosk.people import rules
from kiosk.web.access import allow
from kiosk.web.forms import FormError, clean, form
from kiosk.web.services import services
from kiosk.web.words import gettext as _
from kiosk.web.words import say

reading = Blueprint("partner", __name__)
_KEY = secrets.token_bytes(16)


class Reader(msgspec.Struct):
    """Who has read it."""

    who: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    pin: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}$")]


class Alone(msgspec.Struct):
    """What becomes of words that nobody has read."""

    words: Literal["drop", "keep"] = "drop"


@reading.get("/incidents/partner")
@allow(rules.steward)
def ask() -> ResponseReturnValue:
    """Show sentence and words to the partner."""
    draft = _readable()
    if draft is None:
        return drawing.from_the_start()
    return _reading_page(draft)


@reading.get("/incidents/partner/sign")
@allow(rules.steward)
def sign() -> ResponseReturnValue:
    """Ask the partner who they are."""
    draft = _readable()
    if draft is None:
        return drawing.from_the_start()
    return _page(draft) if _is_as_read(draft) else _reading_page(draft)


@reading.post("/incidents/partner")
@allow(rules.steward)
def read() -> ResponseReturnValue:
    """The partner has read it: keep. The PIN signs nobody in, and ends nobody's turn."""
    draft = _readable()
    if draft is None:
        return _once()
    if not _is_as_read(draft):
        return _reading_page(draft), 409
    try:
        given = form(Reader)
        member = partner.reader(services(), draft.member, given.who, given.pin)
    except FormError as error:
        return _page(draft, _wrong(error)), 422
    except Refused as refused:
        return _page(draft, say(refused)), 422
    return _keep(draft, draft.words, member.id)


@reading.get("/incidents/alone")
@allow(rules.steward)
def ask_alone() -> ResponseReturnValue:
    """Nobody is there to read it: ask what is to become of the words."""
    draft = _readable()
    if draft is None:
        return drawing.from_the_start()
    return drawing.render("incidents/alone.html", draft, back_href=_at(draft))


@reading.post("/incidents/alone")
@allow(rules.steward)
def alone() -> ResponseReturnValue:
    """Keep the composed sentence; the words are dropped, or kept and never published."""
    draft = _readable()
    if draft is None:
        return _once()
    return _keep(draft, draft.words if form(Alone).words == "keep" else "", None)


def _readable() -> Draft | None:
    """The draft of this page, if it is complete and has words that may become public."""
    draft = drawing.asked_for()
    if draft is None or next_step(draft) != REVIEW or not draft.words or drawing.refusal(draft.words):
        return None
    return draft


def _keep(draft: Draft, words: str, read_by: str | None) -> ResponseReturnValue:
    try:
        kept = keeping.keep(services(), draft.token, words, read_by)
    except NotSaved as refused:
        error = _("{why} What you wrote is still here.").format(why=say(refused))
        return drawing.review_page(draft, error=error), 507
    if kept is None:
        return drawing.from_the_start()
    keeping.drop()
    return _kept()


def _once() -> ResponseReturnValue:
    """The answer to a second tap: what the first has kept."""
    last = keeping.kept()
    return _kept() if last and last.token == request.args.get("note") else drawing.from_the_start()


def _kept() -> ResponseReturnValue:
    return redirect(url_for("incidents.kept"), 303)


def _reading_page(draft: Draft) -> str:
    return drawing.render("incidents/partner.html", draft, back_href=drawing.at(draft), read=_digest(draft))


def _is_as_read(draft: Draft) -> bool:
    """Whether the note is still what the partner's page showed: else it is read once more."""
    return request.args.get("read") == _digest(draft)


def _digest(draft: Draft) -> str:
    """Stands for a note as it is, in addresses: without the key nobody finds out from them what it says."""
    return hmac.digest(_KEY, msgspec.json.encode(draft), "sha256").hex()[:16]


def _at(draft: Draft) -> str:
    return url_for("incidents.partner.ask", note=draft.token)


def _wrong(error: FormError) -> str:
    sentences = {"who": _("Type your name, or the number on your badge."), "pin": _("A PIN has six digits.")}
    return sentences.get(error.field, say(error))


def _page(draft: Draft, error: str = "") -> str:
    facts = {"given": clean(request.form.get("who", ""))[:40], "error": error, "back_href": _at(draft)}
    return drawing.render("incidents/partner-pin.html", draft, read=_digest(draft), **facts)
