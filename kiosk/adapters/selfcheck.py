"""Whether what the database holds still gives what was signed. SQLite's own check misses bits in a cell."""

from __future__ import annotations

from collections.abc import Iterator

from sqlite_utils import Database

from kiosk.core.checkpoint import Checkpoint
from kiosk.core.errors import FormatError
from kiosk.core.event import SALT_SIZE, Whole
from kiosk.core.note import Note
from kiosk.core.tree import HASH_SIZE, Tree

_EVENTS = "SELECT seq, salt, body, leaf FROM events WHERE source = ? ORDER BY seq"


def page_findings(db: Database, *, thorough: bool = False) -> list[str]:
    """What SQLite finds wrong with its own pages, at most a few lines."""
    pragma = "PRAGMA integrity_check(3)" if thorough else "PRAGMA quick_check(3)"
    return [str(line) for (line,) in db.conn.execute(pragma) if line != "ok"]


def log_findings(db: Database) -> list[str]:
    """A sentence for each source whose events do not give the tree that is stored, or a signed root."""
    return [sentence for row in _sources(db) for sentence in _check_source(db, *row)]


def _sources(db: Database) -> list[tuple[int, str, int, bytes]]:
    return db.conn.execute("SELECT id, name, size, stack FROM sources ORDER BY id").fetchall()


def _check_source(db: Database, ident: int, name: str, size: int, stack: bytes) -> Iterator[str]:
    checkpoints = dict(
        db.conn.execute("SELECT size, note FROM checkpoints WHERE source = ?", (ident,)).fetchall()
    )
    tree = Tree()
    for seq, salt, body, leaf in db.conn.execute(_EVENTS, (ident,)):
        if seq != tree.size + 1:
            yield f"Event {tree.size + 1} of {name} is missing."
            return
        tree.append(leaf_of(salt, body, leaf))
        if seq in checkpoints and not _is_signed(checkpoints[seq], name, tree):
            yield f"The first {seq} events of {name} are not those that were signed."
            return
    if tree.size != size or tree.dump() != stack:
        yield f"The {size} events of {name} are not those that were saved."


def leaf_of(salt: object, body: object, leaf: object) -> bytes:
    """The 32 bytes of a stored row; of a row that is no event, bytes that fit no tree."""
    if isinstance(leaf, bytes) and len(leaf) == HASH_SIZE:
        return leaf
    if isinstance(salt, bytes) and isinstance(body, bytes) and len(salt) == SALT_SIZE:
        return Whole(salt, body).leaf
    return b""


def _is_signed(note: str, name: str, tree: Tree) -> bool:
    try:
        checkpoint = Checkpoint.parse(Note.parse(note).text)
    except FormatError:
        return False
    return (
        checkpoint.origin.partition("/")[2] == name
        and checkpoint.size == tree.size
        and checkpoint.root == tree.root()
    )
