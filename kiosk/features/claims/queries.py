"""What claims ask of their read-models."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from kiosk.core.clock import corrected
from kiosk.core.event import CENTRAL_ID
from kiosk.features.claims.events import Answer
from kiosk.features.claims.rules import WEEK, Claim, is_over

# A claim is about a sentence that is held when that stands at the place, and the address, that it names.
_CLAIMS = """
SELECT c.place, c.device, c.device = json_extract(m.value, '$.device'), c.at, b.began, c.uptime,
  c.sentence, c.bench, c.night, c.number, c.queued,
  s.place, a.answer, coalesce(a.words, ''), coalesce(a.at, 0)
FROM claims c LEFT JOIN meta m ON m.key = 'identity'
  LEFT JOIN boots b ON b.source = c.source AND b.boot = c.boot
  LEFT JOIN claim_sentences s ON s.bench = c.bench AND s.night = c.night AND s.number = c.number
  LEFT JOIN claim_answers a ON a.claim = c.place
WHERE """
_OF_NIGHT = _CLAIMS + "c.night = ? ORDER BY c.id"
_OF_SENTENCE = _CLAIMS + "c.night = ? AND c.bench = ? AND c.number = ? ORDER BY c.id"
_OF_SLIP = _CLAIMS + "c.slip = ? ORDER BY c.id LIMIT 1"
_WITH_SENTENCE = _CLAIMS + "s.place = c.sentence ORDER BY c.id"
_OF_PLACE = _CLAIMS + "c.place = ?"

_TEXTS = "SELECT claim, place FROM claim_texts"

_GRACE = 600
"""Seconds that a sentence outlives its week: so the node's own word that it is over comes before."""


@dataclass(frozen=True)
class Sentence:
    """A published sentence that is here: where its event stands, and its address."""

    place: str
    bench: str
    night: date
    number: int


def sentence_at(db: sqlite3.Connection, bench: str, night: date, number: int) -> Sentence | None:
    """The sentence at an address; None when there is none, or none any more."""
    query = "SELECT place FROM claim_sentences WHERE bench = ? AND night = ? AND number = ?"
    row = db.execute(query, (bench, night.isoformat(), number)).fetchone()
    return None if row is None else Sentence(row[0], bench, night, number)


def of_night(db: sqlite3.Connection, night: date) -> list[Claim]:
    """The claims on sentences of a night, oldest first."""
    return _claims(db.execute(_OF_NIGHT, (night.isoformat(),)))


def of_sentence(db: sqlite3.Connection, at: Sentence | Claim) -> list[Claim]:
    """The claims on one sentence, oldest first."""
    return _claims(db.execute(_OF_SENTENCE, (at.night.isoformat(), at.bench, at.number)))


def of_slip(db: sqlite3.Connection, slip: bytes) -> Claim | None:
    """The claim to which a slip was given."""
    return next(iter(_claims(db.execute(_OF_SLIP, (slip,)))), None)


def at_place(db: sqlite3.Connection, place: str) -> Claim | None:
    """The claim whose event stands at `place`."""
    return next(iter(_claims(db.execute(_OF_PLACE, (place,)))), None)


def on_sentences(db: sqlite3.Connection) -> list[Claim]:
    """All claims on sentences that are here, oldest first."""
    return _claims(db.execute(_WITH_SENTENCE))


def last_evening(db: sqlite3.Connection, device: str) -> list[date]:
    """The newest night in which a claim was made at a device; none before there was one."""
    (last,) = db.execute("SELECT max(evening) FROM claims WHERE device = ?", (device,)).fetchone()
    return [] if last is None else [date.fromisoformat(last)]


def sealed_text(db: sqlite3.Connection, claim: str) -> bytes:
    """What was sealed for mediators with a claim, b"" for nothing."""
    query = "SELECT sealed FROM claim_texts WHERE claim = ? ORDER BY place LIMIT 1"
    row = db.execute(query, (claim,)).fetchone()
    return b"" if row is None else bytes(row[0])


def hidden(db: sqlite3.Connection) -> set[str]:
    """The sentences, by place, that are not shown now."""
    goes = (Answer.GOES, Answer.UNANSWERED)
    return {c.sentence for c in on_sentences(db) if c.answer in goes or (c.is_open and not c.queued)}


def spent(db: sqlite3.Connection, now: int | None) -> Iterator[str]:
    """Sentences that were answered away or left unanswered for a week, and texts that nobody needs now."""
    goes = (Answer.GOES, Answer.UNANSWERED)
    claims = on_sentences(db)
    waiting = {c.place for c in claims if c.is_open and not _is_over(c, now)}
    yield from {c.sentence for c in claims if c.answer in goes or _is_over(c, now)}
    known = {place for (place,) in db.execute("SELECT place FROM claims")}
    yield from (place for claim, place in db.execute(_TEXTS) if claim in known - waiting)


def _is_over(claim: Claim, now: int | None) -> bool:
    return now is not None and is_over(claim, now, WEEK + _GRACE)


def _claims(rows: Iterable[tuple[Any, ...]]) -> list[Claim]:
    return [_claim(row) for row in rows]


def _claim(row: tuple[Any, ...]) -> Claim:
    place, device, own, stamped, began, uptime, sentence, bench, night, number, queued, *more = row
    stands, *answer = more
    sure = began is not None or device == CENTRAL_ID
    said, words, answered = answer
    return Claim(
        place=place,
        sentence=sentence,
        bench=bench,
        night=date.fromisoformat(night),
        number=number,
        at=corrected(stamped, began, uptime),
        sure=sure,
        queued=bool(queued),
        held=stands == sentence,
        replaced=stands not in (None, sentence),
        own=bool(own),
        known=bool(own) or device == CENTRAL_ID,
        answer=None if said is None else Answer(said),
        words=words,
        answered=answered,
    )
