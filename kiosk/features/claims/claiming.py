"""Making a claim on a published sentence."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

from kiosk.adapters import sealing
from kiosk.core.errors import Refused
from kiosk.core.night import night_of
from kiosk.features.claims import model, queries, slips
from kiosk.features.claims.events import EXPLAINED, MADE, Explained, Made
from kiosk.features.claims.queries import Sentence
from kiosk.features.claims.rules import Claim, Handling, Standing, standing
from kiosk.people import mediators, neighbourhood
from kiosk.web.services import Services

MOST_LETTERS = 2000


@dataclass(frozen=True)
class Receipt:
    """What a claim did: its slip, whether it hid the sentence, whether what was typed was sealed and kept."""

    slip: tuple[str, ...]
    hides: bool
    is_kept: bool


def evening(here: Services) -> date:
    """The night that a claim made now counts for.

    While the clock is not verified it is the last that is known of: pulling the plug gives no new night.
    """
    db = here.db.conn
    night = night_of(here.clock.lapse_time(), neighbourhood.timezone(db))
    if here.clock.verified:
        return night
    return max([night, *queries.last_evening(db, here.device.identity.device)])


def stands(here: Services, sentence: Sentence | Claim) -> Standing | None:
    """How a sentence stands."""
    return standing(queries.of_sentence(here.db.conn, sentence), here.clock.lapse_time())


def came_of(here: Services, made: Claim) -> Standing | None:
    """What came of one claim; None when its sentence is not there any more for another reason."""
    now = here.clock.lapse_time()
    alone = standing([replace(made, held=False, replaced=False)], now)
    return alone if alone or made.replaced else stands(here, made)


def is_open(here: Services, sentence: Sentence) -> bool:
    """Whether somebody has claimed it, and there is no answer yet."""
    return stands(here, sentence) in (Standing.TALKED_OVER, Standing.WAITING)


def would(here: Services, sentence: Sentence) -> Handling:
    """What a claim on a sentence does now. What a mediator has looked at is not hidden at once again."""
    at_once = stands(here, sentence) is not Standing.STAYS
    device = here.device.identity.device
    return model.next_handling(here.db.conn, device, evening(here), sentence.bench, at_once=at_once)


def may_explain(here: Services) -> bool:
    """Whether there is somebody whom words can be sealed for."""
    return bool(mediators.current(here))


def claim(here: Services, asked: Sentence, text: str) -> Receipt | None:
    """Make a claim; what it did. None: it is claimed already, gone meanwhile, or too much for tonight."""
    slip, sealed = slips.draw(), _sealed(here, text)
    with here.journal.writing() as db:
        sentence = queries.sentence_at(db.conn, asked.bench, asked.night, asked.number)
        if sentence is None or is_open(here, sentence):
            return None
        does = would(here, sentence)
        if does is Handling.REFUSE:
            return None
        entry = here.journal.record(MADE, _made(here, sentence, slip, does))
        if sealed:
            here.journal.record(EXPLAINED, Explained(entry.place, sealed))
    return Receipt(slip, does is Handling.HIDE, bool(sealed))


def _made(here: Services, sentence: Sentence, slip: tuple[str, ...], does: Handling) -> Made:
    return Made(
        sentence=sentence.place,
        night=sentence.night,
        bench=sentence.bench,
        number=sentence.number,
        slip=slips.digest(slip),
        evening=evening(here),
        queued=does is Handling.QUEUE,
    )


def _sealed(here: Services, text: str) -> bytes:
    """A text for the mediators; b"" when there is none, or nobody to seal it for: the claim counts anyway."""
    with suppress(Refused):
        if text:
            return sealing.seal(text, [one.recipient for one in mediators.current(here)])
    return b""
