"""A writer's own notes: looked at again, amended until they come out, withdrawn at any time."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from kiosk.adapters.retention import forget_spent
from kiosk.core.errors import NotSaved
from kiosk.core.event import EventType
from kiosk.core.mandate import Role
from kiosk.features.incidents import model, own
from kiosk.features.incidents.events import (
    NOTED,
    SEALED,
    WITHDRAWN,
    WORDS,
    Ended,
    Sealed,
    What,
    Withdrawn,
    Words,
)
from kiosk.features.log.publishing import publish
from tests.features.incidents.steward import Steward
from tests.features.log.nights import DAY, FIRST, HOUR, morning, note, sentences
from tests.support import PIN, Bench

INES, TEO = "12345", "33333"
PROOF = b"p" * 32


@pytest.fixture
def ines(bench: Bench) -> Steward:
    """Ines is signed in; Teo is a steward too."""
    made = Steward(bench)
    bench.member(TEO, "Teo", Role.STEWARD)
    return made


def entries(bench: Bench, *kinds: EventType) -> list[Any]:
    return list(bench.here.journal.entries(bench.here.db, kinds))


def post(ines: Steward, what: str, place: str) -> None:
    ines.page = ines.client.post(f"/incidents/mine/{what}", data={"note": place}, follow_redirects=True)


def tables(bench: Bench) -> dict[str, list[Any]]:
    db = bench.here.db.conn
    found = "SELECT name FROM sqlite_master WHERE name LIKE 'incident%' AND type IN ('table', 'view')"
    names = [name for (name,) in db.execute(found)]
    return {name: db.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in names}  # noqa: S608


def forget(bench: Bench) -> int:
    return forget_spent(bench.here.journal, bench.here.clock.now())


def files_with(folder: Path, canary: bytes) -> list[str]:
    return [one.name for one in folder.iterdir() if one.is_file() and canary in one.read_bytes()]


def test_the_list_holds_ones_own_notes_and_nobody_elses(ines: Steward):
    note(ines.bench, words="By Ines.")
    ines.page = ines.client.get("/incidents/mine")
    assert "Noise at Market corner" in ines.page.text
    assert "“By Ines.”" in ines.page.text
    ines.sign_in("teo")
    ines.page = ines.client.get("/incidents/mine")
    assert "You have no notes here." in ines.page.text


def test_the_page_after_keeping_and_the_one_of_tonight_lead_there(ines: Steward):
    ines.answer_all()
    ines.keep()
    assert 'href="/incidents/mine"' in ines.page.text
    assert 'href="/incidents/mine"' in ines.client.get("/log").text


def test_amending_opens_the_flow_with_its_answers(ines: Steward):
    ines.answer_all()
    ines.keep("They shook hands.")
    ines.partner_reads()
    place = entries(ines.bench, NOTED)[0].place
    post(ines, "amend", place)
    assert "Read it once more" in ines.page.text
    assert "Loud argument at Market corner, about 21:30. We listened. We gave water or tea." in ines.page.text
    assert "They shook hands." in ines.page.text
    assert "Keep instead of the first" in ines.page.text
    assert len(ines.notes) == 1


def test_what_is_amended_replaces_the_first_and_only_it_comes_out(ines: Steward):
    for _ in range(3):
        ines.answer_all()
        ines.keep()
        ines.page = ines.client.get("/incidents/new")
    place = entries(ines.bench, NOTED)[2].place
    post(ines, "amend", place)
    ines.page = ines.client.get(f"/incidents/new?note={ines.token}&step=ended")
    ines.answer("ended", "parted")
    ines.keep()
    assert "Kept." in ines.page.text
    (withdrawn,) = entries(ines.bench, WITHDRAWN)
    assert withdrawn.data == Withdrawn(INES, place)
    assert [one.ended for one in ines.notes] == [Ended.CALMED] * 3 + [Ended.PARTED]
    morning(ines.bench)
    assert [one.ended for one in sentences(ines.bench)] == [Ended.CALMED, Ended.CALMED, Ended.PARTED]


def test_the_old_and_the_new_are_written_together_or_not_at_all(
    ines: Steward, monkeypatch: pytest.MonkeyPatch
):
    place = note(ines.bench)
    post(ines, "amend", place)
    record = ines.bench.here.journal.record

    def refuse(kind: EventType, data: Any) -> Any:
        if kind is NOTED:
            raise NotSaved("The disk is full, so this was not saved.")
        return record(kind, data)

    with monkeypatch.context() as patch:
        patch.setattr(ines.bench.here.journal, "record", refuse)
        ines.keep()
    assert ines.page.status_code == 507
    assert entries(ines.bench, WITHDRAWN) == []
    ines.keep()
    assert len(entries(ines.bench, WITHDRAWN)) == 1
    assert len(ines.notes) == 2


def test_a_draft_that_is_never_kept_changes_nothing(ines: Steward):
    post(ines, "amend", note(ines.bench))
    ines.client.post("/incidents/throw-away")
    assert entries(ines.bench, WITHDRAWN) == []
    morning(ines.bench)
    assert len(sentences(ines.bench)) == 1


def test_a_time_of_more_than_a_day_ago_stays_when_a_note_is_amended(ines: Steward):
    place = note(ines.bench, ago=23 * HOUR)
    when = ines.notes[0].when
    ines.bench.time.pass_seconds(8 * HOUR)
    ines.sign_in("ines")
    post(ines, "amend", place)
    ines.keep()
    assert [one.when for one in ines.notes] == [when, when]


def test_details_that_only_mediators_can_read_go_along_sealed(ines: Steward):
    place = note(ines.bench)
    ines.bench.here.journal.record(SEALED, Sealed(place, b"age-encryption.org/v1", PROOF))
    post(ines, "amend", place)
    assert "Details are sealed for the mediators whom you chose." in ines.page.text
    ines.keep()
    forget(ines.bench)
    (sealed,) = entries(ines.bench, SEALED)
    assert sealed.data == Sealed(entries(ines.bench, NOTED)[0].place, b"age-encryption.org/v1", PROOF)


def test_a_note_that_came_out_meanwhile_is_withdrawn_for_the_amended_one(ines: Steward):
    place = note(ines.bench)
    post(ines, "amend", place)
    morning(ines.bench)
    ines.sign_in("ines")
    post(ines, "amend", place)
    ines.keep()
    page = ines.client.get(f"/log/{FIRST}").text
    assert "Withdrawn by its writer." in page
    assert "Something happened" not in page


def test_a_published_note_is_not_offered_to_be_amended(ines: Steward):
    note(ines.bench)
    morning(ines.bench)
    ines.sign_in("ines")
    page = ines.client.get("/incidents/mine").text
    assert "published" in page
    assert "/incidents/mine/amend" not in page
    assert "/incidents/mine/withdraw" in page


def test_withdrawing_asks_once_and_then_the_note_never_comes_out(ines: Steward):
    place = note(ines.bench, words="Gone soon.")
    post(ines, "withdraw", place)
    assert "Withdraw this note?" in ines.page.text
    assert "never published" in ines.page.text
    assert entries(ines.bench, WITHDRAWN) == []
    post(ines, "withdraw/yes", place)
    assert "Withdrawn." in ines.page.text
    assert "You have no notes here." in ines.page.text
    morning(ines.bench)
    assert sentences(ines.bench) == []
    assert "Gone soon." not in ines.client.get("/log").text


def test_a_withdrawn_note_is_erased_with_all_that_belongs_to_it(ines: Steward):
    place = note(ines.bench, words="Canary words.", read=True)
    ines.bench.here.journal.record(SEALED, Sealed(place, b"canary of the sealed", PROOF))
    kept = note(ines.bench, What.THEFT, words="These stay.")
    ines.bench.here.journal.store.fold()
    assert files_with(ines.bench.data.path, b"Canary words.")
    assert own.withdraw(ines.bench.here, INES, place)
    before = tables(ines.bench)
    assert forget(ines.bench) == 3
    assert [one.place for one in entries(ines.bench, NOTED)] == [kept]
    assert [one.data for one in entries(ines.bench, WORDS)] == [Words(kept, "These stay.")]
    assert entries(ines.bench, SEALED) == []
    assert ines.bench.here.journal.store.fold()
    for canary in (b"Canary words.", b"Y2FuYXJ5IG9mIHRoZSBzZWFsZWQ"):
        assert files_with(ines.bench.data.path, canary) == []
    after = tables(ines.bench)
    with ines.bench.here.journal.writing() as db:
        ines.bench.here.journal.models.rebuild(db)
    assert tables(ines.bench) == after
    assert before["incident_withdrawn"] == after["incident_withdrawn"]
    assert model.own(ines.bench.here.db.conn, INES, "linden-bakery") == [
        model.Own(kept, entries(ines.bench, NOTED)[0].at, out=False)
    ]
    assert forget(ines.bench) == 0


@pytest.mark.parametrize("what", ["amend", "withdraw", "withdraw/yes"])
def test_nobody_touches_a_note_of_somebody_else(ines: Steward, what: str):
    place = note(ines.bench)
    ines.sign_in("teo")
    answer = ines.client.post(f"/incidents/mine/{what}", data={"note": place})
    assert answer.status_code == 404
    assert "That note is not here any more." in answer.text
    assert not own.withdraw(ines.bench.here, TEO, place)
    assert entries(ines.bench, WITHDRAWN) == []
    morning(ines.bench)
    assert len(sentences(ines.bench)) == 1


def test_a_withdrawal_in_somebody_elses_name_erases_nothing(ines: Steward):
    place = note(ines.bench, words="Still here.")
    ines.bench.here.journal.record(WITHDRAWN, Withdrawn(TEO, place))
    assert forget(ines.bench) == 0
    assert [one.place for one in model.own(ines.bench.here.db.conn, INES, "linden-bakery")] == [place]


def test_a_withdrawal_of_what_another_bench_wrote_erases_nothing(ines: Steward):
    place = note(ines.bench)
    entry = entries(ines.bench, NOTED)[0]._replace(source="book-shop.1test", data=Withdrawn(INES, place))
    with ines.bench.here.journal.writing() as db:
        model.apply(db.conn, [entry])
    assert model.own(ines.bench.here.db.conn, INES, "linden-bakery")


@pytest.mark.parametrize("place", ["", "x", "linden-bakery.1test/999", "../1", "linden-bakery.1test/1"])
def test_what_is_no_note_is_not_here(ines: Steward, place: str):
    for what in ("amend", "withdraw", "withdraw/yes"):
        assert ines.client.post(f"/incidents/mine/{what}", data={"note": place}).status_code in (404, 422)


def test_withdrawing_twice_withdraws_once(ines: Steward):
    place = note(ines.bench)
    assert own.withdraw(ines.bench.here, INES, place)
    assert not own.withdraw(ines.bench.here, INES, place)
    post(ines, "withdraw/yes", place)
    assert ines.page.status_code == 404


def test_a_disk_that_refuses_says_that_the_note_is_as_it_was(ines: Steward, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_facts: object) -> None:
        raise NotSaved("The disk is full, so this was not saved.")

    place = note(ines.bench)
    with monkeypatch.context() as patch:
        patch.setattr(ines.bench.here.journal, "record", refuse)
        post(ines, "withdraw/yes", place)
    assert ines.page.status_code == 507
    assert "The note is as it was." in ines.page.text


def test_a_withdrawn_note_is_no_case_of_its_kind(ines: Steward):
    places = [note(ines.bench, What.THEFT) for _ in range(3)]
    own.withdraw(ines.bench.here, INES, places[0])
    morning(ines.bench)
    assert [one.what for one in sentences(ines.bench)] == [What.OTHER, What.OTHER]


def test_what_was_erased_after_its_days_is_not_in_the_list_any_more(ines: Steward):
    place = note(ines.bench)
    journal = ines.bench.here.journal
    source, _, seq = place.rpartition("/")
    journal.erase({source: [int(seq)]})
    assert "You have no notes here." in ines.client.get("/incidents/mine").text


def test_a_hidden_page_leads_nobody_to_the_list(ines: Steward):
    note(ines.bench)
    ines.client.post("/incidents/hide")
    assert ines.client.get("/incidents/mine").location.startswith("/sign-in")


def test_hostile_words_in_the_list_are_inert(ines: Steward):
    note(ines.bench, words="<script>alert(1)</script>")
    page = ines.client.get("/incidents/mine").text
    assert "<script>alert" not in page
    assert "“<script>alert(1)</script>”" in unescape(page)


def test_publishing_goes_on_when_the_only_note_of_a_night_was_withdrawn(ines: Steward):
    own.withdraw(ines.bench.here, INES, note(ines.bench))
    ines.bench.time.pass_seconds(DAY)
    publish(ines.bench.here)
    assert "No notes." in re.sub(r"\s+", " ", ines.bench.client.get(f"/log/{FIRST}").text)


def test_the_pin_is_what_opens_it(bench: Bench):
    assert bench.client.get("/incidents/mine").location.startswith("/sign-in")
    assert PIN not in bench.client.get("/sign-in").text
