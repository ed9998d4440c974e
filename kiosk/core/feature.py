"""What a feature declares of itself: the one thing that the composition roots know about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kiosk.core.event import Entry, EventType, Registry

if TYPE_CHECKING:
    from flask import Blueprint

Apply = Callable[[sqlite3.Connection, Sequence[Entry]], None]
"""Brings read-models up to date with entries of the feature's own types, in their order."""

Names = Callable[[str], str]
"""The display name of a member id."""

Operation = Callable[..., Mapping[str, Any]]
"""A command that a running app does for the command line: (services, **words) -> facts to print."""

Chore = Callable[[Any], None]
"""Something the app does by itself, about once a minute: (services) -> None."""


@dataclass(frozen=True)
class Holding:
    """A line of "What this tablet holds": which table, in what words, and until when."""

    table: str
    words: str
    until: str


@dataclass(frozen=True)
class Feature:
    """One folder's declaration. Blueprints are made by functions, so that they load when first needed.

    `events` are the types that it declares, `reads` those of others that its read-model follows as well.
    With `bench_only` the node keeps the events but makes no read-model of them.
    `schema` is the DDL of its read-models: one `CREATE TABLE`, `CREATE INDEX` or `CREATE VIEW` a string.
    When any of it changes, the journal rebuilds all read-models at the next start.
    """

    name: str
    events: tuple[EventType, ...] = ()
    reads: tuple[EventType, ...] = ()
    schema: tuple[str, ...] = ()
    apply: Apply | None = None
    describe: Callable[[Entry, Names], str] | None = None
    bench: Callable[[], Blueprint] | None = None
    central: Callable[[], Blueprint] | None = None
    bench_only: bool = False
    operations: Mapping[str, Operation] = field(default_factory=dict)
    chores: tuple[Chore, ...] = ()
    holdings: tuple[Holding, ...] = ()


def registry_of(features: Iterable[Feature]) -> Registry:
    """All event types of these features."""
    return Registry.of(kind for feature in features for kind in feature.events)
