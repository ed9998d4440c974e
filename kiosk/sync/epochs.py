"""Beginning a new log of this device, without losing what the old one had not yet given away."""

from __future__ import annotations

from kiosk.adapters.checkpoints import mark_forked
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
            journal.erase({name: list(bodies)}, moved=True)
            if name == journal.source:
                here.device = open_epoch(journal, device, reason, source.acked)
            _write(here, name, bodies, journal.find(db, journal.source).size + 1)
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
