"""Members, badges, PINs, mandates, sessions and the neighbourhood: what several features need."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from kiosk.core.event import Entry
from kiosk.core.feature import AS_LONG_AS_THE_LOG, Feature, Holding, Names
from kiosk.core.sentences import N_
from kiosk.people import (
    events,
    members,
    neighbourhood,
    operations,
    passphrases,
    phonelinks,
    phones,
    pins,
    places,
    tonight,
)
from kiosk.people.roles import role_words
from kiosk.people.texts import said
from kiosk.web.dates import full_day_words
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
    events.Added: lambda data, _names: _("{name} joined as number {number}.").format(
        name=data.name, number=data.member
    ),
    events.Left: lambda data, _names: _("Number {number} left.").format(number=data.member),
    events.PinSet: lambda data, names: _("{name} got a PIN.").format(name=names(data.member)),
    events.Vouched: lambda data, names: _("{first} and {second} vouched for {name} tonight.").format(
        first=names(data.by[0]), second=names(data.by[1]), name=names(data.member)
    ),
    events.BadgeRevoked: lambda data, names: _("Badges of {name} were called back.").format(
        name=names(data.member)
    ),
    events.Granted: lambda data, names: _("{name} is {role} until {day}.").format(
        name=names(data.member), role=role_words(data.role), day=_day(data.ends)
    ),
    events.Recalled: lambda data, names: _("{name} is no longer {role}.").format(
        name=names(data.member), role=role_words(data.role)
    ),
    events.PhoneIntroduced: lambda data, names: _("A phone of {name} was introduced.").format(
        name=names(data.member)
    ),
    events.PhoneRevoked: lambda _data, _names: _("A phone was forgotten."),
    events.Described: lambda data, _names: _("What {name} decided was published.").format(
        name=said(data.name, data.name_in)
    ),
}


def _day(at: int) -> str:
    return full_day_words(datetime.fromtimestamp(at, UTC).date())


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
    chores=(pins.forget_old, phonelinks.forget_old),
    operations={
        "member.add": operations.add_member,
        "member.pin": operations.new_member_pin,
        "member.renew-pins": operations.renew_pins,
        "member.passphrase": passphrases.set_passphrase,
        "member.badge": operations.make_badge,
        "member.revoke-badges": operations.revoke_badges,
        "member.leave": operations.member_leaves,
        "member.recall": operations.recall_member,
        "member.phone-link": phonelinks.make_link,
        "member.phone-revoke": phonelinks.revoke_all,
        "neighbourhood.describe": operations.describe_neighbourhood,
    },
    holdings=(
        Holding(
            "members",
            N_("names that members chose, their numbers, and their PINs, scrambled"),
            N_("Kept while they are members."),
        ),
        Holding(
            "member_events",
            N_("where in the log members, roles, PINs and badges stand"),
            N_("Kept while they are members."),
        ),
        Holding("former_members", N_("the numbers of members who left, without names"), AS_LONG_AS_THE_LOG),
        Holding("mandates", N_("which member has which role until when"), N_("Kept while they are members.")),
        Holding(
            "neighbourhood",
            N_("what the neighbourhood decided: zones, whom to call, open doors"),
            AS_LONG_AS_THE_LOG,
        ),
        Holding(
            "vouched_pins",
            N_("for whom two stewards vouched, and the PIN that is good for that night, scrambled"),
            2,
        ),
        Holding(
            "phones",
            N_("whose phone may check them in here, and what it carries, scrambled"),
            365,
        ),
        Holding(
            "introductions",
            N_("links by which phones are introduced, scrambled; only at the node"),
            N_("Kept for a day at most."),
        ),
        Holding(
            "pin_attempts",
            N_("counts of wrong PINs and passphrases"),
            N_("Kept until the right one is given."),
        ),
        Holding(
            "passphrases",
            N_("what coordinators sign in with, passphrases scrambled; only at the node"),
            N_("Kept until they leave."),
        ),
    ),
)
