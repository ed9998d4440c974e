"""Coming and going by badge and by PIN."""

from __future__ import annotations

import threading

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk.adapters.keys import DeviceKey
from kiosk.core.mandate import Role
from kiosk.features.checkin import desk
from kiosk.people import events
from kiosk.people.badges import issue
from kiosk.sync.state import Health, save_health
from tests.support import EVENING, NETWORK, PIN, Bench


def show(client: FlaskClient, badge: str) -> TestResponse:
    return client.post("/check-in", data={"badge": badge}, follow_redirects=True)


def recorded(bench: Bench) -> list[str]:
    """The check-in's events that this bench has written, in order."""
    here = bench.here
    return [entry.type for entry in here.journal.entries(here.db) if entry.type.startswith("checkin.")]


def ines(bench: Bench) -> str:
    return bench.member("12345", "Ines", Role.STEWARD)


def test_a_badge_checks_in_and_the_page_says_who_when_and_what_next(bench: Bench):
    page = show(bench.client, ines(bench))
    assert page.status_code == 200
    assert page.request.path == "/check-in/done"
    for words in (
        "You&#39;re in, Ines.",
        "On duty since 21:44.",
        "Back by 00:15. We&#39;ll look out for you.",
    ):
        assert words in page.text
    assert "Saved on this bench. It will be sent when there is a connection." in page.text
    assert recorded(bench) == ["checkin.arrived"]


def test_while_there_is_a_connection_what_is_saved_is_on_its_way(bench: Bench):
    with bench.here.journal.writing() as db:
        save_health(db, Health(last_sync=EVENING))
    page = show(bench.client, ines(bench))
    assert "Saved on this bench, and on its way." in page.text


def test_the_event_says_what_others_need(bench: Bench):
    show(bench.client, ines(bench))
    entry = list(bench.here.journal.entries(bench.here.db))[-1]
    assert (entry.data.member, entry.data.how, entry.data.on_duty) == ("12345", "badge", True)
    assert entry.data.expects == EVENING + 151 * 60
    assert entry.scope == "bench"


def test_lower_case_and_spaces_around_a_typed_badge_do_not_matter(bench: Bench):
    assert "You&#39;re in, Ines." in show(bench.client, f"  {ines(bench).lower()} ").text


@pytest.mark.parametrize("who", ["12345", "Ines", "iNES"])
def test_name_or_number_and_pin_check_in_sign_in_and_offer_a_note(bench: Bench, who: str):
    ines(bench)
    client = bench.client
    page = client.post("/check-in", data={"who": who, "pin": PIN}, follow_redirects=True)
    assert "You&#39;re in, Ines." in page.text
    assert "Write a note" in page.text
    assert client.post("/check-in/done", data={"to": "note"}).location == "/incidents/new"
    assert client.get("/incidents/new").status_code == 200
    assert recorded(bench) == ["checkin.arrived"]


def test_a_badge_alone_proves_presence_and_signs_nobody_in(bench: Bench):
    client = bench.client
    page = show(client, ines(bench))
    assert "Write a note" in page.text
    assert "/sign-in" in client.get("/incidents/new").location


def test_a_badge_ends_the_session_that_somebody_else_left_open(bench: Bench):
    badge = ines(bench)
    bench.member("22222", "Teo", Role.STEWARD)
    client = bench.client
    client.post("/check-in", data={"who": "Teo", "pin": PIN})
    show(client, badge)
    assert "/sign-in" in client.get("/incidents/new").location


def test_a_pin_starts_with_nothing_of_the_person_before(bench: Bench):
    ines(bench)
    bench.member("22222", "Teo", Role.STEWARD)
    client = bench.client
    client.post("/check-in", data={"who": "Teo", "pin": PIN})
    page = client.post("/check-in", data={"who": "Ines", "pin": PIN}, follow_redirects=True)
    assert "You&#39;re in, Ines." in page.text


def test_the_same_badge_within_a_minute_changes_nothing_and_says_so(bench: Bench):
    badge, client = ines(bench), bench.client
    show(client, badge)
    bench.time.pass_seconds(59)
    page = show(client, badge)
    assert "You&#39;re already in, Ines, since 21:44." in page.text
    assert recorded(bench) == ["checkin.arrived"]


def test_after_a_minute_it_asks_and_yes_checks_out(bench: Bench):
    badge, client = ines(bench), bench.client
    show(client, badge)
    bench.time.pass_seconds(3600)
    page = show(client, badge)
    assert "You&#39;re already here, since 21:44. Leaving?" in page.text
    assert recorded(bench) == ["checkin.arrived"]
    page = client.post("/check-in/leaving", data={"answer": "yes"}, follow_redirects=True)
    assert "Thank you, Ines." in page.text
    assert "You were here from 21:44 until 22:44." in page.text
    assert "It counts until" not in page.text
    assert recorded(bench) == ["checkin.arrived", "checkin.left"]


