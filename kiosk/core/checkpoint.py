"""Checkpoints (C2SP `tlog-checkpoint`), cosignatures (`tlog-cosignature`) and receipts (`tlog-proof`)."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.core.errors import FormatError, SignatureError
from kiosk.core.note import COSIGNATURE, Note, Sign, Signature, VerifierKey, Verify
from kiosk.core.tree import HASH_SIZE, root_from_proof

PROOF_HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class Checkpoint:
    """The state of one log: its origin (`<network>/<source>`), size in leaves and root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The note text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read a note's text; FormatError if it is not a checkpoint of three lines (no extension lines)."""
        try:
            origin, digits, root, end = text.split("\n")
            raw = base64.b64decode(root, validate=True)
        except (ValueError, binascii.Error):
            raise FormatError("That is not a checkpoint of origin, size and root.") from None
        if end or not origin or len(raw) != HASH_SIZE or not _is_decimal(digits):
            raise FormatError("That is not a checkpoint of origin, size and root.")
        checkpoint = cls(origin, int(digits), raw)
        if checkpoint.text != text:  # base64 has several spellings of the same bytes
            raise FormatError("That is not a checkpoint of origin, size and root.")
        return checkpoint


def sign_checkpoint(checkpoint: Checkpoint, key: VerifierKey, sign: Sign) -> Note:
    """The checkpoint as a note signed by its own log."""
    return Note(checkpoint.text).signed(key, sign)


def cosign(checkpoint: Checkpoint, time: int, key: VerifierKey, sign: Sign) -> Signature:
    """A timestamped statement over `checkpoint` at POSIX second `time`; `key.kind` is COSIGNATURE."""
    blob = struct.pack(">Q", time) + sign(_cosigned(checkpoint, time))
    return Signature(key.name, key.key_id, blob)


def check_cosignature(checkpoint: Checkpoint, line: Signature, key: VerifierKey, verify: Verify) -> int:
    """The POSIX second of a cosignature by `key`; SignatureError if it does not hold."""
    if not line.is_by(key) or key.kind != COSIGNATURE or len(line.blob) != 8 + 64:
        raise SignatureError(f"That is not a cosignature by {key.name}.")
    time: int = struct.unpack(">Q", line.blob[:8])[0]
    if time >= 1 << 63 or not verify(key.public, line.blob[8:], _cosigned(checkpoint, time)):
        raise SignatureError(f"The cosignature by {key.name} does not hold.")
    return time


def _cosigned(checkpoint: Checkpoint, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{checkpoint.text}".encode()


@dataclass(frozen=True)
class Receipt:
    """Proof that one leaf is inside a checkpointed tree: `path` runs from the leaf's sibling up.

    `extra` is what the reader needs to work out the leaf: here the salt and the body.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: Note
    extra: bytes = b""

    def __str__(self) -> str:
        lines = [PROOF_HEADER]
        if self.extra:
            lines.append("extra " + base64.b64encode(self.extra).decode())
        lines.append(f"index {self.index}")
        lines += [base64.b64encode(node).decode() for node in self.path]
        return "\n".join(lines) + "\n\n" + str(self.checkpoint)

    @classmethod
    def parse(cls, text: str) -> Receipt:
        """Read a `.tlog-proof` file; FormatError if it is not one."""
        head, blank, note = text.partition("\n\n")
        lines = head.split("\n")
        if not blank or lines.pop(0) != PROOF_HEADER:
            raise FormatError("That is not a receipt (tlog-proof).")
        try:
            extra = (
                base64.b64decode(lines.pop(0)[6:], validate=True)
                if lines and lines[0].startswith("extra ")
                else b""
            )
            word, index = lines.pop(0).split(" ")
            path = tuple(base64.b64decode(line, validate=True) for line in lines)
        except (ValueError, IndexError, binascii.Error):
            raise FormatError("A line of the receipt does not parse.") from None
        if word != "index" or not _is_decimal(index) or any(len(node) != HASH_SIZE for node in path):
            raise FormatError("A line of the receipt does not parse.")
        receipt = cls(int(index), path, Note.parse(note), extra)
        if str(receipt) != text:
            raise FormatError("A line of the receipt does not parse.")
        return receipt

    def check(self, content: bytes) -> Checkpoint:
        """The checkpoint that the leaf `content` is inside of; SignatureError if the path leads elsewhere.

        Whether the checkpoint is signed is for the caller to check: see `Note.check`.
        """
        checkpoint = Checkpoint.parse(self.checkpoint.text)
        if root_from_proof(content, self.index, checkpoint.size, self.path) != checkpoint.root:
            raise SignatureError("The receipt does not lead to the checkpoint's root.")
        return checkpoint


def cosigners(note: Note, keys: Sequence[VerifierKey], verify: Verify) -> dict[str, int]:
    """By name, the POSIX second at which each known cosigner signed this checkpoint."""
    checkpoint = Checkpoint.parse(note.text)
    return {
        key.name: check_cosignature(checkpoint, line, key, verify)
        for key in keys
        for line in note.signatures
        if key.kind == COSIGNATURE and line.is_by(key)
    }


def _is_decimal(digits: str) -> bool:
    return digits.isascii() and digits.isdigit() and len(digits) < 20 and (digits == "0" or digits[0] != "0")
