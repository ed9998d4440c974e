"""What the host is told: one green sentence, or the one thing to do. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.trust import SOON
from kiosk.web.words import gettext as _

LOW_DISK = 200 << 20
"""Bytes below which the host is told."""
LOW_BATTERY = 25
LONG_SILENCE = 3 * 86400
"""Seconds without the node after which the host is told, if anything waits to be sent."""


@dataclass(frozen=True)
class Battery:
    """How full it is, in per cent, and whether the tablet is plugged in."""

    percent: int
    plugged: bool


@dataclass(frozen=True)
class State:
    """How the bench is. `last_contact` and `now` are POSIX seconds, `disk_free` bytes.

    `trust_ends`: when the trust list is over, None without one. `trust_refused`: a list was offered
    that does not hold.
    """

    now: int
    clock_verified: bool
    disk_free: int
    battery: Battery | None
    pending: int
    last_contact: int | None
    quarantined: int = 0
    trust_ends: int | None = None
    trust_refused: bool = False


@dataclass(frozen=True)
class Advice:
    """`kind` is a notice's: saved for all is well, error for now, plain for when there is time."""

    kind: str
    title: str
    text: str
    href: str = ""


def advice(state: State) -> Advice:
    """All is well, or the one thing that wants doing first."""
    looks = (_machine, _stranger, _clock, _records, _end_of_trust)
    well = Advice("saved", _("All is well."), _("There is nothing to do."))
    return next((found for look in looks if (found := look(state)) is not None), well)


def _machine(state: State) -> Advice | None:
    if state.disk_free < LOW_DISK:
        return Advice("error", _("The disk is nearly full."), _("Please tell a coordinator today."))
    if state.battery is not None and not state.battery.plugged and state.battery.percent < LOW_BATTERY:
        return Advice("error", _("The battery is low."), _("Please plug the tablet in."))
    return None


def _stranger(state: State) -> Advice | None:
    if not state.trust_refused:
        return None
    title = _("Somebody tried to change whom this bench trusts.")
    return Advice("error", title, _("Nothing was changed. Please tell a coordinator today."))


def _clock(state: State) -> Advice | None:
    if state.clock_verified:
        return None
    return Advice("plain", _("This bench does not know the time."), _("Please tell it."), "/host/clock")


def _records(state: State) -> Advice | None:
    if is_cut_off(state):
        text = _("Is the router on? Everything is kept here until there is a connection.")
        never, long = _("The bench has not reached the node yet."), _("The node was not reached for days.")
        return Advice("plain", never if state.last_contact is None else long, text)
    if state.quarantined:
        text = _("Please tell a coordinator when you see one. Nothing is lost.")
        return Advice("plain", _("Some records could not be read."), text)
    return None


def _end_of_trust(state: State) -> Advice | None:
    if state.trust_ends is None or state.now < state.trust_ends - SOON:
        return None
    if state.now < state.trust_ends:
        title = _("The list of whom this bench trusts ends soon.")
        return Advice("plain", title, _("Everything still works. Please tell a coordinator."))
    title = _("The list of whom this bench trusts is over.")
    return Advice("error", title, _("Nothing can be sealed now. Please tell a coordinator."))


def is_cut_off(state: State) -> bool:
    """Whether something has waited for the node for too long."""
    silent = state.last_contact is None or state.now - state.last_contact > LONG_SILENCE
    return silent and state.pending > 0
