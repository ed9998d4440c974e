"""How sentences stand, in words."""

from __future__ import annotations

from datetime import date, tzinfo
from itertools import groupby
from operator import attrgetter

from kiosk.core.feature import Remark
from kiosk.core.night import local
from kiosk.features.claims import queries
from kiosk.features.claims.events import Answer
from kiosk.features.claims.rules import WEEK, Claim, Standing, counting, standing
from kiosk.features.log.events import sentence_words
from kiosk.web.dates import date_words
from kiosk.web.services import Services
from kiosk.web.words import gettext as _

_ADDRESS = attrgetter("bench", "number")


def sentence_text(here: Services, place: str) -> str:
    """The published sentence at `place` with its writer's own words, "" when it is not there."""
    entry = here.journal.entry_at(here.db, place)
    return "" if entry is None else f"{sentence_words(entry.data)} {entry.data.words}".rstrip()


def remarks(here: Services, night: date) -> list[Remark]:
    """What there is to say of the sentences of a night."""
    claims = sorted(queries.of_night(here.db.conn, night), key=_ADDRESS)
    now = here.clock.lapse_time()
    found = (_remark(list(group), now) for _at, group in groupby(claims, _ADDRESS))
    return [remark for remark in found if remark is not None]


def _remark(claims: list[Claim], now: int) -> Remark | None:
    state, found = standing(claims, now), counting(claims, now)
    looked_at = [claim for claim in found if claim.answer is Answer.STAYS]
    if state is None or (state is Standing.WAITING and not looked_at):
        return None
    first = found[0]
    address = (first.bench, first.night, first.number)
    if state is Standing.TALKED_OVER:
        return Remark(*address, _("This is being talked over."), first.at, instead=True)
    if state is Standing.UNANSWERED:
        words = _("Taken out: nobody answered within a week.")
        return Remark(*address, words, first.at + WEEK, instead=True)
    if state is Standing.GOES:
        last = next(claim for claim in found if claim.answer is Answer.GOES)
        return Remark(*address, _("Taken out after a claim."), last.answered, instead=True, more=last.words)
    last = looked_at[-1]
    return Remark(*address, _("A mediator has looked at this."), last.answered, more=last.words)


def state_words(state: Standing | None, claim: Claim, zone: tzinfo) -> tuple[str, str]:
    """How the sentence of a claim stands: in a word, and what follows from it."""
    if state is None:
        return _("It is not there any more."), _("The sentence was taken out: its writer took it back.")
    day = date_words(local(claim.at, zone).date())
    return {
        Standing.TALKED_OVER: (
            _("It is being talked over."),
            _(
                "The sentence has been hidden since {day}. A mediator answers within a week; if nobody does,"
                " it is erased."
            ).format(day=day),
        ),
        Standing.WAITING: (
            _("It waits for a mediator."),
            _(
                "Since {day}. The sentence is shown until a mediator has looked at it; if nobody does within"
                " a week, it is erased."
            ).format(day=day),
        ),
        Standing.STAYS: (
            _("A mediator has looked at it: it stays."),
            _("The sentence is shown again, and says that a mediator has looked at it."),
        ),
        Standing.GOES: (
            _("It was taken out."),
            _("A mediator has looked at it. The sentence is erased, here and everywhere."),
        ),
        Standing.UNANSWERED: (
            _("It was taken out."),
            _("Nobody answered within a week, so the sentence is erased."),
        ),
    }[state]
