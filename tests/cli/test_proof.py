"""`safe-bench trust check`: that at least two mediators can open, before the first night."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.adapters.sealing import new_reader
from kiosk.cli import cli
from kiosk.core.errors import Refused
from tests.support import make_bench
from tests.support.desk import MediatedNode, mediated_node, present
from tests.support.processes import SAFE_BENCH, free_port, safe_bench
from tests.support.roots import give_mediators
from tests.support.street import App

NAMES = ("Amal", "Noor", "Lea")


@pytest.fixture
def node(tmp_path: Path) -> Iterator[MediatedNode]:
    """A node that nothing runs on; three mediators' keys lie beside it."""
    made = mediated_node(tmp_path / "node", fresh=True)
    for name in NAMES:
        (tmp_path / f"{name}.txt").write_text(made.keys[made.mediator(name)])
    yield made
    made.here.journal.store.close()


def _check(data: Path, *words: str | Path) -> str:
    """What it prints, run in this process; what it ends with is raised."""
    command = ["trust", "check", "--data", str(data), *map(str, words)]
    return CliRunner().invoke(cli, command, catch_exceptions=False, standalone_mode=False).output


def test_each_mediator_opens_the_test_note_and_reads_the_words(node: MediatedNode, tmp_path: Path) -> None:
    node.here.journal.store.close()
    said = _check(tmp_path / "node", "--out", tmp_path / "test.age")
    words = said.splitlines()[-1]
    assert len(words.split()) == 6
    assert all(name in said for name in NAMES)
    for name in NAMES:
        key = tmp_path / f"{name}.txt"
        assert words in safe_bench("mediator", "--check", tmp_path / "test.age", "--key", key)
    assert words.encode() not in (tmp_path / "test.age").read_bytes()


def test_the_ordinary_age_program_opens_the_test_note(node: MediatedNode, tmp_path: Path) -> None:
    node.here.journal.store.close()
    words = _check(tmp_path / "node", "--out", tmp_path / "test.age").splitlines()[-1]
    opened = subprocess.run(
        ["age", "-d", "-i", tmp_path / "Noor.txt", tmp_path / "test.age"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert opened.stdout.strip() == words


def test_with_the_keys_at_hand_it_proves_by_itself(node: MediatedNode, tmp_path: Path) -> None:
    node.here.journal.store.close()
    said = _check(tmp_path / "node", "--key", tmp_path / "Amal.txt", "--key", tmp_path / "Lea.txt")
    assert "2 of 3 mediators can open." in said
    assert [line.split()[0] for line in said.splitlines() if "can open." in line] == ["Amal", "Lea", "2"]


def test_one_that_opens_is_not_enough(node: MediatedNode, tmp_path: Path) -> None:
    node.here.journal.store.close()
    (tmp_path / "old.txt").write_text(new_reader()[0])
    words = [word for name in ("Amal", "Amal", "old") for word in ("--key", tmp_path / f"{name}.txt")]
    with pytest.raises(Refused, match=r"not enough.*safe-bench mediator --new") as refused:
        _check(tmp_path / "node", *words)
    assert "\n" not in str(refused.value)
    assert safe_bench("trust", "check", "--data", tmp_path / "node", *words, code=1)


def test_a_key_that_opens_nothing_is_named(node: MediatedNode, tmp_path: Path) -> None:
    node.here.journal.store.close()
    (tmp_path / "old.txt").write_text(new_reader()[0])
    (tmp_path / "none.txt").write_text("no key")
    keys = ("Amal", "Noor", "old", "none")
    said = _check(tmp_path / "node", *(word for k in keys for word in ("--key", tmp_path / f"{k}.txt")))
    assert f"{tmp_path / 'old.txt'} opens nothing" in said
    assert f"{tmp_path / 'none.txt'} opens nothing" in said
    assert "2 of 3 mediators can open." in said


def test_with_fewer_than_two_it_writes_nothing_and_says_what_to_do(tmp_path: Path) -> None:
    node = mediated_node(tmp_path / "node", fresh=True)
    node.mediator("Amal")
    lapsed = node.mediator("Noor", role=False)
    node.here.journal.store.close()
    with pytest.raises(Refused, match="At least two mediators are needed, and 1 can be written to"):
        _check(tmp_path / "node", "--out", tmp_path / "test.age")
    assert not (tmp_path / "test.age").exists()
    said = subprocess.run(
        [SAFE_BENCH, "trust", "check", "--data", tmp_path / "node"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 1
    assert f"{lapsed} is on the trust list and has no mandate now" in said.stdout


@pytest.mark.slow
def test_a_running_node_is_asked_without_being_stopped(node: MediatedNode, tmp_path: Path) -> None:
    node.here.journal.store.close()
    served = App("central", tmp_path / "node", free_port())
    try:
        served.start()
        words = [word for name in NAMES for word in ("--key", tmp_path / f"{name}.txt")]
        assert "3 of 3 mediators can open." in _check(tmp_path / "node", *words)
    finally:
        served.kill()


def test_a_bench_is_asked_as_well_for_it_seals_by_its_own_list(tmp_path: Path) -> None:
    bench = make_bench(tmp_path / "bench", present())
    keys = give_mediators(bench, {"30001": "Amal", "30002": "Noor"})
    for number, key in keys.items():
        (tmp_path / f"{number}.txt").write_text(key)
    bench.here.journal.store.close()
    words = [word for number in keys for word in ("--key", tmp_path / f"{number}.txt")]
    assert "2 of 2 mediators can open." in _check(bench.data.path, *words)


def test_no_test_note_is_written_into_a_devices_data(node: MediatedNode, tmp_path: Path) -> None:
    node.here.journal.store.close()
    with pytest.raises(Refused, match="holds a device's data"):
        _check(tmp_path / "node", "--out", tmp_path / "node" / "test.age")
