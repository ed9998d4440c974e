"""Who may open matters: who can read what is sealed to a mediator on the list, while the mandate runs."""

from __future__ import annotations

from typing import cast

import msgspec
from flask import current_app, g, make_response, request
from flask.sansio.app import App
from flask.typing import ResponseReturnValue

from kiosk.adapters.sealing import new_reader, seal
from kiosk.core.trust import Reader
from kiosk.features.mediation.protocol import Grant
from kiosk.features.mediation.tokens import Throttle, Tokens
from kiosk.people import mediators
from kiosk.web import errors
from kiosk.web.services import EXTENSION, Services, services
from kiosk.web.words import gettext as _

_TOKENS = "safe-bench-mediators"
_SCHEME = "Bearer "


def install(app: App) -> None:
    """Give an app its tokens, none at first."""
    clock = cast(Services, app.extensions[EXTENSION]).clock

    def uptime() -> int:
        return clock.tick().uptime

    app.extensions[_TOKENS] = (Tokens(uptime), Throttle(uptime))


def passes(member: str) -> bool:
    """Whether a hello for this number may be answered now."""
    throttle: Throttle = current_app.extensions[_TOKENS][1]
    return throttle.passes(member)


def grant(here: Services, member: str) -> bytes:
    """A `Grant` as an age file for the mediator with this number.

    For any other number the same is done: the file is then for a key that nobody has.
    """
    stranger = Reader(member, new_reader()[1])
    reader = next((one for one in mediators.listed(here) if one.member == member), stranger)
    stands = mediators.standing(here, member)
    token = _tokens().open(reader)
    if reader is not stranger and not stands.on_duty:
        _tokens().drop(token)
        granted = Grant(lapsed=stands.lapsed.until if stands.lapsed else 0)
    else:
        granted = Grant(token)
    return seal(msgspec.json.encode(granted).decode(), [reader.recipient])


def mediator() -> ResponseReturnValue | None:
    """A mediator who has proved to hold the key; who it is stands in `g.mediator` then."""
    token = request.headers.get("Authorization", "")
    reader = _tokens().find(token.removeprefix(_SCHEME)) if token.startswith(_SCHEME) else None
    if reader is None:
        said = _("Without a key nothing can be read here."), _("Begin anew, with your key.")
        answer = make_response(errors.page(401, *said))
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    if reader not in _on_duty(services()):
        sentence = _("Your mandate as a mediator has ended, or your key is not on the list any more.")
        return errors.page(403, sentence, _("Ask a coordinator."))
    g.mediator = reader.member
    return None


def _on_duty(here: Services) -> list[Reader]:
    return [Reader(one.member, one.recipient) for one in mediators.current(here)]


def _tokens() -> Tokens:
    tokens: Tokens = current_app.extensions[_TOKENS][0]
    return tokens
