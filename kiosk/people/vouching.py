"""A PIN was forgotten: two stewards who are here vouch for somebody, who gets a PIN for tonight.

What is known between the pages is in the memory of the session only. Whether the bench knows whoever is
vouched for shows only once two stewards have given their own PINs, and then as a wrong PIN does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlite_utils import Database

from kiosk.core.errors import NotSaved, Refused
from kiosk.core.mandate import Role
from kiosk.core.night import night_of
from kiosk.people import badges, events, members, neighbourhood, pins, rules, shown, tonight
from kiosk.people.members import Member
from kiosk.web.services import Services
from kiosk.web.words import gettext as _

KEPT = "vouching"
"""Under this a session keeps how far it is."""
MOST = 3
"""So often in a night somebody can be vouched for."""


@dataclass(frozen=True)
class Vouching:
    """How far it is. `who`: the words or the name shown; `member`: the number, "" when nobody is so called.

    `first`: the number of the steward who has vouched; `pin`: what the two stewards' word has given.
    """

    who: str
    member: str
    first: str = ""
    pin: str = ""


def named(here: Services, words: str) -> Vouching:
    """Somebody says who they are: by name or number, or by the code of their badge."""
    if words.upper().startswith(badges.PREFIX):
        return _by_badge(here, words)
    found = members.called(here.db.conn, words)
    return Vouching(words[:40], found[0].id if len(found) == 1 else "")


def _by_badge(here: Services, text: str) -> Vouching:
    member = members.find(here.db.conn, shown.member_of(here, text))
    if member is None:
        raise Refused(_("This bench does not know you yet. It learns about you from the node."))
    return Vouching(member.name, member.id)


def vouch(here: Services, held: dict[str, Any], going: Vouching, who: str, pin: str) -> Vouching:
    """A steward vouches, with their own PIN; after the second there is a PIN for tonight.

    `held` keeps, as `KEPT`, how far it is; when the page was sent, that was `going`. Of two taps the second
    finds what the first has done.
    WrongPin, Waiting: as at the sign-in, and only the steward's tries are counted. Refused: not this steward.
    """
    steward = _steward(here, going, who, pin)
    if going.first:
        if not going.member:
            raise _doubt()
        _require_on_duty(here, going.first)
    lent = pins.new_pin() if going.first else ""
    hashed = pins.hash_pin(lent) if lent else ""
    try:
        with here.journal.writing() as db:
            if held.get(KEPT) is going and going.first:
                _give(here, db, going.member, (going.first, steward.id), hashed)
                held[KEPT] = replace(going, pin=lent)
            elif held.get(KEPT) is going:
                held[KEPT] = replace(going, first=steward.id)
    except NotSaved:
        held[KEPT] = going
        raise
    found: Vouching = held.get(KEPT, going)
    return found


def _steward(here: Services, going: Vouching, who: str, pin: str) -> Member:
    """The steward whose own PIN this is: on duty, another than the first, and not who is vouched for."""
    try:
        steward = pins.check(here, who, pin, own=True)
    except pins.WrongPin:
        raise _doubt() from None
    _require_on_duty(here, steward.id)
    if steward.id == going.member:
        raise Refused(_("Nobody vouches for themself. Two other stewards can."))
    if steward.id == going.first:
        raise Refused(_("You have vouched already. Now it is another steward's turn."))
    return steward


def _doubt() -> pins.WrongPin:
    """What is said of a wrong PIN and of somebody whom the bench does not know: which it is, is not said."""
    return pins.WrongPin(
        _("Something does not go together: the steward and the PIN, or who forgot theirs. Please check both.")
    )


def _require_on_duty(here: Services, number: str) -> None:
    if not rules.standing(here, here.db.conn, number, Role.STEWARD).on_duty:
        raise Refused(_("Only stewards on duty can vouch, and your mandate has ended. Another steward can."))


def _give(here: Services, db: Database, member: str, by: tuple[str, str], hashed: str) -> None:
    """Record a PIN for tonight; Refused when there were enough of them."""
    night = night_of(here.clock.now(), neighbourhood.timezone(db.conn))
    if tonight.count(db.conn, here.device.identity.source, member, night) >= MOST:
        raise Refused(_("Three times in one night is the most. A coordinator can give a new PIN."))
    here.journal.record(events.VOUCHED, events.Vouched(member, by, night, hashed))
