"""Beginning a new log of this device, without losing what the old one had not yet given away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from sqlite_utils import Database

from kiosk.adapters.checkpoints import mark_forked
from kiosk.adapters.device import OPENED, Device, Opened, machine_id, new_source, save_identity
from kiosk.core.event import Form, Whole, new_salt, with_former
from kiosk.web.services import Services


def begin_again(here: Services, name: str, reason: str) -> int:
    """Write the unacknowledged events of the log `name`, which the node has otherwise, again; how many.

    When it is the present log, a new epoch opens first. Each event is written once more with the place it
    had (`former`), and at its former place only its 32 bytes stay: so nothing is lost, and nothing counts
    twice in read-models. All of it happens, or nothing.
    """
    journal = here.journal
    with _journal_kept(here), journal.writing() as db:
        source = journal.find(db, name)
        mark_forked(db, source)
        again = dict(enumerate(journal.forms(db, source, source.acked + 1, source.size), source.acked + 1))
        bodies = {seq: form.body for seq, form in again.items() if isinstance(form, Whole)}
        journal.erase(name, list(bodies))
        if name == journal.source:
            open_epoch(here, db, reason, source.acked)
        forms: list[Form] = [
            Whole(new_salt(), with_former(body, f"{name}/{seq}")) for seq, body in bodies.items()
        ]
        journal.append(journal.source, journal.find(db, journal.source).size + 1, forms)
    return len(forms)


def open_epoch(here: Services, db: Database, reason: str, size: int) -> None:
    """Begin the device's next log; `size` is how much of the present one stands. Inside a transaction."""
    former = here.journal.source
    source = new_source(here.device.identity.device, former)
    identity = msgspec.structs.replace(here.device.identity, source=source, machine=machine_id())
    save_identity(db, identity)
    here.device = Device(identity, here.device.key)
    here.journal.source = source
    here.journal.record(OPENED, Opened(reason, former, size))


@contextmanager
def _journal_kept(here: Services) -> Iterator[None]:
    """Go back to the present log when what was done about it could not be stored."""
    device, source = here.device, here.journal.source
    try:
        yield
    except BaseException:
        here.device, here.journal.source = device, source
        raise
