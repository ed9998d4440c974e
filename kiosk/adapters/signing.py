"""Signed HTTP messages: RFC 9421 signatures (Ed25519) with an RFC 9530 Content-Digest, by a library.

No clock is consulted: what a message may be used for is bound by a counter that its signature covers, so
`created` is information for the receiver, not a condition.
"""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from kiosk.adapters.keys import DeviceKey, public_key
from kiosk.core.errors import SignatureError

_LABEL = "sb"
_ANY_HOST = "https://node.invalid"
"""The library wants an absolute URL; the signature covers only its path."""


@dataclass
class Asked:
    """A request as the library sees it; signing adds to `headers`."""

    method: str
    path: str
    headers: MutableMapping[str, str]

    @property
    def url(self) -> str:
        """An absolute URL with this path."""
        return _ANY_HOST + self.path


@dataclass
class Answered:
    """An answer as the library sees it; signing adds to `headers`."""

    status_code: int
    headers: MutableMapping[str, str]


class _OneKey(HTTPSignatureKeyResolver):
    """Knows one key, by the name that it is expected under."""

    def __init__(self, key_id: str, *, private: DeviceKey | None = None, public: bytes = b"") -> None:
        self._key_id = key_id
        self._private = private
        self._public = public

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:  # noqa: ARG002  we sign with one key
        if self._private is None:
            raise KeyError(self._key_id)
        return self._private.private

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        return public_key(self._public) if key_id == self._key_id else None


class _Verifier(HTTPMessageVerifier):
    """Verifies without a clock."""

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        """Tablets here have no clock to judge a time by."""


def sign(
    message: Asked | Answered, body: bytes, key: DeviceKey, key_id: str, covered: Sequence[str], created: int
) -> None:
    """Add Content-Digest, Signature-Input and Signature to `message.headers`. `created` in POSIX seconds.

    `body` is what is sent, after any Content-Encoding.
    """
    signer = HTTPMessageSigner(
        signature_algorithm=algorithms.ED25519, key_resolver=_OneKey(key_id, private=key)
    )
    signer.sign(
        message,
        key_id=key_id,
        created=datetime.fromtimestamp(created, UTC),
        label=_LABEL,
        include_alg=False,
        covered_component_ids=covered,
        body=body,
    )


def check(message: Asked | Answered, body: bytes, public: bytes, key_id: str, covered: Sequence[str]) -> int:
    """The POSIX second at which `key_id` says it signed the message; SignatureError if it does not hold.

    The signature must cover all of `covered`, and its digest must be that of `body`.
    """
    verifier = _Verifier(signature_algorithm=algorithms.ED25519, key_resolver=_OneKey(key_id, public=public))
    try:
        (result,) = verifier.verify(message, max_age=None, require_components=covered, body=body)
        return int(result.parameters["created"])
    except (HTTPMessageSignaturesException, KeyError, ValueError) as error:
        raise SignatureError("The message is not signed as it should be.") from error
