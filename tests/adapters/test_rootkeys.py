"""Root keys as files, in the format that other people's tools read."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from kiosk.adapters.keys import verify
from kiosk.adapters.rootkeys import load, make
from kiosk.core.errors import Refused
from tests.support import NETWORK

# From the documentation of golang.org/x/mod/sumdb/note.
GO_PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n"
GO_PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def test_a_key_in_the_format_of_gos_notes_is_read(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(GO_PRIVATE)
    known, key = load(tmp_path / "key")
    assert str(known) == GO_PUBLIC
    assert verify(known.public, key.sign(b"hello"), b"hello")


def test_a_root_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "ada.key"
    known = make(path, NETWORK, "ada")
    assert known.name == f"{NETWORK}/root/ada"
    assert load(path)[0] == known
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(Refused, match="there already"):
        make(path, NETWORK, "ada")
    assert load(path)[0] == known


def test_a_key_is_not_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "ada.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="there already"):
        make(tmp_path / "ada.key", NETWORK, "ada")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(("network", "name"), [("Linden Field", "ada"), (NETWORK, "a da"), (NETWORK, "a+b")])
def test_a_name_that_no_note_could_carry_is_refused(tmp_path: Path, network: str, name: str) -> None:
    with pytest.raises(Refused):
        make(tmp_path / "key", network, name)
    assert not (tmp_path / "key").exists()


def test_a_folder_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be written: No such file"):
        make(tmp_path / "stick" / "key", NETWORK, "ada")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        GO_PUBLIC,
        GO_PRIVATE.replace("c74f20a3", "c74f20a4"),
        GO_PRIVATE.replace("PeterNeumann", "Peter"),
        GO_PRIVATE.replace("+AYEK", "+BIEK"),
        GO_PRIVATE.replace("KDFz", "KDF"),
        "PRIVATE+KEY+a+b\n",
        "\x00" * 9000,
    ],
)
def test_what_is_no_root_key_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_text(text)
    with pytest.raises(Refused):
        load(tmp_path / "key")
    (tmp_path / "key").write_bytes(b"\xff\xfe")
    with pytest.raises(Refused, match="not a root key"):
        load(tmp_path / "key")
