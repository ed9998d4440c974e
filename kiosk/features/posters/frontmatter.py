"""A poster's file: lines of `key: value` between two lines of `---`, then Markdown.

It is neither YAML nor TOML: a value is the rest of its line, quotes around it are dropped, and nothing nests.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import msgspec

from kiosk.core.errors import Refused
from kiosk.features.posters.events import MAX_TEXT, Day, Title
from kiosk.people.events import Language, Slug
from kiosk.web.forms import clean

MAX_FILE: Final = 4 * MAX_TEXT
_LINE = re.compile(r"([a-z_]+)\s*:\s*(.*)")
_HINTS = {
    "slug": "1 to 40 small letters, digits and hyphens",
    "title": "1 to 80 letters",
    "language": "a language code such as en, es or pt-BR",
    "decided": "a date such as 2026-11-14",
    "review": "a date such as 2027-02-13",
    "text": f"words of a poster below the front matter, at most {MAX_TEXT} letters",
}


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A poster as it was written, before the node gives it a version."""

    slug: Slug
    title: Title
    language: Language
    text: str
    decided: Day | None = None
    review: Day | None = None


def parse(source: str, name: str = "The poster") -> Draft:
    """The poster in the text of a file; Refused, with `name` and what to mend, when it is none."""
    if len(source) > MAX_FILE:
        raise Refused(f"{name} is too long: a poster has at most {MAX_TEXT} letters.")
    head, text = _split(clean(source.removeprefix("\ufeff")), name)
    if not 1 <= len(text) <= MAX_TEXT:
        raise Refused(f"{name}: it needs {_HINTS['text']}.")
    values = _values(head, name)
    _check_keys(values, name)
    _check_days(values, name)
    try:
        return msgspec.convert({**values, "text": text}, Draft)
    except msgspec.ValidationError as error:
        key = str(error).rpartition("`$.")[2].rstrip("`")
        raise Refused(f"{name}: {key} is {_HINTS.get(key, 'not right')}.") from None


def _split(source: str, name: str) -> tuple[list[str], str]:
    lines = source.split("\n")
    ends = [number for number, line in enumerate(lines) if line.rstrip() == "---"]
    if len(ends) < 2 or ends[0] != 0:
        raise Refused(f"{name}: it begins with lines of “key: value” between two lines of “---”.")
    return lines[1 : ends[1]], "\n".join(lines[ends[1] + 1 :]).strip()


def _values(head: list[str], name: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for line in filter(str.strip, head):
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise Refused(f"{name}: “{line.strip()[:60]}” is not “key: value”.")
        key, value = found[1], found[2].strip()
        if key in values:
            raise Refused(f"{name}: {key} is there twice.")
        values[key] = _unquoted(value)
    return values


def _unquoted(value: str) -> str:
    quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1].strip() if quoted else value


def _check_keys(values: dict[str, str], name: str) -> None:
    known = Draft.__struct_fields__
    for key in values:
        if key == "text" or key not in known:
            keys = ", ".join(field for field in known if field != "text")
            raise Refused(f"{name}: there is no key “{key[:40]}”. The keys are {keys}.")
    for key in ("slug", "title", "language"):
        if not values.get(key):
            raise Refused(f"{name}: {key} is missing: {_HINTS[key]}.")


def _check_days(values: dict[str, str], name: str) -> None:
    for key in ("decided", "review"):
        if key in values and not _is_day(values[key]):
            raise Refused(f"{name}: {key} is {_HINTS[key]}.")
    if values.get("decided", "") > values.get("review", "9999"):
        raise Refused(f"{name}: review lies before decided.")


def _is_day(words: str) -> bool:
    try:
        return date.fromisoformat(words).isoformat() == words
    except ValueError:
        return False
