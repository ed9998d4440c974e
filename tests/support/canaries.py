"""Words that must not be in any file."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path


def forms_of(word: str) -> list[bytes]:
    """The forms in which a word can stand in a file: as text, and within base64 wherever it begins there."""
    plain = word.encode()
    within = [b64encode(b"\0" * shift + plain)[4 * (shift > 0) : -4] for shift in range(3)]
    return [plain, word.encode("utf-16-le"), word.encode("utf-16-be"), *within]


def holds(content: bytes, word: str) -> bool:
    """Whether the word stands in it, in any of these forms."""
    return any(form in content for form in forms_of(word))


def files_with(folder: Path, word: str) -> list[str]:
    """The names of the files below a folder that hold the word."""
    return [one.name for one in sorted(folder.rglob("*")) if one.is_file() and holds(one.read_bytes(), word)]
