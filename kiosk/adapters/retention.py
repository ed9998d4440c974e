"""Forgetting: what its declaration keeps for some days is reduced to 32 bytes when they are over."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime

from sqlite_utils import Database

from kiosk.adapters.journal import Journal
from kiosk.adapters.meta import get_meta, set_meta
from kiosk.core.clock import corrected
from kiosk.core.event import Entry

_KEY = "forgotten"
_DAY = 86400


def forget_daily(journal: Journal, now: int) -> int:
    """Once a day, erase what is past its time; how many events. `now`: POSIX seconds of a verified clock."""
    today = datetime.fromtimestamp(now, UTC).date().isoformat()
    if get_meta(journal.store.reading(), _KEY) == today:
        return 0
    with journal.writing() as db:
        erased = journal.erase(overdue(journal, db, now))
        set_meta(db, _KEY, today)
    if erased:
        journal.store.fold()
    return erased


def overdue(journal: Journal, db: Database, now: int) -> dict[str, list[int]]:
    """The events, by source, whose days are over at POSIX second `now`, counted from their own time."""
    began = {
        (source, boot): at for source, boot, at in db.conn.execute("SELECT source, boot, began FROM boots")
    }
    found: dict[str, list[int]] = defaultdict(list)
    for entry in journal.entries(db):
        days = _keep_days(journal, entry)
        at = corrected(entry.at, began.get((entry.source, entry.boot)), entry.uptime)
        if days is not None and at + days * _DAY <= now:
            found[entry.source].append(entry.seq)
    return found


def _keep_days(journal: Journal, entry: Entry) -> int | None:
    kind = journal.models.registry.types.get(entry.type)
    return None if kind is None else kind.keep_days
