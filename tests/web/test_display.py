"""Palette and text size, and never being sent elsewhere."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.web import words
from kiosk.web.display import LANGUAGE, local_path, volume
from kiosk.web.words import Language
from tests.support import Bench
from tests.support.node import Node

HERE = "http://localhost:8080/display"

ELSEWHERE = [
    "//x.example",
    "///x.example",
    "/\\x.example",
    "\\/x.example",
    "\\\\x.example",
    "\t//x.example",
    " //x.example",
    "/\t/x.example",
    "/\n/x.example",
    "/\r\nLocation: //x.example",
    "https://x.example",
    "HTTPS:x.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "x.example",
    "?x",
    "",
    "/\x00",
    "/\u2028",
    "/\ud800",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_what_is_no_path_of_this_app_leads_to_the_first_screen(address: str) -> None:
    assert local_path(address) == "/"


@pytest.mark.parametrize(
    "address", ["/", "/posters/calm", "/log?night=2026-11-23", "/%2f%2fx.example", "/a b", "/ä"]
)
def test_a_path_of_this_app_stays_as_it_is(address: str) -> None:
    assert local_path(address) == address


@given(st.text(alphabet="/\\.@:?#%2fx \t\n\x00é\u2028", max_size=12))
def test_no_address_leads_to_another_host_as_a_browser_reads_it(address: str) -> None:
    found = local_path(address)
    as_browsers_do = found.replace("\\", "/").replace("\t", "").replace("\n", "").replace("\r", "").strip()
    assert urlsplit(urljoin(HERE, as_browsers_do)).netloc == "localhost:8080"


@given(st.text(max_size=40))
def test_any_address_makes_a_location_that_a_header_can_carry(address: str) -> None:
    assert local_path(address).isprintable()


def test_a_choice_is_kept_in_a_cookie_that_scripts_cannot_read(bench: Bench) -> None:
    answer = bench.client.get("/display?palette=night&text=large&back=/posters")
    assert (answer.status_code, answer.location) == (303, "/posters")
    assert answer.headers["Set-Cookie"] == "display=night.large..; HttpOnly; Path=/; SameSite=Strict"


def test_each_choice_leaves_the_other(bench: Bench) -> None:
    client = bench.client
    client.get("/display?palette=contrast")
    client.get("/display?text=large")
    page = client.get("/sign-in").text
    assert 'data-palette="contrast" data-text="large"' in page


@pytest.mark.parametrize("query", ["palette=pink", "text=huge", 'palette="><script>', "palette=day&text=%00"])
def test_a_choice_that_is_none_changes_nothing(bench: Bench, query: str) -> None:
    answer = bench.client.get(f"/display?{query}")
    assert answer.status_code == 303
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "cookie", ["display=", "display=pink.huge", 'display="><script>', "display=day.", "display=\xff"]
)
def test_a_cookie_that_says_nothing_known_is_as_none(bench: Bench, cookie: str) -> None:
    page = bench.client.get("/sign-in", headers={"Cookie": cookie}).text
    assert 'data-text="normal"' in page
    assert "pink" not in page


@pytest.mark.parametrize(
    "back", ["//x.example", "/\\x.example", "\t//x.example", "https://x.example", "%2f%2fx.example"]
)
def test_nobody_is_sent_to_another_host_after_choosing(bench: Bench, back: str) -> None:
    assert bench.client.get("/display", query_string={"back": back}).location == "/"
    assert bench.client.get(f"/display?back={back}").location in ("/", "/x.example")


def test_a_line_break_in_the_way_back_splits_no_header(bench: Bench) -> None:
    answer = bench.client.get("/display?back=/%0d%0aSet-Cookie:%20a=b")
    assert answer.location == "/"
    assert "a=b" not in str(answer.headers)


@pytest.mark.parametrize(("code", "direction"), [("en", "ltr"), ("es", "ltr"), ("fr", "ltr"), ("ar", "rtl")])
def test_a_page_says_its_language_and_direction(code: str, direction: str, bench: Bench) -> None:
    client = bench.client
    client.get(f"/display?lang={code}&back=/posters")
    assert f'<html lang="{code}" dir="{direction}"' in client.get("/posters").text


def test_every_page_offers_each_language_by_its_own_name(bench: Bench) -> None:
    page = bench.client.get("/log").text
    for name in ("English", "Español", "Français", "العربية"):
        assert f">{name}</a>" in page


def test_more_than_four_languages_have_a_page_of_their_own(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = {code: Language(code, f"Own name of {code}") for code in ("en", "aa", "bb", "cc", "dd")}
    monkeypatch.setattr(words, "languages", lambda: many)
    page = bench.client.get("/log").text
    assert 'href="/language?back=/log"' in page
    assert "Own name of" not in page
    listed = bench.client.get("/language?back=/log").text
    for code in many:
        assert f'href="/display?lang={code}&amp;back=/log"' in listed
        assert f"Own name of {code}" in listed


def test_the_page_of_languages_leads_back_to_nowhere_else(bench: Bench) -> None:
    assert "x.example" not in bench.client.get("/language?back=//x.example").text


@pytest.mark.parametrize("wrong", ["xx", "../en", "EN", "en.po"])
def test_a_language_that_is_not_here_changes_nothing(wrong: str, bench: Bench) -> None:
    client = bench.client
    client.get("/display?lang=ar")
    client.get(f"/display?lang={wrong}")
    assert '<html lang="ar"' in client.get("/").text


def test_whoever_comes_after_an_idle_screen_begins_as_everybody_does(bench: Bench) -> None:
    client = bench.client
    client.get("/display?lang=ar&text=large&palette=contrast")
    assert '<html lang="ar" dir="rtl" data-palette="contrast" data-text="large"' in client.get("/").text
    client.get("/leave")
    assert '<html lang="en" dir="ltr" data-palette="night" data-text="normal"' in client.get("/").text


def test_a_tablet_does_not_go_by_what_its_browser_asks_for(bench: Bench) -> None:
    assert '<html lang="en"' in bench.client.get("/", headers={"Accept-Language": "fr"}).text


def test_a_node_speaks_the_reader_s_language(node: Node) -> None:
    client = node.app.test_client()
    assert '<html lang="fr"' in client.get("/", headers={"Accept-Language": "fr-CA, en;q=0.5"}).text
    assert '<html lang="en"' in client.get("/", headers={"Accept-Language": "tlh"}).text


def test_a_bench_speaks_the_language_of_its_neighbourhood(bench: Bench) -> None:
    bench.app.config[LANGUAGE] = "es"
    client = bench.client
    assert '<html lang="es"' in client.get("/").text
    client.get("/display?lang=en")
    assert '<html lang="en"' in client.get("/").text


def test_nothing_of_a_request_s_language_is_left_after_it(bench: Bench) -> None:
    client = bench.client
    client.get("/display?lang=ar")
    assert '<html lang="ar"' in client.get("/").text
    assert words.current().code == "en"


@pytest.mark.parametrize(
    ("chosen", "usual", "night", "heard"),
    [
        ("", "loud", False, "loud"),
        ("", "loud", True, "quiet"),
        ("", "quiet", False, "quiet"),
        ("", "off", True, "off"),
        ("loud", "off", True, "loud"),
        ("off", "loud", False, "off"),
        ("LOUD", "quiet", False, "quiet"),
        ("9", "loud", True, "quiet"),
    ],
)
def test_it_is_as_loud_as_somebody_chose_and_else_not_loud_by_night(
    bench: Bench, chosen: str, usual: str, night: bool, heard: str
) -> None:
    with bench.app.test_request_context(headers={"Cookie": f"display=day.normal.en.{chosen}"}):
        assert volume(usual, night=night) == heard


def test_the_volume_stays_from_page_to_page_until_the_bench_is_idle(bench: Bench) -> None:
    client = bench.client
    client.get("/display?volume=off")
    client.get("/display?palette=day")
    client.get("/display?volume=deafening")
    assert 'data-volume="off"' in client.get("/").text
    client.get("/leave")
    assert 'data-volume="quiet"' in client.get("/").text


def test_a_choice_leads_back_to_the_very_page(bench: Bench) -> None:
    page = bench.client.get("/log?page=0").text
    assert "/display?lang=ar&amp;back=/log%3Fpage%3D0" in page


def test_a_choice_on_an_answer_leads_back_to_its_form(bench: Bench) -> None:
    page = bench.client.post(
        "/sign-in", data={"who": "", "pin": ""}, headers={"Referer": "http://localhost/sign-in?next=/host"}
    )
    assert page.status_code == 422
    assert "back=/sign-in%3Fnext%3D/host" in page.text


@pytest.mark.parametrize("referrer", ["", "//[", "https://x.example//y.example", "javascript:alert(1)"])
def test_a_referrer_that_leads_elsewhere_is_not_followed(referrer: str, bench: Bench) -> None:
    page = bench.client.post("/sign-in", data={"who": "", "pin": ""}, headers={"Referer": referrer})
    assert "back=/&quot;" in page.text or 'back=/"' in page.text