def test_no_keeps_them_in_and_forgets_who_it_was(bench: Bench):
    badge, client = ines(bench), bench.client
    show(client, badge)
    bench.time.pass_seconds(120)
    show(client, badge)
    assert client.post("/check-in/leaving", data={"answer": "no"}).location == "/"
    assert client.get("/check-in/done").location == "/"
    assert recorded(bench) == ["checkin.arrived"]


def test_checking_out_by_pin_works_the_same(bench: Bench):
    ines(bench)
    client = bench.client
    client.post("/check-in", data={"who": "12345", "pin": PIN})
    bench.time.pass_seconds(90)
    client.post("/check-in", data={"who": "12345", "pin": PIN})
    client.post("/check-in/leaving", data={"answer": "yes"})
    assert list(bench.here.journal.entries(bench.here.db))[-1].data.how == "pin"


def test_the_badge_that_just_left_does_not_check_in_again_at_once(bench: Bench):
    badge, client = ines(bench), bench.client
    show(client, badge)
    bench.time.pass_seconds(90)
    show(client, badge)
    client.post("/check-in/leaving", data={"answer": "yes"})
    assert "You have left already, Ines." in show(client, badge).text
    bench.time.pass_seconds(61)
    assert "You&#39;re in, Ines." in show(client, badge).text
    assert recorded(bench) == ["checkin.arrived", "checkin.left", "checkin.arrived"]


def test_time_after_the_expected_return_does_not_count_and_is_said(bench: Bench):
    badge, client = ines(bench), bench.client
    show(client, badge)
    bench.time.pass_seconds(4 * 3600)
    show(client, badge)
    page = client.post("/check-in/leaving", data={"answer": "yes"}, follow_redirects=True)
    assert "You were here from 21:44 until 01:44." in page.text
    assert "It counts until 00:15, when you were expected back." in page.text


def test_two_yeses_record_one_leaving(bench: Bench):
    badge, client = ines(bench), bench.client
    show(client, badge)
    bench.time.pass_seconds(90)
    show(client, badge)
    for _ in range(2):
        client.post("/check-in/leaving", data={"answer": "yes"})
    assert recorded(bench) == ["checkin.arrived", "checkin.left"]


def test_two_browsers_at_the_same_moment_make_one_row(bench: Bench):
    badge = ines(bench)
    start = threading.Barrier(4)

    def tap() -> None:
        start.wait()
        bench.client.post("/check-in", data={"badge": badge})

    taps = [threading.Thread(target=tap) for _ in range(4)]
    for one in taps:
        one.start()
    for one in taps:
        one.join()
    assert recorded(bench) == ["checkin.arrived"]


def test_those_on_duty_here_are_named_to_the_one_who_comes_two_at_most(bench: Bench):
    for number, name in (("20001", "Ana"), ("20002", "Bo"), ("20003", "Teo")):
        show(bench.client, bench.member(number, name, Role.STEWARD))
    show(bench.client, bench.member("20004", "Neighbour Nils"))
    page = show(bench.client, ines(bench))
    assert "Here since 21:44. On duty with Bo and Teo." in page.text
    assert "Ana" not in page.text
    assert "Nils" not in page.text


def test_nobody_overdue_and_nobody_gone_is_named(bench: Bench):
    teo = bench.member("20003", "Teo", Role.STEWARD)
    show(bench.client, teo)
    bench.time.pass_seconds(4 * 3600)
    assert "On duty since 01:44." in show(bench.client, ines(bench)).text


def test_no_page_names_anybody_before_they_have_shown_who_they_are(bench: Bench):
    show(bench.client, ines(bench))
    for path in ("/check-in", "/check-in/pin"):
        assert "Ines" not in bench.client.get(path).text
    for path, to in (("/check-in/done", "/"), ("/check-in/leaving", "/check-in")):
        assert bench.client.get(path).location == to


def test_a_lapsed_mandate_still_checks_in_as_a_neighbour(bench: Bench):
    badge = bench.member("12345", "Ines", Role.STEWARD, ends=EVENING - 86_400)
    page = show(bench.client, badge)
    assert page.status_code == 200
    assert "You&#39;re in, Ines." in page.text
    assert "Here as a neighbour, not on duty, since 21:44." in page.text
    assert "Your mandate ran until 22 November, 21:44." in page.text
    assert "The next assembly can renew it: Sunday 29 November, 17:00, the school hall." in page.text
    assert "Write a note" not in page.text


