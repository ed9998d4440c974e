"""How coordinators prove at the node who they are: a passphrase, and a code from their phone (RFC 6238).

Both are kept in a table of the node alone: the journal is never edited and travels. Tries are counted as
those of PINs are, for each number apart, whether a coordinator has it or nobody.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlite_utils import Database

from kiosk.core.errors import Refused, TryLater
from kiosk.core.mandate import Role
from kiosk.core.sentences import N_
from kiosk.people import attempts, hashing, members
from kiosk.web.services import Services

SHORTEST, LONGEST = 12, 200
WORDS = 6
"""Of 2,048 each: 66 bits."""
STEP = 30
WRONG = N_("That number, passphrase and code do not go together. A code is good once: wait for the next.")
_LOCKED = N_(
    "This number is locked after ten tries. A new passphrase, set on the node's machine, lifts that."
)
_NOBODYS_SECRET = "A" * 32
_MOST_AT_ONCE = 3
_places = threading.BoundedSemaphore(_MOST_AT_ONCE)
"""A hash takes a tenth of a second: a flood of tries must leave threads for everybody else."""


class WrongPassphrase(Refused):
    """Number, passphrase, code or role is not right; which of them is not said."""


@dataclass(frozen=True)
class _Kept:
    """What is kept of one member: `secret` in base32; `used` is the newest step whose code was taken."""

    hash: str = hashing.NOBODY
    secret: str = _NOBODYS_SECRET
    used: int = 0


def set_passphrase(here: Services, *, member: str, passphrase: str = "") -> Mapping[str, Any]:
    """A new passphrase and a new secret for codes; `passphrase`, `uri` (otpauth) and `name`.

    Six words are made up where none is given. Sessions that began with the one before are over.
    """
    known = _coordinator(here, member)
    words = plain(passphrase) or made_up()
    if not SHORTEST <= len(words) <= LONGEST:
        raise Refused(f"A passphrase has at least {SHORTEST} letters and at most {LONGEST}.")
    import pyotp

    secret, kept = pyotp.random_base32(), hashing.hashed(words)
    with here.journal.writing() as db:
        row = (member, kept, secret, 0)
        db.conn.execute("INSERT OR REPLACE INTO passphrases VALUES (?, ?, ?, ?)", row)
        attempts.forget(db, _key(member))
    named = f"Safe Bench {here.device.identity.name}"
    uri = pyotp.TOTP(secret).provisioning_uri(name=member, issuer_name=named)
    return {"passphrase": words, "uri": uri, "name": known.name}


def check(here: Services, number: str, passphrase: str, code: str) -> members.Member:
    """The member whose number, passphrase and present code these are; WrongPassphrase, Waiting or TryLater.

    A number that nobody has takes as long and answers the same. The code's step cannot be used again.
    """
    with _place():
        with here.journal.writing() as db:
            attempts.count(db, _key(number), here.clock.tick(), _LOCKED)
        kept = _kept(here.db, number)
        right = hashing.matches(kept.hash, plain(passphrase))
        step = _step_of(kept.secret, code, here.clock.now())
    member = members.find(here.db.conn, number)
    if not right or step is None or member is None:
        raise WrongPassphrase(WRONG)
    with here.journal.writing() as db:
        _use(db, number, step)
        attempts.forget(db, _key(number))
    return member


def forget(db: Database, number: str) -> None:
    """A member who left signs in no more; inside a transaction."""
    db.conn.execute("DELETE FROM passphrases WHERE member = ?", (number,))
    attempts.forget(db, _key(number))


def credential(db: Database, number: str) -> str:
    """What changes with a member's passphrase; "" when there is none."""
    row = db.conn.execute("SELECT hash FROM passphrases WHERE member = ?", (number,)).fetchone()
    return "" if row is None else sha256(row[0].encode()).hexdigest()[:16]


def holds(db: Database, number: str, given: str) -> bool:
    """Whether what somebody signed in with is still what counts: not after they left, or set another."""
    return given != "" and given == credential(db, number)


def plain(passphrase: str) -> str:
    """A passphrase however it was typed: composed letters (NFKC), one blank between words."""
    return " ".join(unicodedata.normalize("NFKC", passphrase).split())


def made_up() -> str:
    """Six words by chance."""
    from mnemonic import Mnemonic

    words = Mnemonic("english").wordlist
    return " ".join(secrets.choice(words) for _ in range(WORDS))


def _coordinator(here: Services, number: str) -> members.Member:
    if not here.device.is_central:
        raise Refused("That is for the node, not for a bench.")
    member = members.find(here.db.conn, number)
    if member is None:
        raise Refused(f"There is no member {number}.")
    if all(mandate.role != Role.COORDINATOR for mandate in members.mandates(here.db.conn, number)):
        raise Refused(f"{member.name} is no coordinator: only they sign in at the node.")
    return member


def _key(number: str) -> str:
    """What tries for a number are counted under, apart from those of its PIN."""
    return f"desk.{number}"


def _kept(db: Database, number: str) -> _Kept:
    row = db.conn.execute("SELECT hash, secret, used FROM passphrases WHERE member = ?", (number,)).fetchone()
    return _Kept() if row is None else _Kept(*row)


def _step_of(secret: str, code: str, at: int) -> int | None:
    """The step whose code this is: the present one at POSIX second `at`, or one beside it."""
    import pyotp

    codes = pyotp.TOTP(secret, interval=STEP)
    typed = "".join(code.split()).encode()
    near = (at // STEP - 1, at // STEP, at // STEP + 1)
    fitting = [step for step in near if hmac.compare_digest(codes.generate_otp(step).encode(), typed)]
    return max(fitting, default=None)


def _use(db: Database, number: str, step: int) -> None:
    """Note that this step's code was taken; WrongPassphrase when it was already, or a later one."""
    note = "UPDATE passphrases SET used = ? WHERE member = ? AND used < ?"
    if db.conn.execute(note, (step, number, step)).rowcount != 1:
        raise WrongPassphrase(WRONG)


@contextmanager
def _place() -> Iterator[None]:
    """Room for one more who signs in; TryLater when several do at this moment."""
    if not _places.acquire(blocking=False):
        raise TryLater(N_("Several people are signing in at this moment."))
    try:
        yield
    finally:
        _places.release()
