"""The node's side of an exchange: who asks, what they bring, what they get."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sqlite_utils import Database

from kiosk.adapters import trust
from kiosk.adapters.checkpoints import cosignature_at, keep_cosignature, set_aside, sizes
from kiosk.adapters.journal import Source
from kiosk.adapters.keys import fingerprint
from kiosk.adapters.signing import Asked, check
from kiosk.core.checkpoint import Checkpoint, cosign
from kiosk.core.errors import Fork, FormatError, Gap, NodeRefused, SignatureError, TooLarge
from kiosk.core.event import CENTRAL_ID, Leaf, device_of
from kiosk.core.note import Signature
from kiosk.sync import fleet
from kiosk.sync.batches import take
from kiosk.sync.pages import page_for, seal
from kiosk.sync.protocol import (
    ASKED,
    COUNTER,
    MAX_LISTS,
    NODE,
    SOURCE,
    SOURCE_PATTERN,
    Answer,
    Batch,
    Cosigned,
    Exchange,
    decode,
    encode,
    unpack,
)
from kiosk.web.services import Services


@dataclass(frozen=True)
class Incoming:
    """A request as it came: the body as sent."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def source(self) -> str:
        """The log that the asking bench writes; NodeRefused when that is no name of one."""
        name = self.headers.get(SOURCE, "")
        if re.search(SOURCE_PATTERN, name) is None:
            raise NodeRefused("format", "The request names no log.")
        return name

    @property
    def counter(self) -> int:
        """How many-th request of that log it is; NodeRefused when that is not a number."""
        digits = self.headers.get(COUNTER, "")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
            raise NodeRefused("format", "The request has no counter.")
        return int(digits)

    @property
    def text(self) -> bytes:
        """The body, unpacked; FormatError or TooLarge when it does not unpack."""
        return unpack(self.body, self.headers.get("Content-Encoding", ""))

    def is_signed(self, key: bytes, key_id: str) -> bool:
        """Whether `key` signed it."""
        try:
            check(Asked("POST", self.path, dict(self.headers)), self.body, key, key_id, ASKED)
        except SignatureError:
            return False
        return True


def exchange(here: Services, incoming: Incoming) -> Answer:
    """One exchange; NodeRefused, with nothing stored, when it cannot be."""
    counter, bench = incoming.counter, device_of(incoming.source)
    if incoming.headers.get(NODE, "") != fingerprint(here.device.key.public).hex():
        raise NodeRefused("signature", "That is meant for another node.")
    known = fleet.all_keys(here.db, bench)
    if known:
        _authenticate(here, incoming, bench, known)
    with _refusals(here):
        asked = decode(incoming.text, Exchange)
    if not known:
        return _from_unknown(here, asked)
    return _exchange(here, incoming.source, counter, asked)


def _exchange(here: Services, source: str, counter: int, asked: Exchange) -> Answer:
    cosigned, quarantined = None, {}
    with _refusals(here, asked.batch), here.journal.writing() as db:
        _count(here, db, source, counter)
        seal(here, db)
        if asked.batch is not None:
            cosigned = _take(here, db, asked.batch, device_of(source))
            quarantined = _reasons(here, db, asked.batch)
    page = page_for(here, source, asked.epoch, asked.cursor)
    return Answer(
        node=here.journal.source,
        cursor=page.cursor,
        held=page.held,
        cosignature=cosigned,
        batches=page.batches,
        more=page.more,
        quarantined=quarantined,
        trust=trust.history(here.db, asked.trust)[:MAX_LISTS],
    )


def _authenticate(here: Services, incoming: Incoming, bench: str, known: list[bytes]) -> None:
    """Refuse whoever is not this bench; what a revoked one sends is set aside."""
    live = fleet.live_keys(here.db, bench)
    if any(incoming.is_signed(key, bench) for key in live):
        return
    if any(incoming.is_signed(key, bench) for key in known if key not in live):
        _keep_aside(here, bench, incoming)
        raise NodeRefused("revoked", "This bench was locked out. Ask a coordinator.")
    raise NodeRefused("signature", "This request was not signed by the bench that it names.")


def _keep_aside(here: Services, bench: str, incoming: Incoming) -> None:
    """Keep the events that a revoked bench sends, for a person to judge; what else it asks is not kept."""
    with suppress(FormatError):
        batch = decode(incoming.text, Exchange).batch
        if batch is not None:
            with here.journal.writing() as db:
                set_aside(db, bench, here.clock.now(), "sent after it was locked out", encode(batch))


