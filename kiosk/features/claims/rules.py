"""How many claims hide something in a night, when one is over, and how a sentence stands. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kiosk.features.claims.events import Answer

HIDDEN_A_NIGHT, QUEUED_A_NIGHT = 3, 20
"""Of one bench's sentences, by claims at one device."""
NIGHTS = 8
"""So many nights' claims can be without an answer; a device that has more makes up its nights."""
WEEK = 7 * 86400


class Handling(StrEnum):
    """What a further claim does: hide at once, wait for a mediator, or nothing tonight."""

    HIDE = "hide"
    QUEUE = "queue"
    REFUSE = "refuse"


class Standing(StrEnum):
    """How a sentence stands after claims on it."""

    TALKED_OVER = "talked-over"
    WAITING = "waiting"
    STAYS = "stays"
    GOES = "goes"
    UNANSWERED = "unanswered"


@dataclass(frozen=True)
class Claim:
    """A claim as this device knows it. `place`: where its event stands; `sentence`: where that one stands.

    `at`: when it was made, POSIX seconds; `sure`: by a clock that was right. `held`: the sentence is here, at
    the address that the claim names. `own`: made at this device; `known`: there or at the node, so that its
    time is believed. `replaced`: another sentence is at that address.
    """

    place: str
    sentence: str
    bench: str
    night: date
    number: int
    at: int
    sure: bool
    queued: bool
    held: bool
    own: bool
    known: bool
    replaced: bool = False
    answer: Answer | None = None
    words: str = ""
    answered: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it has no answer yet."""
        return self.answer is None


@dataclass(frozen=True)
class Count:
    """How many claims hid something, and how many wait: in one night, and of all those without an answer."""

    hidden: int
    queued: int
    open_hidden: int
    open_queued: int


def handling(before: Count, *, at_once: bool = True) -> Handling:
    """What a claim does after so many others; not `at_once`: it is to wait in any case."""
    may_hide = before.hidden < HIDDEN_A_NIGHT and before.open_hidden < HIDDEN_A_NIGHT * NIGHTS
    if at_once and may_hide:
        return Handling.HIDE
    may_wait = before.queued < QUEUED_A_NIGHT and before.open_queued < QUEUED_A_NIGHT * NIGHTS
    return Handling.QUEUE if may_wait else Handling.REFUSE


def is_over(claim: Claim, now: int, wait: int = WEEK) -> bool:
    """Whether a claim has had no answer for too long, at POSIX second `now` of a verified clock.

    Of one that another bench states the node says when its week is over, counted from when it heard of it.
    """
    return claim.is_open and claim.sure and claim.known and claim.at + wait <= now


def counting(claims: Sequence[Claim], now: int) -> list[Claim]:
    """Those that are about a sentence, as far as this device can tell.

    Of a body that is not here only the node is believed that it was one, and this device's own claims whose
    week was over: what went before that was taken back by its writer.
    """
    there = [one for one in claims if not one.replaced]
    return [one for one in there if one.held or not one.is_open or (one.own and is_over(one, now))]


def standing(claims: Sequence[Claim], now: int) -> Standing | None:
    """How the sentence of these claims stands, oldest claim first; None when there is nothing to say.

    `now`: POSIX seconds, not later than is verified.
    """
    found = counting(claims, now)
    answers = {claim.answer for claim in found}
    for answer, gone in ((Answer.GOES, Standing.GOES), (Answer.UNANSWERED, Standing.UNANSWERED)):
        if answer in answers:
            return gone
    unanswered = [claim for claim in found if claim.is_open]
    if not any(claim.held for claim in found):
        return Standing.UNANSWERED if unanswered else None
    if any(not claim.queued for claim in unanswered):
        return Standing.TALKED_OVER
    if unanswered:
        return Standing.WAITING
    return Standing.STAYS if found else None
