"""Get help: at a glance, without sign-in, without network."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from kiosk.features.help.rules import open_doors, tel
from kiosk.people.events import DESCRIBED, Call, Described, Door, Zone
from tests.support import Bench, Time, make_bench
from tests.support.sample import sample

BERLIN = ZoneInfo("Europe/Berlin")
SHOP, CHURCH, STATION = Door("The bakery", "22:00"), Door("St Anne’s door"), Door("The station", "01:30")


def words(page: str) -> str:
    """What a reader sees of a page."""
    body = page.partition("<body")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


def describe(
    bench: Bench, *, calls: tuple[Call, ...] = (), doors: tuple[Door, ...] = (), walk: str = ""
) -> None:
    zones = (Zone("market", "Market corner"),)
    bench.from_node((DESCRIBED, Described("Lindenfield", "Europe/Berlin", zones, calls, doors, walk)))


def test_anyone_sees_whom_to_call_medical_fire_and_police_apart(bench: Bench) -> None:
    page = bench.client.get("/help")
    assert page.status_code == 200
    said = words(page.text)
    assert re.search(r"In danger\? Call Ambulance 112 Fire 112 Police 110", said)
    assert re.findall(r'href="(tel:[^"]+)"', page.text) == ["tel:112", "tel:112", "tel:110"]


def test_whoever_reads_no_english_is_told_in_their_language_whom_a_number_calls(bench: Bench) -> None:
    reader = bench.client
    reader.get("/display?lang=ar")
    said = words(reader.get("/help").text)
    for kind, own in (("إسعاف", "Ambulance"), ("الإطفاء", "Fire"), ("الشرطة", "Police")):
        assert f"{kind} {own}" in said


def test_a_word_that_both_languages_share_is_said_once(bench: Bench) -> None:
    reader = bench.client
    reader.get("/display?lang=fr")
    assert "Police 110" in (said := words(reader.get("/help").text))
    assert "Police Police" not in said


def test_the_neighbourhoods_own_words_keep_their_direction_among_others(bench: Bench) -> None:
    describe(
        bench,
        calls=(Call("medical", "Ambulance", "112", "Badly hurt."),),
        doors=(Door("The church", "", "At the side."),),
        walk="Ask here.",
    )
    reader = bench.client
    reader.get("/display?lang=ar")
    page = reader.get("/help").text
    for own in ("Ambulance", "Badly hurt.", "The church", "At the side.", "Ask here."):
        assert f'<bdi lang="en" dir="ltr">{own}</bdi>' in page


def test_whoever_reads_arabic_gets_the_neighbourhoods_texts_in_it(bench: Bench) -> None:
    bench.from_node((DESCRIBED, sample()))
    reader = bench.client
    reader.get("/display?lang=ar")
    page = reader.get("/help").text
    assert " lang=" not in page.partition("<main")[2].partition("</main>")[0]
    said = words(page)
    for own in ("الإسعاف 112", "المخبز", "باب القديسة حنّة", "مساعدة قانونية", "هناك شاي"):
        assert own in said
    assert not re.search(r"bakery|door|Fire|lamp|tea|Legal", said)


def test_what_is_said_in_no_language_of_the_reader_is_in_the_neighbourhoods_own(bench: Bench) -> None:
    call = Call("support", "Sorgentelefon", "116", "Tag und Nacht.", note_in={"fr": "Jour et nuit."})
    known = Described("L", "Europe/Berlin", (Zone("a", "A"),), (call,), language="de")
    bench.from_node((DESCRIBED, known))
    reader = bench.client
    reader.get("/display?lang=fr")
    page = reader.get("/help").text
    assert '<bdi lang="de" dir="ltr">Sorgentelefon</bdi></span> <b dir="ltr">116</b>' in page
    assert "<p>Jour et nuit.</p>" in page


def test_the_doors_that_are_open_now_and_who_walks_along(bench: Bench) -> None:
    describe(bench, doors=(SHOP, CHURCH, STATION), walk="Ask at the bakery.")
    said = words(bench.client.get("/help").text)
    assert "The bakery is open until 22:00." in said
    assert "St Anne’s door is open tonight." in said
    assert "Walk with me Ask at the bakery." in said


def test_a_door_is_not_named_once_its_hour_has_passed(bench: Bench) -> None:
    describe(bench, doors=(SHOP, STATION))
    bench.time.pass_seconds(20 * 60)
    said = words(bench.client.get("/help").text)
    assert "The bakery" not in said
    assert "The station is open until 01:30." in said


def test_with_every_door_closed_any_place_with_light_will_do(bench: Bench) -> None:
    describe(bench, doors=(SHOP,))
    bench.time.pass_seconds(3600)
    assert "Any place with light and people" in words(bench.client.get("/help").text)


def test_by_a_doubtful_clock_no_door_is_left_out_and_the_page_says_so(tmp_path: Path) -> None:
    time = Time()
    bench = make_bench(tmp_path / "b", time)
    describe(bench, doors=(SHOP,))
    time.boot, time.uptime = "b00700000002", 1000
    time.pass_seconds(3600)
    said = words(bench.client.get("/help").text)
    assert "not sure of the time" in said
    assert "The bakery is open until 22:00." in said
    bench.here.journal.store.close()


def test_it_never_says_that_somebody_comes_and_says_that_it_tells_nobody(bench: Bench) -> None:
    said = words(bench.client.get("/help").text)
    assert "This page tells nobody that you are here" in said
    for promise in (
        "is coming",
        "are coming",
        "on the way",
        "will come",
        "has been told",
        "was told",
        "notified",
    ):
        assert promise not in said


def test_before_the_node_has_sent_anything_the_page_still_helps(tmp_path: Path) -> None:
    bench = make_bench(tmp_path / "b", described=False)
    page = bench.client.get("/help")
    assert page.status_code == 200
    said = words(page.text)
    assert "Your local emergency number" in said
    assert "Any open shop" in said
    assert "Please stay with me" in said
    assert "112" not in said
    assert bench.client.get("/help/qr/0.svg").status_code == 404
    bench.here.journal.store.close()


def test_a_neighbourhood_without_numbers_is_still_told_to_call(bench: Bench) -> None:
    describe(bench)
    said = words(bench.client.get("/help").text)
    assert "Your local emergency number." in said
    assert "Not in danger, but not all right?" not in said


def test_somebody_to_talk_to_stands_apart_from_danger(bench: Bench) -> None:
    describe(
        bench,
        calls=(
            Call("support", "Someone to talk to", "030 23125 027", "Day and night."),
            Call("fire", "Fire", "112"),
        ),
    )
    page = bench.client.get("/help").text
    assert re.search(
        r"In danger\? Call Fire 112 .*Not in danger.* Someone to talk to 030 23125 027 Day and night",
        words(page),
    )
    assert re.findall(r'src="(/help/qr/[^"]+)"', page) == ["/help/qr/1.svg", "/help/qr/0.svg"]


def test_the_poster_on_calling_outside_help_is_one_tap_away(bench: Bench) -> None:
    assert 'href="/posters/outside-help"' in bench.client.get("/help").text


def test_every_code_on_the_page_reads_back_as_its_number(bench: Bench) -> None:
    page = bench.client.get("/help").text
    read = []
    for address in re.findall(r'src="(/help/qr/[^"]+)"', page):
        answer = bench.client.get(address)
        assert answer.mimetype == "image/svg+xml"
        read.append(read_svg(answer.text))
    assert read == ["tel:112", "tel:112", "tel:110"]


@pytest.mark.parametrize("place", ["3", "99999999999999999999", "-1", "x", "0.svg.svg", "%2e%2e/0"])
def test_a_code_that_is_not_there_is_not_found(bench: Bench, place: str) -> None:
    assert bench.client.get(f"/help/qr/{place}.svg").status_code == 404


def test_script_in_what_the_neighbourhood_decided_is_inert(bench: Bench) -> None:
    script = "<script>alert(1)</script>"
    describe(
        bench, calls=(Call("police", script, "110", script),), doors=(Door(script, "", script),), walk=script
    )
    page = bench.client.get("/help").text
    assert script not in page
    assert page.count("&lt;script&gt;") >= 5


@pytest.mark.parametrize(
    ("hour", "named"),
    [
        ("07:00", [SHOP, CHURCH, STATION]),
        ("21:59", [SHOP, CHURCH, STATION]),
        ("22:00", [CHURCH, STATION]),
        ("00:10", [CHURCH, STATION]),
        ("01:30", [CHURCH]),
        ("06:59", [CHURCH]),
    ],
)
def test_a_night_of_doors(hour: str, named: list[Door]) -> None:
    moment = datetime.fromisoformat(f"2026-11-23T{hour}").replace(tzinfo=BERLIN)
    assert open_doors((SHOP, CHURCH, STATION), moment) == named


def test_a_door_that_closes_when_the_night_does_is_open_all_of_it() -> None:
    late = Door("The bar", "07:00")
    assert open_doors([late], datetime(2026, 11, 24, 6, 59, tzinfo=BERLIN)) == [late]


def test_numbers_are_dialled_as_written() -> None:
    assert tel("+49 (30) 23125-027") == "tel:+493023125027"
    assert tel("*21#") == "tel:*21%23"


def read_svg(svg: str) -> str:
    """What a phone reads in a QR code that is made of unit squares."""
    side = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])  # type: ignore[index]
    picture = Image.new("L", (side * 8, side * 8), 255)
    draw = ImageDraw.Draw(picture)
    for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", svg):
        draw.rectangle((int(x) * 8, int(y) * 8, int(x) * 8 + 7, int(y) * 8 + 7), fill=0)
    found = zxingcpp.read_barcode(picture)
    assert found is not None
    return str(found.text)
