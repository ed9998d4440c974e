"""Looking for words in everything that a device keeps on its disk."""

from __future__ import annotations

from pathlib import Path


def traces(folder: Path, *words: str | bytes) -> dict[str, list[str]]:
    """The files under `folder` that hold one of these words in any of their bytes, and which."""
    wanted = {word if isinstance(word, bytes) else word.encode() for word in words}
    found: dict[str, list[str]] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        here = sorted(word.decode(errors="replace")[:80] for word in wanted if word in content)
        if here:
            found[str(path.relative_to(folder))] = here
    return found
