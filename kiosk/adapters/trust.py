"""The trust lists that a device has taken, each following on the one before (rules in `core.trust`)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec
from sqlite_utils import Database

from kiosk.adapters.device import Device
from kiosk.adapters.keys import verify
from kiosk.adapters.meta import get_meta, set_meta
from kiosk.core.errors import Untrusted
from kiosk.core.note import Note
from kiosk.core.trust import TrustList, follow

_REFUSED = "trust-refused"
_AGAIN = 86400
"""Seconds after which the same refusal is noted anew."""


class Refusal(msgspec.Struct, frozen=True):
    """A list that did not hold: when it came (POSIX seconds), and in plain words what was wrong with it."""

    at: int
    sentence: str


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
    if fresh:
        db.conn.execute("DELETE FROM meta WHERE key = ?", (_REFUSED,))
    return held


def take_newer(db: Database, network: str, notes: Sequence[str], at: int) -> TrustList | None:
    """As `take`, of the lists beyond the one that is held; of the last when none is beyond it."""
    held = load(db)
    newer = [text for text in notes if held is None or _parse(text).version > held.version]
    return take(db, network, newer or notes[-1:], at)


def node_keys(db: Database, device: Device, at: int) -> list[bytes]:
    """The keys by which a bench knows the node at POSIX second `at`, the pinned one first.

    Without a list, and with one that is over, that is the pinned one only.
    """
    listed, pinned = load(db), device.node_public
    if listed is None or listed.is_over(at):
        return [pinned]
    return sorted(listed.node_keys, key=lambda key: key != pinned)


def badge_keys(db: Database, device: Device) -> list[bytes]:
    """The keys whose badges count: those on the list, though it be over; without a list the node's own."""
    listed = load(db)
    if listed is None:
        return [device.node_public]
    own = [device.node_public] if device.is_central else []
    return list(dict.fromkeys([*own, *listed.badge_keys]))


def note_refusal(db: Database, sentence: str, at: int) -> None:
    """Remember that a list was refused, until one is taken; inside a transaction."""
    known = refusal(db)
    if known is None or known.sentence != sentence or not 0 <= at - known.at < _AGAIN:
        set_meta(db, _REFUSED, msgspec.json.encode(Refusal(at, sentence)).decode())


def refusal(db: Database) -> Refusal | None:
    """The last list that was refused since one was taken."""
    kept = get_meta(db, _REFUSED)
    return None if kept is None else msgspec.json.decode(kept, type=Refusal)
