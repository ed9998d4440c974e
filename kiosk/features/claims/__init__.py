"""Claims: anyone says of a published sentence that it is about them or wrong, and it is hidden at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.core.event import Entry
from kiosk.core.feature import AS_LONG_AS_THE_LOG, Feature, Holding, Names
from kiosk.core.sentences import N_
from kiosk.features.claims import answering, model, queries, words
from kiosk.features.claims.events import ANSWERED, EXPLAINED, MADE, Answer, Answered
from kiosk.features.log.events import SENTENCE
from kiosk.web.words import gettext as _

if TYPE_CHECKING:
    from flask import Blueprint


def _describe(entry: Entry, _names: Names) -> str:
    """Nothing of a claim: with its minute, the host would know who stood there."""
    if not isinstance(entry.data, Answered):
        return ""
    return {
        Answer.STAYS: _("The answer to a claim: the sentence stays."),
        Answer.GOES: _("The answer to a claim: the sentence goes."),
        Answer.UNANSWERED: _("The answer to a claim: the sentence goes, as nobody answered within a week."),
    }[entry.data.answer]


def _routes() -> Blueprint:
    from kiosk.features.claims.routes import blueprint

    return blueprint


FEATURE = Feature(
    name="claims",
    events=(MADE, EXPLAINED, ANSWERED),
    reads=(SENTENCE,),
    schema=model.SCHEMA,
    apply=model.apply,
    describe=_describe,
    bench=_routes,
    central=_routes,
    chores=(answering.lapse,),
    holdings=(
        Holding("claim_sentences", N_("at which address each published sentence is"), AS_LONG_AS_THE_LOG),
        Holding(
            "claims",
            N_("which sentences somebody called wrong, with scrambled claim slips"),
            AS_LONG_AS_THE_LOG,
        ),
        Holding("claim_texts", N_("what those who did so told mediators, locked for them"), 90),
        Holding("claim_answers", N_("what mediators answered"), AS_LONG_AS_THE_LOG),
    ),
    spent=queries.spent,
    hidden=queries.hidden,
    remarks=words.remarks,
    matters=answering.matters,
    decide=answering.decide,
)
