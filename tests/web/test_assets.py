"""Static files: kept for good under their version, asked for anew without one, nothing beside them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask

from kiosk.bench import create_bench
from kiosk.config import Config
from kiosk.core.mandate import Role
from kiosk.web.assets import asset, folder, touch_keyboard
from tests.support import PIN, Bench


def _caching(bench: Bench, address: str) -> str:
    return bench.client.get(address, buffered=True).headers["Cache-Control"]


def test_a_file_under_its_version_is_kept_for_a_year(bench: Bench) -> None:
    address = asset("css/bench.css")
    assert re.fullmatch(r"/static/css/bench\.css\?v=[0-9a-f]{10}", address)
    assert _caching(bench, address) == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("query", ["", "?v=", "?v=0123456789", "?v=x&v=y", "?w=1"])
def test_a_file_under_no_or_another_version_is_asked_for_anew(bench: Bench, query: str) -> None:
    assert _caching(bench, f"/static/css/bench.css{query}") == "no-cache"


def test_a_version_changes_with_the_content(bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr("kiosk.web.assets.folder", lambda name: tmp_path)
    (tmp_path / "a.css").write_text("a {}")
    before = asset("a.css")
    (tmp_path / "a.css").write_text("b { }")
    assert asset("a.css") != before


def test_every_file_that_a_page_names_is_there_under_its_version(bench: Bench) -> None:
    for path in ("/", "/sign-in", "/no-such-page"):
        named = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', bench.client.get(path).text))
        assert named
        for address in named:
            answer = bench.client.get(address.replace("&amp;", "&"), buffered=True)
            assert answer.status_code == 200, address
            assert "immutable" in answer.headers["Cache-Control"], address


def test_an_unchanged_file_is_not_sent_again(bench: Bench) -> None:
    first = bench.client.get("/static/css/bench.css", buffered=True)
    again = bench.client.get(
        "/static/css/bench.css", headers={"If-None-Match": first.headers["ETag"]}, buffered=True
    )
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "../pyproject.toml",
        "..%2fpyproject.toml",
        "css/../../pyproject.toml",
        "%2e%2e/pyproject.toml",
        "..\\pyproject.toml",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "css",
        "css/",
        "",
        "css/bench.css%00.png",
        "x" * 300,
    ],
)
def test_nothing_outside_the_folder_is_served(bench: Bench, path: str) -> None:
    answer = bench.client.get(f"/static/{path}?v=1")
    assert answer.status_code in (301, 308, 404)
    assert "safe-bench" not in answer.text.replace("Safe Bench", "")


def test_a_link_that_leads_out_of_the_folder_is_not_shipped() -> None:
    assert [path for path in folder("static").rglob("*") if path.is_symlink()] == []


def test_no_page_names_a_script_style_or_picture_of_another_host(bench: Bench) -> None:
    for path in ("/", "/sign-in", "/posters", "/no-such-page"):
        page = bench.client.get(path).text
        assert re.findall(r'(?:src|action|data)="(?!/)[^"]+"', page) == []
        assert re.findall(r'<link[^>]+href="(?!/)[^"]+"', page) == []


def test_a_name_with_odd_letters_is_not_found_and_no_fault(bench: Bench) -> None:
    for name in ("ä", "\u202e", "a b", "'", "<script>"):
        assert bench.client.get(f"/static/{quote(name)}?v=1").status_code == 404


@pytest.mark.parametrize("built", [False, True])
def test_a_page_names_the_touch_keyboard_only_where_it_was_built(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, built: bool
) -> None:
    shutil.copytree(folder("static"), tmp_path / "static", ignore=shutil.ignore_patterns("vendor"))
    if built:
        (tmp_path / "static" / "vendor").mkdir()
        (tmp_path / "static" / "vendor" / "simple-keyboard.js").touch()
    places = {"static": tmp_path / "static", "templates": folder("templates")}
    monkeypatch.setattr("kiosk.web.assets.folder", lambda name: places[name])
    bench.member("12345", "Ines", Role.STEWARD)
    bench.here.journal.store.close()
    again = create_bench(Config(phone_url="http://192.168.4.1:8080"), bench.data, tick=bench.time)
    for path in ("/check-in", "/check-in/pin", "/claim", "/host", "/vouch"):
        page = again.test_client().get(path, follow_redirects=True).text
        assert ("data-touch-keys" in page) == ("vendor/simple-keyboard.js" in page) == built, path
    tablet = again.test_client()
    own = {"Sec-Fetch-Site": "same-origin"}
    assert tablet.post("/sign-in", data={"who": "12345", "pin": PIN}, headers=own).status_code == 303
    page = tablet.get("/check-in/phones/new").text
    assert 'name="badge"' in page
    assert ("data-touch-keys" in page) == built
    assert "keyboard" not in again.test_client().get("/").text
    assert touch_keyboard(always=True) == ("any" if built else "")


def test_the_nodes_pages_have_no_touch_keyboard(node_app: Flask) -> None:
    assert "keyboard" not in node_app.test_client().get("/claim").text
