"""What is declared of notes, and what is not there to be declared."""

from __future__ import annotations

import msgspec
import pytest

from kiosk.adapters.sealing import MOST_LETTERS, new_reader, seal_provable
from kiosk.core.errors import Invalid
from kiosk.core.event import Whole, Writer, encode_body, new_salt
from kiosk.core.trust import MOST
from kiosk.features.incidents import FEATURE
from kiosk.features.incidents.events import (
    CLOSED,
    NOTED,
    SEALED,
    SEALED_LENGTH,
    WORDS,
    Closed,
    Ended,
    How,
    Noted,
    Sealed,
    What,
    Words,
)
from tests.support import EVENING, Bench

NOTE = Noted("12345", What.FAMILY, "park", EVENING, Ended.UNKNOWN)


def test_notes_are_written_by_benches_kept_for_28_days_and_never_public():
    for kind in (NOTED, WORDS):
        assert kind.writers == {Writer.BENCH}
        assert kind.keep_days == 28
        assert kind.scope == "bench"


def test_sealed_details_stay_for_90_days_at_most_and_their_closing_as_long():
    assert SEALED.writers == {Writer.BENCH}
    assert CLOSED.writers == {Writer.CENTRAL}
    assert (SEALED.scope, CLOSED.scope) == ("bench", "network")
    assert SEALED.keep_days == CLOSED.keep_days == 90


def test_a_closing_does_not_say_who_decided():
    assert {field.name for field in msgspec.structs.fields(Closed)} == {"sealed", "how", "proof"}


def test_there_is_no_field_for_anybody_but_the_writer():
    fields = {field.name for kind in FEATURE.events for field in msgspec.structs.fields(kind.data)}
    assert fields == {
        "member", "what", "where", "when", "about", "tried", "outside", "ended", "note", "words",
        "sealed", "how", "read_by", "proof",
    }  # fmt: skip
    assert not any("suspicious" in code or "person" in code for code in What)


def test_a_note_that_the_node_claims_to_have_written_is_put_aside(bench: Bench):
    body = encode_body(NOTED, NOTE, EVENING, "n0de", 1)
    taken = bench.here.journal.append("central.9evil", 1, [Whole(new_salt(), body)])
    assert "may not write" in taken.quarantined[1]


@pytest.mark.parametrize(
    "data",
    [
        b'{"member":"12345","what":"suspicious-person","where":"park","when":1,"ended":"left"}',
        b'{"member":"12345","what":"noise","where":"12 Elm Street","when":1,"ended":"left"}',
        b'{"member":"12345","what":"noise","where":"park","when":"now","ended":"left"}',
        b'{"member":"12345","what":"noise","where":"park","when":1,"ended":"left","tried":["fled"]}',
        b'{"member":"12345","what":"noise","where":"park","when":1}',
    ],
)
def test_a_note_of_another_shape_does_not_read(bench: Bench, data):
    body = encode_body(NOTED, NOTE, EVENING, "b00", 1)
    forged = msgspec.json.encode(msgspec.json.decode(body) | {"data": msgspec.Raw(data)})
    with pytest.raises(Invalid):
        bench.here.journal.models.registry.decode("linden-bakery.1test", 1, forged)


def test_words_have_an_end(bench: Bench):
    with pytest.raises(Invalid):
        bench.here.journal.record(WORDS, Words("linden-bakery.1test/1", "x" * 281))


def test_the_log_says_in_a_sentence_what_was_done(bench: Bench):
    entry = bench.here.journal.record(NOTED, NOTE)
    assert FEATURE.describe is not None
    assert FEATURE.describe(entry, lambda _id: "Ines") == "Ines wrote a note."
    entry = bench.here.journal.record(WORDS, Words(entry.place, "All well."))
    assert "own words" in FEATURE.describe(entry, str)


def test_the_log_of_the_host_does_not_say_which_note_has_sealed_details(bench: Bench):
    place = bench.here.journal.record(NOTED, NOTE).place
    entry = bench.here.journal.record(SEALED, Sealed(place, b"an age file", bytes(32)))
    assert FEATURE.describe is not None
    assert FEATURE.describe(entry, lambda _id: "Ines") == ""
    closing = entry._replace(type=CLOSED.name, data=Closed(entry.place, How.NOTHING, ""))
    assert FEATURE.describe(closing, lambda _id: "Ines") == ""


def test_the_longest_details_for_the_most_mediators_fit_into_one_record(bench: Bench):
    recipients = [new_reader()[1] for _ in range(MOST)]
    age_file, _proof = seal_provable("\N{GRINNING FACE}" * MOST_LETTERS, recipients)
    assert len(age_file) < SEALED_LENGTH - 1000  # the library adds a stanza of random size
    place = f"{'x' * 80}.999abcd/{10**14}"
    encode_body(SEALED, Sealed(place, bytes(SEALED_LENGTH), bytes(32)), EVENING, "b" * 32, 1 << 50)
