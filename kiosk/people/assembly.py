"""The next assembly, for whoever wants to come: until it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape

from kiosk.people import neighbourhood
from kiosk.people.events import Described
from kiosk.people.texts import Text, text
from kiosk.web.dates import near_moment_words
from kiosk.web.services import Services
from kiosk.web.words import gettext as _

HOURS = 3
"""How long an assembly takes: so long after its beginning, it is not shown any more."""

FAR_DAYS = 300
"""So many days ahead, a day without its year may be taken for one of this year."""


@dataclass(frozen=True)
class Ahead:
    """An assembly as a page says it; without a time `at`, `where` is free text that says when, too."""

    where: Text
    at: datetime | None = None

    def __html__(self) -> Markup:
        if self.at is None:
            return self.where.__html__()
        # For translators: Sunday 29 November, 17:00, the school hall
        return escape(_("{when}, {where}")).format(when=near_moment_words(self.at), where=self.where)


def ahead(here: Services) -> Ahead | None:
    """The assembly that the neighbourhood has named, None when it has not, or when that is over.

    By a clock that is not verified none is over.
    """
    known = neighbourhood.described(here.db.conn)
    if known is None:
        return None
    named, reading = known.assembly, here.clock.read()
    if named is None:
        return Ahead(text(known, known.next_assembly, {})) if known.next_assembly else None
    if reading.verified and is_over(known, reading.now // 1000):
        return None
    return Ahead(text(known, named.where, named.where_in), named.at)


def is_over(known: Described, now: int) -> bool:
    """Whether the assembly that is named here is over at POSIX second `now`; free text never is."""
    begins = _begins(known)
    return begins is not None and begins + HOURS * 3600 <= now


def is_far(known: Described, now: int) -> bool:
    """Whether it is so far ahead that readers, who are told no year, would take it for another day."""
    begins = _begins(known)
    return begins is not None and begins > now + FAR_DAYS * 86_400


def _begins(known: Described) -> float | None:
    if known.assembly is None:
        return None
    return known.assembly.at.replace(tzinfo=neighbourhood.timezone_of(known)).timestamp()
