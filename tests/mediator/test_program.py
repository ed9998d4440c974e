"""`safe-bench mediator` as a program, against a real node behind HTTPS."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
import requests

from kiosk.adapters.sealing import new_reader, recipient_of, seal
from tests.support import make_bench
from tests.support.desk import DeskProgram, MediatedNode, mediated_node, notes_for, present
from tests.support.processes import free_port, listens, safe_bench, until
from tests.support.street import App
from tests.support.tls import Authority, Caddy

SECRET = "Canary: the grey coat said he would come back on Friday."
FORM = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def node(tmp_path: Path) -> Iterator[MediatedNode]:
    """A node's data with Amal and a note for her; no program runs on it yet."""
    made, bench = mediated_node(tmp_path / "node", fresh=True), make_bench(tmp_path / "bench", present())
    number = made.mediator("Amal")
    (tmp_path / "key.txt").write_text(f"# Amal\n{made.keys[number]}\n")
    notes_for(made, bench, SECRET)
    yield made
    made.here.journal.store.close()
    bench.here.journal.store.close()


def _get(url: str, ca: Path | None = None) -> str:
    answer = requests.get(url, timeout=20, verify=str(ca) if ca else True)
    return unescape(answer.text)


@pytest.mark.https
@pytest.mark.slow
def test_a_mediator_reads_and_closes_a_note_of_a_node_behind_https(
    node: MediatedNode, tmp_path: Path
) -> None:
    (number,) = node.keys
    node.here.journal.store.close()
    served, authority = App("central", tmp_path / "node", free_port()), Authority(tmp_path / "tls")
    front = Caddy(tmp_path / "caddy", free_port(), served.port, authority.issue("localhost"), authority.ca)
    desk = DeskProgram(
        tmp_path / "desk",
        *("--node", front.url, "--member", number, "--ca", authority.ca, "--key", tmp_path / "key.txt"),
    )
    try:
        for server in (served, front, desk):
            server.start()
        address = desk.address
        assert address.startswith("http://127.0.0.1:")
        listed = _get(f"{address}/")
        assert "Loud argument at Market corner" in listed
        ref = re.findall(r"/read/([0-9a-f]{16})", listed)[0]
        assert SECRET in _get(f"{address}/read/{ref}")
        answered = requests.post(
            f"{address}/answer/{ref}", data={"choice": "dealt-with"}, headers=FORM, timeout=20
        )
        assert "It is dealt with" in answered.text
        assert "Nothing waits for you." in answered.text
        closed = requests.post(f"{address}/close", headers=FORM, timeout=20)
        assert "Your key is forgotten" in closed.text
        port = int(address.split(":")[2].split("/")[0])
        until(lambda: not listens(port), "the program has ended", 10)
        _require_nothing_on_disk(tmp_path / "desk", SECRET, node.keys[number])
        assert "Traceback" not in desk.said() + served.said()
    finally:
        for server in (desk, front, served):
            server.kill()


def _require_nothing_on_disk(place: Path, *secrets: str) -> None:
    for path in place.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        for secret in secrets:
            assert secret.encode() not in content, path
    assert list((place / "tmp").iterdir()) == list((place / "home").iterdir()) == []


@pytest.mark.slow
def test_it_leaves_no_open_file_that_holds_what_was_read(node: MediatedNode, tmp_path: Path) -> None:
    (number,) = node.keys
    node.here.journal.store.close()
    served = App("central", tmp_path / "node", free_port())
    desk = DeskProgram(tmp_path / "desk", "--node", served.url, "--member", number)
    try:
        served.start()
        desk.start()
        with (tmp_path / "key.txt").open("rb") as key:
            listed = requests.post(f"{desk.address}/", files={"key": key}, headers=FORM, timeout=20).text
        ref = re.findall(r"/read/([0-9a-f]{16})", listed)[0]
        assert SECRET in _get(f"{desk.address}/read/{ref}")
        opened = [path.resolve() for path in Path(f"/proc/{desk.pid}/fd").iterdir()]
        assert [path for path in opened if "deleted" in str(path) or path.is_relative_to(tmp_path)] == [
            desk.log.resolve()
        ] * 2
        _require_nothing_on_disk(tmp_path / "desk", SECRET, node.keys[number])
        assert _limit(desk.pid, "Max core file size") == "0"
        assert desk.stop() == 0
    finally:
        desk.kill()
        served.kill()


