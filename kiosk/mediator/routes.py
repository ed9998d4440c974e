"""The pages: pick a key, see what waits, read, answer, close. All under an address that is a secret."""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, cast

import msgspec
from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kiosk.core.errors import Refused
from kiosk.features.mediation.protocol import MOST_WORDS
from kiosk.mediator import files
from kiosk.mediator.desk import Desk
from kiosk.mediator.node import Unfit
from kiosk.web import errors
from kiosk.web.access import allow
from kiosk.web.dates import short_moment_words
from kiosk.web.forms import FormError, form
from kiosk.web.words import gettext as _
from kiosk.web.words import say

DESK = "safe-bench-desk"


class Seat(msgspec.Struct):
    """What the first page asks for beside the key file."""

    node: Annotated[str, msgspec.Meta(max_length=300)] = ""
    member: Annotated[str, msgspec.Meta(pattern=r"^([0-9]{5})?\Z")] = ""


class Answer(msgspec.Struct):
    """A mediator's answer."""

    choice: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    words: Annotated[str, msgspec.Meta(max_length=MOST_WORDS)] = ""


def desk() -> Desk:
    """The desk of this app."""
    return cast(Desk, current_app.extensions[DESK])


def whoever_was_told() -> ResponseReturnValue | None:
    """Who knows the address that was printed at the start, until the desk is closed."""
    here = desk()
    if here.ended.is_set() or not hmac.compare_digest(g.way.encode(), here.way.encode()):
        return errors.page(404, _("There is no such page here."), _("Use the address in the terminal."))
    g.inside = True
    here.touch()
    return None


def take_way(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Keep the secret part of the address for the rule and for links."""
    g.way = (values or {}).pop("way", "")


def add_way(_endpoint: str, values: dict[str, Any]) -> None:
    """Put it into the links of a page that was reached by it."""
    values.setdefault("way", g.way)


def blueprint() -> Blueprint:
    """The routes."""
    routes = Blueprint("mediator", __name__, url_prefix="/<way>")
    routes.url_value_preprocessor(take_way)
    routes.url_defaults(add_way)
    for path, view, method in (
        ("/", page, "GET"),
        ("/", sit_down, "POST"),
        ("/read/<ref>", read, "GET"),
        ("/answer/<ref>", ask, "GET"),
        ("/answer/<ref>", answer, "POST"),
        ("/another-key", another_key, "POST"),
        ("/here", still_here, "GET"),
        ("/close", close, "POST"),
        ("/leave", leave, "GET"),
    ):
        routes.add_url_rule(path, view.__name__, view, methods=[method])
    return routes


@allow(whoever_was_told)
def page() -> ResponseReturnValue:
    """What waits; without a key, the question for one."""
    here = desk()
    if not here.is_open:
        return _ask_for_key()
    said = here.said()
    opened, more = here.look()
    return render_template("mediator/matters.html", opened=opened, more=more, said=said, when=when)


@allow(whoever_was_told)
def sit_down() -> ResponseReturnValue:
    """Read the key file into memory."""
    here, chosen = desk(), request.files.get("key")
    try:
        seat = form(Seat)
        key = files.key_of(chosen.read() if chosen else b"")
        node, member = here.door.node or seat.node, here.door.member or seat.member
        here.open(key, replace(here.door, node=node, member=member))
    except FormError:
        return _ask_for_key(_("A member number has five digits.")), 422
    except Refused as error:
        return _ask_for_key(say(error)), 422
    return redirect(url_for("mediator.page"), 303)


@allow(whoever_was_told)
def read(ref: str) -> ResponseReturnValue:
    """One matter, opened."""
    here = desk()
    return render_template("mediator/read.html", one=here.find(ref), reads_only=here.reads_only, when=when)


@allow(whoever_was_told)
def ask(ref: str) -> ResponseReturnValue:
    """Which answer it is to get."""
    return render_template("mediator/answer.html", one=desk().find(ref), most=MOST_WORDS)


@allow(whoever_was_told)
def answer(ref: str) -> ResponseReturnValue:
    """Give it."""
    here = desk()
    here.find(ref)
    try:
        given = form(Answer)
        here.decide(ref, given.choice, given.words)
    except FormError:
        return _ask_again(ref, _("Please say it in at most {most} letters.").format(most=MOST_WORDS))
    except Unfit as error:
        return _ask_again(ref, say(error))
    return redirect(url_for("mediator.page"), 303)


@allow(whoever_was_told)
def another_key() -> ResponseReturnValue:
    """Forget this key, and ask for another."""
    desk().forget()
    return redirect(url_for("mediator.page"), 303)


@allow(whoever_was_told)
def still_here() -> ResponseReturnValue:
    """A page says that somebody reads or types."""
    return "", 204


@allow(whoever_was_told)
def close() -> ResponseReturnValue:
    """Forget the key and end the program."""
    desk().close()
    return render_template("mediator/closed.html", idle_seconds=None)


@allow(whoever_was_told)
def leave() -> ResponseReturnValue:
    """Where a page goes that nobody touches."""
    return close()


def when(at: int) -> str:
    """POSIX second `at` on this machine's clock: "23 November, 21:44"."""
    moment = datetime.fromtimestamp(at, UTC).astimezone()
    return short_moment_words(moment)


def _ask_again(ref: str, error: str) -> ResponseReturnValue:
    """The same question, with what was typed and what is wrong with it."""
    facts = {"one": desk().find(ref), "most": MOST_WORDS, "words": request.form.get("words", "")}
    return render_template("mediator/answer.html", error=error, **facts), 422


def _ask_for_key(error: str = "") -> str:
    given = {name: request.form.get(name, "")[:300] for name in ("node", "member")}
    return render_template("mediator/key.html", door=desk().door, error=error, given=given)
