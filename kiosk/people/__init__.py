"""Members, badges, PINs, mandates, sessions and the neighbourhood: what several features need."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime

from kiosk.core.event import Entry
from kiosk.core.feature import Feature, Holding, Names
from kiosk.people import events, members, neighbourhood, operations


def _apply(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    members.apply(db, entries)
    neighbourhood.apply(db, entries)


def _describe(entry: Entry, names: Names) -> str:
    data = entry.data
    if isinstance(data, events.Added):
        return f"{data.name} joined as number {data.member}."
    if isinstance(data, events.Granted):
        until = datetime.fromtimestamp(data.ends, UTC).date()
        return f"{names(data.member)} is {data.role} until {until}."
    if isinstance(data, events.Recalled):
        return f"{names(data.member)} is no longer {data.role}."
    if isinstance(data, events.Described):
        return f"What {data.name} decided was published."
    if isinstance(data, events.PinSet):
        return f"{names(data.member)} got a PIN."
    if isinstance(data, events.Left):
        return f"Number {data.member} left."
    return f"Badges of {names(data.member)} were called back."


PEOPLE = Feature(
    name="people",
    events=(
        events.ADDED,
        events.LEFT,
        events.PIN_SET,
        events.BADGE_REVOKED,
        events.GRANTED,
        events.RECALLED,
        events.DESCRIBED,
    ),
    schema=(*members.SCHEMA, *neighbourhood.SCHEMA),
    apply=_apply,
    describe=_describe,
    operations={
        "member.add": operations.add_member,
        "member.pin": operations.new_member_pin,
        "member.badge": operations.make_badge,
        "member.revoke-badges": operations.revoke_badges,
        "neighbourhood.describe": operations.describe_neighbourhood,
    },
    holdings=(
        Holding(
            "members", "names that members chose, their numbers, and hashes of their PINs", "until they leave"
        ),
        Holding("mandates", "which member has which role until when", "as long as the log"),
        Holding(
            "neighbourhood",
            "what the neighbourhood decided: zones, whom to call, open doors",
            "as long as the log",
        ),
        Holding("pin_attempts", "counts of wrong PINs", "until the right one is given"),
    ),
)
