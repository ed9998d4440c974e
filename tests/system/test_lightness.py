"""The tablet is small: what a page asks of the disk, and what is loaded before anybody needs it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.adapters.datadir import DataDir
from kiosk.core.mandate import Role
from tests.support import Bench

HEAVY = {
    "requests",
    "urllib3",
    "http_message_signatures",
    "mistune",
    "argon2",
    "qrcode",
    "PIL",
    "zxingcpp",
    "reportlab",
    "numpy",
}
"""Libraries that load when first used."""

_SERVE = """
import sys
from pathlib import Path
from kiosk import serving
from kiosk.adapters.datadir import DataDir
from kiosk.bench import run_bench
from kiosk.config import Config

class Started(BaseException):
    pass

def ready(address):
    print(*{name.partition(".")[0] for name in sys.modules})
    raise Started

import kiosk.cli, kiosk.commands.serving
try:
    run_bench(Config(port=0), DataDir(Path(sys.argv[1])), ready)
except Started:
    pass
"""

_HASH = """
from kiosk.adapters.memory import give_back
from kiosk.people.hashing import hashed

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4

give_back()
hashed("warm")
before = resident()
for words in ("one", "two", "three"):
    hashed(words)
print(resident() - before)
"""


@contextmanager
def statements(bench: Bench) -> Iterator[list[str]]:
    """What is asked of the database meanwhile, by the writer and by this thread's reader."""
    seen: list[str] = []
    connections = [bench.here.db.conn]
    with bench.here.journal.writing() as db:
        connections.append(db.conn)
    for conn in connections:
        conn.set_trace_callback(seen.append)
    try:
        yield seen
    finally:
        for conn in connections:
            conn.set_trace_callback(None)


def test_a_check_in_by_badge_is_few_statements_and_one_commit(bench: Bench):
    badges = [bench.member(f"1000{i}", f"Neighbour {i}", Role.STEWARD) for i in range(2)]
    client = bench.client
    client.post("/check-in", data={"badge": badges[0]})
    with statements(bench) as seen:
        assert client.post("/check-in", data={"badge": badges[1]}).status_code == 303
    assert seen.count("COMMIT") == 1
    assert sum("INSERT OR IGNORE INTO stays" in one for one in seen) == 1
    assert len(seen) <= 18, seen


def test_the_attract_screen_once_drawn_is_few_statements_and_writes_nothing(bench: Bench):
    client = bench.client
    client.get("/")
    with statements(bench) as seen:
        assert client.get("/").status_code == 200
    assert all(one.lstrip().startswith("SELECT") for one in seen)
    assert len(seen) <= 6, seen


def test_who_leaves_is_found_without_reading_all_who_ever_came(bench: Bench):
    with statements(bench) as seen:
        badge = bench.member("10000", "Ines", Role.STEWARD)
        client = bench.client
        client.post("/check-in", data={"badge": badge})
        bench.time.pass_seconds(120)
        client.post("/check-in", data={"badge": badge})
        client.post("/check-in/leaving", data={"answer": "yes"})
    updates = [one for one in seen if one.lstrip().startswith("UPDATE") and "stays" in one]
    assert updates
    for one in updates:
        plan = bench.here.db.conn.execute(f"EXPLAIN QUERY PLAN {one}").fetchall()
        assert all("_open (bench=? AND member=?)" in step[-1] for step in plan), (one, plan)


def test_a_bench_starts_without_what_it_may_never_need(bench: Bench, tmp_path: Path):
    bench.here.journal.store.close()
    data = DataDir(tmp_path / "bench").path
    done = subprocess.run(
        (sys.executable, "-c", _SERVE, str(data)), capture_output=True, text=True, timeout=30, check=True
    )
    loaded = set(done.stdout.split())
    assert "flask" in loaded
    assert loaded & HEAVY == set()


def test_the_memory_of_a_pin_s_hash_is_given_back() -> None:
    grown = subprocess.run([sys.executable, "-c", _HASH], check=True, capture_output=True, text=True).stdout
    without = _HASH.replace("give_back()\nhashed", "hashed").replace('hashed("warm")\n', "")
    kept = subprocess.run([sys.executable, "-c", without], check=True, capture_output=True, text=True).stdout
    assert int(grown) < 2_000  # KiB
    assert int(kept) > 15_000
