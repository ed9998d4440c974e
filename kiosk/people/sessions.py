"""Who is signed in: kept in memory only, ended by idleness, a restart or "Done".

At a bench one person sits before the tablet; at the node several coordinators can be signed in, each in a
browser of their own.
"""

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
MOST_TIMES = 8
"""So many times longer than usual somebody can have who asks for more time again and again."""

MOST = 200
"""So many sessions at once: the longest unseen makes room."""

LIMIT = IDLE_SECONDS + COUNTDOWN_SECONDS
"""As long as a page asks and counts down."""

EXTENSION = "safe-bench-sessions"


@dataclass
class Session:
    """One person. `member` is "" before they said who; `draft` is what a flow keeps between its pages.

    `idle` is in seconds, 0 for as long as any other session; `times`: how many times longer it may be idle;
    `seen` in milliseconds of uptime. `credential`: what they signed in with at the node, so that a new
    passphrase ends what the old one began.
    """

    member: str = ""
    name: str = ""
    idle: int = 0
    times: int = 1
    seen: int = 0
    credential: str = ""
    draft: dict[str, Any] = field(default_factory=dict)


class Sessions:
    """All present sessions by the hash of their token, which is in the cookie of that name.

    `uptime` gives milliseconds; `limit`: after so many seconds without a request a session is over, or as
    many times longer as somebody asked for. A page that is touched makes a request; one that nobody touches
    is wiped at the limit, and its session is over then also if no page was left to say so.
    """

    def __init__(self, uptime: Callable[[], int], limit: int = LIMIT, cookie: str = COOKIE) -> None:
        self._uptime = uptime
        self.limit = limit
        self.cookie = cookie
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
            seconds = (session.idle or self.limit) * session.times
            if now - session.seen > seconds * 1000:
                del self._held[key]


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()


def install(app: Flask, limit: int = LIMIT, cookie: str = COOKIE) -> None:
    """Give an app its sessions and send their cookies; see `Sessions`."""
    tick = app.extensions["safe-bench"].clock.tick
    app.extensions[EXTENSION] = Sessions(lambda: tick().uptime, limit, cookie)
    app.after_request(_send_cookie)


def current() -> Session | None:
    """The session of the present request."""
    if "sitting" not in g:
        token = _token()
        g.sitting = _sessions().find(token) if token and not services().locked else None
    return cast("Session | None", g.sitting)


def begin(session: Session) -> Session:
    """Open a session for the present request under a new token; the one before is forgotten.

    Whoever asked for more time before they said who they are keeps it.
    """
    before = current()
    if before is not None and before.member in ("", session.member):
        session.times = before.times
    _sessions().close(_token())
    g.sitting = session
    g.new_token = _sessions().open(session)
    return session


def sign_in(member: str, name: str, credential: str = "") -> Session:
    """Begin a signed-in session, keeping the present draft unless it is another member's."""
    before = current()
    own = before is not None and before.member in ("", member)
    return begin(Session(member, name, credential=credential, draft=before.draft if before and own else {}))


def end() -> None:
    """Forget the present session and its cookie."""
    _sessions().close(_token())
    g.sitting = None
    g.new_token = ""


def idle_seconds() -> int:
    """After how long a page of this bench asks whether somebody is still there."""
    return _sessions().limit - COUNTDOWN_SECONDS


def times() -> int:
    """How many times longer than usual it waits for whoever is here."""
    session = current()
    return 1 if session is None else session.times


def more_time() -> int:
    """Double how long all is waited for, up to a limit; how many times longer it is now."""
    session = current() or begin(Session())
    session.times = min(2 * session.times, MOST_TIMES)
    return session.times


def draft() -> dict[str, Any]:
    """The present draft; a session is begun for it where there is none."""
    session = current() or begin(Session())
    return session.draft


def _send_cookie(response: Response) -> Response:
    token: str | None = g.get("new_token")
    if token:
        response.set_cookie(_cookie(), token, httponly=True, samesite="Strict", secure=request.is_secure)
    elif token == "":
        response.delete_cookie(_cookie(), httponly=True, samesite="Strict", secure=request.is_secure)
        response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _cookie() -> str:
    """The cookie's name; over HTTPS one that browsers take from this very host only (`__Host-`)."""
    name = _sessions().cookie
    return f"__Host-{name}" if request.is_secure else name


def _token() -> str:
    return request.cookies.get(_cookie(), "")


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
