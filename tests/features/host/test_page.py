"""The host's page."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from kiosk.core.mandate import Role
from kiosk.features.checkin.events import ARRIVED, LEFT, UNDONE, Arrived, Left, Undone
from kiosk.features.host import FEATURE
from kiosk.features.host.events import CLOSED, REOPENED
from kiosk.features.host.presence import present_here
from tests.features.host.conftest import sign_in
from tests.support import Bench

NIGHT = date(2026, 11, 23)


def arrive(bench: Bench, member: str, *, on_duty: bool = True) -> str:
    now = bench.here.clock.now()
    entry = bench.here.journal.record(ARRIVED, Arrived(member, now + 9000, "badge", on_duty))
    return entry.place


def written(bench: Bench) -> list[Any]:
    return list(bench.here.journal.entries(bench.here.db, [CLOSED, REOPENED]))


def test_the_page_is_for_the_host_alone(bench: Bench):
    assert bench.client.get("/host").location == "/sign-in?next=/host"
    bench.member("12345", "Ines", Role.STEWARD)
    ines = sign_in(bench, "ines")
    assert ines.get("/host").status_code == 403
    assert ines.post("/host/closed", data={"closed": "true"}).status_code == 403
    assert ines.post("/host/clock").status_code == 403
    assert written(bench) == []


def test_one_green_sentence_and_what_a_host_wants_to_know(bench: Bench, host: FlaskClient):
    page = host.get("/host").text
    for words in ("Closed tonight", "Tonight’s log", "Node last reached", "Disk", "Version", "21:44"):
        assert words in page
    assert "You run no patrol. You may stop today." in page
    assert 'href="/holds"' in page


def test_the_host_sees_who_is_here(bench: Bench, host: FlaskClient):
    bench.member("12345", "Ines", Role.STEWARD)
    arrive(bench, "12345")
    arrive(bench, "33333", on_duty=False)
    mistake = arrive(bench, "44444")
    bench.here.journal.record(UNDONE, Undone("44444", mistake))
    page = host.get("/host").text
    for line in ("Ines since 21:44", "1 neighbour who is not on duty"):
        assert f"<dd>{line}</dd>" in page
    bench.here.journal.record(LEFT, Left("12345", "badge"))
    assert "Nobody on duty has checked in." in host.get("/host").text


def test_nobody_overdue_is_named_to_the_public(bench: Bench):
    bench.member("12345", "Ines", Role.STEWARD)
    arrive(bench, "12345")
    bench.time.pass_seconds(6 * 3600)
    for path in ("/", "/log", "/posters", "/holds", "/help"):
        assert "Ines" not in bench.client.get(path).text


def test_closed_tonight_is_recorded_once_and_shown_on_the_first_screen(bench: Bench, host: FlaskClient):
    for _tap in range(2):
        assert host.post("/host/closed", data={"closed": "true"}).location == "/host"
    assert [entry.data.night for entry in written(bench)] == [NIGHT]
    assert "Open again" in host.get("/host").text
    assert "closed the bench tonight" in bench.client.get("/").text


def test_a_closed_bench_opens_again(bench: Bench, host: FlaskClient):
    host.post("/host/closed", data={"closed": "false"})
    assert written(bench) == []
    host.post("/host/closed", data={"closed": "true"})
    host.post("/host/closed", data={"closed": "false"})
    assert [entry.type for entry in written(bench)] == [CLOSED.name, REOPENED.name]
    assert "Closed tonight" in host.get("/host").text
    assert "closed the bench tonight" not in bench.client.get("/").text


def test_the_next_evening_the_bench_is_open(bench: Bench, host: FlaskClient):
    host.post("/host/closed", data={"closed": "true"})
    bench.time.pass_seconds(24 * 3600)
    assert "Closed tonight" in sign_in(bench, "hanna").get("/host").text


@pytest.mark.parametrize("closed", ["", "maybe", "x" * 5000, "\x00"])
def test_neither_yes_nor_no_changes_nothing(bench: Bench, host: FlaskClient, closed: str):
    assert host.post("/host/closed", data={"closed": closed}).status_code == 422
    assert host.post("/host/closed", data={}).status_code == 422
    assert written(bench) == []


def test_rebuild_gives_identical_tables(bench: Bench, host: FlaskClient):
    host.post("/host/closed", data={"closed": "true"})

    def tables() -> list[Any]:
        db = bench.here.db.conn
        return [db.execute("SELECT * FROM host_closed").fetchall()]

    before = tables()
    with bench.here.journal.writing() as db:
        bench.here.journal.models.rebuild(db)
    assert tables() == before
    assert [len(rows) for rows in before] == [1]


def test_a_leaving_that_was_undone_never_was(bench: Bench):
    arrive(bench, "12345")
    entry = bench.here.journal.record(LEFT, Left("12345", "badge"))
    place = entry.place
    bench.here.journal.record(UNDONE, Undone("12345", place))
    assert [one.member for one in present_here(bench.here)] == ["12345"]


def test_every_event_has_a_sentence(bench: Bench, host: FlaskClient):
    host.post("/host/closed", data={"closed": "true"})
    host.post("/host/closed", data={"closed": "false"})
    assert FEATURE.describe is not None
    assert [FEATURE.describe(entry, str) for entry in written(bench)] == [
        "The host closed the bench for the night of 23 November.",
        "The host opened the bench again in the night of 23 November.",
    ]


def test_the_host_reads_what_this_bench_recorded_tonight(bench: Bench, host: FlaskClient) -> None:
    bench.member("12345", "Ines", Role.STEWARD)
    arrive(bench, "12345")
    text = host.get("/host/log").text
    assert "Ines checked in, on duty." in text
    assert "21:44" in text
    bench.time.pass_seconds(86400)
    bench.here.clock.keep()
    later = sign_in(bench, "hanna").get("/host/log").text
    assert "Nothing was recorded yet." in later


def test_nobody_but_the_host_reads_the_local_log(bench: Bench) -> None:
    bench.member("12345", "Ines", Role.STEWARD)
    assert bench.client.get("/host/log").status_code == 303
    assert sign_in(bench, "ines").get("/host/log").status_code == 403
