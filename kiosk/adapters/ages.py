"""Which events are past their time: how old each is for certain, against the days that its type declares."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from sqlite_utils import Database

from kiosk.core.clock import corrected
from kiosk.core.event import Registry, Writer, device_of, head_of, writer_of
from kiosk.core.note import Signature
from kiosk.core.retention import DAY, Stamp, keep_days, written_at

_BODIES = (
    "SELECT e.id, s.name, e.seq, e.body FROM events e JOIN sources s ON s.id = e.source"
    " WHERE e.body IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.source = e.source AND q.seq = e.seq)"
    " ORDER BY s.name, e.seq"
)
_COSIGNED = "SELECT s.name, c.size, c.line FROM cosignatures c JOIN sources s ON s.id = c.source"

Starts = Mapping[tuple[str, str], int]
"""The POSIX millisecond at which a start of a machine began, by source and boot, where it is known."""


class _Aged(NamedTuple):
    """An event that reads: its row in the journal, its number, its time as it says, how long it is kept."""

    row: int
    seq: int
    at: int
    exact: bool
    days: int | None


class _Known:
    """Times (POSIX seconds) by which everything up to some number was there."""

    def __init__(self, times: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(times)
        self._upto = [upto for upto, _at in ordered]
        self._by = list(accumulate((at for _upto, at in reversed(ordered)), min))[::-1]

    def by(self, number: int) -> int | None:
        """By when `number` was there; None when nobody has said."""
        place = bisect_left(self._upto, number)
        return self._by[place] if place < len(self._by) else None


def overdue(
    db: Database, registry: Registry, own: str, now: int, starts: Starts | None = None
) -> dict[str, list[int]]:
    """The events, by source, whose days are over at POSIX second `now`, which is verified.

    `own`: a source of this device. What it wrote by a right clock after it had taken something in says that
    that was there by then. `starts` are those of the machines, where the database does not have them itself.
    """
    logs, device = _logs(db, registry, began(db) if starts is None else starts), device_of(own)
    mine = [one for name, log in logs.items() if device_of(name) == device for one in log]
    taken = _Known((one.row, one.at) for one in mine if one.exact and one.at <= now)
    cosigned = _cosigned(db)
    found: dict[str, list[int]] = {}
    for name, log in logs.items():
        stamps = [Stamp(o.at, o.exact, _earlier(taken.by(o.row), cosigned[name].by(o.seq))) for o in log]
        times = zip(log, written_at(stamps, now), strict=True)
        seqs = [one.seq for one, at in times if one.days is not None and at + one.days * DAY <= now]
        if seqs:
            found[name] = seqs
    return found


def began(db: Database) -> Starts:
    """The starts of machines that this database knows of."""
    rows = db.conn.execute("SELECT source, boot, began FROM boots")
    return {(source, boot): at for source, boot, at in rows}


def _logs(db: Database, registry: Registry, starts: Starts) -> Mapping[str, Sequence[_Aged]]:
    logs: dict[str, list[_Aged]] = defaultdict(list)
    for row, name, seq, body in db.conn.execute(_BODIES):
        head = head_of(body)
        if head is not None:
            start = starts.get((name, head.boot))
            at = corrected(int(head.time.timestamp()), start, head.uptime)
            exact = start is not None or writer_of(name) is Writer.CENTRAL
            days = keep_days(registry.types.get(head.type), head.scope)
            logs[name].append(_Aged(row, seq, at, exact, days))
    return logs


def _cosigned(db: Database) -> Mapping[str, _Known]:
    times: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for name, size, line in db.conn.execute(_COSIGNED):
        times[name].append((size, int.from_bytes(Signature.parse(line).blob[:8])))
    found: dict[str, _Known] = defaultdict(lambda: _Known(()))
    found.update((name, _Known(known)) for name, known in times.items())
    return found


def _earlier(*times: int | None) -> int | None:
    return min((at for at in times if at is not None), default=None)
