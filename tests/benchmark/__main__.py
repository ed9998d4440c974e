"""`python -m tests.benchmark [--quick] [--strict] [PART...]` prints the table, or some parts of it."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmark import camera, pages, syncing, tablet
from tests.benchmark.hello import Hello
from tests.benchmark.measure import Row, table
from tests.benchmark.town import Town, open_town

MEMBERS = {True: 3000, False: 9000}
REPEATS = {True: 3, False: 7}


def main() -> int:
    """Measure, print; 1 when a budget is missed and `--strict` was said."""
    words = argparse.ArgumentParser(prog="benchmark", description=__doc__)
    words.add_argument("--quick", action="store_true", help="fewer repeats")
    words.add_argument("--strict", action="store_true", help="exit 1 when a budget is missed")
    words.add_argument("only", nargs="*", help="parts to measure: start memory pages camera sync")
    said = words.parse_args()
    began = time.monotonic()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="safe-bench-benchmark-") as folder:
        for row in _rows(Path(folder), said.quick, said.only or list(_PARTS)):
            print(f"{row.what}: {row.cells()[2]}", file=sys.stderr)
            rows.append(row)
    print(table(rows))
    print(f"{sum(row.ok for row in rows)} of {len(rows)} within budget, {time.monotonic() - began:.0f} s")
    return int(said.strict and not all(row.ok for row in rows))


def _rows(place: Path, quick: bool, parts: list[str]) -> Iterator[Row]:
    repeats = REPEATS[quick]
    with open_town(place, MEMBERS[quick], (repeats + 1) * syncing.BENCHES) as town:
        for part in parts:
            yield from _PARTS[part](town, repeats)


def _start(town: Town, repeats: int) -> Iterator[Row]:
    yield tablet.start(town, repeats)


def _memory(town: Town, _repeats: int) -> Iterator[Row]:
    yield from tablet.memory(town)


def _pages(town: Town, repeats: int) -> Iterator[Row]:
    floor = Hello(town.place)
    floor.start()
    try:
        with town.running(town.bench):
            yield pages.attract_time(town, floor, repeats, 100)
            yield pages.attract_bytes(town)
            yield pages.check_in_alone(town, floor, repeats, 60)
            yield pages.check_in_crowd(town, floor, repeats, 400)
            yield pages.camera_frame(town, 20 * repeats)
        yield pages.check_in_while_syncing(town, max(2, repeats // 2), 100)
    finally:
        floor.kill()


def _sync(town: Town, repeats: int) -> Iterator[Row]:
    yield syncing.throughput(town, repeats)
    yield syncing.many_benches(town, repeats)
    yield syncing.event_bytes()
    yield from syncing.nothing_new(town)


def _camera(town: Town, repeats: int) -> Iterator[Row]:
    with town.running(town.bench):
        yield camera.check_in_by_camera(town, 5 * repeats)


_PARTS: dict[str, Callable[[Town, int], Iterator[Row]]] = {
    "start": _start,
    "memory": _memory,
    "pages": _pages,
    "camera": _camera,
    "sync": _sync,
}

if __name__ == "__main__":
    sys.exit(main())
