"""What a bench writes reaches the node and the other benches, once, and is acknowledged."""

from __future__ import annotations

import pytest

from kiosk.adapters.checkpoints import cosignature_at
from kiosk.adapters.http import Response
from kiosk.adapters.keys import verify
from kiosk.adapters.readmodels import ReadModels
from kiosk.core.checkpoint import Checkpoint, check_cosignature, cosign
from kiosk.core.errors import Damaged, NodeRefused, NoWayThrough
from kiosk.core.event import Leaf, Whole, encode_body, new_salt
from kiosk.core.note import Signature
from kiosk.sync.client import Client
from kiosk.sync.outbox import check_tail
from kiosk.sync.protocol import MAX_BODIES, MAX_EVENTS, Answer, Cosigned, Exchange, decode, unpack
from tests.sync.town import FEATURES, NOTED, SENT, TALK, WHISPERED, Node, Sent, Tablet


def test_what_a_bench_writes_reaches_the_node_and_the_other_benches(
    node: Node, bakery: Tablet, bookshop: Tablet
):
    bakery.says("good evening")
    node.calls("assembly on sunday")
    bakery.sync()
    bookshop.sync()
    assert node.hears() == bookshop.hears() == ["assembly on sunday", "good evening"]
    assert bakery.hears() == ["assembly on sunday", "good evening"]


def test_what_is_for_the_bench_alone_goes_to_the_node_and_no_further(
    node: Node, bakery: Tablet, bookshop: Tablet
):
    bakery.says("kept among us", kind=WHISPERED)
    bakery.says("for all")
    bakery.sync()
    bookshop.sync()
    assert node.hears(WHISPERED) == ["kept among us"]
    assert bookshop.hears() == ["for all"]
    name = bakery.here.journal.source
    held = bookshop.here.journal.forms(bookshop.here.db, bookshop.source(name), 1, 3)
    assert [type(form) for form in held] == [Whole, Leaf, Whole]


def test_what_the_node_writes_for_one_bench_reaches_that_one_and_no_other(
    node: Node, bakery: Tablet, bookshop: Tablet
):
    bench = bakery.here.device.identity.device
    node.here.journal.record(SENT, Sent(bench, "for the bakery"))
    node.here.journal.record(NOTED, Sent(bench, "for the node alone"))
    node.calls("for all")
    bakery.sync()
    bookshop.sync()
    assert bakery.hears() == ["for all", "for the bakery"]
    assert bookshop.hears() == ["for all"]
    name, size = node.here.journal.source, node.source().size
    held = [
        one.here.journal.forms(one.here.db, one.source(name), size - 2, size) for one in (bakery, bookshop)
    ]
    assert [[type(form) for form in forms] for forms in held] == [[Whole, Leaf, Whole], [Leaf, Leaf, Whole]]
    assert bakery.source(name).tree.root() == bookshop.source(name).tree.root() == node.source().tree.root()


