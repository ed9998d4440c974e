"""Root keys: text files that people keep away from every bench and node.

The private key is written as golang.org/x/mod/sumdb/note does, which C2SP `signed-note` refers to:
`PRIVATE+KEY+<name>+<key id, hex>+<base64 of 0x01 and the 32 bytes of the key>`.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from pathlib import Path

from kiosk.adapters.files import sync_directory
from kiosk.adapters.keys import DeviceKey
from kiosk.core.errors import Refused
from kiosk.core.note import ED25519, VerifierKey
from kiosk.core.trust import root_key

_PREFIX = "PRIVATE+KEY+"
_NAME = re.compile(r"[A-Za-z0-9._-]{1,40}")
_NETWORK = re.compile(r"[a-z0-9-]{1,40}")
_MOST = 4096


def make(path: Path, network: str, name: str) -> VerifierKey:
    """A new root key of `name` in the file `path`, mode 0600; what others know it by. Refused if it is there.

    A stick (FAT) keeps no modes, so none is insisted on.
    """
    if not _NAME.fullmatch(name):
        raise Refused("A root's name has 1 to 40 letters from a to z, digits, dots or dashes.")
    if not _NETWORK.fullmatch(network):
        raise Refused("A network is named as central init printed it: small letters, digits and dashes.")
    key = DeviceKey.generate()
    known = root_key(network, name, key.public)
    text = base64.b64encode(bytes([ED25519]) + key.private.private_bytes_raw()).decode()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(f"{_PREFIX}{known.name}+{known.key_id.hex()}+{text}\n".encode())
            file.flush()
            os.fsync(descriptor)
        sync_directory(path.parent)
    except FileExistsError:
        raise Refused(f"{path} is there already; nothing was changed.") from None
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from None
    return known


def load(path: Path) -> tuple[VerifierKey, DeviceKey]:
    """The root key in `path`: what others know it by, and the key itself; Refused when it is none."""
    try:
        with path.open("rb") as file:
            text = file.read(_MOST).decode().strip()
        name, key_id, material = text.removeprefix(_PREFIX).split("+", 2)
        raw = base64.b64decode(material, validate=True)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, ValueError, binascii.Error):
        raise Refused(f"{path} is not a root key.") from None
    if not text.startswith(_PREFIX) or len(raw) != 33 or raw[0] != ED25519:
        raise Refused(f"{path} is not a root key.")
    key = DeviceKey.of(raw[1:])
    known = VerifierKey(name, key.public)
    if known.key_id.hex() != key_id:
        raise Refused(f"{path} is damaged: its name and its key do not fit each other.")
    return known, key
