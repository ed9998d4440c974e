"""What coordinators do at the node about people: members, badges, the neighbourhood."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from sqlite_utils import Database

from kiosk.core.errors import Refused
from kiosk.core.event import EventType
from kiosk.core.mandate import Role, grant, recall
from kiosk.core.sentences import N_
from kiosk.people import assembly, badges, events, members, neighbourhood, passphrases, pins
from kiosk.people.roles import role_words
from kiosk.web.forms import clean
from kiosk.web.services import Services
from kiosk.web.words import gettext as _


def add_member(
    here: Services, *, name: str, roles: Sequence[str] = (), bench: str | None = None
) -> Mapping[str, Any]:
    """A new member with a PIN and mandates of one term; `member`, `pin`, and when each role `ends`."""
    name = _name(name)
    wanted = list(dict.fromkeys(_role(role) for role in roles))
    _check_bench(bench, wanted)
    pin = pins.new_pin()
    hashed = pins.hash_pin(pin)
    with here.journal.writing() as db:
        number = _free_number(db)
        zone = neighbourhood.timezone(db.conn)
        at = here.clock.now()
        granted = [
            grant(number, role, at, zone, bench=bench if role == Role.HOST else None) for role in wanted
        ]
        facts: list[tuple[EventType, msgspec.Struct]] = [
            (events.ADDED, events.Added(number, name)),
            (events.PIN_SET, events.PinSet(number, hashed)),
        ]
        facts += [
            (events.GRANTED, events.Granted(m.member, m.role, m.begins, m.ends, m.bench)) for m in granted
        ]
        here.journal.record_all(facts)
    return {"member": number, "pin": pin, "ends": {m.role.value: m.ends for m in granted}}


def new_member_pin(here: Services, *, member: str) -> Mapping[str, Any]:
    """A new PIN for a member, which also lifts a lock; `pin`."""
    _known(here, member)
    pin = pins.new_pin()
    here.journal.record(events.PIN_SET, events.PinSet(member, pins.hash_pin(pin)))
    return {"pin": pin}


def renew_pins(here: Services, before: Callable[[], object] = lambda: None) -> Mapping[str, Any]:
    """A new PIN for every member, once a tablet with the hashes is gone; `pins`: number, name, PIN.

    What is to be recorded `before` is so together with them, or neither is.
    """
    made = [(member, pins.new_pin()) for member in members.everyone(here.db.conn)]
    facts = [(events.PIN_SET, events.PinSet(member.id, pins.hash_pin(pin))) for member, pin in made]
    with here.journal.writing():
        before()
        if facts:
            here.journal.record_all(facts)
    return {"pins": [[member.id, member.name, pin] for member, pin in made]}


def make_badge(here: Services, *, member: str) -> Mapping[str, Any]:
    """The text of a badge for a member, good for a year; `badge`, `name`."""
    known = _known(here, member)
    device = here.device
    text = badges.issue(member, device.identity.network, device.key.public, device.key.sign, here.clock.now())
    return {"badge": text, "name": known.name, "member": member, "network": device.identity.name}


def revoke_badges(here: Services, *, member: str) -> Mapping[str, Any]:
    """Void all badges that a member has had until today."""
    _known(here, member)
    here.journal.record(events.BADGE_REVOKED, events.BadgeRevoked(member, here.clock.now()))
    return {"member": member}


def member_leaves(here: Services, *, member: str) -> Mapping[str, Any]:
    """A member leaves: PIN, badges and roles count no more; `name`."""
    known = _known(here, member)
    with here.journal.writing() as db:
        here.journal.record(events.LEFT, events.Left(member))
        passphrases.forget(db, member)
    return {"name": known.name}


def recall_member(here: Services, *, member: str, role: str) -> Mapping[str, Any]:
    """Take a role back: it ends when this night ends; `ends`, POSIX seconds."""
    known, wanted = _known(here, member), _role(role)
    at, zone = here.clock.now(), neighbourhood.timezone(here.db.conn)
    present = [m for m in members.mandates(here.db.conn, member) if m.role == wanted and m.holds(at)]
    if not present:
        raise Refused(_("{name} is not {role} now.").format(name=known.name, role=role_words(wanted)))
    ends = recall(present[0], at, zone).until
    here.journal.record(events.RECALLED, events.Recalled(member, wanted, ends))
    return {"name": known.name, "ends": ends}


def describe_neighbourhood(here: Services, *, name: str, text: str) -> Mapping[str, Any]:
    """Publish what the neighbourhood decided: `text` of the TOML file `name`.

    `over`, `far`: whether its assembly is.
    """
    from kiosk.people.written import parse_toml

    found = parse_toml(name, text)
    here.journal.record(events.DESCRIBED, found)
    now = here.clock.now()
    over, far = assembly.is_over(found, now), assembly.is_far(found, now)
    counts = {"zones": len(found.zones), "calls": len(found.calls)}
    return {"name": found.name, **counts, "over": over, "far": far}


def _known(here: Services, number: str) -> members.Member:
    member = members.find(here.db.conn, number)
    if member is None:
        raise Refused(N_("There is no member {number}."), number=number)
    return member


def _name(words: str) -> str:
    name = " ".join(clean(words).split())
    if not 1 <= len(name) <= 40 or not name.isprintable():
        raise Refused(N_("A name has 1 to 40 letters."))
    if name.isdigit():
        raise Refused(N_("A name is not a number: members get one of their own."))
    return name


def _check_bench(bench: str | None, roles: Sequence[Role]) -> None:
    if bench is None:
        return
    if Role.HOST not in roles:
        raise Refused(N_("Only a host is bound to one bench: add the role host, or leave the bench out."))
    if not re.fullmatch(r"[a-z0-9-]{1,40}", bench):
        raise Refused(N_("A bench is named by its id, for example linden-bakery."))


def _role(word: str) -> Role:
    try:
        return Role(word)
    except ValueError:
        raise Refused(N_("There is no role {word}: {roles}."), word=word, roles=", ".join(Role)) from None


def _free_number(db: Database) -> str:
    while True:
        number = f"{10_000 + secrets.randbelow(90_000)}"
        if members.is_free(db.conn, number):
            return number
