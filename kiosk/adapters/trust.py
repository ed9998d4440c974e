"""The trust lists that a device has taken, each following on the one before (rules in `core.trust`)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from sqlite_utils import Database

from kiosk.adapters.keys import verify
from kiosk.core.errors import Untrusted
from kiosk.core.note import Note
from kiosk.core.trust import TrustList, follow


def load(db: Database) -> TrustList | None:
    """The newest list that was taken; None before there is one. It may be over: see `TrustList.is_over`."""
    row = db.conn.execute("SELECT note FROM trust_lists ORDER BY version DESC LIMIT 1").fetchone()
    return None if row is None else _parse(row[0])


@lru_cache(maxsize=16)
def _parse(note: str) -> TrustList:
    return TrustList.parse(Note.parse(note).text)


def history(db: Database, beyond: int = 0) -> list[str]:
    """The signed lists of higher versions than `beyond`, oldest first."""
    query = "SELECT note FROM trust_lists WHERE version > ? ORDER BY version"
    return [str(note) for (note,) in db.conn.execute(query, (beyond,))]


def take(db: Database, network: str, notes: Sequence[str], at: int) -> TrustList | None:
    """Keep the lists that follow on what is held, oldest first; the newest held, None when there is none.

    Inside a transaction. Those held already are passed over. Untrusted or FormatError, and nothing kept: one
    does not follow, or the newest of them is over at POSIX second `at`.
    """
    held = load(db)
    known = set(history(db))
    fresh: list[tuple[int, str]] = []
    for text in notes:
        if text in known:
            continue
        held = follow(held, Note.parse(text), network, verify)
        fresh.append((held.version, text))
    if held is not None and fresh and held.is_over(at):
        raise Untrusted("That trust list is over already.")
    db.conn.executemany("INSERT INTO trust_lists (version, note) VALUES (?, ?)", fresh)
    return held
