"""What a device knows of members follows from the node's events, and only from them."""

from __future__ import annotations

import msgspec
import pytest

from kiosk.core.errors import Invalid
from kiosk.core.event import EventType, encode_body
from kiosk.core.mandate import Role
from kiosk.people import PEOPLE, events, members
from tests.support import EVENING, Bench

DAY = 86400
TABLES = ("members", "former_members", "mandates", "neighbourhood")


def _standing(bench: Bench, at: int = EVENING, role: Role = Role.STEWARD) -> members.Standing:
    return members.standing(bench.here.db.conn, "12345", role, at, "linden-bakery")


def _recall(bench: Bench, at: int) -> None:
    bench.from_node((events.RECALLED, events.Recalled("12345", Role.STEWARD, at)))


def test_a_member_is_called_by_number_or_by_name_in_any_case(bench: Bench) -> None:
    bench.member("12345", "Íñes Straße")
    for words in ("12345", "Íñes Straße", "ÍÑES STRASSE"):
        assert [member.id for member in members.called(bench.here.db.conn, words)] == ["12345"]


def test_two_members_of_one_name_are_both_found(bench: Bench) -> None:
    bench.member("12345", "Ana")
    bench.member("23456", "ana")
    assert len(members.called(bench.here.db.conn, "ANA")) == 2


@pytest.mark.parametrize("words", ["", "%", "' OR 1=1 --", "1234", "123456", "12345\n", "*", "\x00"])
def test_nobody_is_called_what_no_member_is_called(bench: Bench, words: str) -> None:
    bench.member("12345", "Ines")
    assert members.called(bench.here.db.conn, words) == []


def test_an_unknown_number_is_a_neighbour(bench: Bench) -> None:
    assert members.name_of(bench.here.db.conn, "99999") == "a neighbour"


def test_a_recall_ends_a_mandate_at_its_time(bench: Bench) -> None:
    bench.member("12345", "Ines", Role.STEWARD)
    _recall(bench, EVENING + DAY)
    assert _standing(bench).on_duty
    after = _standing(bench, EVENING + DAY)
    assert not after.on_duty
    assert after.lapsed is not None
    assert after.lapsed.until == EVENING + DAY


def test_a_second_recall_does_not_bring_a_role_back(bench: Bench) -> None:
    bench.member("12345", "Ines", Role.STEWARD)
    _recall(bench, EVENING + DAY)
    _recall(bench, EVENING + 5 * DAY)
    assert not _standing(bench, EVENING + 2 * DAY).on_duty


def test_a_recall_of_one_role_leaves_the_others(bench: Bench) -> None:
    bench.member("12345", "Ines", Role.STEWARD, Role.MEDIATOR)
    _recall(bench, EVENING)
    assert not _standing(bench).on_duty
    assert _standing(bench, role=Role.MEDIATOR).on_duty


def test_an_assembly_can_grant_anew_what_was_recalled(bench: Bench) -> None:
    bench.member("12345", "Ines", Role.STEWARD)
    _recall(bench, EVENING)
    grant = events.Granted("12345", Role.STEWARD, EVENING + DAY, EVENING + 2 * DAY)
    bench.from_node((events.GRANTED, grant))
    assert not _standing(bench).on_duty
    assert _standing(bench, EVENING + DAY).on_duty


def test_called_back_badges_stay_void_whatever_comes_later(bench: Bench) -> None:
    bench.member("12345", "Ines")
    for before in (EVENING, EVENING - DAY):
        bench.from_node((events.BADGE_REVOKED, events.BadgeRevoked("12345", before)))
    found = members.find(bench.here.db.conn, "12345")
    assert found is not None
    assert found.void_before == EVENING


def test_who_left_is_unknown_and_holds_nothing(bench: Bench) -> None:
    bench.member("12345", "Ines", Role.STEWARD)
    bench.from_node((events.LEFT, events.Left("12345")))
    assert members.called(bench.here.db.conn, "Ines") == []
    assert not _standing(bench).on_duty


