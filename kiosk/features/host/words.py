"""How the bench is, in words for its host. Pure."""

from __future__ import annotations

from datetime import tzinfo

from kiosk.core.night import local
from kiosk.features.host.rules import Battery, State
from kiosk.web.dates import about
from kiosk.web.words import decimal, ngettext
from kiosk.web.words import gettext as _


def clock_words(at: int, zone: tzinfo, *, verified: bool = True) -> str:
    """21:04, or "about 21:04" where the clock is doubtful."""
    return about(local(at, zone), exact=verified)


def here_words(duty: list[str], others: int) -> list[str]:
    """Who has come and not gone, one a line: those on duty by name, others only counted."""
    parts = duty or [_("Nobody on duty has checked in.")]
    if others:
        words = ngettext("{count} neighbour who is not on duty", "{count} neighbours not on duty", others)
        parts = [*parts, words.format(count=others)]
    return parts


def contact_words(state: State, zone: tzinfo) -> str:
    """When the node was reached last."""
    if state.last_contact is None:
        return _("not yet")
    ago = state.now - state.last_contact
    if ago < 600:
        return _("just now")
    if ago < 86400:
        return _("at {time}").format(time=clock_words(state.last_contact, zone))
    days = ago // 86400
    return ngettext("{days} day ago", "{days} days ago", days).format(days=days)


def pending_words(count: int) -> str:
    """What waits to be sent."""
    if not count:
        return _("Everything has been sent.")
    words = ngettext(
        "{count} record is waiting to be sent.", "{count} records are waiting to be sent.", count
    )
    return words.format(count=count)


def battery_words(battery: Battery | None) -> str:
    """The battery, "" where there is none."""
    if battery is None:
        return ""
    words = _("{percent} %, plugged in") if battery.plugged else _("{percent} %, not plugged in")
    return words.format(percent=battery.percent)


def disk_words(free: int) -> str:
    """Room on the disk."""
    return _("{gigabytes} GB free").format(gigabytes=decimal(free / 1e9))
