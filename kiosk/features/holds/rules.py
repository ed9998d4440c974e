"""What the tables of the journal hold, and how many rows are said to be somewhere."""

from __future__ import annotations

from datetime import date, timedelta, tzinfo

from kiosk.core.feature import AS_LONG_AS_THE_LOG, Holding
from kiosk.core.night import local
from kiosk.core.retention import UNREADABLE_DAYS
from kiosk.core.sentences import N_
from kiosk.web.dates import day_words
from kiosk.web.words import gettext as _
from kiosk.web.words import ngettext, whole

JOURNAL = (
    Holding(
        "events", N_("everything that was ever recorded here, whole or as 32 bytes only"), AS_LONG_AS_THE_LOG
    ),
    Holding(
        "sources",
        N_("the names of the devices whose logs are held, and how long each is"),
        AS_LONG_AS_THE_LOG,
    ),
    Holding("checkpoints", N_("signatures of this bench over its log"), AS_LONG_AS_THE_LOG),
    Holding("cosignatures", N_("the node's word that it holds what was sent"), AS_LONG_AS_THE_LOG),
    Holding("quarantine", N_("places of records that could not be read, and why"), UNREADABLE_DAYS),
    Holding(
        "reported",
        N_("places of this bench's records that the node could not read, and why"),
        N_("Kept as long as the records."),
    ),
    Holding("forks", N_("what another device sent that contradicts its earlier log"), UNREADABLE_DAYS),
    Holding(
        "trust_lists", N_("whose keys count here, signed by the neighbourhood's roots"), AS_LONG_AS_THE_LOG
    ),
    Holding(
        "enrolments",
        N_("codes by which benches join, scrambled; only at the node"),
        N_("Kept for a day at most."),
    ),
    Holding(
        "meta",
        N_("this bench's name, its node, its clock, and when it last reached the node"),
        AS_LONG_AS_THE_LOG,
    ),
    Holding(
        "_sqlite_migrations", N_("which changes of the database's own form were made"), AS_LONG_AS_THE_LOG
    ),
)
"""The tables that no feature makes. A test finds a table that is declared neither here nor by a feature."""

_STEP = 10


def about(count: int) -> str:
    """A count in tens.

    One more row is then not seen at once: else somebody who looks twice would learn that a steward has come.
    """
    if count < _STEP:
        return _("fewer than 10")
    return _("about {count}").format(count=whole(count // _STEP * _STEP))


def days_of(holding: Holding) -> float:
    """For how many days a line is kept; without end where words say until when."""
    return holding.until if isinstance(holding.until, int) else float("inf")


def kept(until: int | str, now: int | None, zone: tzinfo) -> str:
    """For how long something is kept, in a sentence or two.

    Where days are declared, also the local date by which all that is there at POSIX second `now` is gone;
    without `now`, while the clock is not verified, no date can be said.
    """
    if isinstance(until, str):
        return _(until)
    days = ngettext("Kept for {days} day.", "Kept for {days} days.", until).format(days=until)
    if now is None:
        return days
    gone = _("All that is here now is gone by {day}.").format(day=day_words(gone_by(until, now, zone)))
    return f"{days} {gone}"


def gone_by(days: int, now: int, zone: tzinfo) -> date:
    """The local date by which all that is there at POSIX second `now` is erased.

    Erasure comes round once a day, so it may be a day after the days are over.
    """
    return local(now, zone).date() + timedelta(days=days + 1)
