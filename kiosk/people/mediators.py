"""The mediators who can be written to now: on the trust list, and with a mandate."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.adapters import trust
from kiosk.core.mandate import Role
from kiosk.core.trust import Reader
from kiosk.people import members, rules
from kiosk.web.services import Services


@dataclass(frozen=True)
class Mediator:
    """A mediator: member number, chosen name, age recipient."""

    member: str
    name: str
    recipient: str


def current(here: Services) -> list[Mediator]:
    """Those whom a sealed text goes to; nobody when there is no trust list, or it is over."""
    return [
        Mediator(one.member, members.name_of(here.db.conn, one.member), one.recipient)
        for one in listed(here)
        if standing(here, one.member).on_duty
    ]


def listed(here: Services) -> tuple[Reader, ...]:
    """Those whom the trust list in force names, with a mandate or without."""
    found = trust.load(here.db)
    return () if found is None or found.is_over(here.clock.lapse_time()) else found.mediators


def standing(here: Services, member: str) -> members.Standing:
    """Whether a member is a mediator now, by mandate."""
    return rules.standing(here, here.db.conn, member, Role.MEDIATOR)
