"""Details that only mediators read: sealed at the bench before anything is kept."""

from __future__ import annotations

import logging
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from kiosk.adapters.sealing import NotForThisKey, parted, unseal
from kiosk.core.errors import NotSaved, Refused
from kiosk.core.event import EventType
from kiosk.core.mandate import Role
from kiosk.features.incidents import keeping
from kiosk.features.incidents.details import readers
from kiosk.features.incidents.events import NOTED, SEALED, WORDS
from kiosk.people.events import RECALLED, Recalled
from kiosk.people.mediators import Mediator
from tests.features.incidents.steward import Steward
from tests.support import Bench
from tests.support.canaries import files_with
from tests.support.roots import give_mediators

SECRET = "Zanzibarquartz said that the man from number nine has a key"
CANARY = "Zanzibarquartz"
AMAL, NOOR = "30001", "30002"


class Writer(Steward):
    """Ines with a note that she reads once more. `keys`: what the mediators open sealed text with."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.keys = give_mediators(bench, {AMAL: "Amal", NOOR: "Noor"})
        self.answer_all()

    def _post(self, path: str, **data: Any) -> None:
        self.page = self.client.post(path, data=data, follow_redirects=True)

    def _action(self, path: str) -> str:
        found = re.search(rf'action="({path}\?note=[^"]+)"', self.page.text)
        assert found is not None, self.page.text
        return found[1]

    def open_details(self, words: str = "") -> None:
        self._post(self._action("/incidents/details/begin"), words=words)

    def seal(self, text: str = SECRET, leave_out: tuple[str, ...] = ()) -> None:
        shown = re.findall(r'name="shown" value="(\d+)"', self.page.text)
        action = self._action("/incidents/details")
        self._post(action, details=text, shown=shown, leave_out=list(leave_out))

    def keep(self, words: str = "") -> None:
        self._post(self._action("/incidents/keep"), words=words)

    @property
    def sealed(self) -> list[Any]:
        here = self.bench.here
        return [entry.data for entry in here.journal.entries(here.db, [SEALED])]


@pytest.fixture
def ines(bench: Bench) -> Writer:
    return Writer(bench)


def test_mediators_open_what_was_written_and_the_note_is_one_with_it(ines: Writer):
    ines.open_details("In public.")
    assert "What should a mediator know?" in ines.page.text
    ines.seal()
    assert "Read it once more" in ines.page.text
    assert "In public." in ines.page.text
    assert "Details are sealed for Amal and Noor." in ines.page.text
    ines.keep("In public.")
    ines.alone("keep")
    assert "The details go to Amal and Noor." in ines.page.text
    here = ines.bench.here
    note, words, sealed = here.journal.entries(here.db, [NOTED, WORDS, SEALED])
    assert words.data.note == sealed.data.note == note.place
    assert [parted(unseal(sealed.data.sealed, key))[0] for key in ines.keys.values()] == [SECRET, SECRET]


def test_the_ordinary_age_program_opens_what_the_bench_wrote(ines: Writer, tmp_path: Path):
    ines.open_details()
    ines.seal()
    ines.keep()
    (tmp_path / "key.txt").write_text(ines.keys[NOOR] + "\n")
    opened = subprocess.run(
        ["age", "-d", "-i", tmp_path / "key.txt"],
        input=ines.sealed[0].sealed,
        capture_output=True,
        check=True,
    )
    assert parted(opened.stdout.decode().rstrip(" ").removesuffix("\n"))[0] == SECRET


def test_who_is_left_out_cannot_open_it(ines: Writer):
    ines.open_details()
    assert ines.page.text.count("Leave out") == 2
    ines.seal(leave_out=(AMAL,))
    assert "Details are sealed for Noor." in ines.page.text
    ines.keep()
    (sealed,) = ines.sealed
    assert parted(unseal(sealed.sealed, ines.keys[NOOR]))[0] == SECRET
    with pytest.raises(NotForThisKey):
        unseal(sealed.sealed, ines.keys[AMAL])


def test_who_is_left_out_is_so_under_any_number_and_nobody_comes_in_unseen():
    amal, noor = Mediator(AMAL, "Amal", "age1a"), Mediator(NOOR, "Noor", "age1b")
    again, late = Mediator("30003", "A.", "age1a"), Mediator("30004", "Teo", "age1c")
    shown = [AMAL, NOOR, "30003"]
    assert readers([amal, noor, again, late], shown, [AMAL]) == [noor]
    assert readers([amal, noor, again, late], shown, []) == [amal, noor, again]


def test_nothing_is_sealed_when_everybody_is_left_out(ines: Writer):
    ines.open_details()
    ines.seal(leave_out=(AMAL, NOOR))
    assert ines.page.status_code == 422
    assert "Everybody is left out" in ines.page.text
    assert SECRET in ines.page.text
    assert ines.page.text.count("checked") == 2
    ines.seal(leave_out=(AMAL,))
    assert "Details are sealed for Noor." in ines.page.text


def test_details_of_nothing_are_not_sealed(ines: Writer):
    ines.open_details()
    ines.seal(" \n ")
    assert "There is nothing to seal yet." in ines.page.text


def test_details_that_are_too_long_are_still_there_to_be_made_shorter(ines: Writer):
    ines.open_details()
    ines.seal("x" * 4001)
    assert ines.page.status_code == 422
    assert "longer than 4000 letters" in ines.page.text
    assert "x" * 4001 in ines.page.text
    ines.seal("\N{GRINNING FACE}" * 4000)
    ines.keep()
    assert parted(unseal(ines.sealed[0].sealed, ines.keys[AMAL]))[0] == "\N{GRINNING FACE}" * 4000


def test_without_a_mediator_the_note_is_kept_and_the_writer_is_told(bench: Bench):
    ines = Steward(bench)
    ines.answer_all()
    assert "No mediator can be written to now. The public part is kept" in ines.page.text
    assert "/incidents/details/begin" not in ines.page.text
    ines.keep()
    assert len(ines.notes) == 1


def test_a_mandate_that_ends_while_somebody_types_keeps_nothing_and_gives_the_text_back(ines: Writer):
    ines.open_details()
    now = ines.bench.time.system // 1000
    ines.bench.from_node(*[(RECALLED, Recalled(who, Role.MEDIATOR, now)) for who in (AMAL, NOOR)])
    ines.seal()
    assert ines.page.status_code == 422
    assert "Meanwhile there is no mediator who can be written to" in ines.page.text
    assert SECRET in ines.page.text
    assert ">Seal<" not in ines.page.text
    ines.page = ines.client.get("/incidents/details")
    assert "No mediator can be written to now." in ines.page.text
    assert "<textarea" not in ines.page.text


def test_what_was_sealed_before_a_mandate_ended_is_kept(ines: Writer):
    ines.open_details()
    ines.seal(leave_out=(NOOR,))
    now = ines.bench.time.system // 1000
    ines.bench.from_node((RECALLED, Recalled(AMAL, Role.MEDIATOR, now)))
    ines.page = ines.client.get("/incidents/new")
    assert "Details are sealed for Amal." in ines.page.text
    ines.keep()
    assert parted(unseal(ines.sealed[0].sealed, ines.keys[AMAL]))[0] == SECRET


def test_what_is_sealed_can_be_replaced_and_removed_but_not_read(ines: Writer):
    ines.open_details()
    ines.seal()
    ines.open_details()
    assert SECRET not in ines.page.text
    assert "They cannot be read or changed here." in ines.page.text
    ines.seal("Something else.")
    ines.open_details()
    ines._post(ines._action("/incidents/details/remove"))
    assert "Add details only for mediators" in ines.page.text
    ines.keep()
    assert ines.sealed == []


def test_keep_twice_keeps_the_details_once(ines: Writer):
    ines.open_details()
    ines.seal()
    action = ines._action("/incidents/keep")
    for _again in range(3):
        assert ines.client.post(action, data={"words": ""}).location == "/incidents/kept"
    assert len(ines.notes) == len(ines.sealed) == 1


def test_note_words_and_details_are_kept_together_or_not_at_all(
    ines: Writer, monkeypatch: pytest.MonkeyPatch
):
    ines.open_details()
    ines.seal()
    record = ines.bench.here.journal.record

    def refuse_sealed(kind: EventType, data: Any) -> Any:
        if kind is SEALED:
            raise NotSaved("The disk is full, so this was not saved.")
        return record(kind, data)

    with monkeypatch.context() as patch:
        patch.setattr(ines.bench.here.journal, "record", refuse_sealed)
        ines.keep("In public.")
        ines.alone("keep")
    assert ines.page.status_code == 507
    assert ines.notes == ines.words == ines.sealed == []
    ines.keep("In public.")
    ines.alone("keep")
    assert len(ines.notes) == len(ines.words) == len(ines.sealed) == 1


def test_hide_drops_what_is_not_sealed_and_keeps_what_is(ines: Writer):
    ines.open_details()
    assert "Hide and Back drop what is not sealed yet." in ines.page.text
    hide = re.search(r'<form[^>]* action="/incidents/hide" id="hide" hidden>(.*?)</form>', ines.page.text)
    assert hide is not None
    assert hide[1] == ""  # the form that Hide sends has no field
    assert re.search(r'form="hide"[^>]*formaction="/incidents/hide"', ines.page.text)
    ines.seal()
    ines.open_details()
    ines.client.post("/incidents/hide", data={})
    ines.sign_in("ines")
    assert "Details are sealed for Amal and Noor." in ines.page.text


def test_nobody_else_gets_what_was_sealed(ines: Writer):
    ines.open_details()
    ines.seal()
    ines.bench.member("33333", "Teo")
    ines.client.post("/incidents/hide", data={})
    ines.sign_in("teo")
    ines.sign_in("ines")
    assert "Details are sealed" not in ines.page.text


def test_the_draft_holds_the_age_file_only(ines: Writer, monkeypatch: pytest.MonkeyPatch):
    held: list[Any] = []
    monkeypatch.setattr(keeping, "put", held.append)
    ines.open_details()
    ines.seal()
    draft = held[-1]
    assert draft.sealed.startswith(b"age-encryption.org/v1\n")
    assert CANARY not in repr(draft)


def test_the_field_is_not_remembered_by_the_browser(ines: Writer):
    ines.open_details()
    assert re.search(r'<form[^>]*id="seal"[^>]*autocomplete="off"', ines.page.text)
    field = re.search(r"<textarea[^>]*>", ines.page.text)
    assert field is not None
    assert 'autocomplete="off"' in field[0]
    assert 'maxlength="4000"' in field[0]
    assert ines.page.headers["Cache-Control"] == "no-store"


def test_no_page_of_a_note_takes_a_file(ines: Writer):
    ines.open_details()
    assert 'type="file"' not in ines.page.text
    templates = Path(__file__).parents[3] / "templates"
    assert not [one for one in templates.rglob("*.html") if 'type="file"' in one.read_text("utf-8")]


def test_the_plain_text_is_in_no_file_whatever_happens(
    ines: Writer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    def fail(*_anything: object) -> None:
        raise Refused("A mediator's key is not an age recipient.")

    def break_down(*_anything: object) -> None:
        raise RuntimeError("out of order")

    ines.open_details()
    for fault in (fail, break_down):
        with monkeypatch.context() as patch:
            patch.setattr("kiosk.features.incidents.details.seal_provable", fault)
            page = ines.page
            ines.seal()
            assert ines.page.status_code >= 422
            assert files_with(tmp_path, CANARY) == []
        ines.page = page
    assert "out of order" in caplog.text
    ines.seal()
    ines.open_details()
    ines.client.post("/incidents/hide", data={})
    assert files_with(tmp_path, CANARY) == []
    ines.sign_in("ines")
    ines.keep("A word for everyone.")
    ines.alone("keep")
    assert files_with(tmp_path, CANARY) == []
    assert files_with(tmp_path, "A word for everyone.") == ["safe-bench.db-wal"]  # it would be found
    assert CANARY not in caplog.text
