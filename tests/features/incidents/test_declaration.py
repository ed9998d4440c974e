"""What is declared of notes, and what is not there to be declared."""

from __future__ import annotations

import msgspec
import pytest

from kiosk.core.errors import Invalid
from kiosk.core.event import Whole, Writer, encode_body, new_salt
from kiosk.features.incidents import FEATURE
from kiosk.features.incidents.events import NOTED, WORDS, Ended, Noted, What, Words
from tests.support import EVENING, Bench

NOTE = Noted("12345", What.FAMILY, "park", EVENING, Ended.UNKNOWN)


def test_notes_are_written_by_benches_kept_for_28_days_and_never_public():
    assert FEATURE.events == (NOTED, WORDS)
    for kind in FEATURE.events:
        assert kind.writers == {Writer.BENCH}
        assert kind.keep_days == 28
    assert (NOTED.scope, WORDS.scope) == ("bench", "bench")


def test_there_is_no_field_for_anybody_but_the_writer():
    fields = {field.name for kind in FEATURE.events for field in msgspec.structs.fields(kind.data)}
    assert fields == {
        "member", "what", "where", "when", "about", "tried", "outside", "ended", "note", "words",
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
