"""`safe-bench poster …`: paper from a node's data or a bench's, while an app runs or not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kiosk.adapters.datadir import DataDir
from kiosk.central import init_central
from kiosk.commands import printed
from kiosk.web.assets import folder
from tests.support.processes import safe_bench

REFUSED, USAGE = 1, 2
URL = "https://lindenfield.example"


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """A node with one poster."""
    place = tmp_path / "node"
    init_central(DataDir(place), "Lindenfield", "Rosa")
    calm = folder("sample") / "posters" / "calm.md"
    safe_bench("central", "poster", "publish", calm, "--data", place)
    return place


def _text(file: Path) -> str:
    command = ["pdftotext", str(file), "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.usefixtures("serving")
def test_a_poster_is_written_while_the_node_runs(node: Path, tmp_path: Path) -> None:
    out = tmp_path / "calm.pdf"
    said = safe_bench("poster", "pdf", "calm", "--size", "a3", "--url", URL, "--out", out, "--data", node)
    assert "1 sheet of A3" in said
    assert "What follows the steps did not fit" in said
    assert "lindenfield.example/posters/calm/1?language=en" in _text(out)


def test_the_address_on_the_paper_comes_from_the_node_s_settings(node: Path, tmp_path: Path) -> None:
    out = tmp_path / "calm.pdf"
    words = ("poster", "leaflet", "calm", "--out", out, "--data", node)
    assert "say --url" in safe_bench(*words, code=REFUSED)
    assert not out.exists()
    (node / "config.toml").write_text(f'url = "{URL}"\n')
    safe_bench(*words)
    assert "lindenfield.example/posters/calm/1" in _text(out)


def test_stickers_need_no_address(node: Path, tmp_path: Path) -> None:
    out = tmp_path / "stickers.pdf"
    safe_bench("poster", "stickers", "--size", "Letter", "--out", out, "--data", node)
    assert _text(out).count("Lindenfield") == 6


def test_wrong_words_are_usage_and_what_is_not_there_is_refused(node: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.pdf"
    words = ("--url", URL, "--data", node, "--out")
    safe_bench("poster", "pdf", "calm", "--size", "A2", *words, out, code=USAGE)
    safe_bench("poster", "pdf", "calm", *words, tmp_path / "x.png", code=USAGE)
    assert len(safe_bench("poster", "pdf", "none", *words, out, code=REFUSED).splitlines()) == 1
    safe_bench("poster", "pdf", "calm", "--data", tmp_path, "--out", out, code=REFUSED)
    assert not out.exists()


def test_where_the_packages_of_a_node_are_missing_it_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printed, "find_spec", lambda name: None if name == "uharfbuzz" else name)
    with pytest.raises(Exception, match=r"not installed here \(uharfbuzz\)"):
        printed.require_printing()
