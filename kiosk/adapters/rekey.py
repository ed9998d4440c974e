"""A node that goes over to another key, once its trust list names that key.

The next key lies beside the present one. The new epoch is opened first and remembers for which key, then the
key takes its place by a rename: a power cut at any step leaves this to be called again.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.adapters import trust
from kiosk.adapters.datadir import DataDir
from kiosk.adapters.device import Device
from kiosk.adapters.epoch import open_epoch
from kiosk.adapters.files import sync_directory
from kiosk.adapters.journal import Journal
from kiosk.adapters.keys import DeviceKey
from kiosk.adapters.meta import get_meta, set_meta

_OPENED_FOR = "epoch-key"


def go_over(journal: Journal, device: Device, data: DataDir) -> Device:
    """The node as it goes on: with its next key when there is one and the list in force names it.

    To be called before anything is recorded or signed.
    """
    if not device.is_central or not data.next_key.exists():
        return device
    key, listed = DeviceKey.load(data.next_key), trust.load(journal.store.reading())
    if listed is None or key.public not in listed.node_keys:
        return device
    if get_meta(journal.store.reading(), _OPENED_FOR) != key.public.hex():
        with journal.writing() as db:
            set_meta(db, _OPENED_FOR, key.public.hex())
            device = open_epoch(journal, device, "the node's key was replaced")
    data.next_key.replace(data.key)
    sync_directory(data.path)
    return replace(device, key=key)