def test_a_lapsed_mandate_names_no_assembly_that_is_over(bench: Bench):
    badge = bench.member("12345", "Ines", Role.STEWARD, ends=EVENING - 86_400)
    bench.time.pass_seconds(6 * 86_400)
    page = show(bench.client, badge)
    assert "An assembly can renew it. A coordinator knows when the next one is." in page.text
    assert "29 November" not in page.text


def test_a_recalled_mandate_is_said_to_have_run_until_its_recall(bench: Bench):
    badge = ines(bench)
    bench.from_node((events.RECALLED, events.Recalled("12345", Role.STEWARD, EVENING - 3600)))
    assert "Your mandate ran until 23 November, 20:44." in show(bench.client, badge).text


def test_one_who_never_had_a_mandate_is_a_neighbour_without_reproach(bench: Bench):
    page = show(bench.client, bench.member("12345", "Ines"))
    assert "Here as a neighbour, not on duty" in page.text
    assert "mandate" not in page.text


def test_a_valid_badge_of_somebody_not_synced_yet_checks_in_as_a_neighbour(bench: Bench):
    badge = issue("54321", NETWORK, bench.node.public, bench.node.sign, EVENING)
    page = show(bench.client, badge)
    assert "You&#39;re in, neighbour." in page.text
    assert "This bench does not know your name yet." in page.text
    assert recorded(bench) == ["checkin.arrived"]


def test_a_bench_that_has_heard_nothing_from_its_node_works(tmp_path):
    from tests.support import make_bench

    bench = make_bench(tmp_path / "b", described=False)
    badge = issue("54321", NETWORK, bench.node.public, bench.node.sign, EVENING)
    assert "since 20:44." in show(bench.client, badge).text
    bench.here.journal.store.close()


def test_a_doubtful_clock_says_about(bench: Bench):
    badge = ines(bench)
    bench.time.boot = "b00700000002"
    bench.time.uptime = 30_000
    page = show(bench.client, badge)
    assert "On duty since about 21:44." in page.text
    assert "Back by about 00:15." in page.text


def test_a_clock_set_right_later_corrects_the_time_that_is_said(bench: Bench):
    badge, client = ines(bench), bench.client
    bench.time.boot = "b00700000002"
    show(client, badge)
    bench.time.pass_seconds(600)
    bench.here.clock.confirm(bench.time.system + 3600_000)
    assert "You&#39;re already here, since 22:44. Leaving?" in show(client, badge).text


def test_undo_takes_the_arrival_back_by_a_further_event(bench: Bench):
    badge, client = ines(bench), bench.client
    page = show(client, badge)
    assert 'data-count="15"' in page.text
    bench.time.pass_seconds(10)
    page = client.post("/check-in/undo", follow_redirects=True)
    assert "Undone. You&#39;re not checked in." in page.text
    assert "/check-in/undo" not in page.text
    client.post("/check-in/undo")
    assert recorded(bench) == ["checkin.arrived", "checkin.undone"]
    assert "You&#39;re in, Ines." in show(client, badge).text


def test_undo_takes_a_leaving_back(bench: Bench):
    badge, client = ines(bench), bench.client
    show(client, badge)
    bench.time.pass_seconds(90)
    show(client, badge)
    client.post("/check-in/leaving", data={"answer": "yes"})
    page = client.post("/check-in/undo", follow_redirects=True)
    assert "Undone. You&#39;re still in, since 21:44." in page.text
    bench.time.pass_seconds(90)
    assert "Leaving?" in show(client, badge).text


def test_undo_still_works_after_an_impatient_second_scan(bench: Bench):
    badge, client = ines(bench), bench.client
    show(client, badge)
    bench.time.pass_seconds(3)
    show(client, badge)
    client.post("/check-in/undo")
    assert recorded(bench) == ["checkin.arrived", "checkin.undone"]


def test_undo_is_refused_after_a_while_and_says_what_stands(bench: Bench):
    badge, client = ines(bench), bench.client
    show(client, badge)
    bench.time.pass_seconds(21)
    page = client.post("/check-in/undo", follow_redirects=True)
    assert "That can no longer be undone." in page.text
    assert recorded(bench) == ["checkin.arrived"]


def test_nobody_undoes_what_another_browser_did(bench: Bench):
    show(bench.client, ines(bench))
    assert bench.client.post("/check-in/undo").location == "/check-in"
    assert recorded(bench) == ["checkin.arrived"]


