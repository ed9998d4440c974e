"""The data directory: one process at a time, and nobody else looks in."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from kiosk.adapters.datadir import DataDir
from kiosk.core.errors import Refused, TryLater


def test_only_the_owner_may_look_inside(tmp_path: Path) -> None:
    loose = tmp_path / "a" / "b"
    loose.mkdir(parents=True, mode=0o755)
    DataDir(loose).create()
    assert stat.S_IMODE(loose.stat().st_mode) == 0o700


def test_a_second_holder_is_told_to_try_later_and_the_first_goes_on(tmp_path: Path) -> None:
    with DataDir(tmp_path).locked():
        with pytest.raises(TryLater, match="it goes on"), DataDir(tmp_path).locked():
            pytest.fail("two hold it")
        with pytest.raises(TryLater), DataDir(tmp_path).locked():
            pytest.fail("two hold it")
    with DataDir(tmp_path).locked():
        pass


def test_a_directory_without_data_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Enrol the bench"):
        DataDir(tmp_path).require()


def test_a_place_that_cannot_be_a_directory_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for use in (DataDir(tmp_path / "file" / "data").create, DataDir(tmp_path / "file").create):
        with pytest.raises(Refused, match="cannot be used"):
            use()
    with pytest.raises(Refused, match="cannot be used"), DataDir(tmp_path / "missing").locked():
        pytest.fail("held")


def test_the_lock_is_not_inherited(tmp_path: Path) -> None:
    with DataDir(tmp_path).locked():
        held = [fd for fd in Path("/proc/self/fd").iterdir() if _target(fd) == str(tmp_path / "lock")]
        assert [os.get_inheritable(int(fd.name)) for fd in held] == [False]


def _target(fd: Path) -> str:
    try:
        return str(fd.readlink())
    except OSError:
        return ""
