"""What a feature declares of itself: the one thing that the composition roots know about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from kiosk.core.event import Entry, EventType, Registry
from kiosk.core.sentences import N_

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


Spent = Callable[[sqlite3.Connection, "int | None"], Iterable[str]]
"""Events, by place, whose bodies are of no more use whatever their days: superseded, withdrawn, dealt with.

The second value is now, POSIX seconds, None while the clock is not verified.
"""

Kept = Callable[[sqlite3.Connection, "int | None"], Iterable[str]]
"""Events, by place, that are not erased for now; now as above."""

Places = Callable[[sqlite3.Connection], Iterable[str]]
"""Events, by place (`<source>/<seq>`)."""


@dataclass(frozen=True)
class Remark:
    """What is said beside a published sentence, or, with `instead`, where it stands or stood.

    The sentence is number `number` of what `bench` (its id) published of `night`. `words`: what there is to
    know, in a few words; `more`: what a mediator added; `at`: since when it is so, POSIX seconds.
    """

    bench: str
    night: date
    number: int
    words: str
    at: int
    instead: bool = False
    more: str = ""


Remarks = Callable[[Any, date], Iterable[Remark]]
"""What a feature has to say of the sentences of a night: (services, night); one remark for a sentence."""


@dataclass(frozen=True)
class Matter:
    """Something that waits for a mediator at the node.

    `place` names it among its feature's; `at`: POSIX seconds; `title` and `lines` say in plain words what
    the node knows; `sealed`: an age file that only mediators open; `choices`: value and words of each answer;
    `asks_words`: whether an answer may have words, which will be public. `proof`: what the letters behind
    `opened:` in the sealed text come to (`adapters.sealing`), b"" when anybody may answer who gets to see it.
    """

    place: str
    at: int
    title: str
    lines: tuple[str, ...] = ()
    sealed: bytes = b""
    choices: tuple[tuple[str, str], ...] = ()
    asks_words: bool = False
    proof: bytes = b""


@dataclass(frozen=True)
class Decision:
    """What the mediator `member` decides of the matter at `place`; `proof`: its letters, if it has some."""

    member: str
    place: str
    choice: str
    words: str = ""
    proof: str = ""


@dataclass(frozen=True)
class Way:
    """A further page for coordinators: its address, its words, and the shape drawn beside them."""

    href: str
    words: str
    shape: str


AS_LONG_AS_THE_LOG = N_("Kept as long as the log.")


@dataclass(frozen=True)
class Holding:
    """A line of "What this tablet holds": which table, in what words, and until when.

    `until`: the days after which nothing of what is in it now is left, as the events that feed the table
    declare them; a sentence only where no number of days says it. Words and sentence are marked with N_.
    """

    table: str
    words: str
    until: int | str


@dataclass(frozen=True)
class Feature:
    """One folder's declaration. Blueprints are made by functions, so that they load when first needed.

    `events` are the types that it declares, `reads` those of others that its read-model follows as well.
    With `bench_only` the node keeps the events but makes no read-model of them and does no chores; with
    `central_only` it is the benches that do not.
    `schema` is the DDL of its read-models: one `CREATE TABLE`, `CREATE INDEX` or `CREATE VIEW` a string.
    When any of it changes, the journal rebuilds all read-models at the next start.
    `after_sync`: what a bench also does right after each exchange with its node.
    `describe`: a sentence for the host's log, "" for what is not to be told there; in the reader's language,
    or marked with N_.
    `spent`: what is erased before or without its days; `kept`: what is not erased though they are over;
    `hidden`: public events that are neither shown nor exported for now; `remarks`: what is said of sentences.
    `ways`: (services) -> further pages for coordinators, which the desk leads to; `tells`: (services) -> a
    sentence at the foot of the public log.
    `matters` gives what waits for the mediator with a member number, `decide` takes their answer.
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
    central_only: bool = False
    operations: Mapping[str, Operation] = field(default_factory=dict)
    chores: tuple[Chore, ...] = ()
    after_sync: tuple[Chore, ...] = ()
    holdings: tuple[Holding, ...] = ()
    spent: Spent | None = None
    kept: Kept | None = None
    hidden: Places | None = None
    ways: Callable[[Any], Sequence[Way]] | None = None
    tells: Callable[[Any], str] | None = None
    remarks: Remarks | None = None
    matters: Callable[[Any, str], Sequence[Matter]] | None = None
    decide: Callable[[Any, Decision], None] | None = None


def at_home(features: Iterable[Feature], *, central: bool) -> tuple[Feature, ...]:
    """The features that have read-models and chores on this kind of device (the node: `central`)."""
    return tuple(one for one in features if not (one.bench_only if central else one.central_only))


def hidden_places(features: Iterable[Feature], db: sqlite3.Connection) -> set[str]:
    """The public events that any of these features hides for now, by place."""
    return {place for one in features if one.hidden is not None for place in one.hidden(db)}


def registry_of(features: Iterable[Feature]) -> Registry:
    """All event types of these features."""
    return Registry.of(kind for feature in features for kind in feature.events)
