"""The bench's signed line to the node: a message out, the node's message back, or a reason why not."""

from __future__ import annotations

import time
from typing import TypeVar

import msgspec

from kiosk.adapters.http import Request, Response, Send
from kiosk.adapters.keys import DeviceKey, fingerprint
from kiosk.adapters.signing import Answered, Asked, check, sign
from kiosk.core.errors import FormatError, NodeRefused, NoWayThrough, SignatureError
from kiosk.core.event import CENTRAL_ID
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

    def ask(self, message: msgspec.Struct, kind: type[Message]) -> Message:
        """The node's answer to `message`. NodeRefused: a signed no. NoWayThrough: nothing that it signed."""
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
        body, created = opened(response, request, device.node_public)
        self._here.clock.observe_signed(created * 1000, round_trip)
        return read_answer(response, body, kind)

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
    try:
        created = check(
            Answered(response.status, dict(response.headers)), response.body, node, CENTRAL_ID, ANSWERED
        )
        for header in (SOURCE, COUNTER):
            if response.headers.get(header.lower()) != request.headers[header]:
                raise SignatureError("That is the answer to another question.")
        return unpack(response.body, response.headers.get("content-encoding", "")), created
    except (SignatureError, FormatError) as error:
        raise NoWayThrough(
            "What answered is not our node: perhaps this network wants you to sign in first.",
            wait=_asked_to_wait(response),
        ) from error


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