def _count(here: Services, db: Database, name: str, counter: int) -> None:
    source = here.journal.find(db, name)
    if counter <= source.counter:
        raise NodeRefused("replay", "This request came before.", source.counter)
    now = here.clock.now()
    db.conn.execute("UPDATE sources SET counter = ?, seen = ? WHERE id = ?", (counter, now, source.id))


def _take(here: Services, db: Database, batch: Batch, bench: str) -> Cosigned:
    """Store a batch and say so with a cosignature."""
    trusted = fleet.end_of_trust(db, batch.source)
    if trusted is not None and batch.last > trusted:
        raise NodeRefused("revoked", "The bench that wrote this was locked out.")
    before = here.journal.find(db, batch.source)
    keys = fleet.signers(here, db, batch.source)
    checkpoint, _ = take(here.journal, here.device.identity.network, batch, keys)
    _note_lent(db, before, batch, bench)
    return _cosigned(here, db, before, checkpoint)


def _cosigned(here: Services, db: Database, source: Source, checkpoint: Checkpoint) -> Cosigned:
    key = here.device.cosigner_key
    line = cosignature_at(db, source, checkpoint.size, key.name)
    if line is None or not Signature.parse(line).is_by(key):  # a former key's is no use to whoever asks now
        line = str(cosign(checkpoint, here.clock.now(), key, here.device.key.sign))
        keep_cosignature(db, source, checkpoint.size, key.name, line)
    return Cosigned(checkpoint.size, line)


def _note_lent(db: Database, before: Source, batch: Batch, bench: str) -> None:
    """Remember from where on a log came back from others without its private parts, until its owner comes."""
    lent = db.conn.execute("SELECT lent FROM sources WHERE id = ?", (before.id,)).fetchone()[0]
    if device_of(batch.source) == bench:
        if lent is not None and batch.first <= lent <= batch.last:
            done = batch.last >= before.size
            now = (None if done else batch.last + 1, before.id)
            db.conn.execute("UPDATE sources SET lent = ? WHERE id = ?", now)
        return
    bare = [seq for seq, form in enumerate(batch.forms(), batch.first) if isinstance(form, Leaf)]
    new = [seq for seq in bare if seq > before.size]
    if new and device_of(batch.source) != CENTRAL_ID and lent is None:
        db.conn.execute("UPDATE sources SET lent = ? WHERE id = ?", (new[0], before.id))


def _reasons(here: Services, db: Database, batch: Batch) -> dict[int, str]:
    """Which events of a batch lie in quarantine, and why."""
    query = "SELECT seq, reason FROM quarantine WHERE source = ? AND seq BETWEEN ? AND ?"
    source = here.journal.find(db, batch.source)
    return dict(db.conn.execute(query, (source.id, batch.first, batch.last)).fetchall())


def _from_unknown(here: Services, asked: Exchange) -> Answer:
    """A bench whose enrolment this node has lost may give the node's own former logs back, nothing else.

    They need no other proof than the node's own signature on them.
    """
    if asked.batch is None or device_of(asked.batch.source) != CENTRAL_ID:
        held = {name: size for name, size in sizes(here.db).items() if device_of(name) == CENTRAL_ID}
        raise NodeRefused("unknown", "The node does not know this bench. Enrol it again.", sources=held)
    with _refusals(here, asked.batch), here.journal.writing() as db:
        cosigned = _take(here, db, asked.batch, CENTRAL_ID)
    return Answer(node="", cursor=asked.cursor, cosignature=cosigned)


@contextmanager
def _refusals(here: Services, batch: Batch | None = None) -> Iterator[None]:
    """What goes wrong with a batch, as the refusal that the bench is told. A fork is set aside."""
    try:
        yield
    except Gap as error:
        held = sizes(here.db).get(batch.source, 0) if batch is not None else 0
        raise NodeRefused("gap", str(error), held) from error
    except Fork as error:
        if batch is not None:
            with here.journal.writing() as db:
                set_aside(db, batch.source, here.clock.now(), str(error), encode(batch))
        raise NodeRefused("fork", str(error), error.agreed) from error
    except SignatureError as error:
        raise NodeRefused("signature", str(error)) from error
    except TooLarge as error:
        raise NodeRefused("too-large", str(error)) from error
    except FormatError as error:
        raise NodeRefused("format", str(error)) from error
