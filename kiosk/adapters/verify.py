"""Checking an export or a receipt, offline: by the file itself, and by the keys that the reader trusts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from kiosk.adapters.keys import verify as holds
from kiosk.core.checkpoint import PROOF_HEADER, Checkpoint, Receipt, cosigners
from kiosk.core.errors import Damaged, FormatError, Refused, SafeBenchError, SignatureError
from kiosk.core.event import SALT_SIZE, Whole, scope_of
from kiosk.core.ndjson import MAX_LINE, VERSION, CosignatureLine, EventLine, Head, decode_line
from kiosk.core.night import utc
from kiosk.core.note import ED25519, Note, Signature, VerifierKey
from kiosk.core.tree import Tree


@dataclass(frozen=True)
class Verified:
    """What holds, in sentences. `is_signed`: a key that was given signed every log in the file."""

    sentences: tuple[str, ...]
    is_signed: bool


def verify(path: Path, keys: Sequence[VerifierKey] = ()) -> Verified:
    """Check an export or a receipt. Damaged, FormatError or SignatureError: one line saying what and where.

    Without a key for a log, all but its signature is checked. A key that signed nothing in the file is an
    error too: whoever gives it wants it to have signed.
    """
    try:
        with path.open("rb") as file:
            start = file.read(len(PROOF_HEADER))
            file.seek(0)
            if start == PROOF_HEADER.encode():
                return _verify_receipt(file.read(MAX_LINE), keys)
            return _Export(keys).read(file)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None


class _Signers:
    """The keys that the reader trusts, and what each was found to have signed."""

    def __init__(self, keys: Sequence[VerifierKey]) -> None:
        self._keys = keys
        self._used: set[str] = set()

    def check(self, note: Note, origin: str) -> bool:
        """Whether a key of this log signed; SignatureError when there is one that did not."""
        own = [key for key in self._keys if key.kind == ED25519 and key.name == origin]
        self._used.update(map(str, note.check(own, holds) if own else ()))
        return bool(own)

    def cosigned(self, note: Note) -> dict[str, int]:
        """When each known cosigner signed, in POSIX seconds."""
        found = cosigners(note, self._keys, holds)
        lines = note.signatures if found else ()
        self._used.update(str(key) for key in self._keys if any(line.is_by(key) for line in lines))
        return found

    def require_all_used(self) -> None:
        """SignatureError when a key has signed nothing."""
        for key in self._keys:
            if str(key) not in self._used:
                raise SignatureError(f"Nothing in this file is signed by the key {key.name} that was given.")


def _verify_receipt(raw: bytes, keys: Sequence[VerifierKey]) -> Verified:
    try:
        receipt = Receipt.parse(raw.decode())
    except UnicodeDecodeError:
        raise FormatError("That is not a receipt (tlog-proof).") from None
    whole = Whole(receipt.extra[:SALT_SIZE], receipt.extra[SALT_SIZE:])
    checkpoint = receipt.check(whole.leaf)
    signers = _Signers(keys)
    signed = signers.check(receipt.checkpoint, checkpoint.origin)
    times = signers.cosigned(receipt.checkpoint)
    signers.require_all_used()
    sentence = (
        f"Event {receipt.index + 1} of {checkpoint.origin} is inside its log of {checkpoint.size} events"
    )
    return Verified((_with_signer(sentence, signed), *_cosigned(checkpoint, times)), signed)


def _with_signer(sentence: str, signed: bool) -> str:
    return f"{sentence}, signed." if signed else f"{sentence}: consistent, signer not checked."


def _cosigned(checkpoint: Checkpoint, times: dict[str, int]) -> list[str]:
    return [
        f"{name} held the first {checkpoint.size} events of {checkpoint.origin} at {utc(time)}."
        for name, time in times.items()
    ]


@dataclass
class _Reading:
    """The source that is being read."""

    name: str
    size: int
    tree: Tree = field(default_factory=Tree)
    origin: str = ""
    is_closed: bool = False


class _Export:
    """Reads an export once, from front to back, with one tree in memory."""

    def __init__(self, keys: Sequence[VerifierKey]) -> None:
        self._signers = _Signers(keys)
        self._sentences: list[str] = []
        self._all_signed = True
        self._network = ""
        self._public = False
        self._waiting: list[_Reading] = []
        self._log = _Reading("", 0, is_closed=True)

    def read(self, file: BinaryIO) -> Verified:
        """The result; Damaged with the number of the line that is wrong."""
        number, lines = 0, 1
        while number < lines or number == 0:
            number += 1
            try:
                raw = file.readline(MAX_LINE)
                if number == 1:
                    lines = self._begin(raw)
                else:
                    self._take(raw)
            except SafeBenchError as error:
                raise type(error)(f"Line {number}: {error}") from None
        if file.read(1) or self._waiting or not self._log.is_closed:
            raise Damaged(f"Line {number + 1}: the file does not end where its first line says.")
        self._signers.require_all_used()
        return Verified(tuple(self._sentences), self._all_signed)

    def _begin(self, raw: bytes) -> int:
        head = decode_line(raw).export
        if head is None or not _is_sound(head):
            raise FormatError("This is neither an export of this version nor a receipt.")
        self._public = head.public
        self._waiting = [_Reading(name, size) for name, size in head.sources.items()]
        if not self._waiting:
            self._sentences.append("There is no event in it.")
            self._all_signed = False
        return head.lines

    def _take(self, raw: bytes) -> None:
        if not raw.endswith(b"\n"):
            raise Damaged("the file is cut off here.")
        line = decode_line(raw)
        if line.event is not None:
            self._event(line.event)
        elif line.checkpoint is not None:
            self._checkpoint(Note.parse(line.checkpoint))
        elif line.cosignature is not None:
            self._cosignature(line.cosignature)
        else:
            raise FormatError("there is a second beginning.")

    def _event(self, event: EventLine) -> None:
        if self._log.is_closed and self._waiting:
            self._log = self._waiting.pop(0)
        log = self._log
        if log.is_closed or (event.source, event.seq) != (log.name, log.tree.size + 1):
            due = "a checkpoint" if log.is_closed else f"event {log.tree.size + 1} of {log.name}"
            raise Damaged(f"{due} should be here, not event {event.seq} of {event.source}.")
        form = event.form()
        if self._public and isinstance(form, Whole) and scope_of(form.body) != "public":
            raise Damaged("a public export holds an event that is not public.")
        log.tree.append(form.leaf)

    def _checkpoint(self, note: Note) -> None:
        log, checkpoint = self._log, Checkpoint.parse(note.text)
        self._require_here(checkpoint)
        signed = self._signers.check(note, checkpoint.origin)
        self._say_cosigned(note)
        if checkpoint.size == log.size:
            log.is_closed = True
            self._all_signed = self._all_signed and signed
            self._sentences.append(_with_signer(f"{checkpoint.origin}: {log.size} events", signed))

    def _cosignature(self, line: CosignatureLine) -> None:
        checkpoint = Checkpoint(line.origin, line.size, self._log.tree.root())
        self._require_here(checkpoint)
        note = Note(checkpoint.text, (Signature.parse(line.line),))
        if Note.parse(str(note)) != note or str(note.signatures[0]) != line.line:
            raise FormatError("the cosignature does not read.")
        self._say_cosigned(note)

    def _require_here(self, checkpoint: Checkpoint) -> None:
        """That it is of this log, at this size, with this root."""
        log = self._log
        network, _, name = checkpoint.origin.rpartition("/")
        self._network = self._network or network
        if name != log.name or network != self._network or log.is_closed:
            raise Damaged(f"a checkpoint of {checkpoint.origin} does not belong here.")
        if checkpoint.size != log.tree.size or checkpoint.root != log.tree.root():
            raise Damaged(f"the events of {log.name} up to here are not those that were signed.")

    def _say_cosigned(self, note: Note) -> None:
        self._sentences += _cosigned(Checkpoint.parse(note.text), self._signers.cosigned(note))


def _is_sound(head: Head) -> bool:
    return (
        head.version == VERSION
        and head.lines > sum(head.sources.values())
        and min(head.sources.values(), default=1) > 0
    )