def test_the_number_of_who_left_is_never_given_again(bench: Bench) -> None:
    bench.member("12345", "Ines")
    db = bench.here.db.conn
    assert members.is_free(db, "23456")
    assert not members.is_free(db, "12345")
    bench.from_node((events.LEFT, events.Left("12345")))
    assert not members.is_free(db, "12345")


def test_rebuilding_gives_the_same_members(bench: Bench) -> None:
    bench.member("12345", "Ines", Role.STEWARD)
    bench.member("23456", "Oskar", Role.HOST)
    bench.from_node((events.LEFT, events.Left("23456")))
    _recall(bench, EVENING)
    before = _tables(bench)
    with bench.here.journal.writing() as db:
        bench.here.journal.models.rebuild(db)
    assert _tables(bench) == before


def _tables(bench: Bench) -> dict[str, list[tuple]]:
    return {name: bench.here.db.conn.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}  # noqa: S608  # a name from above


GOOD: dict[EventType, msgspec.Struct] = {
    events.ADDED: events.Added("12345", "Ines"),
    events.LEFT: events.Left("12345"),
    events.BADGE_REVOKED: events.BadgeRevoked("12345", EVENING),
    events.GRANTED: events.Granted("12345", Role.HOST, EVENING, EVENING + DAY, "linden-bakery"),
    events.RECALLED: events.Recalled("12345", Role.HOST, EVENING),
}


AT_A_BENCH = (events.VOUCHED, events.PHONE_INTRODUCED, events.PHONE_REVOKED)
"""What benches write about people too, which counts at that bench only."""


@pytest.mark.parametrize(
    "kind", [kind for kind in PEOPLE.events if kind not in AT_A_BENCH], ids=lambda kind: kind.name
)
def test_only_the_node_writes_about_people_and_no_passer_by_reads_it(kind: EventType) -> None:
    assert {writer.value for writer in kind.writers} == {"central"}
    assert kind.scope == ("public" if kind is events.DESCRIBED else "network")


@pytest.mark.parametrize("kind", GOOD, ids=lambda kind: kind.name)
def test_a_bench_that_writes_about_people_is_not_believed(bench: Bench, kind: EventType) -> None:
    body = encode_body(kind, GOOD[kind], EVENING, "b00t", 1)
    registry = bench.here.journal.models.registry
    assert registry.decode("central.1test", 1, body).data == GOOD[kind]
    with pytest.raises(Invalid, match="may not write"):
        registry.decode("corner-shop.1test", 1, body)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (events.ADDED, events.Added("12345\n", "Ines")),
        (events.ADDED, events.Added("../..", "Ines")),
        (events.ADDED, events.Added("12345", "")),
        (events.ADDED, events.Added("12345", "I" * 41)),
        (events.PIN_SET, events.PinSet("12345", "$argon2id$x")),
        (events.PIN_SET, events.PinSet("12345", "246810")),
        (
            events.PIN_SET,
            events.PinSet("12345", "$argon2id$v=19$m=4194304,t=9,p=1$" + "A" * 22 + "$" + "A" * 43),
        ),
        (events.GRANTED, events.Granted("12345", Role.HOST, 0, 1 << 39)),
        (events.GRANTED, events.Granted("12345", Role.HOST, 0, -1)),
        (events.GRANTED, events.Granted("12345", Role.HOST, 0, 1, "../linden")),
        (events.GRANTED, events.Granted("12345", "king", 0, 1)),  # type: ignore[arg-type]
    ],
)
def test_what_is_not_as_declared_is_put_aside(bench: Bench, kind: EventType, data: msgspec.Struct) -> None:
    body = encode_body(kind, data, EVENING, "b00t", 1)
    with pytest.raises(Invalid):
        bench.here.journal.models.registry.decode("central.1test", 1, body)


def test_everything_about_people_can_be_said_in_a_sentence(bench: Bench) -> None:
    assert PEOPLE.describe is not None
    bench.member("12345", "Ines", Role.STEWARD)
    bench.from_node(*GOOD.items())
    for entry in bench.here.journal.entries(bench.here.db, PEOPLE.events):
        sentence = PEOPLE.describe(entry, lambda number: "Ines")
        assert sentence.endswith(".")
        assert "argon2" not in sentence
