"""Pages that can be listened to: who may ask for what, and what is left behind."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk.core.mandate import Role
from kiosk.features.listen.routes import PUBLIC
from tests.support import PIN, Bench, Time, make_bench
from tests.support.canaries import files_with

POSTER = "http://localhost/posters/calm"


def ask(client: FlaskClient, text: str, language: str = "en", page: str = POSTER) -> TestResponse:
    body = msgspec.json.encode({"lang": language, "text": text})
    return client.post("/listen", data=body, headers={"Referer": page})


def kept(bench: Bench) -> list[Path]:
    return sorted(bench.data.cache.rglob("*.wav"))


def test_every_page_can_be_listened_to_where_its_language_has_a_voice(bench: Bench) -> None:
    for path in ("/", "/help", "/posters", "/log", "/holds", "/sign-in", "/check-in", "/nothing-there"):
        assert "data-listen=" in bench.client.get(path).text, path


def test_without_espeak_there_is_no_button_and_no_complaint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    bench = make_bench(tmp_path / "mute", Time())
    page = bench.client.get("/")
    assert page.status_code == 200
    assert "data-listen" not in page.text
    assert "data-volume-button" in page.text
    answer = ask(bench.client, "Hello")
    assert (answer.status_code, answer.data) == (204, b"")
    assert caplog.records == []
    bench.here.journal.store.close()


def test_a_phone_nearby_has_a_voice_of_its_own(bench: Bench) -> None:
    client = bench.client
    client.environ_base["REMOTE_ADDR"] = "192.168.4.7"
    page = client.get("/help")
    assert page.status_code == 200
    assert "data-listen" not in page.text
    assert "data-volume-button" not in page.text
    assert ask(client, "Hello").status_code == 403


def test_a_tablet_that_was_wiped_reads_nothing_aloud(bench: Bench) -> None:
    bench.here.locked = True
    assert "data-listen" not in bench.client.get("/posters").text


def test_anyone_hears_a_page(bench: Bench) -> None:
    answer = ask(bench.client, "Calm is safe.")
    assert (answer.status_code, answer.mimetype) == (200, "audio/wav")
    assert answer.data[:4] == b"RIFF"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", 400),
        (b"{}", 400),
        (b'{"lang": "en", "text": 7}', 400),
        (b'{"lang": "en", "text": "' + b"x" * 4_000 + b'"}', 200),
        (b'{"lang": "en", "text": "' + b"x" * 4_001 + b'"}', 413),
        (b'{"lang": "en", "text": ""}', 413),
        (b'{"lang": "--stdout", "text": "Hello"}', 204),
        (b'{"lang": "tlh", "text": "Hello"}', 204),
    ],
)
def test_what_cannot_be_spoken_is_refused(bench: Bench, body: bytes, code: int) -> None:
    assert bench.client.post("/listen", data=body).status_code == code


def test_another_site_cannot_make_the_bench_speak(bench: Bench) -> None:
    answer = bench.client.post("/listen", data=b"{}", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


@pytest.mark.parametrize("page", ["/", "/posters", "/posters/calm", "/help"])
def test_the_speech_of_a_public_page_is_kept(bench: Bench, page: str) -> None:
    ask(bench.client, "Calm is safe.", page=f"http://localhost{page}")
    assert len(kept(bench)) == 1
    assert bench.data.cache.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "page", ["/log", "/claim", "/incidents/new", "/host", "/check-in", "/holds", "/x", ""]
)
def test_the_speech_of_any_other_page_is_not(bench: Bench, page: str) -> None:
    assert ask(bench.client, "Zanzibarquartz.", page=page and f"http://localhost{page}").status_code == 200
    assert kept(bench) == []


def test_nothing_is_kept_while_somebody_is_signed_in(bench: Bench) -> None:
    bench.member("61234", "Ines", Role.STEWARD, Role.HOST)
    client = bench.client
    assert client.post("/sign-in", data={"who": "61234", "pin": PIN}).status_code == 303
    assert ask(client, "Zanzibarquartz.").status_code == 200
    assert kept(bench) == []


def test_no_file_says_what_was_spoken(bench: Bench) -> None:
    ask(bench.client, "Zanzibarquartz.")
    assert len(kept(bench)) == 1
    assert files_with(bench.data.path, "Zanzibarquartz") == []


def test_a_public_feature_shows_no_page_of_somebody(bench: Bench) -> None:
    """Whoever adds a page to these features must see that it is the same for everybody."""
    rules = bench.app.url_map.iter_rules()
    pages = {rule.endpoint for rule in rules if rule.endpoint.partition(".")[0] in PUBLIC}
    known = {"attract", "listed", "poster", "paper_at_bench"}
    assert pages == {"help.page", "help.code", *(f"posters.{name}" for name in known)}


def test_the_voice_is_fetched_only_when_somebody_wants_to_listen(bench: Bench) -> None:
    assert '<script type="module" src="/static/js/listen.js' not in bench.client.get("/").text
