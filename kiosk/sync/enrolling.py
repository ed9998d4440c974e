"""Enrolment at the node: codes that coordinators make, and the devices that bring them."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from sqlite_utils import Database

from kiosk.adapters import trust
from kiosk.adapters.keys import fingerprint
from kiosk.adapters.signing import Asked, check
from kiosk.adapters.throttle import Throttle
from kiosk.core.errors import FormatError, NodeRefused, Refused, SignatureError
from kiosk.core.event import CENTRAL_ID, device_of
from kiosk.core.sentences import N_
from kiosk.people.operations import renew_pins
from kiosk.sync import fleet
from kiosk.sync.codes import SECRET_SIZE, Code
from kiosk.sync.events import BENCH_ENROLLED, BENCH_REVOKED, Enrolled, Revoked
from kiosk.sync.node import Incoming
from kiosk.sync.protocol import ASKED, MAX_LISTS, Enrol, decode
from kiosk.sync.protocol import Enrolled as Welcome
from kiosk.web.services import Services

MINUTES, MOST_MINUTES = 15, 24 * 60
WRONG_CODES = 20
"""So many a minute, from everybody together: a code has 80 random bits."""
PER_SECONDS = 60.0
MAX_NAME, MAX_ID = 80, 32


def make_code(
    here: Services, *, name: str, minutes: int = MINUTES, bench: str | None = None
) -> Mapping[str, Any]:
    """A single-use code that enrols the bench `name`, good for `minutes`; `code`, `bench` (its id), `ends`.

    With `bench`, a new tablet takes the place of the bench with that id.
    """
    _require_node(here)
    name = " ".join(name.split())
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
        raise Refused(N_("A bench's name has 1 to 80 letters."))
    if not 1 <= minutes <= MOST_MINUTES:
        raise Refused(N_("A code is good for a minute at least and a day at most."))
    code = Code(secrets.token_bytes(SECRET_SIZE), fingerprint(here.device.key.public))
    ends = here.clock.now() + minutes * 60
    with here.journal.writing() as db:
        db.conn.execute("DELETE FROM enrolments WHERE ends < ?", (here.clock.now(),))
        if bench is not None and not fleet.all_keys(db, bench):
            raise Refused(N_("There is no bench {bench}."), bench=bench)
        taken = bench or free_id(db, name)
        row = (sha256(code.secret).digest(), taken, name, ends)
        db.conn.execute("INSERT INTO enrolments (secret, bench, name, ends) VALUES (?, ?, ?, ?)", row)
    return {"code": str(code), "bench": taken, "ends": ends}


def revoke(here: Services, *, bench: str) -> Mapping[str, Any]:
    """Lock a bench out: its keys are worth nothing any more; `bench`."""
    _require_node(here)
    with here.journal.writing() as db:
        if not fleet.live_keys(db, bench):
            raise Refused(N_("There is no bench {bench} that could be locked out."), bench=bench)
        held = {s.name: s.size for s in here.journal.sources(db) if device_of(s.name) == bench}
        here.journal.record(BENCH_REVOKED, Revoked(bench, held))
    return {"bench": bench}


def lock_out(here: Services, *, bench: str) -> Mapping[str, Any]:
    """Lock a bench out and give everybody a new PIN, both or neither; `bench`, `pins` (number, name, PIN)."""
    return {"bench": bench, **renew_pins(here, lambda: revoke(here, bench=bench))}


def free_id(db: Database, name: str) -> str:
    """An id that no bench has or was promised yet: `linden-bakery`, then `linden-bakery-2`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    wanted = re.sub(r"[^a-z0-9]+", "-", plain)[:MAX_ID].strip("-") or "bench"
    query = "SELECT bench FROM benches UNION SELECT bench FROM enrolments"
    taken = {CENTRAL_ID, *(bench for (bench,) in db.conn.execute(query))}
    number, free = 1, wanted
    while free in taken:
        number += 1
        free = f"{wanted}-{number}"
    return free


def enrol(here: Services, incoming: Incoming, throttle: Throttle) -> Welcome:
    """Take in a device that brings a good code; the same device may ask again until the code ends."""
    if throttle.is_full:
        raise NodeRefused("wait", "Too many wrong codes. Wait a minute.")
    asked = _asked(incoming)
    with here.journal.writing() as db:
        row = db.conn.execute(
            "SELECT bench, name, ends, key FROM enrolments WHERE secret = ?", (sha256(asked.secret).digest(),)
        ).fetchone()
        if row is None:
            throttle.count()
            raise NodeRefused("code", "The node does not know this code. Ask the coordinator for a new one.")
        bench, name, ends, used_by = row
        if used_by not in (None, asked.key):
            raise NodeRefused(
                "code", "This code was used by another device. Ask the coordinator for a new one."
            )
        if ends < here.clock.now():
            raise NodeRefused("code", "This code has ended. Ask the coordinator for a new one.")
        if used_by is None:
            here.journal.record(BENCH_ENROLLED, Enrolled(bench, name, asked.key))
            mark = "UPDATE enrolments SET key = ? WHERE secret = ?"
            db.conn.execute(mark, (asked.key, sha256(asked.secret).digest()))
        return _welcome(here, db, bench, name)


def _asked(incoming: Incoming) -> Enrol:
    """The request; NodeRefused unless it is signed by the key that it wants enrolled."""
    try:
        asked = decode(incoming.text, Enrol)
        message = Asked("POST", incoming.path, dict(incoming.headers))
        check(message, incoming.body, asked.key, asked.key.hex(), ASKED)
    except FormatError as error:
        raise NodeRefused("format", str(error)) from error
    except SignatureError as error:
        raise NodeRefused("signature", str(error)) from error
    return asked


def _welcome(here: Services, db: Database, bench: str, name: str) -> Welcome:
    former = [s.name for s in here.journal.sources(db) if device_of(s.name) == bench]
    identity = here.device.identity
    return Welcome(
        network=identity.network,
        bench=bench,
        name=name,
        node_key=here.device.key.public,
        node=here.journal.source,
        former=former[-1] if former else "",
        trust=trust.history(db)[-MAX_LISTS:],
    )


def _require_node(here: Services) -> None:
    if not here.device.is_central:
        raise Refused("That is for the node, not for a bench.")
