"""The mediators who can be written to now: on the trust list, and with a mandate."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.adapters import trust
from kiosk.core.mandate import Role
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
    db, listed = here.db, trust.load(here.db)
    if listed is None or listed.is_over(here.clock.lapse_time()):
        return []
    return [
        Mediator(one.member, members.name_of(db.conn, one.member), one.recipient)
        for one in listed.mediators
        if rules.standing(here, db.conn, one.member, Role.MEDIATOR).on_duty
    ]
