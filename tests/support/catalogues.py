"""The catalogues of languages: all messages of code and templates, and what `locales/*.po` say of them.

Run as a module (`sh provisioning/words.sh`), it brings all catalogues up to date.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from kiosk.web.words import FOLDER

ROOT = Path(__file__).parents[2]
_KEYWORDS: dict[str, Any] = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)}
_COMMENT = "For translators:"
_JINJA = {"newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}

Id = str | tuple[str, str]
"""A message in English; with its plural, where it has one."""


@dataclass
class Message:
    """One message: where it stands, and what translators should know."""

    id: Id
    files: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def extracted() -> dict[Id, Message]:
    """Every message, in the order of the files that they stand in."""
    found: dict[Id, Message] = {}
    for file, id_, notes in _all():
        message = found.setdefault(id_, Message(id_))
        message.files += [file] if file not in message.files else []
        message.notes += [note for note in notes if note not in message.notes]
    return found


def _all() -> Iterator[tuple[str, Id, list[str]]]:
    for folder, ending, way in (("kiosk", "py", "python"), ("templates", "html", "jinja2.ext:babel_extract")):
        for path in sorted((ROOT / folder).rglob(f"*.{ending}")):
            options = _JINJA if ending == "html" else {}
            with path.open("rb") as file:
                for _line, id_, notes, _context in _messages(way, file, options):
                    yield path.relative_to(ROOT).as_posix(), id_ if isinstance(id_, str) else id_[:2], notes


def _messages(way: str, file: IO[bytes], options: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    return iter(extract(way, file, _KEYWORDS, [_COMMENT], options))


def read(path: Path) -> Catalog:
    """A catalogue as it stands."""
    with path.open("rb") as file:
        return read_po(file)


def refreshed(text: str, messages: dict[Id, Message]) -> str:
    """The text of a catalogue with these messages and no others; its head and its translations stay."""
    head = text.partition("\n\n")[0].strip()
    before, after = read_po(BytesIO(text.encode())), Catalog()
    after.mime_headers = [("Plural-Forms", before.plural_forms)]
    for one in messages.values():
        known = before.get(one.id if isinstance(one.id, str) else one.id[0])
        said = known.string if known is not None and known.id == one.id else ""
        after.add(one.id, said, [(file, 0) for file in one.files], auto_comments=one.notes)
    written = BytesIO()
    write_po(written, after, width=0, omit_header=True, include_lineno=False)
    return f"{head}\n\n{written.getvalue().decode().strip()}\n"


def main() -> None:
    """Bring every catalogue up to date, and say how much is left to translate."""
    messages = extracted()
    for path in sorted(FOLDER.glob("*.po")):
        path.write_text(refreshed(path.read_text("utf-8"), messages), "utf-8")
        missing = sum(1 for one in read(path) if one.id and not all(_forms(one.string)))
        print(f"{path.name}: {len(messages)} messages, {missing} to translate")


def _forms(said: Any) -> list[str]:
    return [said] if isinstance(said, str) else list(said)


if __name__ == "__main__":
    main()
