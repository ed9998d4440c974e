"""Sealing: what mediators open, with this program or the ordinary one, and nobody else."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kiosk.adapters.sealing import (
    NotForThisKey,
    new_reader,
    parted,
    proof_of,
    read_key_file,
    recipient_of,
    seal,
    seal_provable,
    unseal,
)
from kiosk.core.errors import Refused

WORDS = "He said that he would come back on Friday. ولم يأتِ أحد."


def test_each_recipient_opens_it_and_nobody_else() -> None:
    readers, stranger = [new_reader() for _ in range(3)], new_reader()
    sealed = seal(WORDS, [recipient for _key, recipient in readers[:2]])
    assert [unseal(sealed, key) for key, _recipient in readers[:2]] == [WORDS, WORDS]
    for key, _recipient in (readers[2], stranger):
        with pytest.raises(NotForThisKey):
            unseal(sealed, key)


def test_the_ordinary_age_program_opens_it(tmp_path: Path) -> None:
    key, recipient = new_reader()
    (tmp_path / "key.txt").write_text(f"# made by a test\n{key}\n")
    opened = subprocess.run(
        ["age", "-d", "-i", tmp_path / "key.txt"],
        input=seal(WORDS, [recipient]),
        capture_output=True,
        check=True,
    )
    assert opened.stdout.decode().rstrip(" ") == WORDS + "\n"


def test_a_key_that_the_ordinary_program_made_opens_it(tmp_path: Path) -> None:
    subprocess.run(["age-keygen", "-o", tmp_path / "key.txt"], capture_output=True, check=True)
    key = read_key_file((tmp_path / "key.txt").read_text())
    assert unseal(seal(WORDS, [recipient_of(key)]), key) == WORDS


def _payload(letters: int) -> int:
    """The size of what is behind the header: a header holds a stanza of random size (grease)."""
    sealed = seal("x" * letters, [new_reader()[1]])
    return len(sealed.partition(b"\n--- ")[2].partition(b"\n")[2])


@pytest.mark.parametrize("letters", [0, 1, 100, 1022, 1023])
def test_short_and_long_texts_are_of_one_size(letters: int) -> None:
    assert _payload(letters) == _payload(0)


def test_a_longer_text_takes_a_whole_kilobyte_more() -> None:
    assert _payload(1024) == _payload(0) + 1024


def test_what_was_changed_or_cut_does_not_open() -> None:
    key, recipient = new_reader()
    sealed = seal(WORDS, [recipient])
    for wrong in (sealed[:-1], sealed[:-40] + bytes(40), b"", b"age-encryption.org/v1\n"):
        with pytest.raises(NotForThisKey):
            unseal(wrong, key)


def test_nothing_is_sealed_for_nobody_or_for_what_is_no_key() -> None:
    with pytest.raises(Refused, match="nobody"):
        seal(WORDS, [])
    with pytest.raises(Refused, match="not an age recipient"):
        seal(WORDS, ["age1nothing"])


def test_a_file_without_just_one_key_is_no_key_file() -> None:
    one, _ = new_reader()
    for text in ("", "# nothing\n", f"{one}\n{new_reader()[0]}\n", "AGE-SECRET-KEY-2"):
        with pytest.raises(NotForThisKey):
            read_key_file(text)
    with pytest.raises(NotForThisKey):
        recipient_of("AGE-SECRET-KEY-1NOTHING")


def test_who_opens_it_can_prove_it_and_the_text_is_what_was_written() -> None:
    key, recipient = new_reader()
    for text in (WORDS, "", "opened: " + "0" * 32, f"{WORDS}\n\nopened: {'0' * 32}"):
        sealed, proof = seal_provable(text, [recipient])
        words, token = parted(unseal(sealed, key))
        assert words == text
        assert proof_of(token) == proof
    assert parted(WORDS) == (WORDS, "")
    assert seal_provable(WORDS, [recipient])[1] != seal_provable(WORDS, [recipient])[1]
