"""Ed25519 keys: kept as 32 raw bytes in a file that only its owner reads (RFC 8032)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kiosk.adapters.files import whole_file
from kiosk.core.errors import Refused

FINGERPRINT_SIZE = 10


@dataclass(frozen=True)
class DeviceKey:
    """A private key, its 32 public bytes, and how it signs."""

    private: Ed25519PrivateKey
    public: bytes

    @classmethod
    def generate(cls) -> DeviceKey:
        """A new key from the system's randomness."""
        return cls._of(Ed25519PrivateKey.generate())

    @classmethod
    def of(cls, raw: bytes) -> DeviceKey:
        """The key with these 32 private bytes."""
        return cls._of(Ed25519PrivateKey.from_private_bytes(raw))

    @classmethod
    def load(cls, path: Path) -> DeviceKey:
        """The key in `path`; Refused when it is not there or not 32 bytes."""
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            raise Refused(f"There is no device key at {path}.") from None
        if len(raw) != 32:
            raise Refused(f"{path} is not a device key.")
        return cls.of(raw)

    @classmethod
    def load_or_create(cls, path: Path) -> DeviceKey:
        """The key in `path`, made and made durable first when there is none."""
        if path.exists():
            return cls.load(path)
        key = cls.generate()
        write_private(path, key.private.private_bytes_raw())
        return key

    @classmethod
    def _of(cls, private: Ed25519PrivateKey) -> DeviceKey:
        return cls(private, private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of an Ed25519 signature."""
        return self.private.sign(message)

    def derive(self, context: bytes) -> bytes:
        """32 secret bytes for one purpose, which `context` names: HKDF-SHA256 of the key (RFC 5869)."""
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), 32, salt=None, info=context).derive(self.private.private_bytes_raw())


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether `signature` over `message` is by the key with these 32 public bytes."""
    try:
        public_key(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=512)
def public_key(public: bytes) -> Ed25519PublicKey:
    """The key object of 32 public bytes; ValueError if they are not a key."""
    return Ed25519PublicKey.from_public_bytes(public)


def fingerprint(public: bytes) -> bytes:
    """The ten bytes of a key that an enrolment code carries."""
    return sha256(public).digest()[:FINGERPRINT_SIZE]


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all, durable on return."""
    with whole_file(path) as file:
        file.write(content)
