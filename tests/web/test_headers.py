"""Headers on every answer, who may post, and under which names the app answers."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from kiosk.web.headers import policy
from tests.support import PIN, Bench

PAGES = [
    "/",
    "/sign-in",
    "/healthz",
    "/posters",
    "/static/css/bench.css",
    "/no-such-page",
    "/static/nothing",
    "/leave",
]
HERE = "http://localhost"


@pytest.fixture
def plain(bench: Bench) -> FlaskClient:
    """A client that says nothing of where its requests come from."""
    bench.member("12345", "Ines")
    return bench.app.test_client()


def _post(plain: FlaskClient, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return plain.post("/sign-in", data={"who": "12345", "pin": PIN}, headers=named).status_code


@pytest.mark.parametrize("camera", [True, False])
def test_no_script_style_frame_or_picture_comes_from_elsewhere(camera: bool) -> None:
    parts = dict(part.split(" ", 1) for part in policy(camera=camera).split("; "))
    assert parts.pop("require-trusted-types-for") == "'script'"
    assert set(parts.values()) == {"'self'", "'none'"}
    closed = {name for name, sources in parts.items() if sources == "'none'"}
    assert closed == {"default-src", "base-uri", "frame-ancestors", "trusted-types"}
    assert ("connect-src" in parts) == ("media-src" in parts) == camera


def test_no_page_is_kept_by_the_browser_and_no_error_is(bench: Bench) -> None:
    for path in PAGES:
        if path != "/static/css/bench.css":
            assert bench.client.get(path).headers["Cache-Control"] == "no-store", path


def test_a_form_of_this_bench_is_taken(plain: FlaskClient) -> None:
    assert _post(plain, Sec_Fetch_Site="same-origin") == 303
    assert _post(plain, Sec_Fetch_Site="same-origin", Origin=HERE) == 303
    assert _post(plain, Origin=HERE) == 303


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "", "same-origin, none", "SAME-ORIGIN"])
def test_a_form_that_another_page_sent_is_refused(plain: FlaskClient, site: str) -> None:
    assert _post(plain, Sec_Fetch_Site=site) == 403
    assert _post(plain, Sec_Fetch_Site=site, Origin=HERE) == 403


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost:8081",
        "http://localhost.elsewhere.example",
        "http://elsewhere.example",
        "http://localhost@elsewhere.example",
        "http://elsewhere.example#localhost",
        "http://elsewhere.example/localhost",
        "http://127.0.0.1",
        "http://[localhost",
        "null",
        "localhost",
        "file://",
        "",
    ],
)
def test_an_origin_that_is_not_this_host_and_port_is_refused(plain: FlaskClient, origin: str) -> None:
    assert _post(plain, Origin=origin) == 403
    assert _post(plain, Origin=origin, Sec_Fetch_Site="same-origin") == 403


def test_a_page_on_another_port_of_the_same_machine_is_another_page(plain: FlaskClient) -> None:
    for port, status in ((8080, 303), (8081, 403)):
        answer = plain.post(
            "/sign-in",
            data={"who": "12345", "pin": PIN},
            base_url="http://localhost:8080",
            headers={"Origin": f"http://localhost:{port}"},
        )
        assert answer.status_code == status


def test_a_page_that_came_without_https_sends_nothing_to_one_that_came_with_it(plain: FlaskClient) -> None:
    """Older browsers say no `Sec-Fetch-Site`, and take both for the same site."""
    for scheme, status in (("https", 303), ("http", 403)):
        answer = plain.post(
            "/sign-in",
            data={"who": "12345", "pin": PIN},
            base_url="https://localhost",
            headers={"Origin": f"{scheme}://localhost"},
        )
        assert answer.status_code == status


def test_a_form_that_does_not_say_where_it_comes_from_is_refused(plain: FlaskClient) -> None:
    answer = plain.post("/sign-in", data={"who": "12345", "pin": PIN})
    assert answer.status_code == 403
    assert "nothing was done" in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST", "PROPFIND", "FOO"])
def test_no_method_gets_past_the_check_on_any_path(plain: FlaskClient, method: str) -> None:
    for path in ("/", "/sign-in", "/sign-out", "/no-such-page"):
        answer = plain.open(path, method=method, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/api", "/apix/sign-in", "/x/api/", "/API/", "/sign-in?/api/"])
def test_only_what_lies_under_api_is_free_of_the_check(plain: FlaskClient, path: str) -> None:
    assert plain.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_under_api_errors_are_json_and_no_cookie_is_looked_at(plain: FlaskClient) -> None:
    answer = plain.post("/api/v1/nothing", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["status"] == 404


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1", "127.0.0.1:9"])
def test_the_bench_answers_under_its_own_names(plain: FlaskClient, host: str) -> None:
    assert plain.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "elsewhere.example",
        "localhost.elsewhere.example",
        "elsewhere.example:8080",
        "192.168.1.7",
        "127.0.0.1.elsewhere.example",
        "local host",
        "localhost:port",
        "localhost/",
        "a@localhost",
        "\xff",
    ],
)
def test_a_foreign_host_name_is_refused_with_a_page(plain: FlaskClient, host: str) -> None:
    for path in ("/", "/healthz", "/no-such-page"):
        answer = plain.get(path, headers={"Host": host})
        assert answer.status_code == 400
        assert "<h1>" in answer.text
        assert answer.headers["Content-Security-Policy"] == policy(camera=True)
        assert "elsewhere" not in answer.text
    post = plain.post("/sign-in", headers={"Host": host, "Sec-Fetch-Site": "same-origin"})
    assert post.status_code == 400
