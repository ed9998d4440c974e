"""What of a night is published, and when. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from kiosk.core.night import CYCLE_NIGHTS, begin_of, end_of, local, night_of, rounded_hour
from kiosk.features.incidents.events import Ended, Outside, Tried, What
from kiosk.features.log.events import NightPublished, Part, SentencePublished
from kiosk.people.events import Zone

ENOUGH = 3
"""A kind of incident is told by name from so many cases in a cycle on."""
_BEGINS = {Part.DAY: 7, Part.EVENING: 17, Part.LATE: 23}
_DAY = timedelta(days=1)

Span = tuple[int, int]
"""From and until, POSIX seconds."""


@dataclass(frozen=True)
class Edition:
    """One night's log of one bench, by the bench's name and the local time zone."""

    night: date
    bench: str
    zone: tzinfo


@dataclass(frozen=True)
class Note:
    """A note as this device holds it. `place` is where its event stands.

    `at` is when it happened, `written` when it was written, both in corrected POSIX seconds. `read`: whether
    a partner has read the `words`.
    """

    place: str
    at: int
    written: int
    about: bool
    what: What
    zone: str
    ended: Ended
    tried: tuple[Tried, ...] = ()
    outside: tuple[Outside, ...] = ()
    words: str = ""
    read: bool = False
    settled: bool = False


def last_ended(now: int, zone: tzinfo) -> date:
    """The night that ended last."""
    return night_of(now, zone) - _DAY


def today(now: int, zone: tzinfo) -> date:
    """The date on the local clock."""
    return local(now, zone).date()


def night_of_note(at: int, now: int, zone: tzinfo) -> date:
    """The night of a note; of one that a wrong clock put into the future, the night that ended last."""
    return night_of(at, zone) if at <= now else last_ended(now, zone)


def may_come_out(note: Note, now: int, zone: tzinfo) -> bool:
    """Whether a note is still to come out, and the night in which it was written is over.

    One that is added at once would tell the world that somebody is at the bench just now.
    """
    return not note.settled and night_of_note(note.written, now, zone) <= last_ended(now, zone)


def due(
    begun: date | None, published: Collection[date], unsettled: Collection[date], last: date
) -> list[date]:
    """The ended nights that are still to be published, oldest first.

    `begun` is the bench's first night, `unsettled` the nights of notes that have not come out. Quiet nights
    are made up for one cycle at most.
    """
    first = last + _DAY if begun is None else max(begun, last - (CYCLE_NIGHTS - 1) * _DAY)
    nights = {first + n * _DAY for n in range((last - first).days + 1)}
    return sorted((nights | {night for night in unsettled if night <= last}) - set(published))


def additions(published: Collection[date], unsettled: Collection[date]) -> list[date]:
    """The nights that are published already and have notes that came later."""
    return sorted(set(published) & set(unsettled))


def cases(nights: Iterable[tuple[date, What]], night: date) -> Counter[What]:
    """How often each kind happened in the cycle of nights that ends with `night`."""
    first = night - (CYCLE_NIGHTS - 1) * _DAY
    return Counter(what for when, what in nights if first <= when <= night)


def is_told(what: What, counted: Counter[What]) -> bool:
    """Whether a kind may be told by name: family matters never, others when there were enough cases."""
    return what != What.FAMILY and counted[what] >= ENOUGH


def folded(what: What, counted: Counter[What]) -> What:
    """The kind as it may be told."""
    return what if is_told(what, counted) else What.OTHER


def public_words(note: Note, counted: Counter[What], may_be_public: Callable[[str], bool]) -> str:
    """The writer's own words, if they come out: a partner has read them, and they pass the check once more.

    Not those of a kind that is not told: they would tell it.
    """
    fit = note.read and is_told(note.what, counted) and may_be_public(note.words)
    return note.words if fit else ""


def sentence(
    edition: Edition, note: Note, number: int, counted: Counter[What], zone: Zone | None, words: str = ""
) -> SentencePublished:
    """A note as it is published: `number` is its place in the edition; `zone` is None for somewhere else."""
    return SentencePublished(
        night=edition.night,
        bench=edition.bench,
        number=number,
        hour=rounded_hour(note.at, edition.zone),
        what=folded(note.what, counted),
        zone=note.zone,
        ended=note.ended,
        place=zone.name if zone else "",
        place_in=zone.name_in if zone else {},
        tried=note.tried,
        outside=note.outside,
        words=words,
    )


def totals(edition: Edition, told: Sequence[SentencePublished], stays: Sequence[Span]) -> NightPublished:
    """The night in numbers, from its sentences and from when somebody was out."""
    night, zone = edition.night, edition.zone
    out = _within(stays, begin_of(night, zone), end_of(night, zone))
    return NightPublished(
        night=night,
        bench=edition.bench,
        notes=len(told),
        patrol=patrol_parts(out, night, zone),
        hours=hours_out(out),
        categories=dict(Counter(one.what for one in told)),
        tried=dict(Counter(tried for one in told for tried in one.tried)),
        outside=dict(Counter(kind for one in told for kind in one.outside)),
    )


def patrol_parts(stays: Sequence[Span], night: date, zone: tzinfo) -> tuple[Part, ...]:
    """The parts of the night in which somebody was out."""
    begins = [int(datetime.combine(night, time(hour), zone).timestamp()) for hour in _BEGINS.values()]
    spans = zip(begins, [*begins[1:], end_of(night, zone)], strict=True)
    return tuple(part for part, span in zip(_BEGINS, spans, strict=True) if _within(stays, *span))


def hours_out(stays: Sequence[Span]) -> int:
    """For how many hours at least one person was out, rounded: it does not tell how many there were."""
    seconds, until = 0, 0
    for begin, end in sorted(stays):
        seconds += max(0, end - max(begin, until))
        until = max(until, end)
    return (seconds + 1800) // 3600


def _within(stays: Sequence[Span], begin: int, end: int) -> list[Span]:
    clipped = [(max(start, begin), min(until, end)) for start, until in stays]
    return [(start, until) for start, until in clipped if start < until]
