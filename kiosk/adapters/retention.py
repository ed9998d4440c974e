"""Forgetting: what its declaration keeps for some days is reduced to 32 bytes when they are over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime

from sqlite_utils import Database

from kiosk.adapters import ages
from kiosk.adapters.erasing import FORGOTTEN, note_erased
from kiosk.adapters.journal import Journal
from kiosk.adapters.meta import get_meta, set_meta
from kiosk.adapters.readmodels import Places
from kiosk.core.event import split_place
from kiosk.core.retention import DAY, UNREADABLE_DAYS

_UNSEEN = "SELECT 1 FROM quarantine WHERE since IS NULL OR since > ?1"
_SEEN = "UPDATE quarantine SET since = ?1 WHERE since IS NULL OR since > ?1"
_UNREADABLE = (
    "SELECT s.name, q.seq FROM quarantine q JOIN sources s ON s.id = q.source WHERE q.since + ? <= ?"
)


def forget_daily(journal: Journal, now: int) -> int:
    """Once a day, erase what is past its time; how many events. `now`: POSIX seconds of a verified clock."""
    today = datetime.fromtimestamp(now, UTC).date().isoformat()
    if journal.store.reading().conn.execute(_UNSEEN, (now,)).fetchone():
        with journal.writing() as db:
            db.conn.execute(_SEEN, (now,))
    if get_meta(journal.store.reading(), FORGOTTEN) == today:
        return 0
    with journal.writing() as db:
        db.conn.execute("DELETE FROM enrolments WHERE ends < ?", (now,))
        note_erased(db)  # copies are gone through once a day, whatever was erased here
    erased = forget_overdue(journal, now)
    with journal.writing() as db:
        set_meta(db, FORGOTTEN, today)
    return erased


def forget_overdue(journal: Journal, now: int) -> int:
    """Erase what is past its time at POSIX second `now`, which is no later than it is; how many events."""
    due = overdue(journal, journal.store.reading(), now)
    return _erase(journal, due, lambda _db: due, now)


def forget_spent(journal: Journal, now: int | None) -> int:
    """Erase what the features say is of no more use; how many events.

    To be asked often. `now`: POSIX seconds, None while the clock is not verified.
    """

    def spent(db: Database) -> Places:
        return _by_source(_spent(journal, db, now))

    return _erase(journal, spent(journal.store.reading()), spent, now)


def overdue(journal: Journal, db: Database, now: int) -> Places:
    """The events, by source, whose days are over at POSIX second `now`: read or not, known here or not."""
    due = ages.overdue(db, journal.models.registry, journal.source, now)
    for name, seq in db.conn.execute(_UNREADABLE, (UNREADABLE_DAYS * DAY, now)):
        due.setdefault(name, []).append(seq)
    return due


def _erase(journal: Journal, found: Places, again: Callable[[Database], Places], now: int | None) -> int:
    """Erase what was found, unless by now it is to be kept or, asked `again`, is not found any more.

    Read-models are made anew beforehand, so that nobody who writes has to wait for that.
    """
    db = journal.store.reading()
    places = _without(found, kept(journal, db, now))
    if not places:
        return 0
    staged = journal.models.stage(db, places)
    with journal.writing() as db:
        return journal.erase(_without(again(db), kept(journal, db, now)), staged)


def _spent(journal: Journal, db: Database, now: int | None) -> list[str]:
    """Those of them that are held whole."""
    features = journal.models.features
    places = [place for one in features if one.spent is not None for place in one.spent(db.conn, now)]
    return [place for place in places if journal.holds_whole(db, place)]


def kept(journal: Journal, db: Database, now: int | None) -> set[str]:
    """Events that are not erased, whatever their days. `now`: as for `forget_spent`."""
    features = journal.models.features
    return {place for one in features if one.kept is not None for place in one.kept(db.conn, now)}


def _by_source(places: Iterable[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for place in places:
        source, seq = split_place(place)
        found[source].append(seq)
    return found


def _without(found: Places, exempt: Collection[str]) -> Places:
    left = {name: [seq for seq in seqs if f"{name}/{seq}" not in exempt] for name, seqs in found.items()}
    return {name: seqs for name, seqs in left.items() if seqs}
