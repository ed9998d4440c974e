"""What a bench does with the node's answer: in one transaction, all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from kiosk.adapters import trust
from kiosk.adapters.checkpoints import keep_checkpoint, keep_cosignature, set_acked, set_aside
from kiosk.adapters.device import cosigner
from kiosk.adapters.keys import verify
from kiosk.core.checkpoint import Checkpoint, check_cosignature
from kiosk.core.errors import Fork, FormatError, Gap, NodeRefused, SignatureError
from kiosk.core.event import device_of
from kiosk.core.note import Signature
from kiosk.sync import fleet, trusting
from kiosk.sync.batches import take
from kiosk.sync.outbox import Offer
from kiosk.sync.protocol import Answer, Batch, Cosigned, Exchange, encode
from kiosk.sync.state import Cursor, save_cursor
from kiosk.web.services import Services

MOST_REASON = 400
"""Letters of a reason that the node gives for what it put in quarantine."""


@dataclass
class Counts:
    """What a sync did: events given and got, and batches that were not taken."""

    sent: int = 0
    received: int = 0
    refused: int = 0

    @property
    def said(self) -> str:
        """One line about it."""
        line = f"Sent {self.sent}, received {self.received}."
        return line if not self.refused else f"{line} {self.refused} batches did not hold and were set aside."


def settle(here: Services, asked: Exchange, offer: Offer | None, answer: Answer, counts: Counts) -> None:
    """Store what the answer says and brings. NodeRefused: its cosignature does not hold; nothing stored."""
    with here.journal.writing() as db:
        if answer.trust:
            trusting.receive(here, answer.trust)
        if offer is not None:
            _acknowledged(here, db, offer, answer)
            counts.sent += len(offer.batch.events)
        for batch in answer.batches:
            _receive(here, db, batch, counts)
        if answer.node:
            _missing(here, db, asked, answer)
            save_cursor(db, Cursor(here.journal.source, answer.node, answer.cursor))


def _acknowledged(here: Services, db: Database, offer: Offer, answer: Answer) -> None:
    """Believe the node that it holds a batch: only for its cosignature on exactly that."""
    source, size = offer.source, offer.tree.size
    checkpoint = Checkpoint(f"{here.device.identity.network}/{source.name}", size, offer.tree.root())
    line = _checked(here, checkpoint, answer.cosignature)
    keep_checkpoint(db, source, offer.tree, offer.batch.checkpoint)
    keep_cosignature(db, source, size, here.device.cosigner_key.name, line)
    set_acked(db, source, size)
    sent = range(offer.batch.first, offer.batch.last + 1)
    rows = [(source.name, seq, why[:MOST_REASON]) for seq, why in answer.quarantined.items() if seq in sent]
    db.conn.executemany("INSERT OR REPLACE INTO reported VALUES (?, ?, ?)", rows)


def _checked(here: Services, checkpoint: Checkpoint, cosigned: Cosigned | None) -> str:
    if cosigned is None or cosigned.size != checkpoint.size:
        raise NodeRefused("signature", "The node did not acknowledge what it was sent.")
    keys = trust.node_keys(here.db, here.device, here.clock.lapse_time())
    try:
        line = Signature.parse(cosigned.line)
        by = [key for key in (cosigner(here.device.identity.network, one) for one in keys) if line.is_by(key)]
        check_cosignature(checkpoint, line, by[0] if by else here.device.cosigner_key, verify)
    except (SignatureError, FormatError):
        raise NodeRefused("signature", "The node's acknowledgement does not hold.") from None
    return cosigned.line


def _receive(here: Services, db: Database, batch: Batch, counts: Counts) -> None:
    """Take a batch in. One that does not hold is set aside, and is not in the way of the next."""
    source = here.journal.find(db, batch.source)
    if source.forked:
        return
    try:
        if batch.source == here.journal.source:
            raise Fork("The node sent this bench its own present log.")
        keys = fleet.signers(here, db, batch.source)
        _, appended = take(here.journal, here.device.identity.network, batch, keys)
        set_acked(db, source, max(source.acked, batch.last))
        counts.received += appended.new
    except (FormatError, SignatureError, Gap, Fork) as error:
        counts.refused += 1
        reason = f"from the node: {error}"
        set_aside(db, device_of(batch.source), here.clock.now(), reason, encode(batch))


def _missing(here: Services, db: Database, asked: Exchange, answer: Answer) -> None:
    """Note what the node turns out not to hold. When the cursor began anew, it told all that it has.

    A node that began anew may also have been given another history of a log of ours, as long as the one that
    we gave it. So the last event of each is sent once more, and a fork is found.
    """
    anew = answer.node != asked.epoch
    told_all = anew or asked.cursor == 0
    if not told_all and not answer.held:
        return
    for source in here.journal.sources(db):
        held = answer.held.get(source.name, 0 if told_all else source.acked)
        if anew and asked.epoch and device_of(source.name) == here.device.identity.device:
            held = max(0, min(held, source.acked) - 1)
        if held < source.acked:
            set_acked(db, source, held)
