"""The published nights as Atom 1.0 (RFC 4287). Everything is text: nothing in it is markup."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from xml.etree import ElementTree as ET

from kiosk.core.night import utc
from kiosk.features.log.queries import Told
from kiosk.features.log.shown import Line, Said, Shown, shown
from kiosk.web.words import gettext as _

ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = ("Cc", "Cs", "Cn")
_BEGUN = 0
_HOUR = 3600


@dataclass(frozen=True)
class About:
    """What the feed is: the network's id and name, the address of the pages, and its own."""

    network: str
    name: str
    home: str
    self: str


@dataclass(frozen=True)
class Entry:
    """One night: its title, its address, what each bench tells, and what is said of it."""

    night: date
    title: str
    href: str
    told: Sequence[Told]
    said: Said


def atom(about: About, entries: Sequence[Entry]) -> bytes:
    """The feed's bytes."""
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed")
    _text(root, "id", _id(about))
    _text(root, "title", _("{name}: the night's log").format(name=about.name))
    _text(root, "updated", utc(max((_changed(entry) for entry in entries), default=_BEGUN)))
    _link(root, "self", about.self)
    _link(root, "alternate", about.home)
    _text(ET.SubElement(root, f"{{{ATOM}}}author"), "name", about.name)
    for entry in entries:
        _add(root, about, entry)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _add(root: ET.Element, about: About, entry: Entry) -> None:
    node = ET.SubElement(root, f"{{{ATOM}}}entry")
    _text(node, "id", f"{_id(about)}/{entry.night}")
    _text(node, "title", entry.title)
    _text(node, "updated", utc(_changed(entry)))
    _link(node, "alternate", entry.href)
    _text(node, "content", "\n\n".join(_lines(shown(told, entry.said)) for told in entry.told)).set(
        "type", "text"
    )


def _lines(night: Shown) -> str:
    head = _("{bench}: {summary}").format(bench=night.bench, summary=night.summary)
    return "\n".join([head, *map(_sentence, night.lines), *night.details])


def _sentence(line: Line) -> str:
    own = [_("“{words}”").format(words=" ".join(line.own.split()))] if line.own else []
    beside = [f"({part})" for part in (line.added, line.note, line.more) if part]
    return " ".join([line.text, *own, *beside])


def _changed(entry: Entry) -> int:
    """When it changed last. What is said of it counts from the next full hour, not from when it was."""
    said = [-(-remark.at // _HOUR) * _HOUR for remark in entry.said.values()]
    return max([*(told.changed for told in entry.told), *said])


def _id(about: About) -> str:
    """A tag URI (RFC 4151) that stays the same whatever address the node has."""
    return f"tag:{about.network},2026:log"


def _text(parent: ET.Element, name: str, text: str) -> ET.Element:
    node = ET.SubElement(parent, f"{{{ATOM}}}{name}")
    node.text = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in _NOT_XML)
    return node


def _link(parent: ET.Element, rel: str, href: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}link", {"rel": rel, "href": href})
