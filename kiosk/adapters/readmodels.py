"""Read-models: tables that follow from the journal and can be thrown away and built again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlite_utils import Database

import kiosk
from kiosk.adapters.meta import get_meta, set_meta
from kiosk.adapters.store import Store, snapshot
from kiosk.core.errors import Invalid
from kiosk.core.event import Entry
from kiosk.core.feature import Feature, at_home, registry_of

_CHUNK = 1000
_BODIES = (
    "SELECT e.id, s.id, s.name, e.seq, e.body FROM events e JOIN sources s ON s.id = e.source"
    " WHERE e.body IS NOT NULL AND e.id > ? ORDER BY e.id LIMIT ?"
)

Places = Mapping[str, Sequence[int]]
"""Numbers of events by source."""


@dataclass(frozen=True)
class Staged:
    """Read-models in memory, made `without` some events when there had been `rebuilt` rebuilds.

    `changed`: the tables that differ by it; `last`: the row of the journal up to which they are made.
    """

    db: Database
    without: Places
    changed: tuple[str, ...]
    rebuilt: int
    last: int


class ReadModels:
    """The tables of the features that a device (the node: `central`) keeps, and which applies what."""

    def __init__(self, features: Sequence[Feature], *, central: bool = False) -> None:
        self.registry = registry_of(features)
        self.rebuilt = 0
        self.features = at_home(features, central=central)
        self._applies = [
            (feature.apply, frozenset(kind.name for kind in (*feature.events, *feature.reads)))
            for feature in self.features
            if feature.apply is not None
        ]

    @property
    def fingerprint(self) -> str:
        """Changes with any read-model's tables, with what is declared of a type, and with the version."""
        ddl = [statement for feature in self.features for statement in feature.schema]
        kinds = [f"{k.name} {k.scope} {sorted(k.writers)}" for k in self.registry.types.values()]
        return sha256("\n".join([kiosk.__version__, *ddl, *sorted(kinds)]).encode()).hexdigest()

    def ensure(self, store: Store) -> None:
        """Rebuild when this program's read-models are not those that the database has."""
        if get_meta(store.reading(), "read-models") != self.fingerprint:
            with store.writing() as db:
                self.rebuild(db)

    def apply(self, db: Database, entries: Sequence[Entry]) -> None:
        """Bring the tables up to date: each feature gets its own types' entries, in order."""
        for apply, types in self._applies:
            own = [entry for entry in entries if entry.type in types and entry.data is not None]
            if own:
                apply(db.conn, own)

    def rebuild(self, db: Database) -> None:
        """Drop the tables, make them anew, and replay the journal into them."""
        drop(db)
        before = _objects(db)
        for feature in self.features:
            for statement in feature.schema:
                db.conn.execute(statement)
        set_meta(db, "read-model-tables", json.dumps(sorted(_objects(db) - before)))
        set_meta(db, "read-models", self.fingerprint)
        self.rebuilt += 1
        db.conn.execute("UPDATE quarantine SET reason = ''")
        self._feed(db, self.replay(db, quarantine=True))
        db.conn.execute("DELETE FROM quarantine WHERE reason = ''")

    def stage(self, db: Database, without: Places) -> Staged:
        """The read-models as they will be `without` these events, made in memory while others may write."""
        made = Database(":memory:", execute_plugins=False)
        for feature in self.features:
            for statement in feature.schema:
                made.conn.execute(statement)
        gone = {name: frozenset(seqs) for name, seqs in without.items()}
        with snapshot(db):
            last = int(db.conn.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()[0])
            entries = self.replay(db)
            self._feed(made, (one for one in entries if one.seq not in gone.get(one.source, ())))
            changed = tuple(name for name in _tables(db) if _rows(db, name) != _rows(made, name))
        return Staged(made, without, changed, self.rebuilt, last)

    def replace(self, db: Database, staged: Staged, without: Places) -> bool:
        """Put what was staged in place, with what was written meanwhile; in the transaction that erases.

        False, and nothing changed, when it is of other events or something else was erased since.
        """
        if staged.rebuilt != self.rebuilt or staged.without != without:
            return False
        self.rebuilt += 1
        self._feed(staged.db, self.replay(db, after=staged.last))
        for name in staged.changed:
            _copy(staged.db, db, name)
        return True

    def _feed(self, db: Database, entries: Iterable[Entry]) -> None:
        chunk: list[Entry] = []
        for entry in entries:
            chunk.append(entry)
            if len(chunk) == _CHUNK:
                self.apply(db, chunk)
                chunk.clear()
        self.apply(db, chunk)

    def replay(self, db: Database, *, after: int = 0, quarantine: bool = False) -> Iterator[Entry]:
        """Every event that reads, in the order in which it was taken in; the others, if asked, put aside.

        `after`: a row of the journal, to leave out what was taken in until then.
        """
        last = after
        while rows := db.conn.execute(_BODIES, (last, _CHUNK)).fetchall():
            for last, source, name, seq, body in rows:  # noqa: B007  `last` is the next page's start
                try:
                    yield self.registry.decode(name, seq, body)
                except Invalid as error:
                    if quarantine:
                        put_aside(db, source, seq, str(error))


def drop(db: Database) -> None:
    """Take all read-models out of a database; they are made anew at its next start."""
    for name, kind in _made(db).items():
        db.conn.execute(f"DROP {kind} {_quoted(name)}")
    set_meta(db, "read-models", "")


def put_aside(db: Database, source: int, seq: int, reason: str) -> None:
    """Note why an event cannot be applied, and keep since when that is known."""
    row = (source, seq, reason)
    db.conn.execute(
        "INSERT INTO quarantine (source, seq, reason) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET reason = excluded.reason",
        row,
    )


def _made(db: Database) -> dict[str, str]:
    """The read-models' tables and views that are there: name and kind."""
    kinds = dict(db.conn.execute("SELECT name, type FROM sqlite_master").fetchall())
    names = json.loads(get_meta(db, "read-model-tables") or "[]")
    return {name: kinds[name] for name in names if kinds.get(name) in ("table", "view")}


def _tables(db: Database) -> list[str]:
    return [name for name, kind in _made(db).items() if kind == "table"]


def _copy(source: Database, target: Database, name: str) -> None:
    """Give a table the rows that it has in `source`, and no others."""
    rows, table = _rows(source, name), _quoted(name)
    target.conn.execute(f"DELETE FROM {table}")  # noqa: S608  a feature's table, never a request
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        target.conn.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608


def _rows(db: Database, name: str) -> list[tuple[Any, ...]]:
    return db.conn.execute(f"SELECT * FROM {_quoted(name)}").fetchall()  # noqa: S608  as above


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _objects(db: Database) -> set[str]:
    rows = db.conn.execute("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
    return {name for (name,) in rows}
