"""A bench alone, as a real process, with people whom a test knows."""

from __future__ import annotations

import time
from pathlib import Path

from kiosk.adapters.datadir import DataDir
from kiosk.composition import compose
from kiosk.core.event import Form
from kiosk.core.mandate import Role
from tests.support import PIN, Time, make_bench
from tests.support.processes import SAFE_BENCH, Process, answers, free_port
from tests.support.roots import give_mediators
from tests.support.street import Member

INES = Member("Ines", "12345", PIN)


class Tablet(Process):
    """A bench with the steward Ines and two mediators, by the machine's own clock.

    `keys`: what the mediators open sealed text with, by number.
    """

    def __init__(self, place: Path) -> None:
        self.port, self.place = free_port(), place
        self.url = f"http://127.0.0.1:{self.port}"
        bench = make_bench(place / "bench", Time(system=int(time.time()) * 1000))
        bench.member(INES.number, INES.name, Role.STEWARD)
        self.keys = give_mediators(bench, {"30001": "Amal", "30002": "Noor"})
        bench.here.journal.store.close()
        words = (SAFE_BENCH, "bench", "serve", "--data", place / "bench", "--port", str(self.port))
        (place / "tmp").mkdir()
        env = {"TMPDIR": str(place / "tmp")}
        super().__init__(words, place / "bench.log", lambda: answers(self.port), env=env)

    def open_files(self) -> list[bytes]:
        """What is in the files that it has open, those without a name included."""
        opened = Path(f"/proc/{self.pid}/fd").iterdir()
        return [one.read_bytes() for one in opened if one.is_file()]

    def forms(self) -> tuple[str, list[Form]]:
        """Its log: name and events."""
        here = compose(DataDir(self.place / "bench"))
        try:
            source = here.journal.find(here.db, here.journal.source)
            return source.name, here.journal.forms(here.db, source, 1, source.size)
        finally:
            here.journal.store.close()
