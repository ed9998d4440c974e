"""Offers to introduce a phone: made at the tablet with badge and PIN, each good once and for five minutes.

They are kept in memory only, by their hash: a restart ends them.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import cast

from flask import current_app

from kiosk.features.checkin.screen import screen

EXTENSION = "safe-bench-offers"
SECONDS = 300
MOST = 20
"""So many offers at once: the oldest makes room."""


@dataclass(frozen=True)
class _Offer:
    member: str
    until: int


class Offers:
    """The offers of one app. `uptime` gives milliseconds."""

    def __init__(self, uptime: Callable[[], int]) -> None:
        self._uptime = uptime
        self._held: dict[bytes, _Offer] = {}
        self._lock = threading.Lock()

    def make(self, member: str) -> str:
        """A new offer for a member, in place of their last one; its secret, for the code on the tablet."""
        secret = secrets.token_urlsafe(18)
        with self._lock:
            held = [(key, one) for key, one in self._held.items() if one.member != member]
            self._held = dict(held[-(MOST - 1) :])
            self._held[_digest(secret)] = _Offer(member, self._uptime() + SECONDS * 1000)
        return secret

    def find(self, secret: str) -> str | None:
        """Whose offer this is, if it stands."""
        with self._lock:
            return self._standing(self._held.get(_digest(secret)))

    def take(self, secret: str) -> str | None:
        """Whose offer this was, if it stood: now it is spent."""
        with self._lock:
            return self._standing(self._held.pop(_digest(secret), None))

    def _standing(self, offer: _Offer | None) -> str | None:
        return offer.member if offer is not None and self._uptime() < offer.until else None


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def offers() -> Offers:
    """Those of the app that answers the present request."""
    return cast(Offers, current_app.extensions[EXTENSION])


def is_possible() -> bool:
    """Whether phones can reach this bench by itself, so that it makes sense to introduce one."""
    return bool(screen().near.url)


def offered(secret: str) -> str | None:
    """The member whose phone this offer is for, if it stands."""
    return offers().find(secret)


def take(secret: str) -> str | None:
    """The same, and spend it."""
    return offers().take(secret)
