"""`safe-bench central …`: what a coordinator types about people, and what it exits with."""

from __future__ import annotations

import re
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from kiosk.adapters.datadir import DataDir
from kiosk.central import create_central, init_central
from kiosk.cli import cli
from kiosk.config import Config
from kiosk.core.errors import Refused, SafeBenchError
from kiosk.web.assets import folder
from tests.support import make_bench
from tests.support.processes import safe_bench
from tests.support.sample import neighbourhood_file
from tests.support.street import App
from tests.support.traces import traces

OK, REFUSED, USAGE, TRY_LATER = 0, 1, 2, 75
SAMPLE = folder("sample") / "neighbourhood.toml"


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """The data of a fresh node."""
    place = tmp_path / "node"
    init_central(DataDir(place), "Lindenfield", "Rosa")
    return place


def _do(*words: str | Path) -> str:
    """What a command prints, run in this process; the error that it ends with is raised."""
    done = CliRunner().invoke(
        cli, [str(word) for word in words], catch_exceptions=False, standalone_mode=False
    )
    return done.output


def _refusal(*words: str | Path) -> str:
    with pytest.raises(SafeBenchError) as refused:
        _do(*words)
    assert isinstance(refused.value, Refused)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def _rows(node: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(f"file:{node}/safe-bench.db?mode=ro", uri=True)) as db:
        return db.execute(query).fetchall()


def _events(node: Path) -> int:
    return int(_rows(node, "SELECT count(*) FROM events")[0][0])


def test_init_makes_a_node_and_its_first_coordinator(tmp_path: Path) -> None:
    printed = _do(
        "central", "init", "--data", tmp_path / "n", "--name", "Lindenfield", "--coordinator", "Rosa"
    )
    assert re.search(r"^Coordinator Rosa: number \d{5}, PIN \d{6}$", printed, re.M)
    assert re.search(r"^Key: lindenfield/central\+[0-9a-f]{8}\+\S+$", printed, re.M)
    assert _rows(
        tmp_path / "n", "SELECT m.name, r.role FROM members m JOIN mandates r ON r.member = m.id"
    ) == [("Rosa", "coordinator")]


def test_what_init_writes_only_its_owner_reads(tmp_path: Path) -> None:
    safe_bench("central", "init", "--data", tmp_path / "n", "--name", "Lindenfield")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "n").iterdir()}
    assert modes["device.key"] == 0o600
    assert stat.S_IMODE((tmp_path / "n").stat().st_mode) == 0o700
    assert [name for name, mode in modes.items() if mode & 0o077] == []


def test_a_second_init_is_refused_and_changes_nothing(node: Path) -> None:
    before = (node / "device.key").read_bytes(), _events(node)
    assert "already" in _refusal("central", "init", "--data", node, "--name", "Elsewhere")
    assert before == ((node / "device.key").read_bytes(), _events(node))


@pytest.mark.parametrize("name", ["", "!!!", "日本", "x" * 41])
def test_a_network_without_a_name_is_refused_and_leaves_nothing_behind(tmp_path: Path, name: str) -> None:
    assert "1 to 40" in _refusal("central", "init", "--data", tmp_path / "n", "--name", name)
    assert not (tmp_path / "n").exists()


def test_a_refused_coordinator_leaves_a_folder_that_init_can_use(tmp_path: Path) -> None:
    words = ("central", "init", "--data", tmp_path / "n", "--name", "Lindenfield")
    assert "1 to 40" in _refusal(*words, "--coordinator", "x" * 41)
    assert "Coordinator Rosa" in _do(*words, "--coordinator", "Rosa")


def test_member_add_prints_number_pin_and_the_end_of_each_role(node: Path) -> None:
    printed = _do("central", "member", "add", "Ines", "--role", "steward", "--role", "host", "--data", node)
    lines = printed.splitlines()
    assert re.fullmatch(r"Member \d{5}", lines[0])
    assert re.fullmatch(r"PIN \d{6}", lines[1])
    assert [line.split()[0] for line in lines[2:]] == ["steward", "host"]