def test_a_reload_records_nothing_and_done_forgets_who_was_here(bench: Bench):
    badge, client = ines(bench), bench.client
    show(client, badge)
    assert "You&#39;re in, Ines." in client.get("/check-in/done").text
    assert client.post("/check-in/done").location == "/"
    assert client.get("/check-in/done").location == "/"
    assert recorded(bench) == ["checkin.arrived"]


def test_back_from_a_note_does_not_say_again_who_checked_in(bench: Bench):
    ines(bench)
    client = bench.client
    client.post("/check-in", data={"who": "Ines", "pin": PIN})
    client.post("/check-in/done", data={"to": "note"})
    assert client.get("/check-in/done").location == "/"


def test_what_the_node_holds_is_not_said_to_be_waiting(bench: Bench):
    badge, client = ines(bench), bench.client
    show(client, badge)
    with bench.here.journal.writing() as db:
        db.conn.execute("UPDATE sources SET acked = size")
    assert "Saved on this bench and at the node." in client.get("/check-in/done").text


def test_a_forged_page_elsewhere_cannot_check_anybody_in(bench: Bench):
    badge = ines(bench)
    answer = bench.app.test_client().post("/check-in", data={"badge": badge})
    assert answer.status_code == 403
    assert recorded(bench) == []


def test_the_first_page_has_every_way_in_and_works_without_scripts(bench: Bench):
    page = bench.client.get("/check-in").text
    for part in ('href="/check-in/pin"', 'name="badge"', "Hold your badge here", 'action="/check-in"'):
        assert part in page


class TestForgotten:
    def test_a_forgotten_check_out_is_closed_once_at_the_nights_end(self, bench: Bench):
        show(bench.client, ines(bench))
        desk.close_forgotten(bench.here)
        assert recorded(bench) == ["checkin.arrived"]
        bench.time.pass_seconds(10 * 3600)
        for _ in range(2):
            desk.close_forgotten(bench.here)
        assert recorded(bench) == ["checkin.arrived", "checkin.closed"]
        closed = list(bench.here.journal.entries(bench.here.db))[-1]
        assert closed.data.until == EVENING + 151 * 60

    def test_one_who_came_at_six_counts_until_the_nights_end(self, bench: Bench):
        badge = ines(bench)
        bench.time.pass_seconds(8.5 * 3600)
        show(bench.client, badge)
        bench.time.pass_seconds(3600)
        desk.close_forgotten(bench.here)
        closed = list(bench.here.journal.entries(bench.here.db))[-1]
        assert closed.data.until == EVENING - 44 * 60 + 10 * 3600

    def test_an_unverified_clock_closes_nothing(self, bench: Bench):
        show(bench.client, ines(bench))
        bench.time.pass_seconds(48 * 3600)
        bench.time.boot = "b00700000002"
        desk.close_forgotten(bench.here)
        assert recorded(bench) == ["checkin.arrived"]

    def test_a_check_in_by_a_clock_that_ran_years_ahead_is_closed_too(self, bench: Bench):
        badge, right = ines(bench), bench.time.system
        bench.time.boot, bench.time.system = "b00700000002", right + 7 * 365 * 86_400_000
        show(bench.client, badge)
        bench.time.boot, bench.time.system = "b00700000003", right + 3_600_000
        bench.here.clock.confirm(bench.time.system)
        desk.close_forgotten(bench.here)
        assert recorded(bench) == ["checkin.arrived", "checkin.closed"]

    def test_a_badge_shown_the_next_evening_closes_the_old_and_checks_in(self, bench: Bench):
        badge = ines(bench)
        show(bench.client, badge)
        bench.time.pass_seconds(24 * 3600)
        assert "You&#39;re in, Ines." in show(bench.client, badge).text
        assert recorded(bench) == ["checkin.arrived", "checkin.closed", "checkin.arrived"]

    def test_those_at_other_benches_are_theirs_to_close(self, bench: Bench):
        from kiosk.core.event import Whole, encode_body, new_salt
        from kiosk.features.checkin.events import ARRIVED, Arrived

        body = encode_body(ARRIVED, Arrived("12345", EVENING, "pin", True), EVENING - 90_000, "b9", 1)
        bench.here.journal.append("school.1abcd", 1, [Whole(new_salt(), body)])
        desk.close_forgotten(bench.here)
        assert recorded(bench) == ["checkin.arrived"]
        assert "You&#39;re in, Ines." in show(bench.client, ines(bench)).text


