"""Beginning a new log of this device, without losing what the old one had not yet given away."""

from __future__ import annotations

from sqlite_utils import Database

from kiosk.adapters.checkpoints import mark_forked
from kiosk.adapters.device import CORRECTED, Corrected
from kiosk.adapters.epoch import open_epoch
from kiosk.core.event import Form, Whole, new_salt, written_again
from kiosk.web.services import Services


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
            journal.erase(name, list(bodies))
            if name == journal.source:
                here.device = open_epoch(journal, device, reason, source.acked)
            boots = _write(here, name, bodies, journal.find(db, journal.source).size + 1)
            _correct(here, db, name, boots)
    except BaseException:
        here.device, journal.source = device, device.identity.source
        raise
    return len(bodies)


def _write(here: Services, name: str, bodies: dict[int, bytes], first: int) -> set[str]:
    """Append the events of `name` to the present log, the first at `first`; the boots they were written in."""
    present = here.journal.source
    moved = {seq: f"{present}/{place}" for place, seq in enumerate(bodies, first)}
    forms: list[Form] = [
        Whole(new_salt(), written_again(body, name, seq, moved)) for seq, body in bodies.items()
    ]
    return {entry.boot for entry in here.journal.append(present, first, forms).entries}


def _correct(here: Services, db: Database, name: str, boots: set[str]) -> None:
    """Say again, in the present log, when those boots began whose clock was set right in the log `name`."""
    present, query = here.journal.source, "SELECT boot, began FROM boots WHERE source = ?"
    known = dict(db.conn.execute(query, (present,)).fetchall())
    began = [row for row in db.conn.execute(query, (name,)) if row[0] in boots and row[0] not in known]
    if began:
        facts = [(CORRECTED, Corrected(*row)) for row in began]
        here.journal.record_all(facts, housekeeping=True)
