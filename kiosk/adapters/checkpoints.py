"""Rows of signed checkpoints and cosignatures, and what two histories left behind.

Checkpoints of one source are only ever kept in growing order, so that the events between one row and the
row before it (a *segment*) are exactly what came in with it. `checkpoints.id` is what a sync cursor counts.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlite_utils import Database

from kiosk.adapters.journal import Source
from kiosk.core.note import Signature
from kiosk.core.tree import Tree

KEPT_ASIDE = 8
"""How many batches of one source are kept aside; older ones go."""


class Segment(NamedTuple):
    """Events `first` to `last` of a source, and the checkpoint at `last`. `id` is its place in the order."""

    id: int
    source: str
    first: int
    last: int
    note: str


_SEGMENTS = """
SELECT c.id, s.name, 1 + coalesce((SELECT max(b.size) FROM checkpoints b
  WHERE b.source = c.source AND b.size < c.size), 0), c.size, c.note
FROM checkpoints c JOIN sources s ON s.id = c.source"""


def keep_checkpoint(db: Database, source: Source, tree: Tree, note: str) -> bool:
    """Keep a checkpoint of `source` at `tree`'s size, unless one as large is held; whether it was kept."""
    if tree.size <= newest_checkpoint(db, source):
        return False
    row = (source.id, tree.size, note, tree.dump())
    db.conn.execute("INSERT INTO checkpoints (source, size, note, stack) VALUES (?, ?, ?, ?)", row)
    return True


def newest_checkpoint(db: Database, source: Source) -> int:
    """The size of the largest checkpoint held of a source; 0 when there is none."""
    row = db.conn.execute("SELECT max(size) FROM checkpoints WHERE source = ?", (source.id,)).fetchone()
    return int(row[0] or 0)


def unsealed(db: Database, device: str) -> list[str]:
    """The sources of a device that have grown since their newest checkpoint."""
    query = (
        "SELECT name FROM sources AS s WHERE name >= ? || '.' AND name < ? || '/'"  # as '/' follows on '.'
        " AND size > (SELECT coalesce(max(size), 0) FROM checkpoints WHERE source = s.id) ORDER BY id"
    )
    return [name for (name,) in db.conn.execute(query, (device, device))]


def next_checkpoint(db: Database, source: Source, size: int) -> tuple[int, str] | None:
    """The smallest checkpoint beyond `size`, with its note."""
    query = "SELECT size, note FROM checkpoints WHERE source = ? AND size > ? ORDER BY size LIMIT 1"
    row = db.conn.execute(query, (source.id, size)).fetchone()
    return None if row is None else (int(row[0]), str(row[1]))


def segments_after(db: Database, cursor: int, without: str, limit: int) -> list[Segment]:
    """The segments behind `cursor`, in the order in which they came in, but for the source `without`."""
    query = _SEGMENTS + " WHERE c.id > ? AND s.name <> ? ORDER BY c.id LIMIT ?"
    return [Segment(*row) for row in db.conn.execute(query, (cursor, without, limit))]


def last_cursor(db: Database) -> int:
    """The place of the newest checkpoint of all."""
    return int(db.conn.execute("SELECT coalesce(max(id), 0) FROM checkpoints").fetchone()[0])


def sizes(db: Database, since: int = 0) -> dict[str, int]:
    """How much is held of each source; with `since`, of those only that grew behind that cursor."""
    if since:
        query = "SELECT name, size FROM sources WHERE id IN (SELECT source FROM checkpoints WHERE id > ?)"
        return dict(db.conn.execute(query, (since,)).fetchall())
    return dict(db.conn.execute("SELECT name, size FROM sources WHERE size > 0").fetchall())


def keep_cosignature(db: Database, source: Source, size: int, cosigner: str, line: str) -> None:
    """Keep a cosignature in the place of one that the same name gave before."""
    row = (source.id, size, cosigner, line)
    db.conn.execute(
        "INSERT OR REPLACE INTO cosignatures (source, size, cosigner, line) VALUES (?, ?, ?, ?)", row
    )


def cosignature_at(db: Database, source: Source, size: int, cosigner: str) -> str | None:
    """The kept cosignature of a source at exactly this size."""
    query = "SELECT line FROM cosignatures WHERE source = ? AND size = ? AND cosigner = ?"
    row = db.conn.execute(query, (source.id, size, cosigner)).fetchone()
    return None if row is None else str(row[0])


def cosigned_by(db: Database, name: str, seq: int) -> int | None:
    """The POSIX second by which somebody had signed for event `seq` of a source; None when nobody has yet."""
    query = (
        "SELECT k.line FROM cosignatures k JOIN sources s ON s.id = k.source"
        " WHERE s.name = ? AND k.size >= ? ORDER BY k.size LIMIT 1"
    )
    row = db.conn.execute(query, (name, seq)).fetchone()
    return None if row is None else int.from_bytes(Signature.parse(row[0]).blob[:8])


def set_acked(db: Database, source: Source, size: int) -> None:
    """Note how much of a source the node is known to hold."""
    db.conn.execute("UPDATE sources SET acked = ? WHERE id = ?", (size, source.id))


def mark_forked(db: Database, source: Source) -> None:
    """Note that the node has another history of a source."""
    db.conn.execute("UPDATE sources SET forked = 1 WHERE id = ?", (source.id,))


def set_aside(db: Database, source: str, found: int, reason: str, batch: bytes) -> None:
    """Keep a batch that was refused, once; of each source the newest few. `found` in POSIX seconds."""
    known = db.conn.execute("SELECT 1 FROM forks WHERE source = ? AND batch = ?", (source, batch)).fetchone()
    if known is not None:
        return
    row = (source, found, reason, batch)
    db.conn.execute("INSERT INTO forks (source, found, reason, batch) VALUES (?, ?, ?, ?)", row)
    db.conn.execute(
        "DELETE FROM forks WHERE source = ? AND id NOT IN"
        " (SELECT id FROM forks WHERE source = ? ORDER BY id DESC LIMIT ?)",
        (source, source, KEPT_ASIDE),
    )


def count_aside(db: Database) -> int:
    """How many batches lie aside."""
    return int(db.conn.execute("SELECT count(*) FROM forks").fetchone()[0])