def _limit(pid: int, name: str) -> str:
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    return next(line for line in lines if line.startswith(name)).removeprefix(name).split()[0]


def test_an_export_can_be_read_without_a_node(node: MediatedNode, tmp_path: Path) -> None:
    node.here.journal.store.close()
    safe_bench("export", "--data", tmp_path / "bench", "--out", tmp_path / "bench.ndjson")
    desk = DeskProgram(tmp_path / "desk", "--file", tmp_path / "bench.ndjson", "--key", tmp_path / "key.txt")
    try:
        desk.start()
        listed = _get(f"{desk.address}/")
        assert "What is sealed in this file" in listed
        ref = re.findall(r"/read/([0-9a-f]{16})", listed)[0]
        shown = _get(f"{desk.address}/read/{ref}")
        assert SECRET in shown
        assert "/answer/" not in shown
        refused = requests.post(
            f"{desk.address}/answer/{ref}", data={"choice": "x"}, headers=FORM, timeout=20
        )
        assert refused.status_code == 409
        assert "can only be read" in refused.text
    finally:
        desk.kill()


def test_a_file_that_is_no_export_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8 no export")
    safe_bench("mediator", "--new", "--key", tmp_path / "key.txt")
    desk = DeskProgram(tmp_path / "desk", "--file", tmp_path / "photo.jpg", "--key", tmp_path / "key.txt")
    try:
        desk.start()
        assert "Is it an export?" in _get(f"{desk.address}/")
    finally:
        desk.kill()


def test_a_new_key_is_like_those_of_age_keygen_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "key.txt"
    said = safe_bench("mediator", "--new", "--key", path)
    recipient = said.split()[-1]
    assert path.stat().st_mode & 0o777 == 0o600
    lines = path.read_text().splitlines()
    assert lines[0].startswith("# created: ")
    assert lines[1] == f"# public key: {recipient}"
    assert recipient_of(lines[2]) == recipient
    assert lines[2] not in said
    told = subprocess.run(["age-keygen", "-y", path], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == recipient


def test_a_new_key_takes_no_other_files_place(tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text("mine")
    assert "There is a file" in safe_bench("mediator", "--new", "--key", tmp_path / "key.txt", code=1)
    assert (tmp_path / "key.txt").read_text() == "mine"
    assert "cannot be written" in safe_bench("mediator", "--new", "--key", tmp_path / "no" / "k", code=1)
    safe_bench("mediator", "--new", code=2)


def test_a_test_note_is_read_with_the_key_and_with_no_other(tmp_path: Path) -> None:
    recipient = safe_bench("mediator", "--new", "--key", tmp_path / "key.txt").split()[-1]
    (tmp_path / "other.txt").write_text(new_reader()[0])
    (tmp_path / "test.age").write_bytes(seal("lamp chair river", [recipient]))
    words = ("mediator", "--check", tmp_path / "test.age", "--key")
    assert "lamp chair river" in safe_bench(*words, tmp_path / "key.txt")
    assert "not sealed for this key" in safe_bench(*words, tmp_path / "other.txt", code=1)
    safe_bench("mediator", "--check", tmp_path / "test.age", code=2)


@pytest.mark.parametrize("content", [b"", b"nothing", b"x" * 70_000])
def test_what_is_no_key_file_is_refused_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_bytes(content)
    words = ("mediator", "--key", tmp_path / "key.txt", "--node", "https://node.example", "--member", "12345")
    said = safe_bench(*words, code=1)
    assert len(said.strip().splitlines()) == 1


def test_only_https_nodes_are_asked_but_for_this_machine(tmp_path: Path) -> None:
    safe_bench("mediator", "--new", "--key", tmp_path / "key.txt")
    words = ("mediator", "--key", tmp_path / "key.txt", "--member", "12345", "--node")
    assert "Without https://" in safe_bench(*words, "http://node.example", code=1)
