"""Reading the log at the bench."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from kiosk.core.mandate import Role
from kiosk.features.incidents.events import What
from tests.features.log.nights import FIRST, HOUR, morning, note, patrol
from tests.support import PIN, Bench, make_bench


def signed_in(bench: Bench, who: str) -> FlaskClient:
    client = bench.client
    answer = client.post("/sign-in", data={"who": who, "pin": PIN, "next": "/log"})
    assert answer.location == "/log"
    return client


def test_before_the_first_night_the_page_says_so_kindly(bench: Bench):
    page = bench.client.get("/log").text
    assert "Nothing has been published here yet." in page
    assert "No notes." in page


def test_tonight_everyone_reads_how_many_notes_and_no_more(bench: Bench):
    bench.member("12345", "Ines", Role.STEWARD)
    patrol(bench, HOUR)
    note(bench, What.THEFT, words="They live at number 12.")
    page = bench.client.get("/log").text
    assert "1 note." in page
    for untold in ("Theft", "Market", "22:", "number 12", "Ines", "12345"):
        assert untold not in page


def test_whether_somebody_is_out_cannot_be_read_off_the_page(bench: Bench):
    before = bench.client.get("/log").text
    patrol(bench, HOUR)
    assert bench.client.get("/log").text == before


@pytest.mark.parametrize("role", [Role.STEWARD, Role.HOST])
def test_stewards_and_the_host_read_tonights_sentences(bench: Bench, role: Role):
    bench.member("12345", "Ines", role)
    note(bench, What.THEFT, words="They <b>gave</b> it back.")
    assert 'href="/sign-in?next=/log"' in bench.client.get("/log").text
    page = signed_in(bench, "ines").get("/log").text
    assert "Theft at Market corner, about 21:30. We listened." in page
    assert "They &lt;b&gt;gave&lt;/b&gt; it back." in page


def test_a_neighbour_who_signs_in_reads_what_everyone_reads(bench: Bench):
    bench.member("12345", "Nika")
    note(bench, What.THEFT)
    assert "Theft" not in signed_in(bench, "nika").get("/log").text


def test_in_the_morning_everyone_reads_last_night(bench: Bench):
    patrol(bench, HOUR)
    note(bench, What.THEFT, words="They live at number 12.")
    bench.time.pass_seconds(-HOUR)
    morning(bench)
    page = bench.client.get("/log").text
    assert "Something happened at Market corner, about 23:00." in page
    assert "The patrol was out in the evening" in page
    assert "number 12" not in page


def test_last_night_is_not_out_yet_when_the_clock_is_doubtful(bench: Bench):
    note(bench)
    morning(bench)
    bench.time.boot = "b00700000002"
    bench.time.pass_seconds(24 * HOUR)
    assert "is not out yet" in bench.client.get("/log").text


def test_earlier_nights_are_listed_page_by_page(bench: Bench):
    note(bench)
    for _night in range(10):
        morning(bench)
    first, second = bench.client.get("/log").text, bench.client.get("/log?page=1").text
    assert "Older nights" in first
    assert "Newer nights" in second
    assert f'href="/log/{FIRST}"' in second
    assert f'href="/log/{FIRST}"' not in first
    for page in ("-1", "x", "9" * 30, "1e3", "99999999"):
        assert bench.client.get("/log", query_string={"page": page}).status_code == 200


def test_one_night_has_a_page(bench: Bench):
    note(bench)
    morning(bench)
    page = bench.client.get(f"/log/{FIRST}")
    assert "Monday 23 November 2026" in page.text
    assert "Something happened at Market corner" in page.text


@pytest.mark.parametrize(
    "night", ["x", "2026-11-22", "2026-02-30", "20261123", "0000-00-00", "2026-W48-1", "%00", "..%2f..%2fetc"]
)
def test_a_night_that_there_is_not_is_not_found(bench: Bench, night: str):
    note(bench)
    morning(bench)
    assert bench.client.get(f"/log/{night}").status_code == 404


def test_the_name_of_a_zone_is_inert(tmp_path):
    from kiosk.people import events

    bench = make_bench(tmp_path / "hostile", described=False)
    zone = events.Zone("market", "<script>alert(1)</script>")
    bench.from_node((events.DESCRIBED, events.Described("X", "Europe/Berlin", (zone,))))
    note(bench)
    morning(bench)
    page = bench.client.get("/log").text
    assert "<script>alert" not in page
    assert "at &lt;script&gt;alert(1)&lt;/script&gt;" in page
    bench.here.journal.store.close()


def test_a_night_later_is_last_night_no_more(bench: Bench):
    note(bench)
    morning(bench)
    morning(bench)
    page = bench.client.get("/log").text
    assert "Something happened" not in page
    assert f'href="/log/{FIRST}"' in page
