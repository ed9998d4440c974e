"""Slow hashes of what people know by heart: argon2id, one at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

_hashing = ThreadPoolExecutor(1, "hashing")
"""One hash at a time, and always in the same thread: each thread would keep 19 MiB for itself."""

NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$c2FmZS1iZW5jaC1ub2JvZHk$1n0RkJKYHUWzPZpS0qWcCeFGFnNYkMhSOu3X/iyx3FI"
"""What a try for nobody is compared with, so that it takes as long as any other."""


def hashed(words: str) -> str:
    """An argon2id hash in PHC form: 19 MiB, two passes, one lane (OWASP's first choice)."""
    from argon2 import PasswordHasher

    hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
    return _hashing.submit(hasher.hash, words).result()


def matches(kept: str, words: str) -> bool:
    """Whether these words give the kept hash; one that is no hash is matched by nothing."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hashing.submit(PasswordHasher().verify, kept, words).result()
    except (VerificationError, InvalidHashError):
        return False
