"""Signed notes (C2SP `signed-note`): text, a blank line, and lines of signatures.

Signing and verifying are passed in as functions, so that this module knows no key library.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from kiosk.core.errors import FormatError, SignatureError

ED25519 = 0x01
COSIGNATURE = 0x04
MAX_SIGNATURES = 32

Sign = Callable[[bytes], bytes]
Verify = Callable[[bytes, bytes, bytes], bool]
"""(public key, signature, message) -> whether it holds."""


@dataclass(frozen=True)
class VerifierKey:
    """A named public key: the 32 bytes of an Ed25519 key and what it signs (`ED25519`, `COSIGNATURE`)."""

    name: str
    public: bytes
    kind: int = ED25519

    @property
    def key_id(self) -> bytes:
        """Four bytes that, with the name, say which key signed."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        """The *vkey*: `<name>+<hex key id>+<base64 of kind and key>`."""
        return f"{self.name}+{self.key_id.hex()}+{_b64(bytes([self.kind]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """The key that a vkey names; FormatError if it is not one, or its id does not fit."""
        try:
            name, key_id, material = text.strip().split("+", 2)
            raw = base64.b64decode(material, validate=True)
        except (ValueError, binascii.Error):
            raise FormatError("That is not a verifier key (name+id+key).") from None
        if not _is_name(name) or len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE):
            raise FormatError("That verifier key is not an Ed25519 key with a name.")
        key = cls(name, raw[1:], raw[0])
        if key.key_id.hex() != key_id or str(key) != text.strip():
            raise FormatError("That verifier key's id does not fit its key.")
        return key


@dataclass(frozen=True)
class Signature:
    """One signature line: who, the four bytes of key id, and the rest."""

    name: str
    key_id: bytes
    blob: bytes

    def __str__(self) -> str:
        return f"— {self.name} {_b64(self.key_id + self.blob)}\n"

    @classmethod
    def parse(cls, line: str) -> Signature:
        """The signature on one line, with or without its newline."""
        try:
            dash, name, material = line.rstrip("\n").split(" ")
            raw = base64.b64decode(material, validate=True)
        except (ValueError, binascii.Error):
            raise FormatError("A signature line does not parse.") from None
        if dash != "—" or not _is_name(name) or len(raw) < 5:
            raise FormatError("A signature line does not parse.")
        return cls(name, raw[:4], raw[4:])

    def is_by(self, key: VerifierKey) -> bool:
        """Whether it claims to be by this key."""
        return self.name == key.name and self.key_id == key.key_id


@dataclass(frozen=True)
class Note:
    """A text that ends in a newline, and its signatures."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        return self.text + "\n" + "".join(map(str, self.signatures))

    @classmethod
    def parse(cls, text: str) -> Note:
        """Read a note; FormatError if it is not one, or is written in another way than `str` writes it."""
        if any((c < " " and c != "\n") or "\ud800" <= c <= "\udfff" for c in text):
            raise FormatError("A note holds a control character.")
        body, blank, lines = text.rpartition("\n\n")
        if not blank or not lines.endswith("\n"):
            raise FormatError("A note has no signatures.")
        signed = lines[:-1].split("\n")
        if len(signed) > MAX_SIGNATURES:
            raise FormatError("A note has too many signatures.")
        note = cls(body + "\n", tuple(Signature.parse(line) for line in signed))
        if str(note) != text:  # base64 has several spellings of the same bytes
            raise FormatError("A signature line does not parse.")
        return note

    def signed(self, key: VerifierKey, sign: Sign) -> Note:
        """This note with one more plain Ed25519 signature."""
        line = Signature(key.name, key.key_id, sign(self.text.encode()))
        return Note(self.text, (*self.signatures, line))

    def check(self, keys: Sequence[VerifierKey], verify: Verify) -> list[VerifierKey]:
        """The known keys that signed it; SignatureError when none did, or one of them wrongly.

        Cosigners sign another message than the note's text: for them see `check_cosignature`.
        """
        found = [key for key in keys if key.kind == ED25519 and self._signed_by(key, verify)]
        if not found:
            raise SignatureError("No known key has signed this.")
        return found

    def _signed_by(self, key: VerifierKey, verify: Verify) -> bool:
        lines = [line for line in self.signatures if line.is_by(key)]
        if any(not verify(key.public, line.blob, self.text.encode()) for line in lines):
            raise SignatureError(f"The signature by {key.name} does not hold.")
        return bool(lines)


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(c.isspace() or c < " " for c in name)
