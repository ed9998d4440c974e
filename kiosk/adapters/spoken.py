"""The speech of public pages, kept on disk within a small bound: what was heard longest ago makes room."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

MOST_BYTES = 8 << 20
_RIFF = 8


class Spoken:
    """WAV files by language and words. A disk that takes none is no error: then they are spoken again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, language: str, words: str) -> bytes | None:
        """The speech of these words, if it is there and whole."""
        path = self._path(language, words)
        try:
            wav = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        # A power cut may have left a part: a file is not waited for until it is durable.
        return wav if int.from_bytes(wav[4:8], "little") == len(wav) - _RIFF else None

    def keep(self, language: str, words: str, wav: bytes) -> None:
        """Keep it, and let go of what there is no room for."""
        path = self._path(language, words)
        partial = path.with_suffix(".partial")
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            partial.write_bytes(wav)
            partial.replace(path)
            self._make_room()

    def _make_room(self) -> None:
        held = sorted(
            ((one.stat(), one) for one in self._folder.iterdir()), key=lambda one: -one[0].st_mtime_ns
        )
        total = 0
        for status, path in held:
            total += status.st_size
            if total > MOST_BYTES:
                path.unlink(missing_ok=True)

    def _path(self, language: str, words: str) -> Path:
        return self._folder / f"{sha256(f'{language} {words}'.encode()).hexdigest()}.wav"