class TestRefusals:
    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("https://example.org", "not a Safe Bench badge"),
            ("", "not a Safe Bench badge"),
            ("A" * 5000, "not a Safe Bench badge"),
            ("SB1:ABC", "could not be read whole"),
            ("SB1:" + "A" * 128, "another neighbourhood"),
            ("<script>alert(1)</script>", "not a Safe Bench badge"),
            ("\x00\u202eSB2:", "not a Safe Bench badge"),
            ("' OR 1=1 --", "not a Safe Bench badge"),
        ],
    )
    def test_text_that_is_no_badge_gets_a_sentence_and_the_other_ways_in(self, bench, text, sentence):
        page = bench.client.post("/check-in", data={"badge": text, "typed": "1"})
        assert page.status_code == 422
        assert sentence in page.text
        assert "ask a coordinator" in page.text
        assert 'href="/check-in/pin"' in page.text
        assert "<script>alert" not in page.text
        assert "data-autostart" not in page.text
        assert recorded(bench) == []

    def test_a_badge_of_another_network_is_refused(self, bench: Bench):
        badge = issue("12345", "elsewhere", bench.node.public, bench.node.sign, EVENING)
        assert "another neighbourhood" in show(bench.client, badge).text

    def test_a_forged_badge_is_refused(self, bench: Bench):
        forger = DeviceKey.generate()
        badge = issue("12345", NETWORK, bench.node.public, forger.sign, EVENING)
        assert "was not made by this neighbourhood" in show(bench.client, badge).text

    def test_an_expired_badge_is_refused(self, bench: Bench):
        badge = issue("12345", NETWORK, bench.node.public, bench.node.sign, EVENING - 366 * 86_400)
        assert "has expired" in show(bench.client, badge).text

    def test_a_badge_called_back_is_refused_and_a_newer_one_is_not(self, bench: Bench):
        old = ines(bench)
        bench.time.pass_seconds(60)
        at = bench.time.system // 1000
        bench.from_node((events.BADGE_REVOKED, events.BadgeRevoked("12345", at)))
        assert "That badge was called back." in show(bench.client, old).text
        assert recorded(bench) == []
        new = issue("12345", NETWORK, bench.node.public, bench.node.sign, at)
        assert "You&#39;re in, Ines." in show(bench.client, new).text

    def test_a_typed_code_is_kept_for_mending_and_a_scanned_one_is_not(self, bench: Bench):
        typed = bench.client.post("/check-in", data={"badge": "SB1:ABCDEF", "typed": "1"})
        assert 'value="SB1:ABCDEF"' in typed.text
        assert "ABCDEF" not in bench.client.post("/check-in", data={"badge": "SB1:ABCDEF"}).text

    @pytest.mark.parametrize(
        "given",
        [
            {"who": "Ines", "pin": "000000"},
            {"who": "Ines", "pin": ""},
            {"who": "Ines", "pin": "12"},
            {"who": "", "pin": PIN},
            {"who": "I" * 500, "pin": PIN},
            {"pin": PIN},
            {"who": "<b>Ines</b>", "pin": PIN},
        ],
    )
    def test_a_wrong_pin_gets_a_sentence_and_keeps_the_name(self, bench: Bench, given):
        ines(bench)
        page = bench.client.post("/check-in", data=given)
        assert page.status_code == 422
        assert "Nothing was written down." in page.text
        assert "<b>Ines" not in page.text
        assert PIN not in page.text
        if given.get("who") == "Ines":
            assert 'value="Ines"' in page.text
        assert recorded(bench) == []

    def test_a_form_with_nothing_in_it_gets_a_sentence(self, bench: Bench):
        page = bench.client.post("/check-in")
        assert page.status_code == 422
        assert "not a Safe Bench badge" in page.text

    def test_leaving_without_having_been_asked_asks_from_the_start(self, bench: Bench):
        ines(bench)
        assert bench.client.post("/check-in/leaving", data={"answer": "yes"}).location == "/check-in"

    def test_a_name_with_script_in_it_is_inert(self, bench: Bench):
        page = show(bench.client, bench.member("12345", "<img src=x onerror=1> %(name)s", Role.STEWARD))
        assert "<img src=x" not in page.text
        assert "&lt;img" in page.text


def test_the_next_person_is_not_asked_whether_the_one_before_is_leaving(bench: Bench):
    ines = bench.member("12345", "Ines", Role.STEWARD)
    bench.member("22222", "Rosa", Role.HOST)
    client = bench.client
    client.post("/check-in", data={"badge": ines})
    bench.time.pass_seconds(70)
    assert "Ines" in client.post("/check-in", data={"badge": ines}, follow_redirects=True).text
    client.post("/sign-in", data={"who": "22222", "pin": PIN})
    assert "Ines" not in client.get("/check-in/leaving", follow_redirects=True).text
