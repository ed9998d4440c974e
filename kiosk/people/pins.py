"""PINs: six digits, argon2id, and a count of failures that is on disk before any check.

The wait before a further try doubles with each failure; at ten the PIN is locked until a coordinator sets
a new one. It is counted in uptime, so that no clock jump shortens it, and starts anew after a restart.
Beside a member's own PIN the one that two stewards vouched for tonight counts: each check takes two hashes,
whoever is named and whether or not there is such a PIN.
"""

from __future__ import annotations

import secrets
from hashlib import sha256

from sqlite_utils import Database

from kiosk.core.clock import Tick
from kiosk.core.errors import Refused
from kiosk.core.sentences import N_
from kiosk.people import attempts, hashing, members, tonight
from kiosk.people.members import Member, called
from kiosk.web.services import Services

LOCKED_AT, Waiting = attempts.LOCKED_AT, attempts.Waiting
_NOBODY, _matches = hashing.NOBODY, hashing.matches
hash_pin = hashing.hashed

DIGITS = 6
_STRANGERS = 1000
WRONG = N_(
    "That name or number and PIN do not go together. If somebody else has the same name, use your number."
)

LOCKED = N_(
    "This PIN is locked after ten tries. Two stewards here can vouch for you tonight;"
    " a coordinator can give you a new one."
)


class WrongPin(Refused):
    """Name or PIN is not right; which of them is not said."""


_FORGET = """
DELETE FROM pin_attempts WHERE member IN (
  SELECT member FROM pin_attempts WHERE member LIKE '?%' ORDER BY boot = ? DESC, uptime DESC LIMIT -1 OFFSET ?
)"""
"""Of unknown names only the last thousand are counted, so that they fill no disk."""


_OWN = "SELECT member FROM pin_attempts WHERE member GLOB '[0-9][0-9][0-9][0-9][0-9].*'"


def new_pin() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def check(here: Services, who: str, pin: str, *, own: bool = False) -> Member:
    """The member whose number or name and PIN these are; WrongPin or Waiting.

    With `own`, a PIN for tonight does not count. An unknown name takes as many hashes and answers the same
    as a wrong PIN, and is counted the same; so does a name that two members share. Never inside
    `journal.writing()`: what is raised would undo the count.
    """
    found = called(here.db.conn, who)
    member = found[0] if len(found) == 1 else None
    lent = "" if member is None or own else tonight.hash_for(here, member.id)
    key = _nobodys_key(who) if member is None else _key(member.id, lent or member.pin)
    with here.journal.writing() as db:
        _count(db, key, here.clock.tick())
        kept = "" if member is None or (lent and _is_locked(db, _key(member.id, member.pin))) else member.pin
    right = [_matches(hashed or _NOBODY, pin) and bool(hashed) for hashed in (kept, lent)]
    if member is None or not any(right):
        raise WrongPin(WRONG)
    with here.journal.writing() as db:
        cleared = (key, _key(member.id, kept)) if right[0] else (key, key)
        db.conn.execute("DELETE FROM pin_attempts WHERE member IN (?, ?)", cleared)
    return member


def forget_old(here: Services) -> None:
    """Forget failures at PINs that count no more: of who left, replaced, or of a night that is over."""
    lent = here.db.conn.execute("SELECT member, hash FROM vouched_pins").fetchall()
    own = [(one.id, one.pin) for one in members.everyone(here.db.conn)]
    counting = {_key(member, hashed) for member, hashed in [*lent, *own]}
    old = [key for (key,) in here.db.conn.execute(_OWN) if key not in counting]
    if old:
        with here.journal.writing() as db:
            for key in old:
                attempts.forget(db, key)


def _key(member: str, hashed: str) -> str:
    """What failures are counted under: a new PIN begins a new count, and leaves that of another as it is."""
    return f"{member}.{sha256(hashed.encode()).hexdigest()[:8]}"


def _nobodys_key(who: str) -> str:
    """What failures of an unknown name are counted under, apart from those of any other."""
    return "?" + sha256(who.casefold().encode()).hexdigest()[:24]


def _is_locked(db: Database, key: str) -> bool:
    """Whether ten tries were made. A vouched PIN does not open the lock on the member's own."""
    row = db.conn.execute("SELECT failures FROM pin_attempts WHERE member = ?", (key,)).fetchone()
    return row is not None and row[0] >= LOCKED_AT


def _count(db: Database, key: str, tick: Tick) -> None:
    attempts.count(db, key, tick, LOCKED)
    db.conn.execute(_FORGET, (tick.boot, _STRANGERS))
