"""What a mediator has as files: an age key, a test note, an export that somebody brought on a stick."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from kiosk.adapters.files import PRIVATE
from kiosk.adapters.sealing import new_reader, read_key_file, unseal
from kiosk.core.errors import FormatError, Refused
from kiosk.core.ndjson import EventLine, decode_line
from kiosk.core.sentences import N_
from kiosk.features.mediation.protocol import Waiting
from kiosk.web.words import gettext as _

MOST = 64 * 1024
"""Bytes of a key file or a test note."""
_AGE = base64.b64encode(b"age-encryption.org/v1")[:27].decode()


def read_key(path: Path) -> str:
    """The age identity in a key file; Refused when there is not just one, or it cannot be read."""
    return key_of(_small(path))


def key_of(content: bytes) -> str:
    """The age identity in what a key file holds; Refused when there is not just one."""
    return read_key_file(content.decode("utf-8", "replace"))


def make_key(path: Path) -> str:
    """Write a new age key file as `age-keygen` does, which only its owner reads; its recipient."""
    key, recipient = new_reader()
    created = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
    text = f"# created: {created}\n# public key: {recipient}\n{key}\n"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise Refused(f"There is a file {path} already; nothing was changed.") from None
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from None
    return recipient


def words_in(path: Path, key: str) -> str:
    """What a sealed file says to this key; Refused when it says nothing to it."""
    return unseal(_small(path), key)


def sealed_in(path: Path) -> Iterator[Waiting]:
    """Every sealed part of the events in an export; Refused when it is no export."""
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                try:
                    event = decode_line(raw).event
                except FormatError as error:
                    raise Refused(
                        N_("{path}, line {number}: {reason} Is it an export?"),
                        path=path,
                        number=number,
                        reason=error,
                    ) from None
                if event is not None:
                    yield from _sealed_of(event)
    except OSError as error:
        sentence = N_("{path} cannot be read: {reason}.")
        raise Refused(sentence, path=path, reason=error.strerror) from None


def _sealed_of(event: EventLine) -> Iterator[Waiting]:
    if not isinstance(event.body, msgspec.Raw) or _AGE.encode() not in bytes(event.body):
        return
    body = msgspec.json.decode(event.body)
    place, at = f"{event.source}/{event.seq}", int(datetime.fromisoformat(body["time"]).timestamp())
    for number, sealed in enumerate(_age_files(body["data"])):
        yield Waiting(f"{place}:{number}", at, _("A sealed note"), (place,), sealed)


def _age_files(data: Any) -> Iterator[bytes]:
    """Every age file in base64, wherever it stands."""
    if isinstance(data, str) and data.startswith(_AGE):
        try:
            yield base64.b64decode(data, validate=True)
        except binascii.Error:
            return
    elif isinstance(data, dict | list):
        for inner in data.values() if isinstance(data, dict) else data:
            yield from _age_files(inner)


def _small(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MOST + 1)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None
    if len(content) > MOST:
        raise Refused(f"{path} is too large to be a key or a test note.")
    return content
