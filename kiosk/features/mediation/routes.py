"""The node's API for mediators: `POST /api/v1/mediator/hello`, `…/matters`, `…/decide`."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from flask import Blueprint, Response, g, make_response, request
from flask.typing import ResponseReturnValue

from kiosk.features.mediation import access, deciding
from kiosk.features.mediation.protocol import (
    DECIDE_PATH,
    HELLO_PATH,
    MATTERS_PATH,
    MAX_SENT,
    Decide,
    Decided,
    Hello,
    Matters,
    Sealed,
)
from kiosk.web import errors
from kiosk.web.access import allow, anyone
from kiosk.web.forms import FormError
from kiosk.web.openapi import Call, Problem, documented
from kiosk.web.services import services
from kiosk.web.words import gettext as _

Shape = TypeVar("Shape", bound=msgspec.Struct)

_UNREAD = dict.fromkeys((413, 422), Problem)
_SHUT = dict.fromkeys((401, 403), Problem)


def central() -> Blueprint:
    """The routes, for the node's app."""
    routes = Blueprint("mediation", __name__)
    routes.record_once(lambda state: access.install(state.app))

    @routes.post(HELLO_PATH)
    @allow(anyone)
    @documented(Call({200: Sealed, 429: Problem, **_UNREAD}, Hello))
    def hello() -> ResponseReturnValue:
        """A token, sealed to the mediator with this number."""
        member = _asked(Hello).member
        if not access.passes(member):
            return _wait()
        return _json(Sealed(access.grant(services(), member)))

    @routes.post(MATTERS_PATH)
    @allow(access.mediator)
    @documented(Call({200: Matters, **_SHUT, 413: Problem}, token=True))
    def matters() -> ResponseReturnValue:
        """What waits for a mediator, sealed parts as they are."""
        return _json(deciding.waiting(services(), g.mediator))

    @routes.post(DECIDE_PATH)
    @allow(access.mediator)
    @documented(Call({200: Decided, **_SHUT, 409: Problem, **_UNREAD}, Decide, token=True))
    def decide() -> ResponseReturnValue:
        """A mediator's answer to what waits."""
        asked = _asked(Decide)
        deciding.decide(services(), g.mediator, asked)
        return _json(Decided(asked.id))

    return routes


def _asked(shape: type[Shape]) -> Shape:
    """What was sent; FormError when it is not of this shape."""
    request.max_content_length = MAX_SENT
    try:
        return msgspec.json.decode(request.get_data(cache=False), type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise FormError(_("That could not be read.")) from None


def _wait() -> Response:
    sentence, todo = _("Too many have asked to come in."), _("Try again in a minute.")
    answer = make_response(errors.page(429, sentence, todo))
    answer.headers["Retry-After"] = "60"
    return answer


def _json(message: msgspec.Struct) -> Response:
    return Response(msgspec.json.encode(message), content_type="application/json")
