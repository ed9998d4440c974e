"""Whose badge is shown."""

from __future__ import annotations

from kiosk.adapters import trust
from kiosk.people import badges, members
from kiosk.web.services import Services
from kiosk.web.words import gettext as _


def member_of(here: Services, text: str) -> str:
    """The member whose badge this is; NotABadge, with a sentence, when it is none that counts here."""
    keys = trust.badge_keys(here.db, here.device)
    badge = badges.read(text, here.device.identity.network, keys, here.clock.lapse_time())
    if members.badge_is_void(here.db.conn, badge.member, badge.issued):
        raise badges.NotABadge(_("That badge was called back. Ask a coordinator for a new one."))
    return badge.member
