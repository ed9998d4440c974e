"""Beginning a new log of this device, without losing what the old one had not yet given away."""

from __future__ import annotations

from collections.abc import Iterable

from sqlite_utils import Database

from kiosk.adapters.checkpoints import mark_forked
from kiosk.adapters.device import CORRECTED, Corrected
from kiosk.adapters.epoch import open_epoch
from kiosk.core.event import Form, Whole, head_of, new_salt, written_again
from kiosk.web.services import Services

_BEGAN = """
SELECT boot, began FROM boots WHERE source = ?1 AND boot NOT IN (SELECT boot FROM boots WHERE source = ?2)"""


def begin_again(here: Services, name: str, reason: str) -> int:
    """Write the unacknowledged events of the log `name`, which the node has otherwise, again; how many.

    When it is the present log, a new epoch opens first. Each event is written once more, naming the place it
    had, and at that place only its 32 bytes stay: so nothing is lost, and nothing counts twice in
    read-models. All of it happens, or nothing.
    """
    journal, device = here.journal, here.device
    try:
        with journal.writing() as db:
            source = journal.find(db, name)
            mark_forked(db, source)
            again = journal.forms(db, source, source.acked + 1, source.size)
            bodies = {
                seq: form.body for seq, form in enumerate(again, source.acked + 1) if isinstance(form, Whole)
            }
            journal.erase({name: list(bodies)}, moved=True)
            if name == journal.source:
                here.device = open_epoch(journal, device, reason, source.acked)
            _write(here, name, bodies, journal.find(db, journal.source).size + 1)
            _correct(here, db, name, bodies.values())
    except BaseException:
        here.device, journal.source = device, device.identity.source
        raise
    return len(bodies)


def _write(here: Services, name: str, bodies: dict[int, bytes], first: int) -> None:
    """Append the events of `name` to the present log, the first of them at `first`."""
    present = here.journal.source
    moved = {seq: f"{present}/{place}" for place, seq in enumerate(bodies, first)}
    forms: list[Form] = [
        Whole(new_salt(), written_again(body, name, seq, moved)) for seq, body in bodies.items()
    ]
    here.journal.append(present, first, forms)


def _correct(here: Services, db: Database, name: str, bodies: Iterable[bytes]) -> None:
    """Say in the present log too what is known of the times of what moved there, and of what follows."""
    heads = [head for head in map(head_of, bodies) if head is not None]
    boots = {head.boot for head in heads} | {here.clock.tick().boot}
    known = [Corrected(boot, began) for boot, began in db.conn.execute(_BEGAN, (name, here.journal.source))]
    facts = [(CORRECTED, one) for one in known if one.boot in boots]
    if facts:
        here.journal.record_all(facts, housekeeping=True)
