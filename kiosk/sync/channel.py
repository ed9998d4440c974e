"""The bench's signed line to the node: a message out, the node's message back, or a reason why not."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TypeVar

import msgspec

from kiosk.adapters import trust
from kiosk.adapters.http import Request, Response, Send
from kiosk.adapters.keys import DeviceKey, fingerprint
from kiosk.adapters.signing import Answered, Asked, check, sign
from kiosk.core.errors import FormatError, NodeRefused, NoWayThrough, SignatureError
from kiosk.core.event import CENTRAL_ID
from kiosk.sync import trusting
from kiosk.sync.protocol import (
    ANSWERED,
    ASKED,
    COUNTER,
    NODE,
    SOURCE,
    SYNC_PATH,
    Refusal,
    decode,
    encode,
    pack,
    unpack,
)
from kiosk.sync.state import BLOCK, reserve_counters
from kiosk.web.services import Services

MOST_WAIT = 3600.0
_ASKS_TO_WAIT = (429, 503)

Message = TypeVar("Message", bound=msgspec.Struct)


class Channel:
    """Exchanges with the pinned node under this device's key; every request has a counter of its own."""

    def __init__(self, here: Services, send: Send) -> None:
        self._here = here
        self._send = send
        self._source = ""
        self._counter = self._end = 0
        self._learnt = False

    def begin(self) -> None:
        """A sync begins: the node may be asked once for what it shows to anyone."""
        self._learnt = False

    def ask(self, message: msgspec.Struct, kind: type[Message]) -> Message:
        """The node's answer to `message`. NodeRefused: a signed no. NoWayThrough: nothing that it signed.

        A node that speaks with another key that is on the trust list is pinned by that, and asked anew.
        """
        meant = self._here.device.node_public
        response, body, signer = self._exchange(message)
        if signer != meant:
            trusting.pin(self._here, signer)
            response, body, _ = self._exchange(message)
        try:
            return read_answer(response, body, kind)
        except NodeRefused as refusal:
            if refusal.kind == "revoked":
                self._learn()
            raise

    def _exchange(self, message: msgspec.Struct) -> tuple[Response, bytes, bytes]:
        """A signed answer, its unpacked body, and the node's key that signed it."""
        device = self._here.device
        source, counter = device.identity.source, self._next()
        request = signed_request(
            SYNC_PATH,
            message,
            device.key,
            key_id=device.identity.device,
            headers=address(device.node_public, source, counter),
            created=self._here.clock.now(),
        )
        before = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        response = self._send(request)
        round_trip = (time.clock_gettime_ns(time.CLOCK_BOOTTIME) - before) // 1_000_000
        body, created, signer = self._opened(response, request)
        self._here.clock.observe_signed(created * 1000, round_trip)
        return response, body, signer

    def _opened(self, response: Response, request: Request) -> tuple[bytes, int, bytes]:
        """As `opened_by` a key of the node; those of a newer trust list too, when nobody known has signed."""
        try:
            return opened_by(response, request, self._known())
        except NoWayThrough:
            if "signature" not in response.headers or not self._learn():
                raise
            return opened_by(response, request, self._known())

    def _known(self) -> list[bytes]:
        return trust.node_keys(self._here.db, self._here.device, self._here.clock.lapse_time())

    def _learn(self) -> bool:
        """Whether the node shows a newer trust list that holds; asked at most once in a sync."""
        if self._learnt or trust.load(self._here.db) is None:
            return False
        self._learnt = True
        return trusting.receive(self._here, trusting.shown(self._send))

    def skip_to(self, counter: int) -> None:
        """Go on beyond a counter that the node has already seen."""
        self._reserve(counter)

    def _next(self) -> int:
        if self._source != self._here.device.identity.source or self._counter >= self._end:
            self._reserve(0)
        self._counter += 1
        return self._counter

    def _reserve(self, beyond: int) -> None:
        source = self._here.device.identity.source
        with self._here.journal.writing() as db:
            self._counter = reserve_counters(db, source, beyond)
        self._end = self._counter + BLOCK
        self._source = source


def address(node: bytes, source: str, counter: int) -> dict[str, str]:
    """The headers that say which node is meant, which log speaks, and how many-th request of it this is."""
    return {NODE: fingerprint(node).hex(), SOURCE: source, COUNTER: str(counter)}


def signed_request(
    path: str, message: msgspec.Struct, key: DeviceKey, *, key_id: str, headers: dict[str, str], created: int
) -> Request:
    """A request that carries `message`."""
    body, encoding = pack(encode(message))
    headers = {**headers, "Content-Type": "application/json"}
    if encoding:
        headers["Content-Encoding"] = encoding
    sign(Asked("POST", path, headers), body, key, key_id, ASKED, created)
    return Request(path, headers, body)


def opened(response: Response, request: Request, node: bytes) -> tuple[bytes, int]:
    """The unpacked body of an answer to `request`, and when (POSIX seconds) the node signed it.

    NoWayThrough when it is not signed by the key `node`, or answers something else.
    """
    body, created, _ = opened_by(response, request, [node])
    return body, created


def opened_by(response: Response, request: Request, nodes: Sequence[bytes]) -> tuple[bytes, int, bytes]:
    """As `opened`, for the first key of `nodes` that has signed it; and that key."""
    try:
        created, node = _signed_by(response, nodes)
        for header in (SOURCE, COUNTER):
            if response.headers.get(header.lower()) != request.headers[header]:
                raise SignatureError("That is the answer to another question.")
        return unpack(response.body, response.headers.get("content-encoding", "")), created, node
    except (SignatureError, FormatError) as error:
        raise NoWayThrough(
            "What answered is not our node: perhaps this network wants you to sign in first.",
            wait=_asked_to_wait(response),
        ) from error


def _signed_by(response: Response, nodes: Sequence[bytes]) -> tuple[int, bytes]:
    answered = Answered(response.status, dict(response.headers))
    for node in nodes:
        with suppress(SignatureError):
            return check(answered, response.body, node, CENTRAL_ID, ANSWERED), node
    raise SignatureError("Nobody who is known here has signed that.")


def read_answer(response: Response, body: bytes, kind: type[Message]) -> Message:
    """The message in a signed answer; NodeRefused when it is a refusal."""
    try:
        if response.status == 200:
            return decode(body, kind)
        refusal = decode(body, Refusal)
    except FormatError as error:
        raise NodeRefused("format", f"The node's answer is of another version. {error}") from error
    if refusal.refused == "wait":
        raise NoWayThrough(refusal.detail, wait=_asked_to_wait(response))
    raise NodeRefused(refusal.refused, refusal.detail, refusal.held, refusal.sources)


def _asked_to_wait(response: Response) -> float:
    """Seconds that `Retry-After` names, an hour at most; only a hint, for nobody has signed it."""
    text = response.headers.get("retry-after", "")
    if response.status not in _ASKS_TO_WAIT or not (text.isascii() and text.isdigit()):
        return 0.0
    return min(float(text[:6]), MOST_WAIT)
