"""Sealing: text that only mediators can read, as age files (age-encryption.org/v1, X25519). By pyrage.

What is sealed is padded with spaces to whole kilobytes, so that its size tells little. The library loads when
first used.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from hashlib import sha256

from kiosk.core.errors import Refused
from kiosk.core.sentences import N_

BLOCK = 1024
"""Bytes: sealed texts come in multiples of it."""
MOST_LETTERS = 4000
_PROOF = "opened: "
_TOKEN = re.compile(r"[0-9a-f]{32}")


class NotForThisKey(Refused):
    """The sealed text was not written for the key at hand, or is not whole."""


def seal(text: str, recipients: Sequence[str]) -> bytes:
    """`text` for these age recipients (`age1…`), padded; Refused when one is none, or there is nobody."""
    plain = text.encode()
    return seal_bytes(plain + b"\n" + b" " * (-(len(plain) + 1) % BLOCK), recipients)


def seal_provable(text: str, recipients: Sequence[str]) -> tuple[bytes, bytes]:
    """As `seal`, with a line of random letters at the end; and 32 bytes that tell who has read that line.

    Without it, somebody whom the writer left out could answer, unread, what they cannot open.
    """
    token = secrets.token_hex(16)
    return seal(f"{text}\n\n{_PROOF}{token}", recipients), proof_of(token)


def parted(text: str) -> tuple[str, str]:
    """An unsealed text without the line that proves its reading, and that line's letters, if it has one."""
    words, _, last = text.rpartition(f"\n\n{_PROOF}")
    return (words, last) if _TOKEN.fullmatch(last) and words + last != text else (text, "")


def proof_of(token: str) -> bytes:
    """The 32 bytes that stand for the letters of a proof."""
    return sha256(token.encode()).digest()


def seal_bytes(plain: bytes, recipients: Sequence[str]) -> bytes:
    """`plain` as it is, for these age recipients; Refused as `seal` is."""
    from pyrage import RecipientError, encrypt, x25519

    if not recipients:
        raise Refused(N_("There is nobody to seal this for."))
    try:
        return bytes(encrypt(plain, [x25519.Recipient.from_str(one) for one in recipients]))
    except RecipientError:
        raise Refused(N_("A mediator's key is not an age recipient.")) from None


def unseal(sealed: bytes, key: str) -> str:
    """The text that was sealed for the age identity `key` (`AGE-SECRET-KEY-1…`); NotForThisKey."""
    from pyrage import DecryptError, IdentityError, decrypt, x25519

    try:
        padded: bytes = decrypt(sealed, [x25519.Identity.from_str(key)])
        return padded.decode().rstrip(" ").removesuffix("\n")
    except IdentityError:
        raise NotForThisKey(N_("That is not an age key.")) from None
    except (DecryptError, UnicodeDecodeError):
        raise NotForThisKey(N_("That was not sealed for this key, or it is not whole.")) from None


def new_reader() -> tuple[str, str]:
    """A new age identity and its recipient, as `age-keygen` makes them."""
    from pyrage import x25519

    identity = x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def recipient_of(key: str) -> str:
    """The recipient of an age identity; NotForThisKey when it is none."""
    from pyrage import IdentityError, x25519

    try:
        return str(x25519.Identity.from_str(key).to_public())
    except IdentityError:
        raise NotForThisKey(N_("That is not an age key.")) from None


def read_key_file(text: str) -> str:
    """The identity in an age key file, comments left out; NotForThisKey when there is not just one."""
    found = [line.strip() for line in text.splitlines() if line.strip().startswith("AGE-SECRET-KEY-1")]
    if len(found) != 1:
        raise NotForThisKey(N_("That file does not hold one age key (AGE-SECRET-KEY-1…)."))
    return found[0]
