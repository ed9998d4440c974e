"""Who reads the writer's own words before they are kept."""

from __future__ import annotations

from kiosk.core.errors import Refused
from kiosk.core.mandate import Role
from kiosk.people import pins, rules
from kiosk.people.members import Member
from kiosk.web.services import Services
from kiosk.web.words import gettext as _


def reader(here: Services, author: str, who: str, pin: str) -> Member:
    """The partner whose name or number and PIN these are: another member than `author`, on duty here.

    Refused, and it is not said why; Waiting: too many tries. Nobody is signed in or out by it.
    """
    try:
        member = pins.check(here, who, pin)
    except pins.WrongPin:
        raise _nobody() from None
    if member.id == author or not _is_on_duty(here, member.id):
        raise _nobody()
    return member


def _is_on_duty(here: Services, member: str) -> bool:
    return any(rules.standing(here, here.db.conn, member, role).on_duty for role in (Role.STEWARD, Role.HOST))


def _nobody() -> Refused:
    return Refused(
        _(
            "That is not the name or number and the PIN of a partner: another steward on duty, or the host."
            " Nothing was kept yet."
        )
    )
