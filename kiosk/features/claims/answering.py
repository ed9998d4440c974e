"""What waits for mediators at the node, their answers, and the node's word that nobody answered."""

from __future__ import annotations

from kiosk.core.errors import Refused
from kiosk.core.feature import Decision, Matter
from kiosk.features.claims import queries
from kiosk.features.claims.events import ANSWERED, Answer, Answered
from kiosk.features.claims.rules import Claim, is_over
from kiosk.features.claims.words import sentence_text
from kiosk.web.services import Services
from kiosk.web.words import gettext as _


def matters(here: Services, _mediator: str) -> list[Matter]:
    """The claims that wait for an answer: the same for every mediator."""
    waiting = [claim for claim in queries.on_sentences(here.db.conn) if claim.is_open]
    return [_matter(here, claim) for claim in waiting]


def _matter(here: Services, claim: Claim) -> Matter:
    shown = (
        _("It is still shown: it waits for you.")
        if claim.queued
        else _("It is hidden until you answer. After a week without an answer it is erased.")
    )
    return Matter(
        place=claim.place,
        at=claim.at,
        title=_("Somebody says of a sentence: this is about me, or this is wrong"),
        lines=(f"“{sentence_text(here, claim.sentence)}”", shown),
        sealed=queries.sealed_text(here.db.conn, claim.place),
        choices=((Answer.STAYS, _("It stays")), (Answer.GOES, _("It goes"))),
    )


def decide(here: Services, decision: Decision) -> None:
    """Record a mediator's answer; Refused when it was answered before, or is not for anybody to answer."""
    if not here.device.is_central:
        raise Refused("Claims are answered at the node.")
    if decision.choice not in (Answer.STAYS, Answer.GOES):
        raise Refused("It stays, or it goes: there is no other answer.")
    with here.journal.writing() as db:
        claim = queries.at_place(db.conn, here.device.identity.device, decision.place)
        if claim is None or not claim.held or not claim.is_open:
            raise Refused("That has been dealt with already.")
        here.journal.record(ANSWERED, Answered(claim.place, claim.sentence, Answer(decision.choice)))


def lapse(here: Services) -> None:
    """At the node: say of every claim that nobody answered for a week that it is over.

    Other devices erase by themselves; by this they learn that it was a sentence, and say so where it stood.
    """
    if not here.device.is_central or not here.clock.verified or not _overdue(here):
        return
    with here.journal.writing():
        answers = [Answered(one.place, one.sentence, Answer.UNANSWERED) for one in _overdue(here)]
        here.journal.record_all([(ANSWERED, answer) for answer in answers], housekeeping=True)


def _overdue(here: Services) -> list[Claim]:
    now = here.clock.now()
    return [claim for claim in queries.on_sentences(here.db.conn) if is_over(claim, now)]