def test_what_a_bench_writes_is_relayed_to_no_addressee(node: Node, bakery: Tablet, bookshop: Tablet):
    """Such a type is the node's: from a bench it is set aside, and goes no further."""
    bench = bookshop.here.device.identity.device
    body = encode_body(SENT, Sent(bench, "forged"), bakery.time.system // 1000, "b", 1)
    bakery.here.journal.append(bakery.here.journal.source, None, [Whole(new_salt(), body)])
    bakery.sync()
    bookshop.sync()
    assert bookshop.hears() == node.hears() == []
    name = bakery.here.journal.source
    (form,) = bookshop.here.journal.forms(
        bookshop.here.db, bookshop.source(name), bakery.source().size, 1 << 30
    )
    assert isinstance(form, Leaf)


def test_a_log_with_withheld_events_has_the_same_root_everywhere(
    node: Node, bakery: Tablet, bookshop: Tablet
):
    bakery.says("one", "two", kind=WHISPERED)
    bakery.says("three")
    bakery.sync()
    bookshop.sync()
    name = bakery.here.journal.source
    assert bookshop.source(name).tree.root() == node.source(name).tree.root() == bakery.source().tree.root()


def test_a_retry_after_a_lost_answer_stores_nothing_twice(node: Node, bakery: Tablet):
    bakery.sync()
    bakery.says("only once")
    bakery.line.lose_answer = 1
    with pytest.raises(NoWayThrough):
        bakery.sync()
    assert bakery.pending == 1
    bakery.sync()
    assert bakery.pending == 0
    assert node.hears() == ["only once"]
    assert node.source(bakery.here.journal.source).size == bakery.source().size


def test_a_retry_is_told_the_cosignature_that_was_made_the_first_time(node: Node, bakery: Tablet):
    bakery.says("only once")
    bakery.line.lose_answer = 1
    with pytest.raises(NoWayThrough):
        bakery.sync()
    node.time.pass_seconds(3600)
    bakery.sync()
    assert node.count("cosignatures") == 1
    lost, got = (_answer(response).cosignature for response in bakery.line.answers[:2])
    assert lost == got


def test_the_acknowledgement_is_kept_and_holds_as_proof(node: Node, bakery: Tablet):
    bakery.says("for the record")
    bakery.sync()
    source, key = bakery.source(), bakery.here.device.cosigner_key
    line = cosignature_at(bakery.here.db, source, source.size, key.name)
    checkpoint = Checkpoint(f"lindenfield/{source.name}", source.size, source.tree.root())
    assert line is not None
    assert check_cosignature(checkpoint, Signature.parse(line), key, verify) == node.here.clock.now()


def test_a_request_played_again_is_refused(node: Node, bakery: Tablet):
    bakery.says("once")
    bakery.sync()
    again = bakery.line.send(bakery.line.asked[-1])
    assert again.status == 409
    assert b'"refused":"replay"' in again.body
    assert node.count("events") == 4


def test_an_answer_played_again_is_no_answer(bakery: Tablet):
    bakery.sync()
    old = bakery.line.answers[-1]
    bakery.says("new")
    bakery.line.change = lambda _: old
    with pytest.raises(NoWayThrough):
        bakery.sync()
    assert bakery.pending == 1


def test_an_answer_to_another_bench_is_no_answer(bakery: Tablet, bookshop: Tablet):
    bookshop.sync()
    bakery.line.change = lambda _: bookshop.line.answers[-1]
    with pytest.raises(NoWayThrough):
        bakery.sync()


@pytest.mark.parametrize("cosigned", [None, "of another size", "of another key", "of another root"])
def test_nothing_is_acknowledged_without_a_cosignature_that_holds(
    node: Node, bakery: Tablet, monkeypatch: pytest.MonkeyPatch, cosigned: str | None
):
    bakery.says("important")

    def give(here, _db, source, checkpoint):
        if cosigned is None:
            return None
        if cosigned == "of another size":
            checkpoint = Checkpoint(checkpoint.origin, checkpoint.size - 1, checkpoint.root)
        if cosigned == "of another root":
            checkpoint = Checkpoint(checkpoint.origin, checkpoint.size, bytes(32))
        key, signer = here.device.cosigner_key, here.device.key.sign
        if cosigned == "of another key":
            signer = bakery.here.device.key.sign
        return Cosigned(checkpoint.size, str(cosign(checkpoint, 1, key, signer)))

    monkeypatch.setattr("kiosk.sync.node._cosigned", give)
    with pytest.raises(NodeRefused):
        bakery.sync()
    assert bakery.pending == 2
    assert bakery.count("cosignatures") == 0


def test_an_event_that_its_writer_may_not_write_is_put_aside_and_stops_nothing(
    node: Node, bakery: Tablet, bookshop: Tablet
):
    journal = bakery.here.journal
    _write_raw(
        bakery,
        b'{"type":"talk.called","time":"2026-11-23T20:00:00Z","boot":"b","uptime":1,'
        b'"scope":"public","data":{"words":"false news"}}',
    )
    bakery.says("the next one")
    bakery.sync()
    bookshop.sync()
    assert node.hears() == bookshop.hears() == ["the next one"]
    assert node.count("quarantine") == 1
    assert bakery.pending == 0
    assert bakery.count("reported") == 1
    held = bookshop.here.journal.forms(bookshop.here.db, bookshop.source(journal.source), 2, 2)
    assert isinstance(held[0], Leaf)


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"1e999999",
        b"9" * 5000,
        b'{"type":"talk.told"}',
        b'{"type":"talk.told","time":"2026-11-23T20:00:00Z","boot":"b","uptime":1,"scope":"public","data":{"words":"x"}}',
        b'{"type":"talk.told","time":"2026-11-23T20:00:00Z","boot":"b","uptime":1,"scope":"network","data":{"words":7}}',
        b"[" * 100 + b"]" * 100,
    ],
)
def test_a_body_that_does_not_read_is_kept_and_cosigned_with_the_reason(
    node: Node, bakery: Tablet, body: bytes
):
    _write_raw(bakery, body)
    bakery.says("after it")
    bakery.sync()
    assert bakery.pending == 0
    (reason,) = node.here.db.conn.execute("SELECT reason FROM quarantine").fetchone()
    assert reason
    kept = node.here.journal.forms(node.here.db, node.source(bakery.here.journal.source), 2, 2)[0]
    assert isinstance(kept, Whole)
    assert kept.body == body


