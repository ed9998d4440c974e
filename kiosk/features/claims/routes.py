"""The pages on which anybody says that a sentence is about them or wrong, and learns what came of it.

The same on bench and node. They ask nothing about who is asking, set no cookie and note no address.
"""

from __future__ import annotations

from typing import Annotated, cast

import msgspec
from flask import Blueprint, abort, current_app, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from kiosk.adapters.throttle import Throttle
from kiosk.core.feature import hidden_places
from kiosk.features.claims import claiming, queries, slips, words
from kiosk.features.claims.claiming import MOST_LETTERS
from kiosk.features.claims.queries import Sentence
from kiosk.features.claims.rules import Handling, Standing
from kiosk.people import neighbourhood
from kiosk.web.access import allow, anyone
from kiosk.web.dates import parse_day
from kiosk.web.forms import FormError, clean, form
from kiosk.web.services import Services, services
from kiosk.web.words import gettext as _

ASK_AFTER, READ_AFTER = 90, 180
"""Seconds after which a page at the bench asks whether somebody is still there."""
WRONG_SLIPS, PER_SECONDS = 30, 60.0
MOST_TYPED = 300

_EXTENSION = "safe-bench-claims"

blueprint = Blueprint("claims", __name__)


@blueprint.record
def _give_throttle(state: BlueprintSetupState) -> None:
    state.app.extensions[_EXTENSION] = Throttle(WRONG_SLIPS, PER_SECONDS)


class Explanation(msgspec.Struct):
    """What a mediator should know."""

    words: Annotated[str, msgspec.Meta(max_length=MOST_LETTERS)] = ""


class Slip(msgspec.Struct):
    """Six words, or their places in the list, as somebody types them."""

    slip: Annotated[str, msgspec.Meta(min_length=1, max_length=MOST_TYPED)]


@blueprint.get("/log/<night>/<bench>/<nth>/wrong")
@allow(anyone)
def ask(night: str, bench: str, nth: str) -> ResponseReturnValue:
    """What a claim on this sentence does, and the button for it."""
    here, sentence = services(), _sentence(night, bench, nth)
    if claiming.is_open(here, sentence):
        return _page(here, "already", sentence)
    if claiming.would(here, sentence) is Handling.REFUSE:
        return _page(here, "enough", sentence)
    return _ask_page(here, sentence)


@blueprint.post("/log/<night>/<bench>/<nth>/wrong")
@allow(anyone)
def claim(night: str, bench: str, nth: str) -> ResponseReturnValue:
    """Make the claim, and show its slip this once."""
    here, sentence = services(), _sentence(night, bench, nth)
    try:
        text = form(Explanation).words
    except FormError:
        too_long = _("Up to {most} letters, please. Nothing was done yet.").format(most=MOST_LETTERS)
        return _ask_page(here, sentence, too_long), 422
    made = claiming.claim(here, sentence, text)
    if made is not None:
        faces = list(zip(made.slip, slips.digits(made.slip), strict=True))
        return _page(here, "slip", sentence, made=made, faces=faces, is_lost=bool(text) and not made.is_kept)
    if claiming.is_open(here, sentence):
        return _page(here, "already", sentence), 409
    return _page(here, "enough", sentence), 429


@blueprint.get("/claim")
@allow(anyone)
def ask_slip() -> ResponseReturnValue:
    """Ask for the slip."""
    return _slip_page()


@blueprint.post("/claim")
@allow(anyone)
def answer_slip() -> ResponseReturnValue:
    """How the claim with this slip stands. One that nobody has is answered like a slip of the pen."""
    here, throttle = services(), cast(Throttle, current_app.extensions[_EXTENSION])
    if throttle.is_full:
        return _slip_page(_("Too many slips were tried. Please wait a minute."), _typed()), 429
    found = _found(here)
    if found is None:
        throttle.count()
        return _slip_page(_("No claim has this slip. Please look at it once more."), _typed()), 404
    return render_template(
        "claims/state.html", title=found[0], text=found[1], said=found[2], **_reading(here)
    )


def _found(here: Services) -> tuple[str, str, str] | None:
    """How the claim with the typed slip stands: in a word, what follows, and what a mediator said."""
    try:
        slip = slips.read(form(Slip).slip)
    except FormError:
        return None
    db = here.db.conn
    made = None if slip is None else queries.of_slip(db, slips.digest(slip))
    if made is None:
        return None
    state = claiming.came_of(here, made)
    title, text = words.state_words(state, made, neighbourhood.timezone(db))
    return title, text, made.words if state in (Standing.STAYS, Standing.GOES) else ""


def _sentence(night: str, bench: str, nth: str) -> Sentence:
    """The sentence at an address; 404 when there is none, or its writer has just taken it back."""
    here = services()
    day, number = parse_day(night), int(nth) if nth.isascii() and nth.isdigit() and len(nth) < 10 else 0
    found = None if day is None else queries.sentence_at(here.db.conn, bench, day, number)
    others = [feature for feature in here.features if feature.name != "claims"]
    if found is None or found.place in hidden_places(others, here.db.conn):
        abort(404)
    return found


def _ask_page(here: Services, sentence: Sentence, error: str = "") -> str:
    hides = claiming.would(here, sentence) is Handling.HIDE
    may_explain = claiming.may_explain(here)
    return _page(here, "ask", sentence, hides=hides, may_explain=may_explain, error=error, most=MOST_LETTERS)


def _page(here: Services, name: str, sentence: Sentence, **facts: object) -> str:
    return render_template(
        f"claims/{name}.html",
        sentence=words.sentence_text(here, sentence.place),
        back_to=f"/log/{sentence.night}",
        **facts,
        **_reading(here, ASK_AFTER),
    )


def _slip_page(error: str = "", typed: str = "") -> str:
    return render_template("claims/find.html", error=error, typed=typed, **_reading(services()))


def _typed() -> str:
    return clean(request.form.get("slip", ""))[:MOST_TYPED]


def _reading(here: Services, seconds: int = READ_AFTER) -> dict[str, object]:
    """At a bench, where others come after: when the page is wiped."""
    return {} if here.device.is_central else {"idle_seconds": seconds, "at_bench": True}
