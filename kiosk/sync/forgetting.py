"""What was set aside has its time too: each event in it by its own days, all of it in 28."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlite_utils import Database

from kiosk.adapters import ages
from kiosk.adapters.erasing import note_erased
from kiosk.adapters.meta import get_meta, set_meta
from kiosk.core.clock import corrected
from kiosk.core.event import Form, Leaf, Registry, Whole, head_of
from kiosk.core.retention import DAY, UNREADABLE_DAYS, Stamp, keep_days, written_at
from kiosk.sync.aside import read
from kiosk.sync.protocol import Batch, encode
from kiosk.web.services import Services

_KEY = "aside-forgotten"


def forget(here: Services) -> None:
    """Once a day, by a clock that is verified."""
    if not here.clock.verified:
        return
    now = here.clock.now()
    today = datetime.fromtimestamp(now, UTC).date().isoformat()
    if get_meta(here.db, _KEY) == today:
        return
    with here.journal.writing() as db:
        _forget(db, here.journal.models.registry, now)
        set_meta(db, _KEY, today)


def _forget(db: Database, registry: Registry, now: int) -> None:
    db.conn.execute("UPDATE forks SET found = ?1 WHERE found > ?1", (now,))
    gone = db.conn.execute("DELETE FROM forks WHERE found + ? <= ?", (UNREADABLE_DAYS * DAY, now)).rowcount
    starts = ages.began(db)
    for number, found, raw in db.conn.execute("SELECT id, found, batch FROM forks").fetchall():
        batch = read(raw)
        left = None if batch is None else without_overdue(batch, registry, starts, found, now)
        if batch is not None and left is not None and left != batch:
            db.conn.execute("UPDATE forks SET batch = ? WHERE id = ?", (encode(left), number))
            gone += 1
    if gone:
        note_erased(db)


def without_overdue(batch: Batch, registry: Registry, starts: ages.Starts, found: int, now: int) -> Batch:
    """The batch with 32 bytes in place of what is past its time; it was there at POSIX second `found`."""
    forms = batch.forms()
    times = written_at([_stamp(batch.source, form, starts, found) for form in forms], now)
    left = [_left(form, registry, at, now) for form, at in zip(forms, times, strict=True)]
    return Batch.of(batch.source, batch.first, left, batch.checkpoint)


def _stamp(source: str, form: Form, starts: ages.Starts, found: int) -> Stamp:
    head = head_of(form.body) if isinstance(form, Whole) else None
    if head is None:
        return Stamp(found, exact=False, by=found)
    start = starts.get((source, head.boot))
    return Stamp(corrected(int(head.time.timestamp()), start, head.uptime), start is not None, found)


def _left(form: Form, registry: Registry, at: int, now: int) -> Form:
    head = head_of(form.body) if isinstance(form, Whole) else None
    days = None if head is None else keep_days(registry.types.get(head.type), head.scope)
    return form if days is None or at + days * DAY > now else Leaf(form.leaf)
