"""The node as a mediator reaches it: a hello that only their key opens, then what waits, then answers.

Of what was unsealed only the random letters that prove it are ever sent, beside the member number, the token
and the answer that was chosen.
"""

from __future__ import annotations

import threading
from typing import TypeVar

import msgspec

from kiosk.adapters.http import HttpClient, Request, Response, Send
from kiosk.adapters.sealing import NotForThisKey, unseal
from kiosk.core.errors import NoWayThrough, Refused, TryLater
from kiosk.features.mediation.protocol import (
    DECIDE_PATH,
    HELLO_PATH,
    MATTERS_PATH,
    Decide,
    Decided,
    Grant,
    Hello,
    Matters,
    Sealed,
)
from kiosk.web.openapi import Problem
from kiosk.web.words import current
from kiosk.web.words import gettext as _

Shape = TypeVar("Shape", bound=msgspec.Struct)


class NoMediator(Refused):
    """The node's answer does not open: the number is no mediator's, or the key is not this one's."""


class Unfit(Refused):
    """The node does not take the answer in these words; nothing was answered."""


class Lapsed(Refused):
    """The mandate ended, at POSIX second `at` where the node said so, else 0."""

    def __init__(self, at: int = 0) -> None:
        super().__init__(_("Your mandate as a mediator has ended."))
        self.at = at


class Node:
    """A mediator's way to the node; one request at a time. The key stays here."""

    reads_only = False

    def __init__(self, send: Send, member: str, key: str) -> None:
        self._send, self._member, self._key = send, member, key
        self._token = ""
        self._lock = threading.Lock()

    def matters(self) -> Matters:
        """What waits. NoWayThrough, NoMediator, Lapsed or TryLater."""
        return self._call(MATTERS_PATH, b"", Matters)

    def decide(self, asked: Decide) -> None:
        """Answer what waits; Refused, in the node's words, when it cannot be; Unfit when not in these."""
        self._call(DECIDE_PATH, msgspec.json.encode(asked), Decided)

    def close(self) -> None:
        """Forget key and token, and leave the node."""
        self._key = self._token = ""
        if isinstance(self._send, HttpClient):
            self._send.close()

    def _call(self, path: str, body: bytes, shape: type[Shape]) -> Shape:
        with self._lock:
            fresh = not self._token
            if fresh:
                self._token = self._hello()
            answer = self._post(path, body)
            if answer.status == 401 and not fresh:  # it was idle for too long, or the node started anew
                self._token = self._hello()
                answer = self._post(path, body)
            return _read(answer, shape)

    def _hello(self) -> str:
        answer = self._post(HELLO_PATH, msgspec.json.encode(Hello(self._member)))
        try:
            grant = msgspec.json.decode(unseal(_read(answer, Sealed).sealed, self._key), type=Grant)
        except NotForThisKey:
            raise NoMediator(_("This key does not open the node's answer.")) from None
        except msgspec.MsgspecError:
            raise _no_node() from None
        if not grant.token:
            raise Lapsed(grant.lapsed or 0)
        return grant.token

    def _post(self, path: str, body: bytes) -> Response:
        headers = {
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            "Accept-Language": current().code,
        }
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        return self._send(Request(path, headers, body))


def _read(answer: Response, shape: type[Shape]) -> Shape:
    try:
        if answer.status == 200:
            return msgspec.json.decode(answer.body, type=shape)
        problem = msgspec.json.decode(answer.body, type=Problem)
    except msgspec.MsgspecError:
        raise _no_node() from None
    if answer.status == 403:
        raise Lapsed
    if answer.status == 422:
        raise Unfit(problem.title)
    if answer.status in (409, 413):
        raise Refused(problem.title)
    if answer.status in (401, 429, 500, 503, 507):
        raise TryLater(problem.title)
    raise _no_node()


def _no_node() -> NoWayThrough:
    return NoWayThrough(_("Something else than the node answered at its address."))
