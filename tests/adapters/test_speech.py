"""espeak-ng really speaks: what comes out, what cannot be put into it, and what is kept."""

from __future__ import annotations

import io
import shutil
import threading
import time
import wave
from pathlib import Path

import pytest

from kiosk.adapters import speech as speaking
from kiosk.adapters import spoken
from kiosk.adapters.speech import MOST_LETTERS, Speech, measured, speakable
from kiosk.core.errors import Refused, TryLater

HOSTILE = [
    "<speak>Hello <break time='30s'/> there</speak>",
    "--stdout",
    "-w /tmp/safe-bench-spoken.wav",
    "-f /etc/passwd",
    "[[h@'loU]] hello",
    "Hello\0there",
    "\x01" + "5S very slow",
    "\ud800 hello",
    "\u202eolleh\u202c \u2066hello\u2069",
    "$(reboot) `reboot` ; reboot",
]
SENTENCES = {
    "en": "Sit down. You are among neighbours.",
    "es": "Siéntese. Está entre vecinos.",
    "fr": "Asseyez-vous. Vous êtes entre voisins.",
    "ar": "اجلس. أنت بين جيرانك.",
}


@pytest.fixture
def speech(tmp_path: Path) -> Speech:
    return Speech(tmp_path / "cache")


def seconds(wav: bytes) -> float:
    """How long it is; also that its header says so."""
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        assert len(file.readframes(file.getnframes())) == 2 * file.getnframes() == len(wav) - 44
        return file.getnframes() / file.getframerate()


def loudest(wav: bytes) -> int:
    samples = memoryview(wav[44:]).cast("h")
    return max(abs(one) for one in samples)


@pytest.mark.parametrize("language", SENTENCES)
def test_a_sentence_is_spoken_in_each_language_of_the_pages(speech: Speech, language: str) -> None:
    wav = speech.say(SENTENCES[language], language, keep=False)
    assert 1.0 < seconds(wav) < 6.0
    assert loudest(wav) > 5_000


def test_the_same_words_sound_different_in_another_language(speech: Speech) -> None:
    said = {speech.say("table", language, keep=False) for language in ("en", "es", "fr")}
    assert len(said) == 3


def test_a_longer_text_takes_longer_and_the_longest_is_spoken_whole(speech: Speech) -> None:
    short = seconds(speech.say("We listen. " * 10, "en", keep=False))
    text = ("We listen. " * MOST_LETTERS)[:MOST_LETTERS].strip().ljust(MOST_LETTERS, ".")
    assert seconds(speech.say(text, "en", keep=False)) > 20 * short


