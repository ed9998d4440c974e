"""The declaration, and the read-model that follows from it."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from kiosk.core.event import Whole, Writer, encode_body, new_salt
from kiosk.core.mandate import Role
from kiosk.features.checkin import FEATURE, desk, model
from kiosk.features.checkin.events import LEFT, UNDONE, Arrived, Left, Undone
from kiosk.features.host.events import CLOSED, REOPENED, ClosedTonight, Reopened
from kiosk.sync.epochs import begin_again
from tests.support import EVENING, PIN, Bench

NIGHT = date(2026, 11, 23)


def tables(bench: Bench) -> list[list[tuple[object, ...]]]:
    db = bench.here.db.conn
    queries = ("SELECT * FROM stays ORDER BY id", "SELECT * FROM closed_nights ORDER BY bench, night")
    return [db.execute(query).fetchall() for query in queries]


def a_night_of_everything(bench: Bench) -> None:
    """Arrivals, leavings, both undone, and one forgotten."""
    bench.member("12345", "Ines", Role.STEWARD)
    bench.member("22222", "Teo")
    first = desk.come(bench.here, "12345", "badge")
    desk.undo(bench.here, first)
    desk.come(bench.here, "12345", "badge")
    desk.come(bench.here, "22222", "pin")
    bench.time.pass_seconds(3600)
    desk.undo(bench.here, desk.go(bench.here, "12345", "badge"))
    desk.go(bench.here, "22222", "pin")
    bench.here.journal.record(CLOSED, ClosedTonight(NIGHT))
    bench.time.pass_seconds(12 * 3600)
    desk.close_forgotten(bench.here)
    desk.come(bench.here, "22222", "pin")


def test_rebuild_gives_identical_tables(bench: Bench):
    a_night_of_everything(bench)
    before = tables(bench)
    with bench.here.journal.writing() as db:
        bench.here.journal.models.rebuild(db)
    assert tables(bench) == before
    assert len(before[0]) == 3


def test_every_type_stays_with_its_bench_and_is_kept_28_days():
    names = [kind.name for kind in FEATURE.events]
    assert names == ["checkin.arrived", "checkin.left", "checkin.undone", "checkin.closed"]
    for kind in FEATURE.events:
        assert kind.writers == {Writer.BENCH}
        assert kind.scope == "bench"
        assert kind.keep_days == 28


def test_no_type_has_a_field_for_words_or_for_anybody_off_the_patrol():
    fields = {field for kind in FEATURE.events for field in kind.data.__struct_fields__}
    assert fields == {"member", "expects", "how", "on_duty", "of", "until", "code"}


@pytest.mark.parametrize(
    "data",
    [
        {"member": "Ines", "expects": 1, "how": "pin", "on_duty": True},
        {"member": "12345", "expects": -1, "how": "pin", "on_duty": True},
        {"member": "12345", "expects": 1, "how": "face", "on_duty": True},
        {"member": "12345", "expects": 1, "how": "pin", "on_duty": 1},
    ],
)
def test_a_peer_cannot_bring_in_other_shapes(data: dict[str, object]):
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(data), type=Arrived)


def test_every_event_has_a_sentence(bench: Bench):
    a_night_of_everything(bench)
    own = {kind.name for kind in FEATURE.events}
    assert FEATURE.describe is not None
    said = [
        FEATURE.describe(e, lambda _: "Ines")
        for e in bench.here.journal.entries(bench.here.db)
        if e.type in own
    ]
    assert {"Ines checked in, on duty.", "Ines checked in as a neighbour.", "Ines checked out."} <= set(said)
    assert all(sentence.endswith(".") for sentence in said)


def test_an_erased_arrival_takes_its_stay_with_it(bench: Bench):
    outcome = desk.come(bench.here, "12345", "pin")
    bench.time.pass_seconds(90)
    desk.go(bench.here, "12345", "pin")
    source, _, seq = outcome.place.rpartition("/")
    bench.here.journal.erase({source: [int(seq)]})
    assert tables(bench)[0] == []


def test_an_arrival_that_was_written_again_is_one_stay_and_can_be_undone(bench: Bench):
    desk.come(bench.here, "12345", "pin")
    begin_again(bench.here, bench.here.journal.source, "the node has another history")
    assert len(tables(bench)[0]) == 1
    bench.time.pass_seconds(90)
    desk.undo(bench.here, desk.go(bench.here, "12345", "pin"))
    begin_again(bench.here, bench.here.journal.source, "and once more")
    (stay,) = model.open_stays(bench.here.db.conn, "linden-bakery")
    assert (stay.member, stay.arrived.at) == ("12345", EVENING)


def test_another_bench_cannot_take_back_or_end_what_this_one_wrote(bench: Bench):
    outcome = desk.come(bench.here, "12345", "pin")
    for seq, (kind, data) in enumerate(
        [(UNDONE, Undone("12345", outcome.place)), (LEFT, Left("12345", "pin"))], 1
    ):
        body = encode_body(kind, data, EVENING, "b9", seq)
        bench.here.journal.append("school.1abcd", seq, [Whole(new_salt(), body)])
    (stay,) = model.open_stays(bench.here.db.conn, "linden-bakery")
    assert stay.member == "12345"


class TestClosedTonight:
    def close(self, bench: Bench) -> None:
        bench.here.journal.record(CLOSED, ClosedTonight(NIGHT))

    def badge(self, bench: Bench) -> str:
        return bench.member("12345", "Ines", Role.STEWARD)

    def test_a_bench_closed_by_its_host_says_so_and_writes_nothing_down(self, bench: Bench):
        badge = self.badge(bench)
        self.close(bench)
        assert "The host has closed this bench tonight." in bench.client.get("/check-in").text
        page = bench.client.post("/check-in", data={"badge": badge})
        assert page.status_code == 409
        assert "The host has closed this bench tonight." in page.text
        assert tables(bench)[0] == []

    def test_a_pin_given_at_a_closed_bench_leaves_nobody_signed_in(self, bench: Bench):
        self.badge(bench)
        self.close(bench)
        client = bench.client
        assert client.post("/check-in", data={"who": "Ines", "pin": PIN}).status_code == 409
        assert "/sign-in" in client.get("/incidents/new").location

    def test_whoever_is_in_can_still_check_out(self, bench: Bench):
        badge, client = self.badge(bench), bench.client
        client.post("/check-in", data={"badge": badge})
        self.close(bench)
        bench.time.pass_seconds(120)
        client.post("/check-in", data={"badge": badge})
        page = client.post("/check-in/leaving", data={"answer": "yes"}, follow_redirects=True)
        assert "Thank you, Ines." in page.text

    def test_it_is_open_again_when_the_host_says_so_or_the_night_is_over(self, bench: Bench):
        badge = self.badge(bench)
        self.close(bench)
        bench.here.journal.record(REOPENED, Reopened(NIGHT))
        assert bench.client.post("/check-in", data={"badge": badge}).status_code == 303
        self.close(bench)
        bench.time.pass_seconds(24 * 3600)
        assert "has closed" not in bench.client.get("/check-in").text

    def test_another_bench_that_is_closed_does_not_close_this_one(self, bench: Bench):
        body = encode_body(CLOSED, ClosedTonight(NIGHT), EVENING, "b9", 1)
        bench.here.journal.append("school.1abcd", 1, [Whole(new_salt(), body)])
        assert bench.client.post("/check-in", data={"badge": self.badge(bench)}).status_code == 303
