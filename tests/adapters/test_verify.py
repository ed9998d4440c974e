"""What is wrong with a file is found, wherever it is, and said in one line."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from kiosk.adapters.export import export
from kiosk.adapters.keys import DeviceKey
from kiosk.adapters.selfcheck import log_findings
from kiosk.adapters.verify import verify
from kiosk.core.errors import Refused, SafeBenchError, SignatureError
from kiosk.core.note import COSIGNATURE, VerifierKey
from tests.support.storage import NETWORK, SOURCE, Kept, opened


class Good(NamedTuple):
    """An export, public and in full, and every key that signed in it."""

    lines: list[bytes]
    public: list[bytes]
    keys: list[VerifierKey]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Good:
    place, node = tmp_path_factory.mktemp("good"), DeviceKey.generate()
    with opened(place / "bench", node) as kept:
        kept.say("a", "b")
        kept.whisper("c")
        kept.cosigned_up_to(3, node)
        kept.say("d", "e")
        for public in (False, True):
            export(kept.db, kept.device, place / f"{public}", public=public)
        keys = [kept.device.checkpoint_key, kept.device.cosigner_key]
    full, public_lines = ((place / f"{public}").read_bytes().splitlines(True) for public in (False, True))
    return Good(full, public_lines, keys)


def _refused(path: Path, lines: list[bytes], keys: list[VerifierKey]) -> str:
    path.write_bytes(b"".join(lines))
    with pytest.raises(SafeBenchError) as error:
        verify(path, keys)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_the_good_file_is_good(good: Good, tmp_path: Path) -> None:
    for lines in (good.lines, good.public):
        (tmp_path / "f").write_bytes(b"".join(lines))
        assert verify(tmp_path / "f", good.keys).is_signed


@pytest.mark.parametrize(("change", "step"), [(1, 1), (0x20, 5), (0x80, 7)])
def test_a_byte_changed_anywhere_is_refused(good: Good, tmp_path: Path, change: int, step: int) -> None:
    for lines in (good.lines, good.public):
        whole = b"".join(lines)
        for place in range(0, len(whole), step):
            _refused(
                tmp_path / "f", [whole[:place], bytes([whole[place] ^ change]), whole[place + 1 :]], good.keys
            )


def test_a_file_cut_off_anywhere_is_refused_also_without_keys(good: Good, tmp_path: Path) -> None:
    whole = b"".join(good.lines)
    for end in range(0, len(whole), 3):
        assert "Line" in _refused(tmp_path / "f", [whole[:end]], [])


def test_a_line_removed_doubled_or_moved_is_refused_also_without_keys(good: Good, tmp_path: Path) -> None:
    for i, line in enumerate(good.lines):
        rest = good.lines[:i] + good.lines[i + 1 :]
        assert "Line" in _refused(tmp_path / "f", rest, [])
        assert "Line" in _refused(tmp_path / "f", [*good.lines[:i], line, *good.lines[i:]], [])
        for j in range(len(rest) + 1):
            if j != i:
                assert "Line" in _refused(tmp_path / "f", [*rest[:j], line, *rest[j:]], [])


def test_removed_events_are_refused_though_the_first_line_was_made_to_fit(good: Good, tmp_path: Path) -> None:
    head = good.lines[0].replace(b'"lines":8', b'"lines":7').replace(b":5}", b":4}")
    assert head != good.lines[0]
    message = _refused(tmp_path / "f", [head, *good.lines[1:5], *good.lines[6:]], [])
    assert message == f"Line 6: event 4 of {SOURCE} should be here, not event 5 of {SOURCE}."


def test_an_event_exchanged_for_another_is_refused_without_keys(good: Good, tmp_path: Path) -> None:
    other = good.lines[1].replace(b'"a"', b'"z"')
    message = _refused(tmp_path / "f", [good.lines[0], other, *good.lines[2:]], [])
    assert message == f"Line 5: the events of {SOURCE} up to here are not those that were signed."


def test_a_whole_log_signed_by_another_key_of_the_same_name_is_refused(good: Good, tmp_path: Path) -> None:
    stranger = VerifierKey(good.keys[0].name, DeviceKey.generate().public)
    assert "No known key" in _refused(tmp_path / "f", good.lines, [stranger])


@pytest.mark.parametrize("name", [f"{NETWORK}/other.1abcd", f"{NETWORK}/central"])
def test_a_key_that_signed_nothing_is_refused(good: Good, tmp_path: Path, name: str) -> None:
    kind = COSIGNATURE if name.endswith("central") else 1
    unused = VerifierKey(name, DeviceKey.generate().public, kind)
    assert f"key {name}" in _refused(tmp_path / "f", good.lines, [*good.keys, unused])


HOSTILE: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "empty": lambda _lines: [],
    "no export": lambda _lines: [b"hello\n"],
    "binary": lambda _lines: [bytes(range(256)) * 1000],
    "another version": lambda lines: [lines[0].replace(b'"version":1', b'"version":2'), *lines[1:]],
    "too many lines": lambda lines: [lines[0].replace(b'"lines":8', b'"lines":999999999999'), *lines[1:]],
    "a negative size": lambda lines: [lines[0].replace(b":5}", b":-5}"), *lines[1:]],
    "a huge size": lambda lines: [lines[0].replace(b":5}", b":5" + b"0" * 40 + b"}"), *lines[1:]],
    "no newline for ever": lambda lines: [lines[0], b"x" * 1_000_000],
    "deep": lambda lines: [lines[0], b'{"event":' + b"[" * 100_000 + b"\n"],
    "two kinds": lambda lines: [lines[0], b'{"checkpoint":"a","event":{"source":"a","seq":1}}\n'],
    "no kind": lambda lines: [lines[0], b"{}\n"],
    "spaces": lambda lines: [lines[0], lines[1].replace(b":", b": ", 1), *lines[2:]],
    "a twin key": lambda lines: [lines[0], lines[1].replace(b'"seq":1', b'"seq":9,"seq":1'), *lines[2:]],
    "both forms": lambda lines: [lines[0], lines[1].replace(b"}}\n", b'},"leaf":"AAAA"}}\n'), *lines[2:]],
    "neither form": lambda lines: [lines[0], f'{{"event":{{"source":"{SOURCE}","seq":1}}}}\n'.encode()],
    "a short leaf": lambda lines: [
        lines[0],
        f'{{"event":{{"source":"{SOURCE}","seq":1,"leaf":"AAAA"}}}}\n'.encode(),
    ],
    "a surrogate": lambda lines: [*lines[:4], b'{"checkpoint":"\\ud800"}\n', *lines[5:]],
    "more behind": lambda lines: [*lines, b"\n"],
    "twice": lambda lines: [*lines, *lines],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_one_line(good: Good, tmp_path: Path, name: str) -> None:
    assert _refused(tmp_path / "f", HOSTILE[name](good.lines), [])


def test_a_public_export_with_a_private_body_is_refused(good: Good, tmp_path: Path) -> None:
    head = good.lines[0].replace(b'"public":false', b'"public":true')
    assert "not public" in _refused(tmp_path / "f", [head, *good.lines[1:]], [])


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(Refused, match="cannot be read"):
            verify(path)


def test_the_database_is_held_against_what_was_signed(tmp_path: Path) -> None:
    with opened(tmp_path) as kept:
        kept.say("a", "b", "c")
        kept.signed_up_to(2)
        assert log_findings(kept.db) == []
        for change, found in CHANGES.items():
            assert log_findings_after(kept, change) == [found]
        assert log_findings(kept.db) == []


def log_findings_after(kept: Kept, change: str) -> list[str]:
    """What is found once `change` was made, which is undone again."""
    found: list[str] = []
    with suppress(ZeroDivisionError), kept.store.writing() as db:
        db.conn.execute(change)
        found = log_findings(db)
        raise ZeroDivisionError
    return found


UNSIGNED = f"The first 2 events of {SOURCE} are not those that were signed."
UNSAVED = f"The 3 events of {SOURCE} are not those that were saved."
CHANGES = {
    "DELETE FROM events WHERE seq = 2": f"Event 2 of {SOURCE} is missing.",
    "DELETE FROM events WHERE seq = 3": UNSAVED,
    "UPDATE events SET salt = zeroblob(12) WHERE seq = 1": UNSIGNED,
    "UPDATE events SET salt = zeroblob(11) WHERE seq = 3": UNSAVED,
    "UPDATE events SET body = 'text' WHERE seq = 3": UNSAVED,
    "UPDATE sources SET stack = zeroblob(64)": UNSAVED,
    "UPDATE sources SET size = 4": UNSAVED.replace("3", "4"),
    "UPDATE checkpoints SET note = 'none'": UNSIGNED,
    "UPDATE sources SET name = 'other.1abcd'": UNSIGNED.replace(SOURCE, "other.1abcd"),
}


def test_a_signature_of_the_wrong_kind_is_no_signature(good: Good, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"".join(good.lines))
    own = good.keys[0]
    with pytest.raises(SignatureError):
        verify(path, [VerifierKey(own.name, own.public, COSIGNATURE)])
