"""Nights at a bench, made by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from kiosk.features.checkin.events import ARRIVED, LEFT, Arrived, Left
from kiosk.features.incidents.events import NOTED, WORDS, Ended, Noted, Tried, What, Words
from kiosk.features.log.events import NIGHT, SENTENCE, SETTLED, NightPublished, SentencePublished
from kiosk.features.log.publishing import publish
from tests.support import Bench

FIRST = date(2026, 11, 23)
HOUR = 3600
TEO = "33333"
DAY = 24 * HOUR


def note(
    bench: Bench, what: What = What.NOISE, ago: int = 0, words: str = "", *, read: bool = False, **more: Any
) -> str:
    """Ines writes a note about something that was `ago` seconds before; where it stands.

    With `read`, Teo has read her words.
    """
    facts: dict[str, Any] = {"where": "market", "ended": Ended.CALMED, "tried": (Tried.LISTENED,), **more}
    when = (bench.here.clock.now() - ago) // 900 * 900
    entry = bench.here.journal.record(NOTED, Noted(member="12345", what=what, when=when, **facts))
    if words:
        bench.here.journal.record(WORDS, Words(entry.place, words, TEO if read else None))
    return entry.place


def patrol(bench: Bench, seconds: int, member: str = "12345", *, on_duty: bool = True) -> None:
    """A steward is out for so long."""
    now = bench.here.clock.now()
    bench.here.journal.record(ARRIVED, Arrived(member, now + 9000, "badge", on_duty))
    bench.time.pass_seconds(seconds)
    bench.here.journal.record(LEFT, Left(member, "badge"))


def morning(bench: Bench) -> None:
    """The night goes by, and the bench publishes."""
    bench.time.pass_seconds(12 * HOUR)
    publish(bench.here)
    bench.time.pass_seconds(12 * HOUR)


def nights(bench: Bench) -> list[NightPublished]:
    """The totals that were published, in order."""
    return [entry.data for entry in bench.here.journal.entries(bench.here.db, [NIGHT])]


def sentences(bench: Bench) -> list[SentencePublished]:
    """The sentences that were published, in order."""
    return [entry.data for entry in bench.here.journal.entries(bench.here.db, [SENTENCE])]


def public(bench: Bench) -> int:
    """How many events of publication there are."""
    return len(list(bench.here.journal.entries(bench.here.db, [NIGHT, SENTENCE, SETTLED])))
