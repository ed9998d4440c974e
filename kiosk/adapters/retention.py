"""Forgetting: what its declaration keeps for some days is reduced to 32 bytes when they are over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from sqlite_utils import Database

from kiosk.adapters.journal import Journal
from kiosk.adapters.meta import get_meta, set_meta
from kiosk.core.clock import corrected
from kiosk.core.event import Entry, split_place

_KEY = "forgotten"
_DAY = 86400


def forget_daily(journal: Journal, now: int) -> int:
    """Once a day, erase what is past its time; how many events. `now`: POSIX seconds of a verified clock."""
    today = datetime.fromtimestamp(now, UTC).date().isoformat()
    if get_meta(journal.store.reading(), _KEY) == today:
        return 0
    with journal.writing() as db:
        erased = journal.erase(_without(overdue(journal, db, now), _kept(journal, db)))
        set_meta(db, _KEY, today)
    if erased:
        journal.store.fold()
    return erased


def forget_spent(journal: Journal, now: int | None) -> int:
    """Erase what the features say is of no more use; how many events.

    To be asked often. `now`: POSIX seconds, None while the clock is not verified.
    """
    if not _spent(journal, journal.store.reading(), now):
        return 0
    with journal.writing() as db:
        erased = journal.erase(_without(_by_source(_spent(journal, db, now)), _kept(journal, db)))
    if erased:
        journal.store.fold()
    return erased


def _spent(journal: Journal, db: Database, now: int | None) -> list[str]:
    """Those of them that are held whole."""
    features = journal.models.features
    places = [place for one in features if one.spent is not None for place in one.spent(db.conn, now)]
    return [place for place in places if journal.holds_whole(db, place)]


def _kept(journal: Journal, db: Database) -> set[str]:
    """Events that are not erased, whatever their days."""
    features = journal.models.features
    return {place for one in features if one.kept is not None for place in one.kept(db.conn)}


def _by_source(places: Iterable[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for place in places:
        source, seq = split_place(place)
        found[source].append(seq)
    return found


def _without(found: Mapping[str, Sequence[int]], kept: Collection[str]) -> dict[str, list[int]]:
    return {name: [seq for seq in seqs if f"{name}/{seq}" not in kept] for name, seqs in found.items()}


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
