"""Epochs: when a device has to go on under a new source, and how it does.

Two copies of one database would both write event 1000 of the same source. So a database remembers its
machine and inode, and one that finds itself elsewhere, or short of what it had saved, begins a new source.
"""

from __future__ import annotations

from dataclasses import replace

import msgspec

from kiosk.adapters.device import OPENED, Device, Identity, Opened, machine_id, new_source, save_identity
from kiosk.adapters.journal import Journal
from kiosk.adapters.meta import get_meta, set_meta
from kiosk.adapters.opening import PLACE
from kiosk.adapters.store import Store


def settle(journal: Journal, device: Device) -> Device:
    """The device as it goes on after a start: under a new source when `epoch_needed` says so.

    To be called once the journal is open for writing, before anything is recorded.
    """
    store = journal.store
    reason = epoch_needed(store, device.identity)
    if reason is not None:
        device = open_epoch(journal, device, reason)
        store.lost_log = False
    elif get_meta(store.reading(), PLACE) is None:
        with store.writing() as db:
            set_meta(db, PLACE, _place(store))
    return device


def epoch_needed(store: Store, identity: Identity) -> str | None:
    """Why this database must not go on with its source, in words; None when it may."""
    if store.lost_log:
        return "what was saved last before the tablet stopped is gone"
    machine, _, inode = (get_meta(store.reading(), PLACE) or f"{identity.machine} ").rpartition(" ")
    here, _, this = _place(store).rpartition(" ")
    if machine and machine != here:
        return "the data was moved to another machine"
    if inode and inode != this:
        return "the database was copied"
    return None


def open_epoch(journal: Journal, device: Device, reason: str, size: int | None = None) -> Device:
    """Begin the device's next source; the device and `journal.source` as they are now. All or nothing.

    `size`: how much of the former source stands; all that is held of it, when left out.
    """
    former = journal.source
    source = new_source(device.identity.device, former)
    identity = msgspec.structs.replace(device.identity, source=source, machine=machine_id())
    try:
        with journal.writing() as db:
            stands = journal.find(db, former).size if size is None else size
            save_identity(db, identity)
            set_meta(db, PLACE, _place(journal.store))
            journal.source = source
            journal.record(OPENED, Opened(reason, former, stands), housekeeping=True)
    except BaseException:
        journal.source = former
        raise
    return replace(device, identity=identity)


def _place(store: Store) -> str:
    return f"{machine_id()} {store.path.stat().st_ino}"
