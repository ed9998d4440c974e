"""Flags as they wait for the mediators to whom they went."""

from __future__ import annotations

from kiosk.core.errors import Refused
from kiosk.core.feature import Decision, Matter
from kiosk.features.flags import model
from kiosk.features.flags.events import Seen
from kiosk.features.flags.looking import just_read, note_read
from kiosk.web.services import Services
from kiosk.web.words import gettext as _

SEEN = "seen"


def matters(here: Services, mediator: str) -> list[Matter]:
    """The flags that went to this mediator, who has not read them, oldest first."""
    found = []
    for place in _waiting(here, mediator):
        entry = here.journal.entry_at(here.db, place)
        if entry is not None:
            found.append(_matter(place, entry.at, entry.data.sealed))
    return sorted(found, key=lambda one: one.at)


def decide(here: Services, decision: Decision) -> None:
    """Take note that the mediator has read it; Refused when it does not wait for them."""
    with here.journal.writing() as db:
        if decision.choice != SEEN or decision.place not in _waiting(here, decision.member):
            raise Refused(_("This does not wait for you any more; nothing was changed."))
        note_read(db, Seen(decision.place, decision.member))


def _waiting(here: Services, mediator: str) -> list[str]:
    read = {one.flag for one in just_read(here.db) if one.member == mediator}
    return [place for place in model.waiting(here.db.conn, mediator) if place not in read]


def _matter(place: str, at: int, sealed: bytes) -> Matter:
    return Matter(
        place=place,
        at=at,
        title=_("About how notes are written"),
        lines=(_("Sealed to you and one more mediator at most. It can be innocent."),),
        sealed=sealed,
        choices=((SEEN, _("I have read it")),),
    )
