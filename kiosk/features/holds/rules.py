"""What the tables of the journal hold, and how many rows are said to be somewhere."""

from __future__ import annotations

from kiosk.core.feature import Holding
from kiosk.web.words import gettext as _

AS_LONG = "as long as the log"

JOURNAL = (
    Holding("events", "everything that was ever recorded here, whole or as 32 bytes only", AS_LONG),
    Holding("sources", "the names of the devices whose logs are held, and how long each is", AS_LONG),
    Holding("checkpoints", "signatures of this bench over its log", AS_LONG),
    Holding("cosignatures", "the node's word that it holds what was sent", AS_LONG),
    Holding("quarantine", "places of records that could not be read, and why", "until they can be read"),
    Holding("reported", "places of this bench's records that the node could not read, and why", AS_LONG),
    Holding("forks", "what another device sent that contradicts its earlier log", AS_LONG),
    Holding("trust_lists", "whose keys count here, signed by the neighbourhood's roots", AS_LONG),
    Holding("enrolments", "codes by which benches join, scrambled; only at the node", "a day"),
    Holding("meta", "this bench's name, its node, its clock, and when it last reached the node", AS_LONG),
    Holding("_sqlite_migrations", "which changes of the database's own form were made", AS_LONG),
)
"""The tables that no feature makes. A test finds a table that is declared neither here nor by a feature."""

_STEP = 10


def about(count: int) -> str:
    """A count in tens.

    One more row is then not seen at once: else somebody who looks twice would learn that a steward has come.
    """
    if count < _STEP:
        return _("fewer than 10")
    return _("about %(count)s") % {"count": f"{count // _STEP * _STEP:,}"}


def begun(words: str) -> str:
    """Words as a sentence begins."""
    return words[:1].upper() + words[1:]