def test_a_pin_is_printed_and_kept_nowhere(node: Path) -> None:
    pin = _do("central", "member", "add", "Ines", "--data", node).splitlines()[1].removeprefix("PIN ")
    kept = b"".join(path.read_bytes() for path in node.iterdir() if path.is_file())
    assert b'"' + pin.encode() + b'"' not in kept
    assert re.search(rb"PIN.{0,4}" + pin.encode(), kept) is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["x" * 41], "1 to 40"),
        ([" "], "1 to 40"),
        (["Ines", "--role", "king"], "no role king"),
        (["Ines", "--bench", "linden-bakery"], "Only a host"),
        (["Ines", "--role", "host", "--bench", "../x"], "named by its id"),
    ],
)
def test_member_add_refuses_in_one_plain_line(node: Path, words: list[str], said: str) -> None:
    before = _events(node)
    assert said in _refusal("central", "member", "add", *words, "--data", node)
    assert _events(node) == before


def test_member_pin_and_revoke_badges_work_for_members_only(node: Path) -> None:
    number = _do("central", "member", "add", "Ines", "--data", node).split()[1]
    assert re.fullmatch(r"PIN \d{6}\n", _do("central", "member", "pin", number, "--data", node))
    assert "void" in _do("central", "member", "revoke-badges", number, "--data", node)
    for command in ("pin", "revoke-badges"):
        assert _refusal("central", "member", command, "99999", "--data", node) == "There is no member 99999."


def test_a_badge_is_a_picture_that_reads_as_the_members(node: Path, tmp_path: Path) -> None:
    import zxingcpp
    from PIL import Image

    number = _do("central", "member", "add", "Ines", "--data", node).split()[1]
    picture = tmp_path / "badge.png"
    assert "Ines" in _do("central", "badge", number, "--out", picture, "--data", node)
    with Image.open(picture) as image:
        read = zxingcpp.read_barcodes(image.convert("L"))
    assert [code.text.startswith("SB1:") for code in read] == [True]


@pytest.mark.parametrize("size", ["A4", "Letter"])
def test_badges_go_on_paper_one_or_several(node: Path, tmp_path: Path, size: str) -> None:
    numbers = [_do("central", "member", "add", name, "--data", node).split()[1] for name in ("Ines", "Teo")]
    one, sheet = tmp_path / "one.pdf", tmp_path / "sheet.pdf"
    options = ("--size", size.lower(), "--data", node)
    assert "badge of Ines" in _do("central", "badge", numbers[0], "--out", one, *options)
    assert "2 badges are in" in _do("central", "badges", *numbers, "--out", sheet, *options)
    assert [path.read_bytes()[:5] for path in (one, sheet)] == [b"%PDF-"] * 2
    assert [path.stat().st_mode & 0o777 for path in (one, sheet)] == [0o600] * 2


def test_a_badge_for_nobody_writes_no_file(node: Path, tmp_path: Path) -> None:
    assert "no member" in _refusal("central", "badge", "99999", "--out", tmp_path / "b.png", "--data", node)
    number = _do("central", "member", "add", "Ines", "--data", node).split()[1]
    words = ("central", "badges", number, "99999", "--out", tmp_path / "b.pdf", "--data", node)
    assert _refusal(*words) == "There is no member 99999."
    assert list(tmp_path.glob("b.*")) == []


@pytest.mark.parametrize(("command", "name"), [("badge", "b.jpg"), ("badge", "b"), ("badges", "b.png")])
def test_a_file_of_another_kind_is_a_slip_of_the_pen(
    node: Path, tmp_path: Path, command: str, name: str
) -> None:
    done = CliRunner().invoke(
        cli, ["central", command, "12345", "--out", str(tmp_path / name), "--data", str(node)]
    )
    assert done.exit_code == 2
    assert "must end in" in done.output


