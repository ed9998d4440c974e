"""The four sounds: short, soft, and told apart by people who hear badly."""

from __future__ import annotations

import io
import itertools
import wave

import pytest

from kiosk.features.listen.tones import RATE, SOUNDS, samples, wav


@pytest.mark.parametrize("name", SOUNDS)
def test_a_sound_is_short_begins_softly_and_lies_where_hearing_lasts(name: str) -> None:
    heard = samples(SOUNDS[name])
    assert 0.2 < len(heard) / RATE < 0.7
    assert max(abs(one) for one in heard[: RATE // 500]) < 0.15 * max(heard)  # the first 2 ms
    assert 8_000 < max(heard) < 32_767
    assert abs(heard[-1]) < 400
    assert all(tone.pitch >= 300 and 2 * tone.pitch <= 2_000 for tone in SOUNDS[name])


def test_any_two_differ_in_pitch_or_direction_and_in_rhythm() -> None:
    for one, other in itertools.combinations(SOUNDS.values(), 2):
        pitches = [[tone.pitch for tone in sound] for sound in (one, other)]
        assert pitches[0] != pitches[1]
        assert len(one) != len(other) or (one[0].pitch < one[-1].pitch) != (other[0].pitch < other[-1].pitch)


@pytest.mark.parametrize("name", SOUNDS)
def test_a_sound_is_a_wav_file(name: str) -> None:
    with wave.open(io.BytesIO(wav(SOUNDS[name]))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        assert file.readframes(file.getnframes()) == samples(SOUNDS[name]).tobytes()