def test_an_unknown_type_is_relayed_by_its_scope_and_applied_after_an_upgrade(
    node: Node, bakery: Tablet, bookshop: Tablet
):
    old = ReadModels(tuple(feature for feature in FEATURES if feature is not TALK))
    node.here.journal.models = old
    bakery.says("from the future")
    bakery.sync()
    bookshop.sync()
    assert bookshop.hears() == ["from the future"]
    assert node.count("quarantine") == 0
    with node.here.journal.store.writing() as db:
        node.here.journal.models = ReadModels(FEATURES)
        node.here.journal.models.rebuild(db)
    assert node.hears() == ["from the future"]


def test_more_than_a_batch_goes_and_comes_in_several(node: Node, bakery: Tablet, bookshop: Tablet):
    with bakery.here.journal.writing():
        bakery.says(*(f"word {i}" for i in range(2 * MAX_EVENTS + 10)))
    counts = bakery.sync()
    assert counts.sent == 2 * MAX_EVENTS + 11
    assert len(bakery.line.asked) == 3
    bookshop.sync()
    assert len(bookshop.hears()) == 2 * MAX_EVENTS + 10


def test_a_batch_ends_when_its_bodies_are_large(node: Node, bakery: Tablet):
    with bakery.here.journal.writing():
        bakery.says(*("x" * 30_000 for _ in range(20)))
    bakery.sync()
    sizes = [sum(len(e[1]) for e in _batch(r) if isinstance(e, tuple)) for r in bakery.line.asked]
    assert len(sizes) == 3
    assert max(sizes) <= MAX_BODIES
    assert len(node.hears()) == 20


def test_half_as_much_is_sent_after_the_time_ran_out(node: Node, bakery: Tablet):
    with bakery.here.journal.writing():
        bakery.says(*(f"word {i}" for i in range(400)))
    bakery.line.lose_answer = 2
    for _ in range(2):
        with pytest.raises(NoWayThrough):
            bakery.sync()
    assert [len(_batch(request)) for request in bakery.line.asked] == [401, 250]
    bakery.sync()
    assert len(_batch(bakery.line.asked[2])) == 125
    assert bakery.pending == 0
    assert len(node.hears()) == 400


def test_with_nothing_new_a_sync_is_one_request_of_few_bytes(node: Node, bakery: Tablet):
    bakery.sync()
    bakery.line.asked.clear()
    bakery.sync()
    (asked,), answer = bakery.line.asked, bakery.line.answers[-1]
    request = sum(len(k) + len(v) + 4 for k, v in asked.headers.items()) + len(asked.body)
    response = sum(len(k) + len(v) + 4 for k, v in answer.headers.items()) + len(answer.body)
    assert request + response < 1600