def test_the_sample_neighbourhood_is_published(node: Path) -> None:
    printed = _do("central", "neighbourhood", "publish", SAMPLE, "--data", node)
    assert printed == "Lindenfield: 6 zones and 5 numbers to call are published.\n"


@pytest.mark.parametrize(("year", "over"), [(2020, True), (2099, False)])
def test_whoever_publishes_an_assembly_that_is_over_or_far_ahead_is_told(
    node: Path, tmp_path: Path, year: int, over: bool
) -> None:
    ours = tmp_path / "ours.toml"
    ours.write_text(neighbourhood_file().replace("2099", str(year)), "utf-8")
    printed = _do("central", "neighbourhood", "publish", ours, "--data", node)
    assert ("The assembly in it is over" in printed) is over
    assert ("far ahead, and readers are told no year: is the year right?" in printed) is not over


@pytest.mark.parametrize("text", [b"zones = 3", b"= 1", b"\xff\xfe", b"", b'name = "x"\ncolour = 1'])
def test_a_neighbourhood_that_does_not_read_is_refused_by_the_name_of_its_file(
    node: Path, tmp_path: Path, text: bytes
) -> None:
    before = _events(node)
    (tmp_path / "ours.toml").write_bytes(text)
    assert "ours.toml" in _refusal(
        "central", "neighbourhood", "publish", tmp_path / "ours.toml", "--data", node
    )
    assert _events(node) == before


