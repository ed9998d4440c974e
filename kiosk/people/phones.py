"""Phones that were introduced: each may check one member in and out, at one bench or by way of the node.

A phone carries a secret in a cookie; kept here is its SHA-256. It counts at the device that introduced it and
in the log in which that stands only: what a restored database does not know may have been revoked since.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from flask import request
from werkzeug.wrappers import Response

from kiosk.core.event import Entry, device_of, split_place
from kiosk.core.retention import DAY
from kiosk.people import members
from kiosk.people.events import (
    PHONE_DAYS,
    PHONE_INTRODUCED,
    PHONE_REVOKED,
    BadgeRevoked,
    Left,
    PhoneIntroduced,
    PhoneRevoked,
)
from kiosk.web.services import Services

COOKIE = "phone"
SCHEMA = (
    """
CREATE TABLE phones (
  place TEXT PRIMARY KEY, source TEXT NOT NULL, member TEXT NOT NULL, token TEXT NOT NULL,
  since INTEGER NOT NULL,      -- POSIX seconds
  void INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID""",
    "CREATE INDEX phones_by_token ON phones (token)",
)
_PHONES = "SELECT place, member, since FROM phones WHERE void = 0 AND source = ?"
_VOID = "UPDATE phones SET void = 1 WHERE member = ?"


@dataclass(frozen=True)
class Phone:
    """A phone that counts: where its introduction stands, whose it is, since which POSIX second."""

    place: str
    member: str
    since: int


def apply(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Bring the phones up to date; with a member's badges, or when they leave, their phones are void too."""
    for entry in entries:
        data = entry.data
        if isinstance(data, PhoneIntroduced):
            row = (entry.place, entry.source, data.member, data.token, entry.at)
            db.execute("INSERT OR IGNORE INTO phones VALUES (?, ?, ?, ?, ?, 0)", row)
        elif isinstance(data, PhoneRevoked) and device_of(split_place(data.of)[0]) == device_of(entry.source):
            db.execute("UPDATE phones SET void = 1 WHERE place = ?", (data.of,))
        elif isinstance(data, BadgeRevoked | Left):
            db.execute(_VOID, (data.member,))


def spent(db: sqlite3.Connection) -> list[str]:
    """Where phones that are void were introduced."""
    return [place for (place,) in db.execute("SELECT place FROM phones WHERE void = 1 ORDER BY place")]


def introduce(here: Services, member: str) -> str:
    """Introduce a phone of a member here; the secret that it carries from now on, which is kept nowhere."""
    secret = secrets.token_urlsafe(24)
    here.journal.record(PHONE_INTRODUCED, PhoneIntroduced(member, _digest(secret)))
    return secret


def find(here: Services, secret: str) -> Phone | None:
    """The phone that carries this secret, if it was introduced here and counts."""
    rows = here.db.conn.execute(_PHONES + " AND token = ?", (here.journal.source, _digest(secret)))
    return next(iter(_counting(here, [Phone(*row) for row in rows])), None)


def member_of(here: Services, secret: str) -> str | None:
    """The number of the member whom a phone with this secret may check in here."""
    phone = find(here, secret)
    return None if phone is None else phone.member


def of_member(here: Services, member: str) -> list[Phone]:
    """The phones of a member that were introduced here and count, oldest first."""
    rows = here.db.conn.execute(_PHONES + " AND member = ? ORDER BY since", (here.journal.source, member))
    return _counting(here, [Phone(*row) for row in rows])


def all_known(here: Services) -> list[Phone]:
    """All phones that were introduced here and count, oldest first."""
    rows = here.db.conn.execute(_PHONES + " ORDER BY since", (here.journal.source,))
    return _counting(here, [Phone(*row) for row in rows])


def revoke(here: Services, *phones: Phone) -> None:
    """Have these count no more; they are erased with the next chores."""
    if phones:
        here.journal.record_all([(PHONE_REVOKED, PhoneRevoked(phone.place)) for phone in phones])


def carried() -> str:
    """The secret that the phone asking now carries; "" when it has none."""
    return request.cookies.get(_cookie(), "")


def give(response: Response, secret: str) -> None:
    """Have the phone carry this secret for a year.

    `Lax`, since the page is opened from a camera app: what changes anything is guarded by `web.headers`.
    """
    lasts = PHONE_DAYS * DAY
    secure = request.is_secure
    response.set_cookie(_cookie(), secret, max_age=lasts, httponly=True, samesite="Lax", secure=secure)


def take(response: Response) -> None:
    """Have the phone forget its secret."""
    response.delete_cookie(_cookie(), httponly=True, samesite="Lax", secure=request.is_secure)


def _cookie() -> str:
    """Over HTTPS a name that browsers take from this very host only."""
    return f"__Host-{COOKIE}" if request.is_secure else COOKIE


def _counting(here: Services, phones: Sequence[Phone]) -> list[Phone]:
    lapsed = here.clock.lapse_time() - PHONE_DAYS * DAY
    return [one for one in phones if one.since > lapsed and members.find(here.db.conn, one.member)]


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
