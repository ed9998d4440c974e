"""Batches: made from a journal, and taken into one. The same on both sides."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from sqlite_utils import Database

from kiosk.adapters.checkpoints import keep_checkpoint
from kiosk.adapters.device import Device
from kiosk.adapters.journal import Appended, Journal
from kiosk.adapters.keys import verify
from kiosk.core.checkpoint import Checkpoint, sign_checkpoint
from kiosk.core.errors import Fork
from kiosk.core.event import Form
from kiosk.core.note import VerifierKey
from kiosk.core.tree import Tree
from kiosk.sync.protocol import MAX_BODIES, MAX_EVENTS, Batch


def fitting(forms: Sequence[Form], events: int = MAX_EVENTS) -> Sequence[Form]:
    """The first of these that fit into one batch of at most `events`; at least one."""
    room = MAX_BODIES * events // MAX_EVENTS
    ends = list(accumulate(len(form[-1]) for form in forms[:events]))
    return forms[: max(1, bisect_right(ends, room))]


def sign_tree(device: Device, source: str, tree: Tree) -> str:
    """The signed checkpoint of one of this device's own sources at the tree's size."""
    key = VerifierKey(f"{device.identity.network}/{source}", device.key.public)
    checkpoint = Checkpoint(key.name, tree.size, tree.root())
    return str(sign_checkpoint(checkpoint, key, device.key.sign))


def take(
    journal: Journal, network: str, batch: Batch, signers: Sequence[VerifierKey]
) -> tuple[Checkpoint, Appended]:
    """Append a batch whose checkpoint one of `signers` signed, and keep that checkpoint.

    FormatError, SignatureError, Gap or Fork: nothing was stored.
    """
    note, checkpoint = batch.signed(network)
    note.check(signers, verify)
    with journal.writing() as db:
        appended = journal.append(batch.source, batch.first, batch.forms(), checkpoint.root)
        tree = tree_after(journal, db, batch)
        if tree.root() != checkpoint.root:
            raise Fork(f"The events of {batch.source} do not give the root that it signed.", 0)
        keep_checkpoint(db, journal.find(db, batch.source), tree, batch.checkpoint)
    return checkpoint, appended


def tree_after(journal: Journal, db: Database, batch: Batch) -> Tree:
    """The tree of what is held, up to the batch's end."""
    return journal.tree_at(db, journal.find(db, batch.source), batch.last)