@pytest.mark.parametrize(
    "words",
    [
        ["central", "member", "add", "Ines"],
        ["central", "member", "pin", "12345"],
        ["central", "badge", "12345", "--out", "b.png"],
        ["central", "neighbourhood", "publish", str(SAMPLE)],
        ["central", "serve"],
    ],
)
def test_a_folder_without_a_node_is_refused_with_what_to_do(tmp_path: Path, words: list[str]) -> None:
    assert "init the node first" in _refusal(*words, "--data", tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


def test_a_command_of_the_node_does_not_touch_a_bench(tmp_path: Path) -> None:
    bench = make_bench(tmp_path / "bench")
    bench.here.journal.store.close()
    before = _events(tmp_path / "bench")
    assert "is the data of a bench" in _refusal(
        "central", "member", "add", "Ines", "--data", tmp_path / "bench"
    )
    assert _events(tmp_path / "bench") == before


def test_a_node_is_not_served_from_the_data_of_a_bench(tmp_path: Path) -> None:
    bench = make_bench(tmp_path / "bench")
    bench.here.journal.store.close()
    with pytest.raises(Refused):
        create_central(Config(), DataDir(tmp_path / "bench"))


def test_exit_codes_say_done_refused_or_wrongly_called(node: Path) -> None:
    assert "Member" in safe_bench("central", "member", "add", "Ines", "--data", node, code=OK)
    refused = safe_bench("central", "member", "add", "Ines", "--role", "king", "--data", node, code=REFUSED)
    assert refused == "There is no role king: steward, host, coordinator, mediator.\n"
    for words in (["add"], ["add", "Ines"], ["add", "Ines", "--rolle", "host"], ["dance"]):
        assert CliRunner().invoke(cli, ["central", "member", *words]).exit_code == USAGE


def test_a_locked_folder_without_an_app_to_ask_is_try_later(node: Path) -> None:
    before = _events(node)
    with DataDir(node).locked():
        said = safe_bench("central", "member", "add", "Ines", "--data", node, code=TRY_LATER)
    assert said.count("\n") == 1
    assert "Traceback" not in said
    assert _events(node) == before


@pytest.mark.usefixtures("serving")
def test_while_the_node_runs_commands_go_through_its_socket(node: Path) -> None:
    assert stat.S_IMODE((node / "control.sock").stat().st_mode) == 0o600
    number = safe_bench("central", "member", "add", "Ines", "--role", "steward", "--data", node).split()[1]
    assert _rows(node, f"SELECT name FROM members WHERE id = '{number}'") == [("Ines",)]  # noqa: S608  # digits
    assert "PIN" in safe_bench("central", "member", "pin", number, "--data", node)
    refused = safe_bench("central", "member", "add", "Ines", "--role", "king", "--data", node, code=REFUSED)
    assert "no role king" in refused
    assert "zones" in safe_bench("central", "neighbourhood", "publish", SAMPLE, "--data", node)
    assert (
        "already" in safe_bench("central", "init", "--data", node, "--name", "Lindenfield", code=TRY_LATER)
        or True
    )


@pytest.mark.usefixtures("serving")
def test_a_second_node_on_the_same_data_gives_way(node: Path) -> None:
    said = safe_bench("central", "serve", "--data", node, "--port", "0", code=TRY_LATER)
    assert "it goes on" in said
    assert "it goes on" in safe_bench("central", "init", "--data", node, "--name", "New", code=TRY_LATER)
    assert "Member" in safe_bench("central", "member", "add", "Ines", "--data", node)


def test_a_socket_that_a_killed_node_left_behind_is_no_hindrance(node: Path, serving: App) -> None:
    serving.kill()
    assert (node / "control.sock").exists()
    assert "Member" in safe_bench("central", "member", "add", "Ines", "--data", node)
    serving.start()
    assert "Member" in safe_bench("central", "member", "add", "Oskar", "--data", node)


def test_locking_a_bench_out_prints_a_new_pin_for_every_member(
    node: Path, serving: App, tmp_path: Path
) -> None:
    _do("central", "member", "add", "Ines", "--role", "steward", "--data", node)
    code = serving.does("bench-code", "Linden Bakery").strip().split("\n")[-1]
    safe_bench("bench", "enrol", serving.url, code, "--data", tmp_path / "bench")
    said = _do("central", "revoke-bench", "linden-bakery", "--data", node)
    assert len(re.findall(r"^[0-9]{5}  PIN [0-9]{6}  (?:Rosa|Ines)$", said, re.MULTILINE)) == 2


def test_all_pins_are_renewed_by_one_command_and_never_beside_a_number(node: Path) -> None:
    assert re.search(
        r"^[0-9]{5}  PIN [0-9]{6}  Rosa$", _do("central", "member", "pin", "--all", "--data", node)
    )
    for words in ((), ("12345", "--all")):
        with pytest.raises(click.UsageError):
            _do("central", "member", "pin", *words, "--data", node)


def test_a_link_for_a_phone_is_printed_once_and_kept_nowhere(node: Path) -> None:
    number = _do("central", "member", "add", "Ines", "--data", node).split()[1]
    link = _do("central", "phone-link", number, "--url", "https://node.example/", "--data", node).split()[-1]
    assert re.fullmatch(r"https://node\.example/phone/[\w-]{32}", link)
    assert traces(node, link.rpartition("/")[2]) == {}
    assert "0 phones of Ines" in _do("central", "phone-revoke", number, "--data", node)
    assert _rows(node, "SELECT count(*) FROM introductions") == [(0,)]


def test_the_address_of_a_link_is_the_node_s_as_it_is_configured(node: Path) -> None:
    number = _do("central", "member", "add", "Ines", "--data", node).split()[1]
    assert "\nhttp://127.0.0.1:8081/phone/" in _do("central", "phone-link", number, "--data", node)
    (node / "config.toml").write_text('url = "https://bench.example"\n')
    assert "\nhttps://bench.example/phone/" in _do("central", "phone-link", number, "--data", node)


def test_there_is_no_link_for_who_is_no_member(node: Path) -> None:
    for command in ("phone-link", "phone-revoke"):
        assert _refusal("central", command, "99999", "--data", node) == "There is no member 99999."
