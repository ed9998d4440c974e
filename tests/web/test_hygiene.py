"""What every page of both apps has in common: its headers, and that nothing runs or comes from outside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk.core.mandate import Role
from kiosk.web.headers import policy
from tests.support import PIN, Bench
from tests.support.pages import Page


@pytest.fixture(params=["bench", "node"])
def app(request: pytest.FixtureRequest, bench: Bench, node_app: Flask) -> Flask:
    bench.member("61234", "Ines", Role.STEWARD, Role.HOST)
    return bench.app if request.param == "bench" else node_app


def _everything(app: Flask) -> Iterator[tuple[str, TestResponse]]:
    """Every answer to a GET, as nobody and, at a bench, as somebody who may see everything there."""
    for client in (_client(app), _client(app, signed_in=True)):
        for route in app.url_map.iter_rules():
            if "GET" in (route.methods or ()) and route.endpoint != "static":
                path = re.sub(r"<[^>]+>", "1", route.rule)
                yield path, client.get(path, buffered=True)
        yield "/static/css/bench.css", client.get("/static/css/bench.css", buffered=True)
        yield "/nowhere", client.get("/nowhere")


def _client(app: Flask, *, signed_in: bool = False) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    if signed_in:
        client.post("/sign-in", data={"who": "61234", "pin": PIN})
    return client


def _is_bench(app: Flask) -> bool:
    return "signin.ask" in app.view_functions and "checkin.ask" in app.view_functions


def test_every_answer_carries_every_header(app: Flask) -> None:
    camera = _is_bench(app)
    for path, answer in _everything(app):
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        if path.startswith("/api/"):
            continue
        assert headers.get_all("Content-Security-Policy") == [policy(camera=camera)], path
        assert headers["Referrer-Policy"] == "same-origin", path
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", path
        assert headers["Permissions-Policy"].startswith("camera=(self)," if camera else "camera=(),"), path
        for unused in ("microphone", "geolocation", "payment", "usb"):
            assert f"{unused}=()" in headers["Permissions-Policy"], path


def test_no_page_is_kept_by_the_browser(app: Flask) -> None:
    for path, answer in _everything(app):
        if not path.startswith("/static/"):
            assert answer.headers["Cache-Control"] == "no-store", path


def test_no_answer_says_what_it_was_made_with(app: Flask) -> None:
    for path, answer in _everything(app):
        assert "Server" not in answer.headers, path
        assert "X-Powered-By" not in answer.headers, path


def test_every_cookie_is_for_this_app_alone(app: Flask) -> None:
    for path, answer in _everything(app):
        for cookie in answer.headers.getlist("Set-Cookie"):
            assert "SameSite=Strict" in cookie, path
            assert "HttpOnly" in cookie, path
            assert "Domain" not in cookie, path


def test_nothing_on_a_page_runs_or_comes_from_outside(app: Flask) -> None:
    seen = 0
    for path, answer in _everything(app):
        if answer.mimetype == "text/html":
            page = Page(answer.text)
            assert page.findings == [], path
            seen += page.scripts
    assert seen, "no page had a script: this walk saw nothing"


def test_no_script_of_ours_writes_markup_or_makes_code() -> None:
    words = ("innerHTML", "outerHTML", "insertAdjacentHTML", r"document\.write", r"\beval\(", "new Function")
    sinks = re.compile("|".join((*words, r"\.srcdoc", r"setTimeout\(['\"]")))
    found = [
        (path.name, sinks.findall(path.read_text()))
        for path in Path("static/js").glob("*.js")
        if sinks.search(path.read_text())
    ]
    assert found == []


def test_no_field_opens_a_pop_up_of_the_browser_s_own() -> None:
    kinds = "date|time|datetime-local|month|week|number|range|color"
    drawn = re.compile(rf"<select|<datalist|type=[\"']({kinds})[\"']|\bfield\([^}}]*, '({kinds})'")
    assert drawn.search("{{ field('day', _('Day'), 'date', '2026-11-23') }}")
    found = [
        (str(path), line)
        for path in Path("templates").rglob("*.html")
        for line in drawn.findall(path.read_text())
    ]
    assert found == []


@pytest.mark.parametrize("size", [64 * 1024 + 1, 1 << 20])
def test_a_form_that_is_too_large_is_refused_before_it_is_read(app: Flask, size: int) -> None:
    for path in ("/display", "/check-in", "/sign-in", "/nowhere"):
        answer = _client(app).post(path, data={"who": "x" * size})
        assert answer.status_code in (404, 405, 413), path
        assert "xxx" not in answer.text


def test_a_foreign_host_name_gets_a_page_and_nothing_else(app: Flask) -> None:
    for path, answer in _everything(app):
        assert answer.status_code != 400, path
    for route in app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "1", route.rule)
        answer = _client(app).get(path, headers={"Host": "elsewhere.example"}, buffered=True)
        assert answer.status_code == 400, path
