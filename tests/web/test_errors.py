"""Error pages: what happened, what was kept, what to do, whom to ask, and nothing else."""

from __future__ import annotations

import logging
import re
import sqlite3
from html.parser import HTMLParser

import pytest
from flask import Blueprint, Flask, abort
from flask.testing import FlaskClient

from kiosk.core.errors import Damaged, NotSaved, Refused, TryLater
from kiosk.web.access import allow, anyone
from kiosk.web.forms import FormError
from kiosk.web.services import Services
from tests.support import Bench

RAISED = {
    "refused": (Refused("The bench is closed tonight."), 409),
    "later": (TryLater("The node does not answer."), 503),
    "not-saved": (NotSaved("The disk is full, so this was not saved."), 507),
    "form": (FormError("That is too long."), 422),
    "damaged": (Damaged("canary-damaged /var/lib/secret"), 500),
    "bug": (ZeroDivisionError("canary-bug /var/lib/secret"), 500),
    "sqlite": (sqlite3.OperationalError("canary-sql SELECT * FROM members"), 500),
}
CODES = (400, 401, 403, 404, 405, 408, 410, 413, 414, 415, 422, 429, 431, 500, 502, 503)


@pytest.fixture
def broken(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A bench with pages that go wrong, each in its way."""
    wrong = Blueprint("wrong", __name__, url_prefix="/wrong")

    @wrong.get("/<kind>")
    @allow(anyone)
    def raise_it(kind: str) -> str:
        raise RAISED[kind][0]

    @wrong.get("/code/<int:code>")
    @allow(anyone)
    def abort_with(code: int) -> str:
        abort(code, description="canary-description <script>")

    bench.app.register_blueprint(wrong)
    bench.app.register_blueprint(wrong, name="api", url_prefix="/api/wrong")
    monkeypatch.setattr(bench.app.logger, "disabled", True)
    return bench.client


class _Inline(HTMLParser):
    """Collects what the content security policy would block."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(tag)
        self.found += [name for name in names if name.startswith("on") or name in ("style", "srcdoc")]


def _inline(page: str) -> list[str]:
    parser = _Inline()
    parser.feed(page)
    return parser.found


@pytest.mark.parametrize("kind", RAISED)
def test_every_fault_gets_its_code_and_a_page(broken: FlaskClient, kind: str) -> None:
    answer = broken.get(f"/wrong/{kind}")
    assert answer.status_code == RAISED[kind][1]
    for words in ("<h1>", "What to do", "Whom to ask", 'href="/help"', 'href="/"'):
        assert words in answer.text


@pytest.mark.parametrize("kind", ["refused", "later", "not-saved", "form"])
def test_a_sentence_that_was_meant_for_people_is_shown(broken: FlaskClient, kind: str) -> None:
    assert str(RAISED[kind][0]) in broken.get(f"/wrong/{kind}").text


@pytest.mark.parametrize("kind", ["damaged", "bug", "sqlite"])
def test_nothing_of_the_inside_shows(broken: FlaskClient, kind: str) -> None:
    for path in (f"/wrong/{kind}", f"/api/wrong/{kind}"):
        answer = broken.get(path)
        assert answer.status_code == 500
        assert not re.search(r"canary|Traceback|Error|SELECT|/var/|\.py|line \d", answer.text)


@pytest.mark.parametrize("code", CODES)
def test_every_code_gets_words_and_no_number(broken: FlaskClient, code: int) -> None:
    answer = broken.get(f"/wrong/code/{code}")
    assert answer.status_code == code
    assert "canary" not in answer.text
    assert re.search(rf">[^<]*\b{code}\b", answer.text) is None


def test_no_error_page_needs_what_the_policy_forbids(broken: FlaskClient) -> None:
    for kind in RAISED:
        assert _inline(broken.get(f"/wrong/{kind}").text) == []


def test_what_was_asked_for_is_not_said_back(broken: FlaskClient) -> None:
    for path in ("/nothing", "/%00nothing", "/nothing%ff", "/<script>nothing</script>", "/{{7*7}}nothing"):
        headers = {"Referer": "http://canary", "User-Agent": "canary", "X-Forwarded-For": "canary"}
        page = broken.get(f"{path}?q=canary", headers=headers).text
        assert "canary" not in page.replace("q=canary", "").replace("q%3Dcanary", "")
        assert "<script>nothing" not in page
        assert "49nothing" not in page


def test_under_api_an_error_is_json(broken: FlaskClient) -> None:
    answer = broken.get("/api/wrong/refused")
    assert answer.json is not None
    assert (answer.json["status"], answer.json["title"]) == (409, "The bench is closed tonight.")


def test_a_wrong_method_is_told_which_would_be_right(broken: FlaskClient) -> None:
    answer = broken.put("/sign-out")
    assert answer.status_code == 405
    assert {word.strip() for word in answer.headers["Allow"].split(",")} == {"POST", "OPTIONS"}


def test_a_database_that_cannot_be_read_still_gives_a_page(
    broken: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(self: Services) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(Services, "db", property(unreadable))
    for path, code in (("/sign-in", 500), ("/no-such-page", 404), ("/wrong/not-saved", 507)):
        answer = broken.get(path)
        assert answer.status_code == code
        assert "<h1>" in answer.text
        assert "What to do" in answer.text
        assert _inline(answer.text) == []
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_log_names_the_fault_and_not_the_visitor(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    wrong = Blueprint("logged", __name__)

    @wrong.post("/goes-wrong")
    @allow(anyone, nearby=True)
    def goes_wrong() -> str:
        raise ZeroDivisionError

    bench.app.register_blueprint(wrong)
    with caplog.at_level(logging.DEBUG):
        bench.client.post(
            "/goes-wrong?q=canary-query",
            data={"words": "canary-words"},
            headers={"User-Agent": "canary-agent", "Cookie": "sitting=canary-cookie"},
            environ_base={"REMOTE_ADDR": "203.0.113.7"},
        )
    assert "ZeroDivisionError" in caplog.text
    assert "canary" not in caplog.text
    assert "203.0.113.7" not in caplog.text


def test_both_apps_answer_errors_with_pages(node_app: Flask) -> None:
    answer = node_app.test_client().get("/no-such-page")
    assert answer.status_code == 404
    assert "<h1>" in answer.text
    assert _inline(answer.text) == []


def test_an_error_of_the_node_leads_to_pages_of_the_node(node_app: Flask) -> None:
    client = node_app.test_client()
    shown = client.get("/no-such-page").text
    ways = re.findall(r'class="way[^"]*" href="([^"]+)"', shown)
    assert ways
    assert all(client.get(way).status_code == 200 for way in ways)
    assert "tell a coordinator" in shown
    assert "bench" not in re.sub(r"<[^>]*>", "", shown.partition("<main")[2].partition("</main>")[0])
