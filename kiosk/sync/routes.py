"""The node's API: `POST /api/v1/sync` and `/api/v1/enrol`, answered with signatures; `GET /api/v1/trust`."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec
from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from kiosk.adapters import trust
from kiosk.adapters.signing import Answered, sign
from kiosk.adapters.throttle import Throttle
from kiosk.core.errors import NodeRefused
from kiosk.core.event import CENTRAL_ID
from kiosk.sync.enrolling import PER_SECONDS, WRONG_CODES, enrol
from kiosk.sync.node import Incoming, exchange
from kiosk.sync.protocol import (
    ANSWERED,
    COUNTER,
    ENROL_PATH,
    KEY,
    MAX_SENT,
    NODE,
    SOURCE,
    SOURCE_PATTERN,
    STATUSES,
    SYNC_PATH,
    TRUST_PATH,
    Answer,
    Enrol,
    Enrolled,
    Exchange,
    Refusal,
    encode,
    pack,
)
from kiosk.web.access import allow, anyone
from kiosk.web.openapi import Call, documented
from kiosk.web.services import Services, services

Work = Callable[[Services, Incoming], msgspec.Struct]

_REFUSALS = dict.fromkeys(sorted(set(STATUSES.values())), Refusal)
_HEADERS = {
    "Content-Digest": ".+",
    "Signature-Input": ".+",
    "Signature": ".+",
    NODE: "^[0-9a-f]{20}$",
    COUNTER: "^[0-9]{1,15}$",
}
"""What a signed request has beside its source: RFC 9421, RFC 9530, and what its signature covers."""


def blueprint() -> Blueprint:
    """The routes, for the node's app."""
    routes = Blueprint("sync", __name__)
    throttle = Throttle(WRONG_CODES, PER_SECONDS)

    @routes.post(SYNC_PATH)
    @allow(anyone)
    @documented(Call({200: Answer, **_REFUSALS}, Exchange, {**_HEADERS, SOURCE: SOURCE_PATTERN}))
    def sync() -> Response:
        """One exchange with a bench."""
        return _answer(exchange)

    @routes.post(ENROL_PATH)
    @allow(anyone)
    @documented(Call({200: Enrolled, **_REFUSALS}, Enrol, {**_HEADERS, SOURCE: "^[0-9a-f]{64}$"}))
    def enrolment() -> Response:
        """Take a new bench in."""
        return _answer(lambda here, incoming: enrol(here, incoming, throttle))

    @routes.get(TRUST_PATH)
    @allow(anyone)
    @documented(Call(answers={200: str}))
    def trust_lists() -> Response:
        """Every trust list that was published, oldest first: for anyone, for they speak for themselves."""
        return Response("".join(trust.history(services().db)), mimetype="text/plain")

    return routes


def _answer(work: Work) -> Response:
    here = services()
    try:
        message, status = work(here, _incoming()), 200
    except NodeRefused as error:
        message = Refusal(error.kind, str(error), error.held, dict(error.sources))
        status = STATUSES[error.kind]
    return _signed(here, message, status)


def _incoming() -> Incoming:
    request.max_content_length = MAX_SENT
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise NodeRefused("too-large", "That is too much at once.") from None
    return Incoming(request.path, dict(request.headers.items()), body)


def _signed(here: Services, message: msgspec.Struct, status: int) -> Response:
    body, encoding = pack(encode(message))
    headers = {
        SOURCE: _plain(request.headers.get(SOURCE, "")),
        COUNTER: _plain(request.headers.get(COUNTER, "")),
        "Content-Type": "application/json",
    }
    if request.path == ENROL_PATH:
        headers[KEY] = here.device.key.public.hex()
    if encoding:
        headers["Content-Encoding"] = encoding
    if status == STATUSES["wait"]:
        headers["Retry-After"] = "60"
    answered = Answered(status, headers)
    sign(answered, body, here.device.key, CENTRAL_ID, ANSWERED, here.clock.now())
    return Response(body, status, answered.headers)


def _plain(value: str) -> str:
    """What a request stated, as far as an answer can repeat it."""
    return value if re.fullmatch(r"[A-Za-z0-9.-]{1,80}", value) else "none"
