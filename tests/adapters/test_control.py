"""The socket by which commands reach a running app."""

from __future__ import annotations

import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.adapters import control
from kiosk.core.errors import Refused, TryLater


def _say(**words: Any) -> dict[str, Any]:
    return {"said": words}


def _refuse() -> dict[str, Any]:
    raise Refused("No.")


def _wait() -> dict[str, Any]:
    raise TryLater("Later.")


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    end = control.listen(tmp_path / "c.sock", {"say": _say, "refuse": _refuse, "wait": _wait})
    yield tmp_path / "c.sock"
    end()
    assert not (tmp_path / "c.sock").exists()


def test_words_go_in_and_facts_come_back(path: Path) -> None:
    assert control.call(path, "say", name="Ines", roles=["host"]) == {
        "said": {"name": "Ines", "roles": ["host"]}
    }


def test_only_the_owner_can_call(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_refusal_and_a_later_are_those_of_the_app(path: Path) -> None:
    with pytest.raises(Refused, match=r"^No\.$"):
        control.call(path, "refuse")
    with pytest.raises(TryLater, match=r"^Later\.$"):
        control.call(path, "wait")


def test_an_unknown_command_or_wrong_words_are_refused(path: Path) -> None:
    for operation, words in [("sing", {}), ("refuse", {"loud": True})]:
        with pytest.raises(Refused, match="does not know"):
            control.call(path, operation, **words)


@pytest.mark.parametrize("line", [b"\n", b"not json\n", b'{"words":{}}\n', b"[" * 100_000 + b"\n", b"\xff\n"])
def test_what_is_no_call_gets_an_answer_and_the_next_call_works(path: Path, line: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(line)
        assert b"refused" in connection.makefile("rb").readline()
    assert control.call(path, "say") == {"said": {}}


def test_where_nobody_listens_the_connection_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConnectionRefusedError):
        control.call(tmp_path / "none.sock", "say")
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(tmp_path / "stale.sock"))
    with pytest.raises(ConnectionRefusedError):
        control.call(tmp_path / "stale.sock", "say")


def test_a_socket_that_was_left_behind_is_taken_over(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(tmp_path / "c.sock"))
    end = control.listen(tmp_path / "c.sock", {"say": _say})
    assert control.call(tmp_path / "c.sock", "say") == {"said": {}}
    end()


def test_a_path_of_any_length_works(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    deep.mkdir(parents=True)
    end = control.listen(deep / "c.sock", {"say": _say})
    assert control.call(deep / "c.sock", "say") == {"said": {}}
    end()
