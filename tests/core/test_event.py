"""Bodies, and what a registry makes of hostile ones."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.core.errors import Invalid
from kiosk.core.event import (
    MAX_BODY,
    EventType,
    Leaf,
    Registry,
    Whole,
    Writer,
    encode_body,
    is_plain,
    new_salt,
    scope_of,
    writer_of,
)
from tests.support.storage import ALOUD, NOW, WHISPERED, Said

REGISTRY = Registry.of((ALOUD, WHISPERED))
BODY = encode_body(ALOUD, Said("hello"), NOW, "b0", 5)


def _with(**changes: object) -> bytes:
    return msgspec.json.encode({**msgspec.json.decode(BODY), **changes})


def test_a_body_has_the_bytes_that_the_readme_tells() -> None:
    assert BODY == (
        b'{"type":"talk.said","time":"2026-11-23T20:44:00Z","boot":"b0","uptime":5,"scope":"public",'
        b'"data":{"text":"hello"}}'
    )


def test_a_leaf_is_the_hash_of_salt_and_body() -> None:
    salt = bytes(range(12))
    assert Whole(salt, BODY).leaf == sha256(salt + BODY).digest()
    assert Leaf(b"x" * 32).leaf == b"x" * 32


def test_salts_are_twelve_random_bytes() -> None:
    assert len({new_salt() for _ in range(100)}) == 100
    assert len(new_salt()) == 12


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.integers(-(1 << 63), (1 << 63) - 1), st.integers(0, NOW * 10))
def test_what_is_written_is_read_again(text: str, times: int, at: int) -> None:
    entry = REGISTRY.decode("a.1abcd", 3, encode_body(ALOUD, Said(text, times), at, "b0", 5))
    assert (entry.source, entry.seq, entry.at, entry.data) == ("a.1abcd", 3, at, Said(text, times))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        BODY[:-1],
        BODY + b"\n",
        b" " + BODY,
        BODY.replace(b":5", b":\t5"),
        BODY.replace(b"hello", b"\xff"),
        BODY.replace(b'"hello"', b'"hello","more":"\xff"'),
        BODY.replace(b"hello", b"\\ud800"),
        BODY.replace(b"hello", b"a\nb"),
        BODY.replace(b'"hello"', b"NaN"),
        BODY.replace(b'"hello"', b'"hello","times":NaN'),
        BODY.replace(b'"hello"', b'"hello","times":1e400'),
        BODY.replace(b'"hello"', b'"hello","times":9223372036854775808'),
        BODY.replace(b'"hello"', b'"hello","times":-9223372036854775809'),
        BODY.replace(b'"hello"', b'"hello","times":1' + b"0" * 30),
        BODY.replace(b'"hello"', b'"hello","times":1' + b"0" * 5000),
        BODY.replace(b'"hello"', b'"hello","more":' + b"[" * 10_000),
        BODY.replace(b'"hello"', b'"hello","more":' + b"[" * 10_000 + b"]" * 10_000),
        BODY.replace(b'{"text":"hello"}', b"[" * 1_000_000),
        BODY.replace(b"hello", b"x" * MAX_BODY),
        _with(uptime=-1),
        _with(uptime=1 << 60),
        _with(uptime=True),
        _with(type="Talk"),
        _with(type="talk.said; DROP TABLE events"),
        _with(boot=""),
        _with(boot="../.."),
        _with(scope="everyone"),
        _with(scope="bench"),
        _with(former="x" * 200),
        _with(time="2026-11-23T20:44:00"),
        _with(time="1969-12-31T23:59:59Z"),
        _with(time="0001-01-01T00:00:00+14:00"),
        _with(time="9999-12-31T23:59:59-14:00"),
        _with(time="9000-01-01T00:00:00Z"),
        _with(time=NOW),
        _with(data=None),
        _with(data={}),
        _with(data={"text": 5}),
    ],
)
def test_a_hostile_body_is_invalid_and_nothing_worse(body: bytes) -> None:
    with pytest.raises(Invalid):
        REGISTRY.decode("linden-bakery.1abcd", 1, body)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60), st.integers(0, len(BODY)), st.integers(0, 20))
def test_a_body_with_bytes_changed_reads_or_is_invalid(noise: bytes, at: int, gone: int) -> None:
    body = BODY[:at] + noise + BODY[at + gone :]
    try:
        assert is_plain(body)
        REGISTRY.decode("linden-bakery.1abcd", 1, body)
    except (Invalid, AssertionError):
        return
    assert scope_of(body) == "public"


def test_only_the_declared_writers_may_write() -> None:
    whisper = encode_body(WHISPERED, Said("psst"), NOW, "b0", 5)
    assert REGISTRY.decode("linden-bakery.1abcd", 1, whisper).data == Said("psst")
    with pytest.raises(Invalid, match="central may not write"):
        REGISTRY.decode("central.1abcd", 1, whisper)
    assert writer_of("central.12abcd") == Writer.CENTRAL
    assert writer_of("central-station.1abcd") == Writer.BENCH


def test_an_unknown_type_reads_without_its_data() -> None:
    entry = REGISTRY.decode("a.1abcd", 1, _with(type="talk.sung", data={"deep": [1 << 70]}))
    assert (entry.type, entry.data, entry.scope) == ("talk.sung", None, "public")


def test_what_is_too_long_is_refused_before_it_is_written() -> None:
    with pytest.raises(Invalid, match="too much"):
        encode_body(ALOUD, Said("x" * MAX_BODY), NOW, "b0", 5)


def test_what_does_not_read_has_no_scope() -> None:
    assert scope_of(b"{") is None


def test_two_types_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r"talk\.said"):
        Registry.of((ALOUD, ALOUD))


def test_a_type_tells_its_version() -> None:
    kinds = [EventType(name, Said, frozenset(), "bench", None) for name in ("a.b", "a.b.v2", "a.v")]
    assert [kind.version for kind in kinds] == [1, 2, 1]


def test_times_are_utc_seconds_of_the_source() -> None:
    moment = datetime(2026, 11, 23, 21, 44, tzinfo=UTC)
    assert REGISTRY.decode("a.1abcd", 1, _with(time="2026-11-23T22:44:00+01:00")).at == int(
        moment.timestamp()
    )
