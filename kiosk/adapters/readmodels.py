"""Read-models: tables that follow from the journal and can be thrown away and built again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256

from sqlite_utils import Database

import kiosk
from kiosk.adapters.meta import get_meta, set_meta
from kiosk.adapters.store import Store
from kiosk.core.errors import Invalid
from kiosk.core.event import Entry
from kiosk.core.feature import Feature, registry_of

_CHUNK = 1000
_BODIES = (
    "SELECT e.id, s.id, s.name, e.seq, e.body FROM events e JOIN sources s ON s.id = e.source"
    " WHERE e.body IS NOT NULL AND e.id > ? ORDER BY e.id LIMIT ?"
)


class ReadModels:
    """The tables of the features that a device (the node: `central`) keeps, and which applies what."""

    def __init__(self, features: Sequence[Feature], *, central: bool = False) -> None:
        self.registry = registry_of(features)
        self.features = tuple(feature for feature in features if not (central and feature.bench_only))
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
        self._drop(db)
        before = _objects(db)
        for feature in self.features:
            for statement in feature.schema:
                db.conn.execute(statement)
        set_meta(db, "read-model-tables", json.dumps(sorted(_objects(db) - before)))
        set_meta(db, "read-models", self.fingerprint)
        db.conn.execute("DELETE FROM quarantine")
        chunk: list[Entry] = []
        for entry in self.replay(db, quarantine=True):
            chunk.append(entry)
            if len(chunk) == _CHUNK:
                self.apply(db, chunk)
                chunk.clear()
        self.apply(db, chunk)

    def replay(self, db: Database, *, quarantine: bool = False) -> Iterator[Entry]:
        """Every event that reads, in the order in which it was taken in; the others, if asked, put aside."""
        last = 0
        while rows := db.conn.execute(_BODIES, (last, _CHUNK)).fetchall():
            for last, source, name, seq, body in rows:  # noqa: B007  `last` is the next page's start
                try:
                    yield self.registry.decode(name, seq, body)
                except Invalid as error:
                    if quarantine:
                        put_aside = (source, seq, str(error))
                        db.conn.execute("INSERT OR REPLACE INTO quarantine VALUES (?, ?, ?)", put_aside)

    def _drop(self, db: Database) -> None:
        kinds = dict(db.conn.execute("SELECT name, type FROM sqlite_master").fetchall())
        for name in json.loads(get_meta(db, "read-model-tables") or "[]"):
            if kinds.get(name) in ("table", "view"):
                quoted = name.replace('"', '""')
                db.conn.execute(f'DROP {kinds[name]} "{quoted}"')


def _objects(db: Database) -> set[str]:
    rows = db.conn.execute("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
    return {name for (name,) in rows}
