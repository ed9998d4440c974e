"""`safe-bench export … doctor` and `bench status`: what they print of a device's data, and exit with."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from kiosk.adapters.datadir import DataDir
from kiosk.adapters.http import HttpClient
from kiosk.adapters.keys import DeviceKey
from kiosk.adapters.readmodels import ReadModels
from kiosk.adapters.store import Store
from kiosk.central import create_central, init_central
from kiosk.cli import cli
from kiosk.composition import ALL, compose
from kiosk.config import Config
from kiosk.core.errors import Refused, SafeBenchError, SignatureError
from kiosk.core.note import VerifierKey
from kiosk.features.checkin import desk
from kiosk.people import operations
from kiosk.sync.client import Client
from kiosk.sync.enrolling import make_code
from kiosk.sync.joining import Invitation, join
from kiosk.web.assets import folder
from kiosk.web.services import EXTENSION, Services
from tests.support.processes import safe_bench
from tests.sync.wsgi import WsgiAdapter

REFUSED, TRY_LATER = 1, 75
URL = "http://127.0.0.1"
SAMPLE = folder("sample") / "neighbourhood.toml"


class Town(NamedTuple):
    """The data of a node, and of a bench that has synced with it and then checked Rosa in."""

    node: Path
    bench: Path


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """Nothing of it runs."""
    made = Town(tmp_path / "node", tmp_path / "bench")
    rosa = init_central(DataDir(made.node), "Lindenfield", "Rosa")["member"]
    node: Services = (app := create_central(Config(), DataDir(made.node))).extensions[EXTENSION]
    operations.describe_neighbourhood(node, name=SAMPLE.name, text=SAMPLE.read_text("utf-8"))
    line = HttpClient(URL, adapter=WsgiAdapter(app))
    _enrol(made.bench, make_code(node, name="Linden Bakery")["code"], line)
    bench = compose(DataDir(made.bench))
    Client(bench, line).sync()
    desk.come(bench, rosa, "pin")
    for here in (bench, node):
        here.journal.store.close()
    return made


def _enrol(place: Path, code: str, line: HttpClient) -> None:
    data = DataDir(place)
    data.create()
    with closing(Store(data.database)) as store:
        join(store, ReadModels(ALL), DeviceKey.load_or_create(data.key), Invitation(URL, code), send=line)


@pytest.fixture(params=["node", "bench"])
def place(request: pytest.FixtureRequest, town: Town) -> Path:
    """The data of the one, and of the other."""
    return town.node if request.param == "node" else town.bench


def _do(*words: str | Path) -> str:
    """What a command prints, run in this process; the error that it ends with is raised."""
    done = CliRunner().invoke(
        cli, [str(word) for word in words], catch_exceptions=False, standalone_mode=False
    )
    return done.output


def _refusal(*words: str | Path) -> str:
    with pytest.raises(SafeBenchError) as refused:
        _do(*words)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def _rows(place: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(f"file:{place}/safe-bench.db?mode=ro", uri=True)) as db:
        return db.execute(query).fetchall()


def _change(place: Path, query: str) -> None:
    with closing(sqlite3.connect(place / "safe-bench.db")) as db, db:
        assert db.execute(query).rowcount > 0


def _flip_a_bit_of_a_body(place: Path) -> None:
    _change(
        place,
        "UPDATE events SET body = replace(body, CAST('Rosa' AS BLOB), CAST('Sosa' AS BLOB))"
        " WHERE instr(body, CAST('Rosa' AS BLOB))",
    )


def _bodies(export: Path) -> list[dict]:
    lines = [json.loads(line) for line in export.read_text("utf-8").splitlines()]
    return [line["event"]["body"] for line in lines if "body" in line.get("event", ())]


class Exported(NamedTuple):
    """An export, and the key that was printed with it."""

    file: Path
    key: str


@pytest.fixture
def exported(place: Path, tmp_path: Path) -> Exported:
    """All of a journal, as its owner exports it."""
    file = tmp_path / "all.ndjson"
    return Exported(file, _do("export", "--data", place, "--out", file).split()[-1])


def test_an_export_says_how_much_it_holds_and_who_signs(place: Path, exported: Exported) -> None:
    count = _rows(place, "SELECT count(*) FROM events")[0][0]
    assert len(exported.file.read_text("utf-8").splitlines()) > count
    assert len(_bodies(exported.file)) == count
    assert stat.S_IMODE(exported.file.stat().st_mode) == 0o600
    assert VerifierKey.parse(exported.key).name.startswith("lindenfield/")
    again = _do("export", "--data", place, "--out", exported.file)
    assert again.startswith(f"{count} events of ")


def test_a_public_export_names_nobody_and_verifies_too(place: Path, exported: Exported) -> None:
    public = exported.file.with_name("public.ndjson")
    assert "Rosa" in exported.file.read_text("utf-8")
    _do("export", "--public", "--data", place, "--out", public)
    assert "Rosa" not in public.read_text("utf-8")
    assert "neighbourhood.described" in {body["type"] for body in _bodies(public)}
    assert ", signed." in _do("verify", public, "--key", exported.key)


def test_a_public_export_waits_until_this_version_knows_what_is_hidden(
    place: Path, exported: Exported
) -> None:
    _change(place, "UPDATE meta SET value = 'older' WHERE key = 'read-models'")
    public = exported.file.with_name("public.ndjson")
    assert "another version" in _refusal("export", "--public", "--data", place, "--out", public)
    assert not public.exists()
    _do("export", "--data", place, "--out", exported.file)


def test_an_export_that_cannot_be_written_is_refused(place: Path, tmp_path: Path) -> None:
    assert "cannot be written" in _refusal("export", "--data", place, "--out", tmp_path / "no" / "x")


def test_verify_says_of_every_log_whether_its_signer_was_checked(place: Path, exported: Exported) -> None:
    without = _do("verify", exported.file).splitlines()
    assert without
    assert all(line.endswith("consistent, signer not checked.") for line in without)
    withal = _do("verify", exported.file, "--key", exported.key)
    own = VerifierKey.parse(exported.key).name
    assert re.search(rf"^{re.escape(own)}: \d+ events, signed\.$", withal, re.M)


def test_verify_with_a_key_that_did_not_sign_is_refused(exported: Exported) -> None:
    own = VerifierKey.parse(exported.key)
    for name in (own.name, "lindenfield/elsewhere.1test"):
        other = VerifierKey(name, DeviceKey.generate().public)
        with pytest.raises(SignatureError):
            _do("verify", exported.file, "--key", str(other))
    assert _refusal("verify", exported.file, "--key", "no key")


def test_verify_refuses_a_changed_byte_with_exit_code_1_and_one_line(exported: Exported) -> None:
    whole = exported.file.read_bytes()
    exported.file.write_bytes(whole.replace(b"Rosa", b"Sosa", 1))
    said = safe_bench("verify", exported.file, code=REFUSED)
    assert re.fullmatch(
        r"Line \d+: the events of central\.\w+ up to here are not those that were signed\.\n", said
    )


def test_a_backup_beside_a_running_app_is_whole_and_without_the_key(place: Path, tmp_path: Path) -> None:
    out = tmp_path / "b.db"
    with DataDir(place).locked():
        assert "holds no device key" in _do("backup", "--data", place, "--out", out)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert (place / "device.key").read_bytes() not in out.read_bytes()
    with closing(sqlite3.connect(out)) as db:
        assert db.execute("SELECT * FROM events").fetchall() == _rows(place, "SELECT * FROM events")


@pytest.fixture
def copy(place: Path, tmp_path: Path) -> Path:
    """A backup of it."""
    _do("backup", "--data", place, "--out", tmp_path / "copy.db")
    return tmp_path / "copy.db"


def test_what_is_restored_goes_on_as_a_new_epoch_and_verifies(
    place: Path, copy: Path, tmp_path: Path
) -> None:
    before = {name for (name,) in _rows(place, "SELECT name FROM sources")}
    members = _rows(place, "SELECT * FROM members")
    _change(place, "DELETE FROM members")
    said = _do("restore", copy, "--data", place)
    source = re.fullmatch(r"Restored\. The log goes on as ((?:central|linden-bakery)\.2\w{4})\.\n", said)
    assert source is not None
    assert source[1] not in before
    assert _rows(place, "SELECT * FROM members") == members
    _do("export", "--data", place, "--out", tmp_path / "x")
    assert f"{source[1]}: " in _do("verify", tmp_path / "x")


@pytest.mark.parametrize(
    "spoil", [lambda raw: b"", lambda raw: raw.replace(b"Rosa", b"Sosa")], ids=["empty", "a bit"]
)
def test_a_damaged_backup_is_refused_and_changes_nothing(
    place: Path, copy: Path, spoil: Callable[[bytes], bytes]
) -> None:
    before = (place / "safe-bench.db").read_bytes()
    copy.write_bytes(spoil(copy.read_bytes()))
    assert "Nothing was changed" in _refusal("restore", copy, "--data", place)
    assert (place / "safe-bench.db").read_bytes() == before


def test_a_backup_of_another_device_is_refused(town: Town, tmp_path: Path) -> None:
    _do("backup", "--data", town.bench, "--out", tmp_path / "b.db")
    said = _refusal("restore", tmp_path / "b.db", "--data", town.node)
    assert said == "That is a backup of linden-bakery, not of central. Nothing was changed."


def test_while_an_app_runs_nothing_is_restored_or_rebuilt(town: Town, tmp_path: Path) -> None:
    _do("backup", "--data", town.bench, "--out", tmp_path / "b.db")
    before = (town.bench / "safe-bench.db").read_bytes()
    with DataDir(town.bench).locked():
        for words in (("restore", tmp_path / "b.db"), ("rebuild",)):
            said = safe_bench(*words, "--data", town.bench, code=TRY_LATER)
            assert re.fullmatch(r"Another Safe Bench is running on .*; it goes on\.\n", said)
    assert (town.bench / "safe-bench.db").read_bytes() == before


def test_rebuild_makes_the_read_models_anew(place: Path) -> None:
    members = _rows(place, "SELECT * FROM members")
    assert members
    _change(place, "DELETE FROM members")
    count = _rows(place, "SELECT count(*) FROM events")[0][0]
    assert _do("rebuild", "--data", place) == f"The read-models follow from {count} events again.\n"
    assert _rows(place, "SELECT * FROM members") == members


def test_the_doctor_says_line_by_line_that_all_is_well(place: Path) -> None:
    lines = _do("doctor", "--data", place).splitlines()
    assert len(lines) >= 5
    assert [line for line in lines if not line.startswith("well ")] == []


def test_the_doctor_says_in_which_languages_a_bench_can_be_listened_to(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "well  Pages can be listened to in ar, en, es, fr." in _do("doctor", "--data", town.bench)
    assert "listened" not in _do("doctor", "--data", town.node)
    monkeypatch.setenv("PATH", str(tmp_path))
    said = _do("doctor", "--data", town.bench)
    assert "well  Pages cannot be listened to: espeak-ng is not installed." in said


def test_the_doctor_finds_one_flipped_bit_of_a_body_and_exits_with_1(place: Path) -> None:
    _flip_a_bit_of_a_body(place)
    found = CliRunner().invoke(cli, ["doctor", "--data", str(place)], standalone_mode=False)
    assert isinstance(found.exception, Refused)
    looks = [line for line in found.output.splitlines() if line.startswith("LOOK ")]
    assert len(looks) == 1
    assert "central." in looks[0]
    said = safe_bench("doctor", "--data", place, code=REFUSED)
    assert said == "Something wants doing: see the lines that begin with LOOK.\n"


def test_status_says_the_same_in_words_and_as_json(town: Town) -> None:
    [source] = [
        name for (name,) in _rows(town.bench, "SELECT name FROM sources") if name.startswith("linden")
    ]
    words = _do("bench", "status", "--data", town.bench).splitlines()
    facts = json.loads(_do("bench", "status", "--json", "--data", town.bench))
    assert words[:2] == [f"Linden Bakery (linden-bakery) of lindenfield, log {source}", "Pending: 1"]
    assert f"Node: last sync {facts['last_sync']}" in words
    assert "Clock: verified" in words
    assert facts.pop("disk_free") > 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", facts.pop("last_sync"))
    assert facts == {
        "bench": "linden-bakery",
        "name": "Linden Bakery",
        "network": "lindenfield",
        "source": source,
        "pending": 1,
        "last_error": "",
        "clock_verified": True,
        "quarantined": 0,
        "aside": 0,
        "trust": 0,
        "trust_ends": None,
    }
    assert "Trust list: none yet" in words


def test_the_data_of_a_node_has_no_standing_of_a_bench(town: Town) -> None:
    assert "is the data of a central node" in _refusal("bench", "status", "--data", town.node)


@pytest.mark.parametrize("command", ["export", "backup", "rebuild", "doctor", "bench status"])
def test_a_folder_without_data_is_refused_with_what_to_do(tmp_path: Path, command: str) -> None:
    out = ("--out", tmp_path / "out") if command in ("export", "backup") else ()
    said = _refusal(*command.split(), "--data", tmp_path / "nothing", *out)
    assert "Enrol the bench or init the node first" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["export", "backup"])
def test_nothing_is_written_over_a_device_or_beside_its_data(
    town: Town, tmp_path: Path, command: str
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for out in (pipe, town.bench / "safe-bench.db", town.bench / "new"):
        with pytest.raises(Refused, match=r"not a file|holds a device"):
            _do(command, "--data", town.bench, "--out", out)
    assert pipe.is_fifo()
    assert not (town.bench / "new").exists()


def test_a_receipt_of_any_event_that_is_held_whole_is_one_that_verify_accepts(
    place: Path, exported: Exported, tmp_path: Path
) -> None:
    own = VerifierKey.parse(exported.key).name.partition("/")[2]
    where, file = f"{own}/1", tmp_path / "receipt.txt"
    assert where in _do("receipt", where, "--data", place, "--out", file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    said = _do("verify", file, "--key", exported.key)
    assert "signer not checked" not in said
    file.write_bytes(file.read_bytes().replace(b"index 0", b"index 1"))
    with pytest.raises(SafeBenchError):
        _do("verify", file, "--key", exported.key)


@pytest.mark.parametrize("where", ["linden-bakery", "x/0", "x/99", "../x/1", "central.1test/nine"])
def test_there_is_no_receipt_of_what_is_not_here(place: Path, where: str, tmp_path: Path) -> None:
    _refusal("receipt", where, "--data", place, "--out", tmp_path / "receipt.txt")
    assert not (tmp_path / "receipt.txt").exists()
