"""Counts of what is held."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kiosk.core.feature import Holding


@dataclass(frozen=True)
class Totals:
    """Events held whole, held as 32 bytes only, and of this bench's own not yet acknowledged by the node."""

    whole: int
    leaves: int
    pending: int


def counted(db: sqlite3.Connection, holdings: Iterable[Holding]) -> list[tuple[Holding, int]]:
    """The holdings that this database has a table for, in their order, each with its number of rows."""
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return [(holding, _rows(db, holding.table)) for holding in holdings if holding.table in tables]


def by_time(held: Iterable[tuple[Holding, int]]) -> Mapping[int | str, Mapping[str, int]]:
    """Until when: what: how many. Holdings of the same words are one line."""
    groups: dict[int | str, dict[str, int]] = {}
    for holding, count in held:
        group = groups.setdefault(holding.until, {})
        group[holding.words] = group.get(holding.words, 0) + count
    return groups


def _rows(db: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    # A feature's declaration, never a request.
    query = f'SELECT count(*) FROM "{quoted}"'  # noqa: S608
    return int(db.execute(query).fetchone()[0])


def totals(db: sqlite3.Connection, source: str) -> Totals:
    """What the journal holds; `source` is this bench's own log."""
    whole, leaves = db.execute("SELECT count(body), count(leaf) FROM events").fetchone()
    row = db.execute("SELECT size - acked FROM sources WHERE name = ?", (source,)).fetchone()
    return Totals(whole, leaves, row[0] if row else 0)
