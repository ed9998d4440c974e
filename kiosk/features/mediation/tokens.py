"""What lets a mediator in: tokens, in memory only and as hashes, ended by idleness, a restart or a lapse."""

from __future__ import annotations

import secrets
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from kiosk.core.trust import Reader

IDLE = 15 * 60_000
"""Milliseconds without a request after which a token is worth nothing."""
UNUSED = 60_000
"""Milliseconds within which a token must be used for the first time, which proves the key."""
MOST_EACH = 4
"""So many tokens in use for one mediator: the longest unseen makes room."""
MOST_UNUSED = 400
"""More than a minute's hellos, so that nobody can push a mediator's fresh token out."""

HELLOS, HELLOS_OF_ONE, PER = 300, 10, 60_000
"""Hellos in `PER` milliseconds: from everybody together, and for one number."""


@dataclass
class _Held:
    reader: Reader
    seen: int
    used: bool = False


class Tokens:
    """All present tokens by their SHA-256. `uptime` gives milliseconds."""

    def __init__(self, uptime: Callable[[], int]) -> None:
        self._uptime = uptime
        self._held: dict[bytes, _Held] = {}
        self._lock = threading.Lock()

    def open(self, reader: Reader) -> str:
        """A new token for whoever holds the reader's key."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._forget_idle()
            self._make_room([key for key, one in self._held.items() if not one.used], MOST_UNUSED)
            self._held[_digest(token)] = _Held(reader, self._uptime())
        return token

    def find(self, token: str) -> Reader | None:
        """Whose token this is, None when it is nobody's or was idle for too long; it counts as seen now."""
        with self._lock:
            self._forget_idle()
            held = self._held.get(_digest(token))
            if held is None:
                return None
            if not held.used:
                others = [k for k, one in self._held.items() if one.used and one.reader == held.reader]
                self._make_room(others, MOST_EACH)
            held.used, held.seen = True, self._uptime()
            return held.reader

    def drop(self, token: str) -> None:
        """End a token."""
        with self._lock:
            self._held.pop(_digest(token), None)

    def _make_room(self, keys: list[bytes], most: int) -> None:
        for key in sorted(keys, key=lambda key: self._held[key].seen)[: max(0, len(keys) - most + 1)]:
            del self._held[key]

    def _forget_idle(self) -> None:
        now = self._uptime()
        over = [key for key, one in self._held.items() if now - one.seen >= (IDLE if one.used else UNUSED)]
        for key in over:
            del self._held[key]


class Throttle:
    """How many hellos are answered, whatever the numbers are: a flood delays, and tells nothing."""

    def __init__(self, uptime: Callable[[], int]) -> None:
        self._uptime = uptime
        self._asked: deque[tuple[int, str]] = deque(maxlen=HELLOS)
        self._lock = threading.Lock()

    def passes(self, member: str) -> bool:
        """Whether this hello may be answered; it is counted then."""
        with self._lock:
            now = self._uptime()
            while self._asked and now - self._asked[0][0] >= PER:
                self._asked.popleft()
            of_one = sum(number == member for _at, number in self._asked)
            if len(self._asked) == HELLOS or of_one >= HELLOS_OF_ONE:
                return False
            self._asked.append((now, member))
            return True


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
