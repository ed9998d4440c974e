"""Speech by espeak-ng, a program of Debian's: words in by a pipe, WAV out by another, no file in between.

Words are never an argument, and espeak-ng is not asked to read markup (`-m`): `<speak>` is words like others.
"""

from __future__ import annotations

import re
import shutil
import struct
import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.adapters.spoken import Spoken
from kiosk.core.errors import Refused, TryLater

if TYPE_CHECKING:
    import subprocess

MOST_LETTERS = 4_000
"""So much is spoken at once, and no more."""

_PROGRAM = "espeak-ng"
_GENTLY = ("nice", "-n", "10")
_WORDS_A_MINUTE = "150"
_SECONDS = 10.0
_MOST_BYTES = 16 << 20
_WAITING = 2
_PATIENCE_SECONDS = 5.0
_HEADER = 44
_PHONEMES = re.compile(r"\[\[+")  # in these espeak-ng would read the names of sounds


class Speech:
    """Speaks one text at a time, with a short queue, so that pages never wait for it.

    `cache`: the folder in which the speech of public pages is kept, within a small bound.
    """

    def __init__(self, cache: Path) -> None:
        self._spoken = Spoken(cache)
        self._speaking = threading.Lock()
        self._places = threading.BoundedSemaphore(1 + _WAITING)

    @cached_property
    def languages(self) -> frozenset[str]:
        """The codes of the languages that have a voice here; none where espeak-ng is not installed."""
        return find_languages()

    def say(self, text: str, language: str, *, keep: bool) -> bytes:
        """`text` as a WAV file (mono, 16 bits, usually 22,050 Hz), as long as it takes to speak.

        `keep`: whether the result may stay on the disk, which is for what is public alone.
        Refused when the text is too long or empty, or has no voice; TryLater when others are being served.
        """
        words = speakable(text)
        if not words or len(words) > MOST_LETTERS or language not in self.languages:
            raise Refused(f"Only 1 to {MOST_LETTERS} letters of a language with a voice can be spoken.")
        found = self._spoken.find(language, words) if keep else None
        if found is None:
            found = self._in_turn(words, language)
            if keep:
                self._spoken.keep(language, words, found)
        return found

    def _in_turn(self, words: str, language: str) -> bytes:
        if not self._places.acquire(blocking=False):
            raise TryLater("The bench is speaking to somebody else.")
        try:
            if not self._speaking.acquire(timeout=_PATIENCE_SECONDS):
                raise TryLater("The bench is speaking to somebody else.")
            try:
                return _render(words, language)
            finally:
                self._speaking.release()
        finally:
            self._places.release()


def find_languages() -> frozenset[str]:
    """Asks espeak-ng for its voices; none where it is not installed or does not answer."""
    import subprocess

    if shutil.which(_PROGRAM) is None:
        return frozenset()
    try:
        listed = subprocess.run(
            (_PROGRAM, "--voices"), capture_output=True, text=True, timeout=_SECONDS, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return frozenset()
    rows = (line.split() for line in listed.splitlines()[1:])
    return frozenset(row[1].partition("-")[0] for row in rows if len(row) > 1)


def speakable(text: str) -> str:
    """Text without what is not said but obeyed: control characters (some change espeak-ng's voice), `[[`."""
    seen = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(_PHONEMES.sub("[", seen).split())


def _render(words: str, language: str) -> bytes:
    """What espeak-ng makes of it. Refused when it fails or when that takes too long."""
    import subprocess

    options = ("-b", "1", "-v", language, "-s", _WORDS_A_MINUTE, "--stdin", "--stdout")
    try:
        with subprocess.Popen(
            (*_GENTLY, _PROGRAM, *options),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as program:
            ends = threading.Timer(_SECONDS, program.kill)
            ends.start()
            try:
                wav = _exchange(program, words)
            finally:
                ends.cancel()
                program.kill()
    except OSError as error:
        raise Refused(f"espeak-ng cannot be run: {error.strerror}.") from None
    return wav


def _exchange(program: subprocess.Popen[bytes], words: str) -> bytes:
    """Give it the words, which fit into a pipe, and take what comes; its header does not know the length."""
    if program.stdin is None or program.stdout is None:
        raise Refused("espeak-ng has no pipes.")
    with program.stdin as into:
        into.write(words.encode())
    wav = program.stdout.read(_MOST_BYTES + 1)
    if len(wav) > _MOST_BYTES or len(wav) <= _HEADER or program.wait() != 0:
        raise Refused("espeak-ng did not speak this.")
    return measured(wav)


def measured(wav: bytes) -> bytes:
    """A WAV file of one `fmt ` and one `data` chunk with its true lengths: espeak-ng streams without."""
    riff, data = struct.pack("<I", len(wav) - 8), struct.pack("<I", len(wav) - _HEADER)
    return wav[:4] + riff + wav[8:40] + data + wav[_HEADER:]
