"""What the neighbourhood decided as somebody writes it: a TOML file, with each text in one language or more.

`note = "…"` is in the neighbourhood's own language; `note.en = "…"` and `note.es = "…"` are one note in two.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import msgspec

from kiosk.core.errors import Refused
from kiosk.people import events
from kiosk.people.events import LINE, NOTE, WALK, WHERE, Assembly, Call, Described, Door, Zone
from kiosk.people.neighbourhood import find_timezone
from kiosk.web.forms import clean
from kiosk.web.words import languages

_Said = str | dict[str, str]
"""A text in the neighbourhood's own language, or by language."""

_ELSEWHERE_ANOTHER = re.compile(r"(localtime|posixrules|Factory)$|(right|posix)/")
"""Time zones that are another on each machine, or count seconds in another way."""


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key that is not known is a slip of the pen."""


class _Zone(_Table, frozen=True):
    slug: events.Slug
    name: _Said


class _Call(_Table, frozen=True):
    kind: events.Kind
    name: _Said
    number: events.Number
    note: _Said = ""


class _Door(_Table, frozen=True):
    name: _Said
    until: events.Hour = ""
    note: _Said = ""


class _Assembly(_Table, frozen=True):
    at: datetime
    where: _Said


class _File(_Table, frozen=True):
    name: _Said
    timezone: Annotated[str, msgspec.Meta(max_length=64)]
    zones: Annotated[tuple[_Zone, ...], msgspec.Meta(min_length=1, max_length=24)]
    calls: Annotated[tuple[_Call, ...], msgspec.Meta(max_length=12)] = ()
    doors: Annotated[tuple[_Door, ...], msgspec.Meta(max_length=12)] = ()
    language: str | None = None
    walk_with_me: _Said = ""
    next_assembly: _Assembly | None = None
    patrol_minutes: Annotated[int, msgspec.Meta(ge=15, le=720)] = 150


class _Slip(Exception):
    """What does not fit, and where."""


def parse_toml(name: str, text: str) -> Described:
    """The description in the text of the TOML file `name`; Refused, saying where, when it does not fit."""
    try:
        written = _cleaned(tomllib.loads(text))
        _check_assembly(written.get("next_assembly"))
        return _described(msgspec.convert(written, _File))
    except RecursionError:
        raise Refused(f"{name}: there are too many brackets inside one another.") from None
    except (ValueError, msgspec.ValidationError, _Slip) as error:
        raise Refused(f"{name}: {error}") from None


def with_assembly(known: Described, named: Assembly) -> Described:
    """The same with this assembly; in figures, too, for benches whose program knows free text alone."""
    words = f"{named.at:%Y-%m-%d, %H:%M}, {named.where}"
    return msgspec.structs.replace(known, assembly=named, next_assembly=words)


def _check_assembly(written: Any) -> None:
    if isinstance(written, str):
        raise _Slip(
            "next_assembly: write the day and the place apart, so that everybody reads it in their language,"
            ' or leave it out: next_assembly = { at = 2026-12-06T17:00:00, where = "the school hall" }'
        )
    at = written.get("at") if isinstance(written, dict) else None
    if at is not None and not (isinstance(at, datetime) and at.tzinfo is None):
        raise _Slip("next_assembly.at: write day and hour by your own clocks, like at = 2026-12-06T17:00:00")


def _described(file: _File) -> Described:
    if find_timezone(file.timezone) is None or _ELSEWHERE_ANOTHER.match(file.timezone):
        raise _Slip(f"there is no time zone {file.timezone}; write one like Europe/Berlin.")
    reader = _Reader(None if file.language is None else _known("language", file.language))
    name, name_in = reader.text("name", file.name, LINE)
    walk, walk_in = reader.text("walk_with_me", file.walk_with_me, WALK, least=0)
    zones = tuple(reader.zone(f"zones, number {n}", one) for n, one in enumerate(file.zones, 1))
    _check_apart(zones)
    found = Described(
        name=name,
        timezone=file.timezone,
        zones=zones,
        calls=tuple(reader.call(f"calls, number {n}", one) for n, one in enumerate(file.calls, 1)),
        doors=tuple(reader.door(f"doors, number {n}", one) for n, one in enumerate(file.doors, 1)),
        walk_with_me=walk,
        patrol_minutes=file.patrol_minutes,
        language=file.language,
        name_in=name_in,
        walk_with_me_in=walk_in,
    )
    return with_assembly(found, reader.assembly(file.next_assembly)) if file.next_assembly else found


@dataclass(frozen=True)
class _Reader:
    """Reads what has texts in it, and stands at a `place` in the file.

    `own`: the neighbourhood's language, None where the file does not say it.
    """

    own: str | None

    def text(self, place: str, written: _Said, most: int, *, least: int = 1) -> tuple[str, dict[str, str]]:
        """A text in the own language, and by language in others."""
        if isinstance(written, str):
            return _fitting(place, written, least, most), {}
        if self.own is None:
            raise _Slip(f'{place}: say at the top which language is your own, like language = "en".')
        said = {
            _known(place, code): _fitting(f"{place}.{code}", words, 1, most)
            for code, words in written.items()
        }
        if self.own not in said:
            raise _Slip(
                f"{place}: say it in {self.own}, your own language, too, for all who read none of these."
            )
        return said.pop(self.own), said

    def zone(self, place: str, one: _Zone) -> Zone:
        return Zone(one.slug, *self.text(f"{place}, name", one.name, LINE))

    def call(self, place: str, one: _Call) -> Call:
        name, name_in = self.text(f"{place}, name", one.name, LINE)
        note, note_in = self.text(f"{place}, note", one.note, NOTE, least=0)
        return Call(one.kind, name, one.number, note, name_in, note_in)

    def door(self, place: str, one: _Door) -> Door:
        name, name_in = self.text(f"{place}, name", one.name, LINE)
        note, note_in = self.text(f"{place}, note", one.note, NOTE, least=0)
        return Door(name, one.until, note, name_in, note_in)

    def assembly(self, one: _Assembly) -> Assembly:
        return Assembly(one.at, *self.text("next_assembly.where", one.where, WHERE))


def _known(place: str, code: str) -> str:
    if code not in languages():
        offered = ", ".join(sorted(languages()))
        raise _Slip(f"{place}: pages cannot be read in “{code}”; they can in {offered}.")
    return code


def _fitting(place: str, words: str, least: int, most: int) -> str:
    if len(words) < least:
        raise _Slip(f"{place}: there are no words between the quotation marks.")
    if len(words) > most:
        raise _Slip(f"{place}: {len(words)} letters are too many; {most} fit.")
    return words


def _check_apart(zones: Sequence[Zone]) -> None:
    """Nobody could choose between two zones of the same name, in whatever language they read."""
    if len({zone.slug for zone in zones}) != len(zones):
        raise _Slip("two zones have the same slug.")
    for code in sorted({code for zone in zones for code in ("", *zone.name_in)}):
        names = {zone.name_in.get(code, zone.name) for zone in zones}
        if len(names) != len(zones):
            raise _Slip(f"two zones have the same name{code and f' in {code}'}.")


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        return {clean(key): _cleaned(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_cleaned(inner) for inner in value]
    return clean(value) if isinstance(value, str) else value
