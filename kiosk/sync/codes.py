"""Enrolment codes: 80 bits of secret, then 80 bits of the node key's fingerprint, to be typed or read out.

Crockford's base32 in groups of four; the last two letters are the number before them modulo
1021, a prime, so that any one wrong letter and any two that changed places are noticed. Case,
dashes and blanks do not matter, O reads as 0, I and L as 1.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.errors import Refused

SECRET_SIZE = 10
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011", "- \t\n")
_LENGTH = 32
_MODULUS = 1021


@dataclass(frozen=True)
class Code:
    """What a code carries: `secret` is good once, `fingerprint` says which node key to pin."""

    secret: bytes
    fingerprint: bytes

    def __str__(self) -> str:
        text = _base32(self.secret + self.fingerprint)
        text += _checksum(text)
        return "-".join(text[i : i + 4] for i in range(0, len(text), 4))

    @classmethod
    def parse(cls, text: str) -> Code:
        """The code that somebody typed; Refused, with what to do, when a letter is wrong or missing."""
        letters = text.upper().translate(_READ_AS)
        body, check = letters[:_LENGTH], letters[_LENGTH:]
        if len(letters) != _LENGTH + 2 or set(letters) - set(_DIGITS) or _checksum(body) != check:
            raise Refused(
                "That code is not quite right. Look at it again: it has eight groups of four, and two."
            )
        raw = _number(body).to_bytes(2 * SECRET_SIZE, "big")
        return cls(raw[:SECRET_SIZE], raw[SECRET_SIZE:])


def _base32(raw: bytes) -> str:
    number = int.from_bytes(raw, "big")
    return "".join(_DIGITS[number >> shift & 31] for shift in range(len(raw) * 8 - 5, -1, -5))


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number << 5 | _DIGITS.index(letter)
    return number


def _checksum(letters: str) -> str:
    rest = _number(letters) % _MODULUS
    return _DIGITS[rest >> 5] + _DIGITS[rest & 31]
