"""What waits for a mediator in all features, and the answer to one of them."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from kiosk.adapters.sealing import proof_of
from kiosk.core.errors import Refused
from kiosk.core.event import device_of, split_place
from kiosk.core.feature import Decision, Feature, Matter
from kiosk.features.mediation.protocol import MAX_GIVEN, Decide, Matters, Waiting
from kiosk.web.forms import FormError, clean
from kiosk.web.services import Services
from kiosk.web.words import gettext as _


def waiting(here: Services, member: str) -> Matters:
    """What waits for the mediator `member`, oldest first, as much as one answer holds.

    Each bench has its turn in what fits, so that one whose key was stolen does not keep the others' out.
    """
    found = sorted(_all(here, member), key=lambda one: (one[1].at, _id(*one)))
    turns: Counter[str] = Counter()
    in_turn = [(_turn(turns, matter), _as_sent(feature, matter)) for feature, matter in found]
    ordered = [sent for _number, sent in sorted(in_turn, key=lambda one: one[0])]
    fit = fitting(ordered)
    return Matters(tuple(sorted(ordered[:fit], key=lambda one: (one.at, one.id))), len(found) - fit)


def _turn(turns: Counter[str], matter: Matter) -> int:
    """How many-th matter of its device this is."""
    device = device_of(split_place(matter.place)[0])
    turns[device] += 1
    return turns[device]


def fitting(found: Sequence[Waiting]) -> int:
    """How many of these one answer holds; the first always."""
    room = MAX_GIVEN
    for number, one in enumerate(found):
        room -= len(msgspec.json.encode(one))
        if number and room < 0:
            return number
    return len(found)


def decide(here: Services, member: str, asked: Decide) -> None:
    """Give the answer to the feature that the matter is of.

    Refused: it does not wait for this mediator any more. FormError: not what it asks for.
    """
    for feature, matter in _all(here, member):
        if _id(feature, matter) == asked.id and feature.decide is not None:
            _require_opened(matter, asked.proof)
            decision = Decision(member, matter.place, asked.choice, clean(asked.words), asked.proof)
            _require_fit(matter, decision)
            feature.decide(here, decision)
            return
    raise Refused(_("This does not wait any more: it was answered, or its time is over."))


def _require_opened(matter: Matter, proof: str) -> None:
    if matter.proof and not secrets.compare_digest(proof_of(proof), matter.proof):
        raise Refused(_("Only who has opened this can answer it."))


def _require_fit(matter: Matter, decision: Decision) -> None:
    if decision.choice not in {value for value, _words in matter.choices}:
        raise FormError(_("That is not one of the answers to choose from."), "choice")
    if decision.words and not matter.asks_words:
        raise FormError(_("No words are asked for here."), "words")


def _all(here: Services, member: str) -> Iterator[tuple[Feature, Matter]]:
    for feature in here.features:
        if feature.matters is not None:
            for matter in feature.matters(here, member):
                yield feature, matter


def _id(feature: Feature, matter: Matter) -> str:
    return f"{feature.name}:{matter.place}"


def _as_sent(feature: Feature, matter: Matter) -> Waiting:
    return Waiting(
        id=_id(feature, matter),
        at=matter.at,
        title=matter.title,
        lines=tuple(matter.lines),
        sealed=matter.sealed,
        choices=tuple(matter.choices),
        asks_words=matter.asks_words,
    )
