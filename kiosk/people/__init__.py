"""Members, badges, PINs, mandates, sessions and the neighbourhood: what several features need."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from kiosk.core.event import Entry
from kiosk.core.feature import Feature, Holding, Names
from kiosk.people import (
    events,
    members,
    neighbourhood,
    operations,
    passphrases,
    phones,
    pins,
    places,
    tonight,
)
from kiosk.web.words import gettext as _


def _apply(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    places.apply(db, entries)
    members.apply(db, entries)
    neighbourhood.apply(db, entries)
    tonight.apply(db, entries)
    phones.apply(db, entries)


def _spent(db: sqlite3.Connection, now: int | None) -> list[str]:
    return places.spent(db, now) + phones.spent(db)


_SENTENCES: dict[type, Callable[[Any, Names], str]] = {
    events.Added: lambda data, _names: f"{data.name} joined as number {data.member}.",
    events.Left: lambda data, _names: f"Number {data.member} left.",
    events.PinSet: lambda data, names: f"{names(data.member)} got a PIN.",
    events.Vouched: lambda data, names: (
        f"{names(data.by[0])} and {names(data.by[1])} vouched for {names(data.member)} tonight."
    ),
    events.BadgeRevoked: lambda data, names: f"Badges of {names(data.member)} were called back.",
    events.Granted: lambda data, names: f"{names(data.member)} is {data.role} until {_day(data.ends)}.",
    events.Recalled: lambda data, names: f"{names(data.member)} is no longer {data.role}.",
    events.PhoneIntroduced: lambda data, names: _("A phone of {name} was introduced.").format(
        name=names(data.member)
    ),
    events.PhoneRevoked: lambda _data, _names: _("A phone was forgotten."),
    events.Described: lambda data, _names: f"What {data.name} decided was published.",
}


def _day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()


def _describe(entry: Entry, names: Names) -> str:
    return _SENTENCES[type(entry.data)](entry.data, names)


PEOPLE = Feature(
    name="people",
    events=(
        events.ADDED,
        events.LEFT,
        events.PIN_SET,
        events.VOUCHED,
        events.BADGE_REVOKED,
        events.GRANTED,
        events.RECALLED,
        events.DESCRIBED,
        events.PHONE_INTRODUCED,
        events.PHONE_REVOKED,
    ),
    schema=(*places.SCHEMA, *members.SCHEMA, *neighbourhood.SCHEMA, *tonight.SCHEMA, *phones.SCHEMA),
    apply=_apply,
    describe=_describe,
    spent=_spent,
    chores=(pins.forget_old,),
    operations={
        "member.add": operations.add_member,
        "member.pin": operations.new_member_pin,
        "member.renew-pins": operations.renew_pins,
        "member.passphrase": passphrases.set_passphrase,
        "member.badge": operations.make_badge,
        "member.revoke-badges": operations.revoke_badges,
        "member.leave": operations.member_leaves,
        "member.recall": operations.recall_member,
        "neighbourhood.describe": operations.describe_neighbourhood,
    },
    holdings=(
        Holding(
            "members",
            "names that members chose, their numbers, and hashes of their PINs",
            "while they are members",
        ),
        Holding(
            "member_events",
            "where in the log members, roles, PINs and badges stand",
            "while they are members",
        ),
        Holding("former_members", "the numbers of members who left, without names", "as long as the log"),
        Holding("mandates", "which member has which role until when", "while they are members"),
        Holding(
            "neighbourhood",
            "what the neighbourhood decided: zones, whom to call, open doors",
            "as long as the log",
        ),
        Holding(
            "vouched_pins",
            "for whom two stewards vouched, and a hash of the PIN that is good for that night",
            2,
        ),
        Holding(
            "phones",
            "whose phone may check them in here, and what it carries, scrambled",
            365,
        ),
        Holding("pin_attempts", "counts of wrong PINs and passphrases", "until the right one is given"),
        Holding(
            "passphrases",
            "what coordinators sign in with, passphrases scrambled; only at the node",
            "until they leave",
        ),
    ),
)
