"""The one way in: what is taken, what is refused, and what is put aside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.core.errors import Damaged, Fork, Gap, Invalid, NotSaved
from kiosk.core.event import Form, Leaf, Whole, encode_body, new_salt
from kiosk.core.tree import EMPTY_ROOT, Tree
from tests.support.storage import ALOUD, NOW, SOURCE, WHISPERED, Kept, Said, opened, tables

OTHER = "book-shop.1abcd"


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with opened(tmp_path) as made:
        yield made


def _wholes(*texts: str) -> list[Form]:
    return [Whole(new_salt(), encode_body(ALOUD, Said(text), NOW, "b0", 5)) for text in texts]


def _leaves(forms: list[Form]) -> list[Form]:
    return [Leaf(form.leaf) for form in forms]


def _root(forms: list[Form]) -> bytes:
    tree = Tree()
    for form in forms:
        tree.append(form.leaf)
    return tree.root()


def test_what_is_recorded_is_held_whole_and_applied(kept: Kept) -> None:
    entry = kept.journal.record(ALOUD, Said("hello"))
    assert (entry.source, entry.seq, entry.type, entry.at) == (SOURCE, 1, "talk.said", NOW)
    kept.say("again")
    source = kept.journal.find(kept.db, SOURCE)
    forms = kept.journal.forms(kept.db, source, 1, 2)
    assert [entry.data.text for entry in kept.journal.entries(kept.db)] == ["hello", "again"] == kept.heard()
    assert (source.size, source.tree.root()) == (2, _root(forms))


def test_many_are_recorded_all_or_none(kept: Kept) -> None:
    with pytest.raises(Invalid, match="too much"):
        kept.journal.record_all([(ALOUD, Said("a")), (ALOUD, Said("x" * 40_000))])
    assert kept.heard() == []
    assert [entry.seq for entry in kept.journal.record_all([(ALOUD, Said("a")), (WHISPERED, Said("b"))])] == [
        1,
        2,
    ]


def test_a_device_records_only_what_it_may_write(kept: Kept) -> None:
    kept.journal.source = "central.1abcd"
    with pytest.raises(Invalid, match="central may not write"):
        kept.whisper("psst")
    assert kept.heard() == []


def test_watchers_are_told_once_it_is_durable(kept: Kept) -> None:
    told: list[int] = []
    kept.journal.watch(lambda: told.append(len(kept.heard())))
    with kept.journal.writing():
        kept.say("a", "b")
        assert told == []
    assert told == [2, 2]
    with suppress(ZeroDivisionError), kept.journal.writing():
        kept.say("c")
        raise ZeroDivisionError
    assert told == [2, 2]


def test_events_of_another_source_are_taken_when_they_lead_to_its_root(kept: Kept) -> None:
    forms = _wholes("a", "b", "c")
    with pytest.raises(Fork, match="do not give the root"):
        kept.journal.append(OTHER, 1, forms, _root(forms[:2]))
    assert kept.journal.sources(kept.db) == []
    done = kept.journal.append(OTHER, 1, forms, _root(forms))
    assert (done.size, done.new, done.quarantined) == (3, 3, {})


def test_a_gap_is_refused(kept: Kept) -> None:
    kept.journal.append(OTHER, 1, _wholes("a"))
    for first in (0, -1, 3):
        with pytest.raises(Gap, match="does not follow"):
            kept.journal.append(OTHER, first, _wholes("b"))


def test_what_is_held_already_is_passed_over(kept: Kept) -> None:
    forms = _wholes("a", "b", "c")
    kept.journal.append(OTHER, 1, forms[:2])
    done = kept.journal.append(OTHER, 1, forms, _root(forms))
    assert (done.size, done.new) == (3, 1)
    assert kept.journal.append(OTHER, 1, _leaves(forms)).new == 0
    assert kept.journal.append(OTHER, 2, forms[1:2]).new == 0
    assert kept.heard() == ["a", "b", "c"]


def test_another_event_at_a_held_place_is_a_fork_that_says_where(kept: Kept) -> None:
    forms = _wholes("a", "b", "c")
    kept.journal.append(OTHER, 1, forms)
    with pytest.raises(Fork, match="Event 2") as fork:
        kept.journal.append(OTHER, 1, [forms[0], *_wholes("x", "y")])
    assert fork.value.agreed == 1
    assert kept.heard() == ["a", "b", "c"]


def test_when_what_is_held_was_damaged_nobody_is_called_a_forger(kept: Kept) -> None:
    forms = _wholes("a", "b", "c")
    kept.journal.append(OTHER, 1, forms)
    with kept.store.writing() as db:
        db.conn.execute("UPDATE events SET body = CAST(replace(body, 'b', 'c') AS BLOB) WHERE seq = 2")
    with pytest.raises(Damaged, match="held here"):
        kept.journal.append(OTHER, 1, forms)
    with kept.store.writing() as db:
        db.conn.execute("DELETE FROM events WHERE seq = 1")
    with pytest.raises(Damaged, match="missing"):
        kept.journal.append(OTHER, 1, forms)


def test_an_event_that_was_32_bytes_is_filled_in_when_it_comes_whole(kept: Kept) -> None:
    forms = _wholes("a", "b", "c")
    kept.journal.append(OTHER, 1, [forms[0], *_leaves(forms[1:])], _root(forms))
    assert kept.heard() == ["a"]
    done = kept.journal.append(OTHER, 2, forms[1:])
    assert (done.size, done.new) == (3, 0)
    assert kept.heard() == ["a", "b", "c"]
    assert kept.journal.find(kept.db, OTHER).tree.root() == _root(forms)


POISON: dict[str, bytes] = {
    "not JSON": b"\xff\x00",
    "no body": b"{}",
    "a number too large": encode_body(ALOUD, Said("x", 1 << 70), NOW, "b0", 5),
    "another scope": encode_body(ALOUD, Said("x"), NOW, "b0", 5).replace(b'"public"', b'"bench"'),
    "too long": encode_body(ALOUD, Said("x"), NOW, "b0", 5).replace(b'"x"', b'"' + b"x" * 40_000 + b'"'),
    "too deep": encode_body(ALOUD, Said("x"), NOW, "b0", 5).replace(b'"x"', b"[" * 20_000 + b"]" * 20_000),
    "year 9999": encode_body(ALOUD, Said("x"), NOW, "b0", 5).replace(b"2026-", b"9999-"),
}


@pytest.mark.parametrize("name", POISON)
def test_a_poison_event_goes_aside_with_a_reason_and_the_next_ones_arrive(kept: Kept, name: str) -> None:
    forms: list[Form] = [*_wholes("a"), Whole(new_salt(), POISON[name]), *_wholes("c")]
    done = kept.journal.append(OTHER, 1, forms, _root(forms))
    assert (done.size, list(done.quarantined)) == (3, [2])
    assert kept.heard() == ["a", "c"]
    rows = kept.db.conn.execute("SELECT seq, reason FROM quarantine").fetchall()
    assert [seq for seq, _ in rows] == [2]
    assert rows[0][1].startswith(("The event", "talk.said is declared"))
    before = tables(kept.db)
    with kept.store.writing() as db:
        kept.journal.models.rebuild(db)
    assert tables(kept.db) == before


def test_an_unknown_type_is_held_and_not_applied(kept: Kept) -> None:
    body = encode_body(ALOUD, Said("x"), NOW, "b0", 5).replace(b"talk.said", b"talk.sung")
    done = kept.journal.append(OTHER, 1, [Whole(new_salt(), body)])
    assert (done.size, done.quarantined, kept.heard()) == (1, {}, [])


def test_erasing_leaves_the_32_bytes_and_takes_what_followed_from_it(kept: Kept) -> None:
    kept.say("a", "b")
    kept.whisper("canary")
    root = kept.journal.find(kept.db, SOURCE).tree.root()
    assert kept.journal.erase({SOURCE: [3, 3, 99]}) == 1
    assert kept.journal.erase({SOURCE: [3]}) == 0
    source = kept.journal.find(kept.db, SOURCE)
    assert kept.heard() == ["a", "b"]
    assert _root(kept.journal.forms(kept.db, source, 1, 3)) == root == source.tree.root()
    kept.close()
    assert all(b"canary" not in path.read_bytes() for path in kept.data.path.iterdir() if path.is_file())


def test_an_event_that_was_put_aside_can_be_erased_too(kept: Kept) -> None:
    kept.journal.append(OTHER, 1, [Whole(new_salt(), b"poison")])
    assert kept.journal.erase({OTHER: [1]}) == 1
    assert kept.db.conn.execute("SELECT * FROM quarantine").fetchall() == []


def test_a_source_that_is_not_held_is_empty_to_a_reader(kept: Kept) -> None:
    found = kept.journal.find(kept.db, "nobody.1abcd")
    assert (found.size, found.tree.root(), kept.journal.sources(kept.db)) == (0, EMPTY_ROOT, [])


def test_the_root_of_every_size_is_known(kept: Kept) -> None:
    forms = _wholes(*"abcdefg")
    kept.journal.append(OTHER, 1, forms)
    source = kept.journal.find(kept.db, OTHER)
    for size in range(8):
        expected = _root(forms[:size]) if size else EMPTY_ROOT
        assert kept.journal.root_at(kept.db, source, size) == expected


def test_entries_come_in_the_order_they_were_taken_in(kept: Kept) -> None:
    kept.journal.append(OTHER, 1, _wholes("first"))
    kept.say("second")
    kept.whisper("third")
    assert [entry.data.text for entry in kept.journal.entries(kept.db)] == ["first", "second", "third"]
    assert [entry.data.text for entry in kept.journal.entries(kept.db, [WHISPERED])] == ["third"]


def test_a_full_disk_refuses_notes_but_not_what_the_device_must_write(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.store._reserve.give_up()
    monkeypatch.setattr(kept.store._reserve, "keep", lambda: False)
    with pytest.raises(NotSaved, match="disk is full"):
        kept.say("note")
    assert kept.journal.record(ALOUD, Said("totals"), housekeeping=True).seq == 1
    assert kept.journal.append(OTHER, 1, _wholes("synced")).new == 1
    assert kept.journal.erase({OTHER: [1]}) == 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_way_events_come_in_a_rebuild_gives_the_same(kept: Kept, data: st.DataObject) -> None:
    name = f"shop-{sha256(repr(kept.journal.sources(kept.db)).encode()).hexdigest()[:8]}.1abcd"
    texts = data.draw(st.lists(st.text(max_size=20), min_size=1, max_size=12))
    bodies = data.draw(st.lists(st.sampled_from(list(POISON.values())), max_size=3))
    forms = _wholes(*texts) + [Whole(new_salt(), body) for body in bodies]
    order = data.draw(st.permutations(range(len(forms))))
    forms = [forms[i] for i in order]
    taken = 0
    for _ in range(data.draw(st.integers(1, 4))):
        end = data.draw(st.integers(taken, len(forms)))
        part = [form if data.draw(st.booleans()) else Leaf(form.leaf) for form in forms[:end]]
        kept.journal.append(name, 1, part, _root(forms[:end]) if end else None)
        taken = end
    kept.journal.append(name, 1, forms, _root(forms))
    before = tables(kept.db)
    with kept.store.writing() as db:
        kept.journal.models.rebuild(db)
    assert tables(kept.db) == before
    assert kept.journal.find(kept.db, name).tree.root() == _root(forms)
