"""The rows behind an erasure: bodies become 32 bytes, and what else was noted about them goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sqlite_utils import Database

from kiosk.adapters.meta import get_meta, set_meta
from kiosk.core.event import Entry, EventType, Form, Whole
from kiosk.core.retention import DAY, keep_days

ERASED = "erased"
"""Under this stands how often something was erased: it may still be in the write-ahead log or in a copy."""

FORGOTTEN = "forgotten"
"""Under this stands the day on which what was past its time was erased last."""

_REDUCE = "UPDATE events SET salt = NULL, body = NULL, leaf = ? WHERE source = ? AND seq = ?"
_MARK = "UPDATE events SET erased = 1 WHERE source = ? AND seq = ?"
_MARKED = "SELECT seq FROM events WHERE source = ? AND seq BETWEEN ? AND ? AND erased = 1"


def reduce(db: Database, source: int, name: str, placed: Iterable[tuple[int, Form]]) -> int:
    """Leave of these events of a source (its id and name) their 32 bytes; how many were held whole.

    A reason why one was put aside may quote what it is about: it goes with it.
    """
    whole = [(seq, form.leaf) for seq, form in placed if isinstance(form, Whole)]
    db.conn.executemany(_REDUCE, [(leaf, source, seq) for seq, leaf in whole])
    aside = "DELETE FROM quarantine WHERE source = ? AND seq = ?"
    db.conn.executemany(aside, [(source, seq) for seq, _leaf in whole])
    reported = "DELETE FROM reported WHERE source = ? AND seq = ?"
    db.conn.executemany(reported, [(name, seq) for seq, _leaf in whole])
    return len(whole)


def mark_erased(db: Database, source: int, seqs: Sequence[int]) -> None:
    """Note that these events were erased here: they are not taken back from who still has them."""
    db.conn.executemany(_MARK, [(source, seq) for seq in seqs])


def marked(db: Database, source: int, first: int, last: int) -> set[int]:
    """Those of events `first` to `last` that were erased here."""
    return {seq for (seq,) in db.conn.execute(_MARKED, (source, first, last))}


def note_erased(db: Database) -> None:
    """Note that something was erased; in the transaction that does it."""
    set_meta(db, ERASED, str(int(get_meta(db, ERASED) or 0) + 1))


def note_late(
    db: Database, entries: Iterable[Entry], kind: Callable[[str], EventType | None], now: int
) -> None:
    """Have today's forgetting done again when one of these came after its days were over."""
    for entry in entries:
        days = keep_days(kind(entry.type), entry.scope)
        if days is not None and entry.at + days * DAY <= now:
            set_meta(db, FORGOTTEN, "")
            return
