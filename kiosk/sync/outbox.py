"""What a bench sends next: whatever the node is not known to hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sqlite_utils import Database

from kiosk.adapters.checkpoints import next_checkpoint
from kiosk.adapters.device import Device
from kiosk.adapters.journal import Journal, Source
from kiosk.core.errors import Damaged
from kiosk.core.event import CENTRAL_ID, device_of
from kiosk.core.tree import Tree
from kiosk.sync.batches import fitting, sign_tree
from kiosk.sync.protocol import MAX_EVENTS, Batch


@dataclass(frozen=True)
class Offer:
    """A batch to send, and the tree of its source at the batch's end."""

    batch: Batch
    source: Source
    tree: Tree


class Limits(NamedTuple):
    """How many events go into a batch, and of which log none beyond which size."""

    events: int = MAX_EVENTS
    until: tuple[str, int] | None = None

    def last(self, source: Source) -> int:
        """The last event of `source` that may be sent next."""
        name, size = self.until or ("", 0)
        return min(source.acked + self.events, size if name == source.name else source.size)


def check_tail(journal: Journal, db: Database) -> None:
    """Damaged when the events of this device that the node lacks are not those that were written.

    To be asked before the first of them is sent: what the node has cosigned cannot be taken back.
    """
    source = journal.find(db, journal.source)
    tree = journal.tree_at(db, source, source.acked) if source.acked < source.size else source.tree
    for first in range(tree.size + 1, source.size + 1, MAX_EVENTS):
        for form in journal.forms(db, source, first, min(first + MAX_EVENTS - 1, source.size)):
            tree.append(form.leaf)
    _require_sound(tree, source)


def _require_sound(tree: Tree, source: Source) -> None:
    if tree.root() != source.tree.root():
        raise Damaged("Events here are not those that were written. Ask for help: safe-bench doctor.")


def next_offer(journal: Journal, device: Device, db: Database, limits: Limits | None = None) -> Offer | None:
    """The next batch, None when the node holds everything: the node's own former logs first, then ours.

    Damaged when what is held does not give the root that it had when it was written.
    """
    for source in sorted(journal.unsent(db), key=lambda s: _turn(s, device)):
        if device_of(source.name) == device.identity.device:
            return _own(journal, device, db, source, limits or Limits())
        offer = _others(journal, db, source)
        if offer is not None:
            return offer
    return None


def _turn(source: Source, device: Device) -> tuple[int, int]:
    owner = device_of(source.name)
    if owner == CENTRAL_ID:
        return 0, source.id
    if source.name == device.identity.source:
        return 1, source.id
    return (2 if owner == device.identity.device else 3), source.id


def _own(journal: Journal, device: Device, db: Database, source: Source, limits: Limits) -> Offer:
    """The next events of a log of this device, with a checkpoint made now."""
    held = journal.forms(db, source, source.acked + 1, limits.last(source))
    forms = fitting(held, limits.events)
    tree = journal.tree_at(db, source, source.acked)
    for form in forms:
        tree.append(form.leaf)
    if tree.size == source.size:
        _require_sound(tree, source)
    note = sign_tree(device, source.name, tree)
    return Offer(Batch.of(source.name, source.acked + 1, forms, note), source, tree)


def _others(journal: Journal, db: Database, source: Source) -> Offer | None:
    """The next segment of somebody else's log, with the checkpoint that came with it."""
    found = next_checkpoint(db, source, source.acked)
    if found is None:
        return None
    size, note = found
    forms = journal.forms(db, source, source.acked + 1, size)
    batch = Batch.of(source.name, source.acked + 1, forms, note)
    return Offer(batch, source, journal.tree_at(db, source, size))
