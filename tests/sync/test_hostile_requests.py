"""Whatever comes in at the node's API, the answer is a sentence and nothing is stored."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib

import pytest

from kiosk.adapters.keys import fingerprint
from kiosk.adapters.signing import Asked, sign
from kiosk.sync.protocol import ASKED, COUNTER, ENROL_PATH, MAX_SENT, MAX_UNPACKED, SYNC_PATH
from tests.sync.town import Node, Tablet

_EVENT = '{"source":"%s","first":2,"events":[%s],"checkpoint":"x"}'


def _bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(256)) + packer.flush()


def _exchange(events: str = "[]", **further: object) -> bytes:
    batch = _EVENT % ("linden-bakery.1aaaa", events)
    rest = {"epoch": "", "cursor": 0, **further}
    return (json.dumps(rest)[:-1] + ', "batch":' + batch + "}").encode()


BODIES = {
    "nothing": b"",
    "no JSON": b"hello",
    "cut off": b'{"epoch":"","cur',
    "a list": b"[]",
    "null": b"null",
    "nested deeply": b"[" * 1_000_000,
    "an event nested deeply": _exchange('["AAAAAAAAAAAAAAAA",' + "[" * 500_000 + "]"),
    "NaN": b'{"epoch":"","cursor":NaN}',
    "Infinity in an event": _exchange('["AAAAAAAAAAAAAAAA",Infinity]'),
    "a huge integer": b'{"epoch":"","cursor":' + b"9" * 100_000 + b"}",
    "a negative cursor": b'{"epoch":"","cursor":-1}',
    "a fraction": b'{"epoch":"","cursor":1.5}',
    "a lone surrogate": b'{"epoch":"\\ud800","cursor":0}',
    "a lone surrogate in an event": _exchange('["AAAAAAAAAAAAAAAA","\\ud800"]'),
    "not UTF-8": b'{"epoch":"\xff\xfe","cursor":0}',
    "not UTF-8 in an event": _exchange('["AAAAAAAAAAAAAAAA","@"]').replace(b"@", b"\xff"),
    "a NUL": b'{"epoch":"","cursor":0}\0',
    "UTF-16": '{"epoch":"","cursor":0}'.encode("utf-16"),
    "no base64": _exchange('"!!!!"'),
    "a short leaf": _exchange('"AAAA"'),
    "a short salt": _exchange('["AAAA",{}]'),
    "too many events": _exchange(",".join(['"' + "A" * 43 + '="'] * 501)),
    "no events": _exchange(""),
    "no such source": _exchange('"AA=="').replace(b"linden-bakery", b"../x"),
    "a checkpoint that is none": _exchange('"' + "A" * 43 + '="'),
}


def _post(node: Node, tablet: Tablet, body: bytes, encoding: str = "", **headers: str):
    """A request that is signed as it should be, whatever is in it."""
    device = tablet.here.device
    asked = {
        "Safe-Bench-Node": fingerprint(node.here.device.key.public).hex(),
        "Safe-Bench-Source": device.identity.source,
        COUNTER: "900000",
        "Content-Type": "application/json",
    }
    if encoding:
        asked["Content-Encoding"] = encoding
    sign(Asked("POST", SYNC_PATH, asked), body, device.key, device.identity.device, ASKED, 1)
    return _raw(node, body, {**asked, **headers})


def _raw(node: Node, body: bytes, headers: dict[str, str] | None = None, path: str = SYNC_PATH):
    client = node.app.test_client()
    return client.post(path, base_url="http://127.0.0.1/", data=body, headers=headers or {})


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_what_does_not_read_is_refused_with_a_sentence(node: Node, bakery: Tablet, body: bytes):
    before = node.count("events")
    answer = _post(node, bakery, body)
    assert 400 <= answer.status_code < 500
    told = answer.get_json()
    assert told["refused"]
    assert told["detail"].endswith(".")
    assert "Traceback" not in told["detail"]
    assert node.count("events") == before
    assert "Signature" in answer.headers


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (_bomb(), "gzip"),
        (gzip.compress(b'{"epoch":"","cursor":0}')[:-6], "gzip"),
        (gzip.compress(b"{}") + b"more", "gzip"),
        (b"not gzip", "gzip"),
        (zlib.compress(b"{}"), "deflate"),
        (b"x", "br"),
        (b"x", "gzip, gzip"),
    ],
    ids=["a bomb", "cut off", "with a tail", "not gzip", "deflate", "brotli", "twice"],
)
def test_what_does_not_unpack_is_refused_in_little_memory(
    node: Node, bakery: Tablet, body: bytes, encoding: str
):
    tracemalloc.start()
    answer = _post(node, bakery, body, encoding)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 400 <= answer.status_code < 500
    assert peak < 4 * MAX_UNPACKED


def test_a_large_body_is_refused_before_it_is_read(node: Node, bakery: Tablet):
    answer = _raw(node, bytes(MAX_SENT + 1), {COUNTER: "1"})
    assert answer.status_code == 413
    answer = _raw(node, bytes(MAX_SENT + 1), path=ENROL_PATH)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Signature": "sb=:AAAA:", "Signature-Input": 'sb=("@method");created=1;keyid="linden-bakery"'},
        {"Safe-Bench-Source": "linden-bakery.1aaaa"},
        {"Safe-Bench-Source": "central.1aaaa", COUNTER: "1"},
        {"Safe-Bench-Source": "x" * 5000, COUNTER: "1"},
        {"Safe-Bench-Source": "linden-bakery.1aaaa\xe9", COUNTER: "1"},
        {COUNTER: "99999999999999999999999"},
        {COUNTER: "-1"},
        {COUNTER: "\u0661".encode().decode("latin-1")},
    ],
)
def test_an_unsigned_request_is_refused(node: Node, bakery: Tablet, headers: dict[str, str]):
    answer = _raw(node, b'{"epoch":"","cursor":0}', headers)
    assert answer.status_code in (400, 401, 403)


@pytest.mark.parametrize(
    "change",
    [
        {"Safe-Bench-Node": "00" * 10},
        {COUNTER: "900001"},
        {"Safe-Bench-Source": "book-shop.1aaaa"},
        {"Safe-Bench-Source": "linden-bakery.1zzzz"},
        {"Content-Digest": "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"},
        {"Signature": "sb=:" + "A" * 86 + "==:"},
    ],
)
def test_a_request_changed_on_the_way_is_refused(node: Node, bakery: Tablet, bookshop: Tablet, change):
    answer = _post(node, bakery, b'{"epoch":"","cursor":0}', **change)
    assert answer.status_code in (401, 403)
    assert _post(node, bakery, b'{"epoch":"","cursor":0}').status_code == 200


def test_one_bench_cannot_write_anothers_log(node: Node, bakery: Tablet, bookshop: Tablet):
    from kiosk.core.event import Whole, new_salt
    from kiosk.core.tree import Tree
    from kiosk.sync.batches import sign_tree
    from kiosk.sync.protocol import Batch, Exchange, encode

    bookshop.sync()
    theirs = bookshop.here.journal.source
    held = bookshop.source().tree.copy()
    form = Whole(new_salt(), b"{}")
    held.append(form.leaf)
    note = sign_tree(bakery.here.device, theirs, Tree(held.size, held.stack))
    body = encode(Exchange("", 0, Batch.of(theirs, 2, [form], note)))
    answer = _post(node, bakery, body)
    assert (answer.status_code, answer.get_json()["refused"]) == (401, "signature")
    assert node.source(theirs).size == 1
