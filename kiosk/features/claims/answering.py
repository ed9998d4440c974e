"""What waits for mediators at the node, their answers, and the node's word that nobody answered."""

from __future__ import annotations

from kiosk.adapters.checkpoints import cosigned_by
from kiosk.core.errors import Refused
from kiosk.core.event import split_place
from kiosk.core.feature import Decision, Matter
from kiosk.features.claims import queries
from kiosk.features.claims.events import ANSWERED, WORDS_LENGTH, Answer, Answered
from kiosk.features.claims.rules import WEEK, Claim, is_over
from kiosk.features.claims.words import sentence_text
from kiosk.features.incidents.events import may_be_public
from kiosk.people import members
from kiosk.web.forms import FormError
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
        lines=(_("“{words}”").format(words=sentence_text(here, claim.sentence)), shown),
        sealed=queries.sealed_text(here.db.conn, claim.place),
        choices=((Answer.STAYS, _("It stays")), (Answer.GOES, _("It goes"))),
        asks_words=True,
    )


def decide(here: Services, decision: Decision) -> None:
    """Record a mediator's answer, and its words for everyone.

    Nothing is recorded with Refused: it was answered before; nor with FormError: its words cannot be public.
    """
    if not here.device.is_central:
        raise Refused(_("Claims are answered at the node."))
    if decision.choice not in (Answer.STAYS, Answer.GOES):
        raise Refused(_("It stays, or it goes: there is no other answer."))
    _require_public(here, decision.words)
    with here.journal.writing() as db:
        claim = queries.at_place(db.conn, decision.place)
        if claim is None or not claim.held or not claim.is_open:
            raise Refused(_("That has been dealt with already."))
        answer = Answered(claim.place, claim.sentence, Answer(decision.choice), decision.words)
        here.journal.record(ANSWERED, answer)


def _require_public(here: Services, words: str) -> None:
    """FormError when everyone would read in these words what leads to somebody."""
    if len(words) > WORDS_LENGTH:
        raise FormError(_("Up to {most} letters, please.").format(most=WORDS_LENGTH), "words")
    if words and not may_be_public(words, members.names(here.db.conn)):
        sentence = _(
            "Everyone will read these words: no names, numbers, addresses or looks. Say it otherwise."
        )
        raise FormError(sentence, "words")


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
    claims = queries.on_sentences(here.db.conn)
    return [one for one in claims if is_over(one, now) or _was_heard_of(here, one, now - WEEK)]


def _was_heard_of(here: Services, claim: Claim, at: int) -> bool:
    """Whether the node had a bench's open claim by POSIX second `at`: what the bench says can be a lie."""
    by = None if claim.known or not claim.is_open else cosigned_by(here.db, *split_place(claim.place))
    return by is not None and by <= at
