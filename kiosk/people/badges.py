"""Badges: `SB1:` and base32 of 16 bytes of facts and the node's Ed25519 signature over them.

The facts, big-endian: network (4 bytes of SHA-256 of its name), key id (4 bytes of SHA-256 of the node's
public key), member number (4 bytes), expiry (4 bytes, POSIX seconds). 80 bytes, 132 characters, all of QR's
alphanumeric mode; checked with no network.
"""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from kiosk.adapters.keys import verify
from kiosk.core.errors import Refused
from kiosk.core.note import Sign
from kiosk.core.sentences import N_

PREFIX = "SB1:"
VALID_DAYS = 365
_FACTS = struct.Struct(">4s4sII")
_DOMAIN = b"safe-bench badge v1\n"
_SIZE = 80
_SHAPE = re.compile(r"[A-Z2-7]{128}")
_DIGITS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHIJKLMNOPQRSTUV")
_DAY = 86400


class NotABadge(Refused):
    """The text is not a badge of this network: the sentence says which way."""


@dataclass(frozen=True)
class Badge:
    """A badge whose signature holds: whose it is, and the POSIX second at which it expires."""

    member: str
    expires: int

    @property
    def issued(self) -> int:
        """The POSIX second at which it was made."""
        return self.expires - VALID_DAYS * _DAY


def issue(member: str, network: str, public: bytes, sign: Sign, at: int) -> str:
    """The text of a badge for `member`, good for a year from POSIX second `at`."""
    facts = _FACTS.pack(_tag(network.encode()), _tag(public), int(member), at + VALID_DAYS * _DAY)
    raw = facts + sign(_DOMAIN + facts)
    return PREFIX + base64.b32encode(raw).decode().rstrip("=")


def read(text: str, network: str, keys: Sequence[bytes], at: int) -> Badge:
    """The badge in a scanned text, made by one of these public keys; NotABadge, saying why, if it is none.

    `at`, POSIX seconds, is the time by which expiry is judged: `Clock.lapse_time`.
    """
    code = text.strip().upper()
    if not code.startswith(PREFIX):
        raise NotABadge(N_("That code is not a Safe Bench badge."))
    raw = _bytes(code.removeprefix(PREFIX))
    facts, signature = raw[: _FACTS.size], raw[_FACTS.size :]
    tag, key, member, expires = _FACTS.unpack(facts)
    if tag != _tag(network.encode()):
        raise NotABadge(N_("That badge belongs to another neighbourhood."))
    makers = [public for public in keys if key == _tag(public)]
    if not any(verify(public, signature, _DOMAIN + facts) for public in makers):
        raise NotABadge(N_("That badge was not made by this neighbourhood's node."))
    if at >= expires:
        raise NotABadge(N_("That badge has expired. Ask a coordinator for a new one."))
    return Badge(f"{member:05d}", expires)


def _bytes(code: str) -> bytes:
    if not _SHAPE.fullmatch(code):
        raise NotABadge(N_("That badge could not be read whole. Hold it still, or use your number and PIN."))
    return int(code.translate(_DIGITS), 32).to_bytes(_SIZE)  # as base64.b32decode, in a tenth of its time


def _tag(content: bytes) -> bytes:
    return sha256(content).digest()[:4]
