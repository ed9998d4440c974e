"""Signed HTTP messages: RFC 9421 with the digest of RFC 9530."""

from __future__ import annotations

import base64
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from kiosk.adapters.keys import DeviceKey
from kiosk.adapters.signing import Answered, Asked, check, sign
from kiosk.core.errors import SignatureError

COVERED = ("@method", "@path", "content-digest", "x-counter")
KEY = DeviceKey.generate()


def signed(body: bytes = b"{}", created: int = 1_800_000_000) -> Asked:
    asked = Asked("POST", "/api/v1/sync", {"X-Counter": "7"})
    sign(asked, body, KEY, "linden-bakery", COVERED, created)
    return asked


def test_what_was_signed_is_told_with_its_time():
    assert check(signed(), b"{}", KEY.public, "linden-bakery", COVERED) == 1_800_000_000


@pytest.mark.parametrize("created", [0, 1, 1_000_000_000, 4_000_000_000])
def test_no_clock_decides_whether_a_signature_holds(created: int):
    assert check(signed(created=created), b"{}", KEY.public, "linden-bakery", COVERED) == created


def test_the_signature_is_the_one_that_the_rfc_describes():
    asked = signed(b"hello")
    digest = base64.b64encode(sha256(b"hello").digest()).decode()
    params = asked.headers["Signature-Input"].removeprefix("sb=")
    base = (
        f'"@method": POST\n"@path": /api/v1/sync\n"content-digest": sha-256=:{digest}:\n'
        f'"x-counter": 7\n"@signature-params": {params}'
    )
    raw = base64.b64decode(asked.headers["Signature"].removeprefix("sb=:").removesuffix(":"))
    Ed25519PublicKey.from_public_bytes(KEY.public).verify(raw, base.encode())


@pytest.mark.parametrize(
    "change",
    [
        {"X-Counter": "8"},
        {"X-Counter": "7, 7"},
        {"Content-Digest": "sha-256=:AAAA:"},
        {"Signature": "sb=:AAAA:"},
        {"Signature": ""},
        {"Signature-Input": 'sb=();created=1;keyid="linden-bakery"'},
        {"Signature-Input": 'sb=("@method");created=1;keyid="linden-bakery"'},
        {"Signature-Input": "sb=" + "(" * 10_000},
    ],
)
def test_a_changed_header_breaks_it(change: dict[str, str]):
    asked = signed()
    asked.headers = {**asked.headers, **change}
    with pytest.raises(SignatureError):
        check(asked, b"{}", KEY.public, "linden-bakery", COVERED)


def test_a_changed_body_method_path_key_or_name_breaks_it():
    asked = signed()
    other = DeviceKey.generate().public
    for message, body, key, name in (
        (asked, b"[]", KEY.public, "linden-bakery"),
        (asked, b"", KEY.public, "linden-bakery"),
        (Asked("GET", asked.path, asked.headers), b"{}", KEY.public, "linden-bakery"),
        (Asked("POST", "/api/v1/enrol", asked.headers), b"{}", KEY.public, "linden-bakery"),
        (asked, b"{}", other, "linden-bakery"),
        (asked, b"{}", KEY.public, "book-shop"),
        (asked, b"{}", b"short", "linden-bakery"),
    ):
        with pytest.raises(SignatureError):
            check(message, body, key, name, COVERED)


def test_everything_that_must_be_covered_is():
    asked = Asked("POST", "/api/v1/sync", {"X-Counter": "7"})
    sign(asked, b"{}", KEY, "linden-bakery", COVERED[:-1], 1)
    with pytest.raises(SignatureError):
        check(asked, b"{}", KEY.public, "linden-bakery", COVERED)


def test_an_answer_is_bound_to_its_status():
    answered = Answered(200, {})
    sign(answered, b"{}", KEY, "central", ("@status", "content-digest"), 1)
    assert check(answered, b"{}", KEY.public, "central", ("@status", "content-digest")) == 1
    with pytest.raises(SignatureError):
        check(Answered(409, answered.headers), b"{}", KEY.public, "central", ("@status", "content-digest"))


@given(st.dictionaries(st.sampled_from(["Signature", "Signature-Input", "Content-Digest"]), st.text()))
def test_whatever_headers_say_it_is_a_signature_error_and_no_other(headers: dict[str, str]):
    if headers:
        asked = signed()
        asked.headers = {**asked.headers, **headers}
        with pytest.raises(SignatureError):
            check(asked, b"{}", KEY.public, "linden-bakery", COVERED)
