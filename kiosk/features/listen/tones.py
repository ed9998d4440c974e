"""Four short sounds as values: they differ in pitch, direction and rhythm: one of the three is enough.

All of it lies between 300 and 2,000 Hz, where hearing lasts longest, begins softly and ends within 0.7 s.
"""

from __future__ import annotations

import math
import struct
from array import array
from dataclasses import dataclass

RATE = 16_000
"""Samples a second."""

_ATTACK, _RELEASE = 0.02, 0.09
_LOUDNESS = 0.5
_OVERTONE = 0.15


@dataclass(frozen=True)
class Tone:
    """One note: `begin` and `length` in seconds, `pitch` in Hz."""

    begin: float
    length: float
    pitch: float


SOUNDS: dict[str, tuple[Tone, ...]] = {
    # two steps up: come in
    "in": (Tone(0.0, 0.16, 523.25), Tone(0.18, 0.34, 783.99)),
    # two steps down: goodbye
    "out": (Tone(0.0, 0.16, 659.26), Tone(0.18, 0.34, 392.0)),
    # three quick ones of one pitch: written down
    "kept": (Tone(0.0, 0.09, 880.0), Tone(0.13, 0.09, 880.0), Tone(0.26, 0.26, 880.0)),
    # one long low one: not so
    "no": (Tone(0.0, 0.5, 330.0),),
}


def samples(tones: tuple[Tone, ...]) -> array[int]:
    """The sound as signed 16-bit samples."""
    heard = array("h", bytes(2 * math.ceil(RATE * max(one.begin + one.length for one in tones))))
    for one in tones:
        first = round(one.begin * RATE)
        for index in range(round(one.length * RATE)):
            heard[first + index] += round(32_767 * _LOUDNESS * _level(one, index / RATE))
    return heard


def _level(tone: Tone, at: float) -> float:
    """Between -1 and 1: a sine with a little of its octave, faded in and out."""
    turn = math.tau * tone.pitch * at
    fade = min(1.0, at / _ATTACK, (tone.length - at) / _RELEASE)
    return fade * (math.sin(turn) + _OVERTONE * math.sin(2 * turn)) / (1 + _OVERTONE)


def wav(tones: tuple[Tone, ...]) -> bytes:
    """The sound as a WAV file, mono. Its header: IBM and Microsoft, "Multimedia Programming Interface"."""
    heard = samples(tones)
    data = struct.pack(f"<{len(heard)}h", *heard)
    head = struct.pack(
        "<4sI4s4sIHHIIHH", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16
    )
    return head + struct.pack("<4sI", b"data", len(data)) + data
