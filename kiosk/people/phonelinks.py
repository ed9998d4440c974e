"""Personal links that introduce a phone at the node: each good once and for a day, kept as SHA-256 only."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from kiosk.core.errors import Refused
from kiosk.core.sentences import N_
from kiosk.people import members, phones
from kiosk.web.services import Services

LASTS = 86400
"""Seconds."""
_KEEP = "INSERT OR REPLACE INTO introductions (member, secret, source, ends) VALUES (?, ?, ?, ?)"
_FIND = "SELECT member, ends FROM introductions WHERE secret = ? AND source = ? AND ends > ?"
_OLD = "SELECT 1 FROM introductions WHERE ends <= ?"


def make_link(here: Services, *, member: str) -> Mapping[str, Any]:
    """A link for a member, in place of any before it: `secret`, kept nowhere, `name`, and when it `ends`."""
    known = _known(here, member)
    secret, ends = secrets.token_urlsafe(24), here.clock.now() + LASTS
    with here.journal.writing() as db:
        db.conn.execute(_KEEP, (member, _digest(secret), here.journal.source, ends))
    return {"secret": secret, "name": known.name, "ends": ends}


def whose(here: Services, secret: str) -> members.Member | None:
    """For whom a link introduces a phone; None once it was used, is over, or all badges were voided since.

    One that a backup brought back counts no more: nobody knows whether it was used meanwhile.
    """
    row = here.db.conn.execute(_FIND, (_digest(secret), here.journal.source, here.clock.now())).fetchone()
    member = None if row is None else members.find(here.db.conn, row[0])
    return None if member is None or member.void_before > row[1] - LASTS else member


def use(here: Services, secret: str, carried: str = "") -> str | None:
    """Introduce a phone by a link, which is used up by it; the phone's secret, None when the link is no good.

    `carried`: what the phone had before, which counts no more.
    """
    with here.journal.writing() as db:
        member, before = whose(here, secret), phones.find(here, carried)
        if member is None:
            return None
        db.conn.execute("DELETE FROM introductions WHERE member = ?", (member.id,))
        if before is not None:
            phones.revoke(here, before)
        return phones.introduce(here, member.id)


def revoke_all(here: Services, *, member: str) -> Mapping[str, Any]:
    """Have no phone of a member count at the node any more, nor a link that is out; `name`, `phones`."""
    known = _known(here, member)
    with here.journal.writing() as db:
        db.conn.execute("DELETE FROM introductions WHERE member = ?", (member,))
        found = phones.of_member(here, member)
        phones.revoke(here, *found)
    return {"name": known.name, "phones": len(found)}


def forget_old(here: Services) -> None:
    """Forget links that are over."""
    now = here.clock.now()
    if here.db.conn.execute(_OLD, (now,)).fetchone():
        with here.journal.writing() as db:
            db.conn.execute("DELETE FROM introductions WHERE ends <= ?", (now,))


def _known(here: Services, number: str) -> members.Member:
    if not here.device.is_central:
        raise Refused("That is for the node, not for a bench.")
    member = members.find(here.db.conn, number)
    if member is None:
        raise Refused(N_("There is no member {number}."), number=number)
    return member


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
