"""Figures: medians, percentiles, and the rows of the table."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    """One budget. With a `floor` the budget is `times` the floor, or the floor and `budget` more of `unit`.

    `at_least`: more is better.
    """

    what: str
    value: float
    unit: str
    budget: float
    floor: float | None = None
    ratio: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def ok(self) -> bool:
        """Whether the budget is kept."""
        held = self.ratio if self.ratio is not None else self.value - (self.floor or 0.0)
        return held >= self.budget if self.at_least else held <= self.budget

    def cells(self) -> tuple[str, ...]:
        """What, floor, measured, ratio, budget, verdict."""
        sign = "≥" if self.at_least else "≤"
        if self.ratio is not None:
            budget = f"{sign} {self.budget:g} ×"
        else:
            budget = f"{sign} {'floor + ' if self.floor is not None else ''}{_plain(self.budget)} {self.unit}"
        return (
            self.what,
            "" if self.floor is None else f"{_plain(self.floor)} {self.unit}",
            f"{_plain(self.value)} {self.unit}",
            "" if self.ratio is None else f"{self.ratio:.2f} ×",
            budget,
            "ok" if self.ok else "OVER",
            self.note,
        )


_HEADINGS = ("what", "floor", "measured", "ratio", "budget", "", "")


def times_floor(
    what: str, unit: str, budget: float, pairs: Iterable[tuple[float, float]], note: str = ""
) -> Row:
    """The row of repeated (measured, floor) pairs: medians, and the median of each repeat's own ratio."""
    measured, floors = zip(*pairs, strict=True)
    ratio = median(m / f for m, f in zip(measured, floors, strict=True))
    return Row(what, median(measured), unit, budget, median(floors), ratio, note=note)


def table(rows: Sequence[Row]) -> str:
    """The rows in columns."""
    cells = [_HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(_HEADINGS))]
    lines = [
        "  ".join(cell.ljust(width) if i in (0, 6) else cell.rjust(width) for i, (cell, width) in columns)
        for columns in (list(enumerate(zip(line, widths, strict=True))) for line in cells)
    ]
    return "\n".join(line.rstrip() for line in lines)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` per cent of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))]


def ms(work: Callable[[], object]) -> float:
    """How long it takes, in milliseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _plain(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"
