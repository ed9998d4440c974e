"""Claims: anyone says of a published sentence that it is about them or wrong, and it is hidden at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.core.event import Entry
from kiosk.core.feature import Feature, Holding, Names
from kiosk.features.claims import answering, model, queries, words
from kiosk.features.claims.events import ANSWERED, EXPLAINED, MADE, Answer, Answered
from kiosk.features.log.events import SENTENCE

if TYPE_CHECKING:
    from flask import Blueprint


def _describe(entry: Entry, _names: Names) -> str:
    """Nothing of a claim: with its minute, the host would know who stood there."""
    if not isinstance(entry.data, Answered):
        return ""
    return f"The answer to a claim: the sentence {_ANSWERS[entry.data.answer]}."


_ANSWERS = {
    Answer.STAYS: "stays",
    Answer.GOES: "goes",
    Answer.UNANSWERED: "goes, as nobody answered within a week",
}


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
        Holding("claim_sentences", "at which address each published sentence is", "as long as the log"),
        Holding(
            "claims",
            "which sentences somebody called wrong, with scrambled claim slips",
            "as long as the log",
        ),
        Holding("claim_texts", "what those who did so told mediators, locked for them", 90),
        Holding("claim_answers", "what mediators answered", "as long as the log"),
    ),
    spent=queries.spent,
    hidden=queries.hidden,
    remarks=words.remarks,
    matters=answering.matters,
    decide=answering.decide,
)