def test_speech_length_is_limited(speech: Speech, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []

    def render(words: str, _language: str) -> bytes:
        begun.append(words)
        return b"spoken"

    monkeypatch.setattr(speaking, "_render", render)
    for text in ("x" * (MOST_LETTERS + 1), "", " \0\n"):
        with pytest.raises(Refused):
            speech.say(text, "en", keep=True)
    assert begun == []
    speech.say("x" * MOST_LETTERS, "en", keep=False)
    assert len(begun) == 1


def test_speech_that_would_take_too_much_room_is_refused(
    speech: Speech, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speaking, "_MOST_BYTES", 100_000)
    with pytest.raises(Refused):
        speech.say("9" * MOST_LETTERS, "en", keep=False)


@pytest.mark.parametrize("language", ["xx", "", "en -w x", "../../en", "--voices", "en\0"])
def test_a_language_without_a_voice_is_refused(speech: Speech, language: str) -> None:
    with pytest.raises(Refused):
        speech.say("Hello", language, keep=False)


@pytest.mark.parametrize("text", HOSTILE)
def test_words_are_spoken_and_never_obeyed(
    speech: Speech, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """espeak-ng is replaced by a program that writes its arguments down, and runs the real one."""
    told, real = tmp_path / "told", shutil.which("espeak-ng")
    program = tmp_path / "bin" / "espeak-ng"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >>"{told}"\nexec {real} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    assert "en" in speech.languages
    told.unlink()
    assert 0.3 < seconds(speech.say(text, "en", keep=False)) < 20
    assert told.read_text().split() == ["-b", "1", "-v", "en", "-s", "150", "--stdin", "--stdout"]
    assert not Path("/tmp/safe-bench-spoken.wav").exists()


def test_nothing_that_steers_the_voice_is_left_in_the_words() -> None:
    assert speakable("a\x01" + "50S b") == "a 50S b"
    assert speakable("[[[x]] [[[[y") == "[x]] [y"
    assert speakable("\u202ea\u202c\n\tb") == "a b"


def test_markup_is_read_as_it_stands(speech: Speech) -> None:
    plain = seconds(speech.say("Hello there", "en", keep=False))
    assert seconds(speech.say("<break time='30s'/> Hello there", "en", keep=False)) < plain + 8


def test_without_espeak_there_is_no_language(
    speech: Speech, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert speech.languages == frozenset()
    with pytest.raises(Refused):
        speech.say("Hello", "en", keep=False)


def test_a_program_that_fails_or_hangs_is_no_voice(
    speech: Speech, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "en" in speech.languages
    program = tmp_path / "bin" / "espeak-ng"
    program.parent.mkdir()
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setattr(speaking, "_SECONDS", 0.5)
    for script in ("exit 3", "exec sleep 50", "head -c 100 /dev/zero; exit 3"):
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        with pytest.raises(Refused):
            speech.say("Hello", "en", keep=False)


def test_one_speaks_at_a_time_few_wait_and_the_rest_is_told_to_come_later(
    speech: Speech, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert speech.languages
    now, most, goes_on = 0, 0, threading.Event()

    def render(_words: str, _language: str) -> bytes:
        nonlocal now, most
        now += 1
        most = max(most, now)
        goes_on.wait(10)
        now -= 1
        return b"spoken"

    monkeypatch.setattr(speaking, "_render", render)
    answers: list[str] = []

    def ask() -> None:
        try:
            answers.append(speech.say("Hello", "en", keep=False).decode())
        except TryLater:
            answers.append("later")

    asking = [threading.Thread(target=ask) for _ in range(8)]
    for one in asking:
        one.start()
    deadline = time.monotonic() + 10
    while answers.count("later") < 5 and time.monotonic() < deadline:
        time.sleep(0.01)
    goes_on.set()
    for one in asking:
        one.join(10)
    assert sorted(answers) == ["later"] * 5 + ["spoken"] * 3
    assert most == 1


def test_what_is_public_is_spoken_once_and_then_kept(speech: Speech, monkeypatch: pytest.MonkeyPatch) -> None:
    first = speech.say("Calm is safe.", "en", keep=True)
    monkeypatch.setattr(speaking, "_render", lambda *_: pytest.fail("spoken again"))
    assert speech.say("Calm is safe.", "en", keep=True) == first


def test_what_is_private_is_neither_kept_nor_looked_up(speech: Speech, tmp_path: Path) -> None:
    speech.say("Only for you.", "en", keep=False)
    assert list(tmp_path.rglob("*.wav")) == []


def test_what_was_heard_longest_ago_makes_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spoken, "MOST_BYTES", 3_000)
    kept, wav = spoken.Spoken(tmp_path), measured(bytes(1_000))
    for words in ("one", "two", "three"):
        kept.keep("en", words, wav)
    assert kept.find("en", "one") == wav
    kept.keep("en", "four", wav)
    assert [kept.find("en", words) for words in ("one", "two", "three", "four")] == [wav, None, wav, wav]
    assert sum(one.stat().st_size for one in tmp_path.rglob("*.wav")) <= 3_000


def test_a_file_that_a_power_cut_left_short_is_not_played(tmp_path: Path) -> None:
    kept = spoken.Spoken(tmp_path)
    kept.keep("en", "one", measured(bytes(1_000)))
    (path,) = tmp_path.rglob("*.wav")
    path.write_bytes(path.read_bytes()[:500])
    assert kept.find("en", "one") is None
    path.write_bytes(b"")
    assert kept.find("en", "one") is None


def test_a_disk_that_takes_nothing_is_no_reason_to_be_silent(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("not a folder")
    assert seconds(Speech(tmp_path / "cache").say("Hello", "en", keep=True)) > 0.2