def test_a_bench_that_lost_its_place_in_counting_goes_on_behind_it(node: Node, bakery: Tablet):
    bakery.sync()
    with node.here.journal.writing() as db:
        db.conn.execute("UPDATE sources SET counter = 5000")
    bakery.says("still here")
    bakery.sync()
    assert node.hears() == ["still here"]


def test_two_clients_of_one_bench_never_use_a_counter_twice(node: Node, bakery: Tablet):
    bakery.sync()
    Client(bakery.here, bakery.line).sync()
    counters = [int(request.headers["Safe-Bench-Counter"]) for request in bakery.line.asked]
    assert counters == sorted(set(counters))
    assert counters[-1] > 1000


def test_the_answer_of_the_node_sets_the_clock(node: Node, bakery: Tablet):
    bakery.time.system = 0
    node.time.pass_seconds(50)
    before = bakery.here.clock.read()
    bakery.sync()
    after = bakery.here.clock.read()
    assert (before.verified, after.verified) == (False, True)
    assert after.now == node.time.system


def test_an_event_that_changed_on_the_disk_is_never_signed_and_sent(node: Node, bakery: Tablet):
    bakery.sync()
    with bakery.here.journal.writing():
        bakery.says(*(f"word {i}" for i in range(2 * MAX_EVENTS)))
    with bakery.here.journal.writing() as db:
        changed = "UPDATE events SET body = CAST(replace(CAST(body AS TEXT), 'word 7\"', 'worm 7\"') AS BLOB)"
        db.conn.execute(changed + " WHERE body IS NOT NULL")
    before = len(bakery.line.asked)
    with pytest.raises(Damaged, match="doctor"):
        Client(bakery.here, bakery.line).sync()
    assert (node.hears(), len(bakery.line.asked)) == ([], before)


def test_what_is_written_while_the_rest_is_checked_is_no_damage(
    bakery: Tablet, monkeypatch: pytest.MonkeyPatch
):
    bakery.sync()
    journal = bakery.here.journal
    bakery.says("before")
    before = journal.find(bakery.here.db, journal.source)
    bakery.says("meanwhile")
    monkeypatch.setattr(journal, "find", lambda _db, _name: before)
    check_tail(journal, bakery.here.db)


@pytest.mark.timeout(10)
def test_an_event_that_is_gone_from_the_disk_is_found(bakery: Tablet):
    bakery.sync()
    bakery.says("before", "after")
    with bakery.here.journal.writing() as db:
        db.conn.execute("DELETE FROM events WHERE id = (SELECT max(id) FROM events)")
    with pytest.raises(Damaged, match="doctor"):
        check_tail(bakery.here.journal, bakery.here.db)


def test_bodies_travel_byte_for_byte(node: Node, bakery: Tablet):
    body = (
        b'{ "type":"talk.told","time":"2026-11-23T20:00:00Z","boot":"b","uptime":1 ,"scope":"network",'
        b'"data":{"words":"gr\xc3\xbc\\u00df \\/"} }'
    )
    _write_raw(bakery, body)
    bakery.sync()
    kept = node.here.journal.forms(node.here.db, node.source(bakery.here.journal.source), 2, 2)[0]
    assert kept[-1] == body
    assert node.hears() == ["grüß /"]


def _write_raw(tablet: Tablet, body: bytes) -> None:
    """Put a body into a bench's own log as no program of ours would."""
    journal = tablet.here.journal
    journal.append(journal.source, tablet.source().size + 1, [Whole(new_salt(), body)])


def _answer(response: Response) -> Answer:
    return decode(unpack(response.body, response.headers.get("content-encoding", "")), Answer)


def _batch(request) -> list:
    asked = decode(unpack(request.body, request.headers.get("Content-Encoding", "")), Exchange)
    return [] if asked.batch is None else asked.batch.events


def test_the_node_notes_when_a_bench_was_last_heard_of(node: Node, bakery: Tablet):
    node.time.system += 3_600_000
    bakery.sync()
    query = "SELECT seen FROM sources WHERE name = ?"
    seen = node.here.db.conn.execute(query, (bakery.here.journal.source,)).fetchone()
    assert seen == (node.time.system // 1000,)
