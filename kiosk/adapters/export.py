"""What leaves the device for others to check: exports (NDJSON) and receipts (`.tlog-proof`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from sqlite_utils import Database

from kiosk.adapters.device import Device
from kiosk.adapters.files import PRIVATE, PUBLIC, whole_file
from kiosk.adapters.keys import verify
from kiosk.adapters.selfcheck import leaf_of
from kiosk.adapters.store import snapshot
from kiosk.core.checkpoint import Checkpoint, Receipt
from kiosk.core.errors import Damaged, Refused
from kiosk.core.event import Form, Leaf, Whole, device_of, is_plain, scope_of
from kiosk.core.ndjson import VERSION, CosignatureLine, EventLine, Head, Line
from kiosk.core.note import Note, Signature, VerifierKey
from kiosk.core.tree import Tree, root_from_proof, root_of, sibling_ranges

Hidden = Callable[[Database], Collection[str]]
"""Public events, by place, that are not for the public now."""

_EVENTS = (
    "SELECT e.seq, e.salt, e.body, e.leaf, q.seq IS NOT NULL FROM events e"
    " LEFT JOIN quarantine q ON q.source = e.source AND q.seq = e.seq"
    " WHERE e.source = ? AND e.seq <= ? ORDER BY e.seq"
)


@dataclass(frozen=True)
class Exported:
    """How much was written: `whole` of the `events` with their bodies."""

    sources: int
    events: int
    whole: int


@dataclass(frozen=True)
class _Choice:
    """Which bodies are written: public ones only, and of them not those that are hidden, by place."""

    public: bool
    hidden: frozenset[str]


@dataclass(frozen=True)
class _Log:
    """One source as it is exported: up to event `size`, where `note` stands: signed, or still to be.

    `marks`: what else stands behind event `marked`.
    """

    id: int
    name: str
    key: VerifierKey
    size: int
    note: Note
    marked: int = 0
    marks: tuple[Line, ...] = ()
    cosigned: tuple[Signature, ...] = ()


def _none(_db: Database) -> Collection[str]:
    return ()


def export(
    db: Database, device: Device, out: Path, *, public: bool = False, hidden: Hidden = _none
) -> Exported:
    """Write every event that is under a checkpoint to `out`; with `public`, bodies of public events only.

    Of those that are `hidden` for now the public gets the 32 bytes. `db` may be open for reading only, and an
    app may run on it. Refused when `out` cannot be written.
    """
    try:
        with snapshot(db), whole_file(out, PUBLIC if public else PRIVATE) as file:
            logs = [log for log in (_log(db, device, *row) for row in _sources(db)) if log.size]
            lines = 1 + sum(log.size + len(log.marks) + 1 for log in logs)
            head = Head(VERSION, public, lines, {log.name: log.size for log in logs})
            file.write(Line(export=head).encode())
            choice = _Choice(public, frozenset(hidden(db)) if public else frozenset())
            whole = sum(_write(db, device, log, file, choice) for log in logs)
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror}.") from None
    return Exported(len(logs), sum(log.size for log in logs), whole)


def _write(db: Database, device: Device, log: _Log, file: BinaryIO, choice: _Choice) -> int:
    """Write one source; how many bodies."""
    tree, whole = Tree(), 0
    for seq, salt, body, leaf, quarantined in db.conn.execute(_EVENTS, (log.id, log.size)):
        form: Form = Leaf(leaf_of(salt, body, leaf))
        tree.append(form.leaf)
        held_back = f"{log.name}/{seq}" in choice.hidden
        if body is not None and not held_back and _may_leave(body, choice.public, bool(quarantined)):
            form = Whole(salt, body)
            whole += 1
        file.write(Line(event=EventLine.of(log.name, seq, form)).encode())
        if seq == log.marked:
            file.writelines(mark.encode() for mark in log.marks)
    file.write(Line(checkpoint=str(_end(device, log, tree.size, tree.root()))).encode())
    return whole


def _may_leave(body: bytes, public: bool, quarantined: bool) -> bool:
    """Whether a body is written: not one that is no JSON, and to the public only what was declared so."""
    scope = scope_of(body) if is_plain(body) else None
    return scope is not None and (not public or (scope == "public" and not quarantined))


def _end(device: Device, log: _Log, size: int, root: bytes | None) -> Note:
    """The note at the end of a source. Damaged when its events, of this size and root, do not lead to it."""
    if root is None or log.note.text != Checkpoint(log.key.name, size, root).text:
        raise Damaged(f"The events of {log.name} are damaged; nothing was exported.")
    note = log.note if log.note.signatures else log.note.signed(log.key, device.key.sign)
    return replace(note, signatures=(*note.signatures, *log.cosigned))


def _sources(db: Database) -> list[tuple[int, str, int, bytes]]:
    return db.conn.execute("SELECT id, name, size, stack FROM sources ORDER BY id").fetchall()


def _log(db: Database, device: Device, ident: int, name: str, size: int, stack: bytes) -> _Log:
    key = VerifierKey(f"{device.identity.network}/{name}", device.key.public)
    note = _newest_note(db, ident)
    if _is_own(device, key, name, note):
        note = Note(Checkpoint(key.name, size, Tree.load(size, stack).root()).text)
    held = 0 if note is None else Checkpoint.parse(note.text).size
    log = _Log(ident, name, key, held, note or Note(""))
    at, lines = _newest_cosignatures(db, ident, log.size)
    if at == log.size:
        return replace(log, cosigned=lines)
    return replace(log, marked=at, marks=_marks(db, log, at, lines) if lines else ())


def _is_own(device: Device, key: VerifierKey, name: str, newest: Note | None) -> bool:
    """Whether this device signs for a source: its own, unless an earlier key of its place did."""
    if device_of(name) != device.identity.device:
        return False
    return newest is None or any(
        line.is_by(key) and verify(key.public, line.blob, newest.text.encode()) for line in newest.signatures
    )


def _newest_note(db: Database, source: int) -> Note | None:
    query = "SELECT note FROM checkpoints WHERE source = ? ORDER BY size DESC LIMIT 1"
    row = db.conn.execute(query, (source,)).fetchone()
    return None if row is None else Note.parse(row[0])


def _newest_cosignatures(db: Database, source: int, size: int) -> tuple[int, tuple[Signature, ...]]:
    """The largest size up to `size` at which a source was cosigned, and by whom."""
    query = (
        "SELECT size, line FROM cosignatures WHERE source = ?1 AND size ="
        " (SELECT max(size) FROM cosignatures WHERE source = ?1 AND size <= ?2)"
    )
    rows = db.conn.execute(query, (source, size)).fetchall()
    return (rows[0][0] if rows else 0), tuple(Signature.parse(line) for _, line in rows)


def _marks(db: Database, log: _Log, size: int, lines: tuple[Signature, ...]) -> tuple[Line, ...]:
    """What stands behind event `size`: the checkpoint with its cosignatures, or the cosignatures alone."""
    query = "SELECT note FROM checkpoints WHERE source = ? AND size = ?"
    row = db.conn.execute(query, (log.id, size)).fetchone()
    if row is None:
        return tuple(Line(cosignature=CosignatureLine(log.key.name, size, str(line))) for line in lines)
    note = Note.parse(row[0])
    return (Line(checkpoint=str(replace(note, signatures=(*note.signatures, *lines)))),)


def receipt(db: Database, device: Device, name: str, seq: int) -> Receipt:
    """Proof that event `seq` of a source is inside its newest checkpoint, with salt and body as `extra`.

    Refused when the event is not held whole, or no checkpoint covers it yet.
    """
    with snapshot(db):
        row = db.conn.execute("SELECT id, name, size, stack FROM sources WHERE name = ?", (name,)).fetchone()
        log = None if row is None else _log(db, device, *row)
        if log is None or not 1 <= seq <= log.size:
            raise Refused(f"There is no event {seq} of {name} under a checkpoint here.")
        whole = _whole(db, log, seq)
        ranges = sibling_ranges(seq - 1, log.size)
        path = tuple(root_of(_leaves(db, log, start + 1, end)) for start, end in ranges)
    root = root_from_proof(whole.leaf, seq - 1, log.size, path)
    return Receipt(seq - 1, path, _end(device, log, log.size, root), whole.salt + whole.body)


def _whole(db: Database, log: _Log, seq: int) -> Whole:
    query = "SELECT salt, body FROM events WHERE source = ? AND seq = ? AND body IS NOT NULL"
    row = db.conn.execute(query, (log.id, seq)).fetchone()
    if row is None:
        raise Refused(f"Of event {seq} of {log.name} only its 32 bytes are here.")
    return Whole(*row)


def _leaves(db: Database, log: _Log, first: int, last: int) -> Iterator[bytes]:
    query = "SELECT salt, body, leaf FROM events WHERE source = ? AND seq BETWEEN ? AND ? ORDER BY seq"
    return (leaf_of(*row) for row in db.conn.execute(query, (log.id, first, last)))
