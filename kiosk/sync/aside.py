"""What a person at the node makes of batches that were set aside: look, drop, or take after all."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlite_utils import Database

from kiosk.adapters.erasing import note_erased
from kiosk.core.errors import Fork, FormatError, Gap, Invalid, Refused, SignatureError
from kiosk.core.event import Whole, device_of
from kiosk.core.night import utc
from kiosk.people import members
from kiosk.sync import fleet
from kiosk.sync.batches import take
from kiosk.sync.events import BENCH_TRUSTED, Trusted
from kiosk.sync.protocol import Batch, Exchange, decode, unpack
from kiosk.web.services import Services

_GZIP = b"\x1f\x8b"


def listed(here: Services) -> Mapping[str, Any]:
    """Everything that lies aside; `aside`: number, log or bench, when it was found, why, how many events."""
    rows = here.db.conn.execute("SELECT id, source, found, reason, batch FROM forks ORDER BY id")
    return {
        "aside": [
            [number, source, utc(found), reason, _count(raw)] for number, source, found, reason, raw in rows
        ]
    }


def shown(here: Services, *, number: int) -> Mapping[str, Any]:
    """One batch in plain words; `lines`: a sentence for each of its events, and `source`, `first`, `last`."""
    batch = _batch(here.db, number)
    lines = [_sentence(here, batch.source, batch.first + i, form) for i, form in enumerate(batch.forms())]
    return {"source": batch.source, "first": batch.first, "last": batch.last, "lines": lines}


def dropped(here: Services, *, number: int) -> Mapping[str, Any]:
    """Erase a batch."""
    with here.journal.writing() as db:
        if not db.conn.execute("DELETE FROM forks WHERE id = ?", (number,)).rowcount:
            raise Refused(f"Nothing lies aside under {number}.")
        note_erased(db)
    here.journal.store.fold()
    return {"number": number}


def taken(here: Services, *, number: int) -> Mapping[str, Any]:
    """Take a batch of a bench that was locked out as if it had not been; `source`, `new` events.

    For what was written before the theft. Refused when it does not follow on what is held.
    """
    batch = _batch(here.db, number)
    signers = fleet.signers(here, here.db, batch.source)
    try:
        with here.journal.writing() as db:
            here.journal.record(BENCH_TRUSTED, Trusted(device_of(batch.source), batch.source, batch.last))
            _, appended = take(here.journal, here.device.identity.network, batch, signers)
            db.conn.execute("DELETE FROM forks WHERE id = ?", (number,))
            note_erased(db)
    except (Gap, Fork, SignatureError, FormatError) as error:
        raise Refused(f"That batch cannot be taken: {error}") from error
    return {"source": batch.source, "new": appended.new}


def _batch(db: Database, number: int) -> Batch:
    row = db.conn.execute("SELECT batch FROM forks WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise Refused(f"Nothing lies aside under {number}.")
    batch = read(row[0])
    if batch is None:
        raise Refused("That holds no events that could be read.")
    return batch


def read(raw: bytes) -> Batch | None:
    """A batch as it was set aside: alone, or inside the exchange that brought it."""
    with suppress(FormatError):
        return decode(unpack(raw, "gzip" if raw.startswith(_GZIP) else ""), Exchange).batch
    with suppress(FormatError):
        return decode(raw, Batch)
    return None


def _count(raw: bytes) -> int:
    batch = read(raw)
    return 0 if batch is None else len(batch.events)


def _sentence(here: Services, source: str, seq: int, form: object) -> str:
    if not isinstance(form, Whole):
        return "An event of which only 32 bytes came."
    try:
        entry = here.journal.models.registry.decode(source, seq, form.body)
    except Invalid as error:
        return f"An event that does not read: {error}"
    describe = {kind.name: feature.describe for feature in here.features for kind in feature.events}
    say = describe.get(entry.type)
    words = say(entry, lambda member: members.name_of(here.db.conn, member)) if say else entry.type
    return f"{utc(entry.at)}  {words}"
