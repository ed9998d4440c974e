"""The journal: every source's events, its tree, and the read-models that follow from them.

`Journal.append` is the one way in. Whatever it takes, written here or synced in, is checked against its
declaration, added to its tree, stored and applied to the read-models in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
from sqlite_utils import Database

from kiosk.adapters.erasing import mark_erased, marked, note_erased, note_late, reduce
from kiosk.adapters.readmodels import Places, ReadModels, Staged, put_aside
from kiosk.adapters.store import Store
from kiosk.core.clock import Tick
from kiosk.core.errors import Damaged, Fork, Gap, Invalid, NotSaved
from kiosk.core.event import Entry, EventType, Form, Leaf, Whole, encode_body, new_salt, split_place
from kiosk.core.sentences import N_
from kiosk.core.tree import Tree

_INSERT = "INSERT INTO events (source, seq, salt, body, leaf) VALUES (?, ?, ?, ?, ?)"
_SOURCE = "SELECT id, name, size, stack, counter, acked, forked FROM sources"
_NEAREST = (
    "SELECT size, stack FROM checkpoints WHERE source = ? AND size <= ? AND stack <> x''"
    " ORDER BY size DESC LIMIT 1"
)
_GROW = "UPDATE sources SET size = ?, stack = ? WHERE id = ?"


@dataclass(frozen=True)
class Appended:
    """What `append` did: the source's size now, and how many events were new.

    `entries` are those that read and were applied; of the others, in quarantine, the reasons by number.
    """

    size: int
    new: int
    entries: list[Entry]
    quarantined: dict[int, str]


class Source(NamedTuple):
    """What is held of one source: `acked` is how much of it the node is known to hold.

    `stack`: its tree, as `Tree.dump` stores it. `forked`: 1 when the node has another history of it, so that
    it is neither sent nor taken in any more.
    """

    id: int
    name: str
    size: int
    stack: bytes
    counter: int
    acked: int
    forked: int = 0

    @property
    def tree(self) -> Tree:
        """Its tree, to be grown by whoever asks. Damaged: what is stored does not fit the size."""
        return Tree.load(self.size, self.stack)


class Journal:
    """The append-only store of one device.

    `source` is the log that this device writes; `tick` and `now` say what time an event gets: the
    machine's reading, and POSIX seconds.
    """

    def __init__(
        self,
        store: Store,
        models: ReadModels,
        *,
        source: str,
        tick: Callable[[], Tick],
        now: Callable[[], int],
    ) -> None:
        self.store = store
        self.models = models
        self.source = source
        self._tick = tick
        self._now = now
        self._watchers: list[Callable[[], None]] = []
        models.ensure(store)

    def watch(self, watcher: Callable[[], None]) -> None:
        """Have `watcher` called after this device has written an event."""
        self._watchers.append(watcher)

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """Decide and record in one transaction: what is read inside cannot change before it is written."""
        with self.store.writing() as db:
            yield db

    def record(
        self, kind: EventType, data: msgspec.Struct, former: str | None = None, *, housekeeping: bool = False
    ) -> Entry:
        """Write one event of this device's own; durable on return. Invalid when its type forbids it.

        `housekeeping`: what the device itself has to write, so it may use the last room on the disk.
        """
        return self.record_all([(kind, data)], former=former, housekeeping=housekeeping)[0]

    def record_all(
        self,
        facts: Sequence[tuple[EventType, msgspec.Struct]],
        former: str | None = None,
        *,
        housekeeping: bool = False,
    ) -> list[Entry]:
        """Write events of this device's own, all or none. NotSaved: the disk failed, or has no room left."""
        if self.store.is_low and not housekeeping:
            raise NotSaved(N_("The disk is full, so this was not saved."))
        tick, now = self._tick(), self._now()
        bodies = [encode_body(kind, data, now, tick.boot, tick.uptime, former) for kind, data in facts]
        done = self.append(self.source, None, [Whole(new_salt(), body) for body in bodies], own=True)
        for watcher in self._watchers:
            self.store.after_commit(watcher)
        return done.entries

    def append(
        self,
        name: str,
        first: int | None,
        forms: Sequence[Form],
        root: bytes | None = None,
        *,
        own: bool = False,
    ) -> Appended:
        """Take in events `first`, `first` + 1, … of a source, None for those after what is held.

        With `root`, only if they lead to it.

        Events that are held already are passed over; one held as 32 bytes that now comes whole is filled
        in, unless it was erased here. Gap, Fork: nothing was stored. An event that its declaration does not
        allow is stored with the reason and not applied; if it is our `own`, Invalid: nothing was stored.
        """
        with self.store.writing() as db:
            source = self.find(db, name)
            first = source.size + 1 if first is None else first
            if first < 1 or first > source.size + 1:
                raise Gap(f"{name} is held up to {source.size}; event {first} does not follow.")
            known = source.size - first + 1
            fill = self._known_again(db, source, first, forms[:known]) if known else []
            tree = source.tree
            for form in forms[known:]:
                tree.append(form.leaf)
            if root is not None and known <= len(forms) and tree.root() != root:
                raise Fork(f"The events of {name} do not give the root that it signed.", 0)
            new = [(source.size + 1 + i, form) for i, form in enumerate(forms[known:])]
            entries, quarantined = self._store(db, source, fill + new)
            if own and quarantined:
                raise Invalid("; ".join(quarantined.values()))
            if name != self.source:
                note_late(db, entries, self.models.registry.types.get, self._now())
            if new:
                db.conn.execute(_GROW, (tree.size, tree.dump(), source.id))
            return Appended(tree.size, len(new), entries, quarantined)

    def _known_again(
        self, db: Database, source: Source, first: int, forms: Sequence[Form]
    ) -> list[tuple[int, Form]]:
        """Compare events that are held already; those to fill in. Fork when one differs."""
        fill: list[tuple[int, Form]] = []
        erased = marked(db, source.id, first, first + len(forms) - 1)
        held = self.forms(db, source, first, first + len(forms) - 1)
        if len(held) != len(forms):
            raise Damaged(f"Events of {source.name} are missing here.")
        for seq, form, kept in zip(range(first, first + len(forms)), forms, held, strict=True):
            if form.leaf != kept.leaf:
                self._require_sound(db, source)
                raise Fork(f"Event {seq} of {source.name} is not the one that was held.", seq - 1)
            if isinstance(form, Whole) and isinstance(kept, Leaf) and seq not in erased:
                fill.append((seq, form))
        for seq, _ in fill:
            db.conn.execute("DELETE FROM events WHERE source = ? AND seq = ?", (source.id, seq))
        return fill

    def _require_sound(self, db: Database, source: Source) -> None:
        """Damaged when it is what is held here that changed: nobody else is to be called a forger for it."""
        tree = Tree()
        for form in self.forms(db, source, 1, source.size):
            tree.append(form.leaf)
        if tree.dump() != source.stack:
            raise Damaged(f"The events of {source.name} that are held here are damaged.")

    def _store(
        self, db: Database, source: Source, placed: Sequence[tuple[int, Form]]
    ) -> tuple[list[Entry], dict[int, str]]:
        """Insert events at their places and apply those that read; these, and the reasons of the others."""
        rows: list[tuple[int, int, bytes | None, bytes | None, bytes | None]] = []
        entries: list[Entry] = []
        reasons: dict[int, str] = {}
        for seq, form in placed:
            if isinstance(form, Leaf):
                rows.append((source.id, seq, None, None, form.leaf))
                continue
            rows.append((source.id, seq, form.salt, form.body, None))
            try:
                entries.append(self.models.registry.decode(source.name, seq, form.body))
            except Invalid as error:
                reasons[seq] = str(error)
        db.conn.executemany(_INSERT, rows)
        for seq, reason in reasons.items():
            put_aside(db, source.id, seq, reason)
        self.models.apply(db, entries)
        return entries, reasons

    def find(self, db: Database, name: str) -> Source:
        """The source of this name; a new one is made in a transaction, and else empty (its id is 0)."""
        query = _SOURCE + " WHERE name = ?"
        row = db.conn.execute(query, (name,)).fetchone()
        if row is None and not db.conn.in_transaction:
            return Source(0, name, 0, b"", 0, 0)
        if row is None:
            db.conn.execute("INSERT INTO sources (name) VALUES (?)", (name,))
            row = db.conn.execute(query, (name,)).fetchone()
        return Source._make(row)

    def sources(self, db: Database) -> list[Source]:
        """All sources, in the order in which they were first seen."""
        return [Source._make(row) for row in db.conn.execute(_SOURCE + " ORDER BY id")]

    def unsent(self, db: Database) -> list[Source]:
        """Those of which the node is not known to hold all, in that order, without what it has forked."""
        query = _SOURCE + " WHERE acked < size AND NOT forked ORDER BY id"
        return [Source._make(row) for row in db.conn.execute(query)]

    def forms(self, db: Database, source: Source, first: int, last: int) -> list[Form]:
        """Events `first` to `last`, both inside, of a source, in the form that is held."""
        query = "SELECT salt, body, leaf FROM events WHERE source = ? AND seq BETWEEN ? AND ? ORDER BY seq"
        rows = db.conn.execute(query, (source.id, first, last))
        return [Leaf(leaf) if body is None else Whole(salt, body) for salt, body, leaf in rows]

    def root_at(self, db: Database, source: Source, size: int) -> bytes:
        """The root of the first `size` events."""
        return self.tree_at(db, source, size).root()

    def tree_at(self, db: Database, source: Source, size: int) -> Tree:
        """The tree of the first `size` events, grown from the nearest checkpoint. Damaged: some are lost."""
        if size == source.size:
            return source.tree
        row = db.conn.execute(_NEAREST, (source.id, size)).fetchone()
        tree = Tree() if row is None else Tree.load(*row)
        for form in self.forms(db, source, tree.size + 1, size):
            tree.append(form.leaf)
        if tree.size != size:
            raise Damaged(f"Events of {source.name} are missing here.")
        return tree

    def erase(self, places: Places, staged: Staged | None = None, *, moved: bool = False) -> int:
        """Reduce events, by source and number, to their 32 bytes, and rebuild; how many had a body.

        For good: they are not taken back from who still has them, unless they only `moved` to another place.
        `staged`: the read-models without just these, so that nobody has to wait while they are made.
        """
        with self.store.writing() as db:
            erased = 0
            for name, seqs in places.items():
                source = self.find(db, name)
                held = [
                    (seq, form) for seq in dict.fromkeys(seqs) for form in self.forms(db, source, seq, seq)
                ]
                erased += reduce(db, source.id, name, held)
                if not moved:
                    mark_erased(db, source.id, seqs)
            if erased:
                note_erased(db)
                if staged is None or not self.models.replace(db, staged, places):
                    self.models.rebuild(db)
        return erased

    def holds_whole(self, db: Database, place: str) -> bool:
        """Whether the event at `<source>/<seq>` is here with its body."""
        query = (
            "SELECT 1 FROM events e JOIN sources s ON s.id = e.source"
            " WHERE s.name = ? AND e.seq = ? AND e.body IS NOT NULL"
        )
        return db.conn.execute(query, split_place(place)).fetchone() is not None

    def entry_at(self, db: Database, place: str) -> Entry | None:
        """The event at `<source>/<seq>`; None when it is not here with its body, or does not read."""
        name, seq = split_place(place)
        for form in self.forms(db, self.find(db, name), seq, seq):
            with suppress(Invalid):
                return self.models.registry.decode(name, seq, form.body) if isinstance(form, Whole) else None
        return None

    def latest(self, db: Database, name: str, count: int) -> list[Entry]:
        """The newest events of a source that read, at most `count`, the newest first."""
        query = "SELECT seq, body FROM events WHERE source = ? AND body IS NOT NULL ORDER BY seq DESC LIMIT ?"
        rows = db.conn.execute(query, (self.find(db, name).id, count)).fetchall()
        found: list[Entry] = []
        for seq, body in rows:
            with suppress(Invalid):  # what does not read is in quarantine, and said there
                found.append(self.models.registry.decode(name, seq, body))
        return found

    def entries(self, db: Database, types: Sequence[EventType] = ()) -> Iterator[Entry]:
        """All events that read, in the order in which they were taken in; only of `types`, if given."""
        wanted = {kind.name for kind in types}
        for entry in self.models.replay(db):
            if not wanted or entry.type in wanted:
                yield entry
