"""Who is signed in on this tablet: kept in memory only, ended by idleness, a restart or "Done"."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, cast

from flask import Flask, Response, current_app, g, request

from kiosk.web.services import services

COOKIE = "sitting"
IDLE_SECONDS = 90
"""After which a page asks whether somebody is still there; it then counts down, and is wiped."""

COUNTDOWN_SECONDS = 30
MOST = 200
"""So many sessions at once, on a tablet that one person uses: the longest unseen makes room."""

EXTENSION = "safe-bench-sessions"


@dataclass
class Session:
    """One person at the tablet. `member` is "" before a PIN; `draft` is what a flow keeps between its pages.

    `idle` is in seconds, 0 for as long as any other session; `seen` in milliseconds of uptime.
    """

    member: str = ""
    name: str = ""
    idle: int = 0
    seen: int = 0
    draft: dict[str, Any] = field(default_factory=dict)


class Sessions:
    """All present sessions by the hash of their token. `uptime` gives milliseconds.

    A page asks after `idle` seconds, and once more for somebody who needs more time. All that while the
    session must be there; then it ends even if no page was left to say so.
    """

    def __init__(self, uptime: Callable[[], int], idle: int = IDLE_SECONDS) -> None:
        self._uptime = uptime
        self._limit = 2 * (idle + COUNTDOWN_SECONDS)
        self._held: dict[bytes, Session] = {}
        self._lock = threading.Lock()

    def open(self, session: Session) -> str:
        """Keep a session; its token for the cookie."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._forget_idle()
            while len(self._held) >= MOST:
                del self._held[min(self._held, key=lambda key: self._held[key].seen)]
            session.seen = self._uptime()
            self._held[_digest(token)] = session
        return token

    def find(self, token: str) -> Session | None:
        """The session of this token, if it has not been idle for too long; it counts as seen now."""
        with self._lock:
            self._forget_idle()
            session = self._held.get(_digest(token))
            if session is not None:
                session.seen = self._uptime()
            return session

    def close(self, token: str) -> None:
        """Forget a session."""
        with self._lock:
            self._held.pop(_digest(token), None)

    def _forget_idle(self) -> None:
        now = self._uptime()
        for key, session in list(self._held.items()):
            if now - session.seen > (session.idle or self._limit) * 1000:
                del self._held[key]


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()


def install(app: Flask, idle: int = IDLE_SECONDS) -> None:
    """Give an app its sessions and send their cookies; a page asks after `idle` seconds."""
    tick = app.extensions["safe-bench"].clock.tick
    app.extensions[EXTENSION] = Sessions(lambda: tick().uptime, idle)
    app.after_request(_send_cookie)


def current() -> Session | None:
    """The session of the present request."""
    if "sitting" not in g:
        token = request.cookies.get(COOKIE, "")
        g.sitting = _sessions().find(token) if token and not services().locked else None
    return cast("Session | None", g.sitting)


def begin(session: Session) -> Session:
    """Open a session for the present request under a new token; the one before is forgotten."""
    _sessions().close(request.cookies.get(COOKIE, ""))
    g.sitting = session
    g.new_token = _sessions().open(session)
    return session


def sign_in(member: str, name: str) -> Session:
    """Begin a signed-in session, keeping the present draft unless it is another member's."""
    before = current()
    own = before is not None and before.member in ("", member)
    return begin(Session(member, name, draft=before.draft if before and own else {}))


def end() -> None:
    """Forget the present session and its cookie."""
    _sessions().close(request.cookies.get(COOKIE, ""))
    g.sitting = None
    g.new_token = ""


def draft() -> dict[str, Any]:
    """The present draft; a session is begun for it where there is none."""
    session = current() or begin(Session())
    return session.draft


def _send_cookie(response: Response) -> Response:
    token: str | None = g.get("new_token")
    if token:
        response.set_cookie(COOKIE, token, httponly=True, samesite="Strict", secure=request.is_secure)
    elif token == "":
        response.delete_cookie(COOKIE, httponly=True, samesite="Strict", secure=request.is_secure)
        response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _sessions() -> Sessions:
    return cast(Sessions, current_app.extensions[EXTENSION])


def signed_in() -> Session:
    """The session of a signed-in member; LookupError in a view whose rule is not `sitting`."""
    session = current()
    if session is None or not session.member:
        raise LookupError("this view needs the rule `sitting`")
    return session


def device() -> str:
    """This bench's id."""
    return services().device.identity.device
