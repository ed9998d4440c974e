"""The words that public words may not hold: one file a language in `lists/`, all of them always looked up.

A file has `[sections]` of items, separated by commas. An item is a word or a phrase; it may begin or end with
`*` (any letters there) or end with `~` (each of the file's `endings`, of which `-` is none). Accents and
capitals do not matter.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kiosk.features.incidents.publicwords.folding import fold, readings, squeezed, words_of
from kiosk.features.incidents.publicwords.refusals import Kind

_FOLDER = Path(__file__).with_name("lists")
_KINDS = frozenset(kind.value for kind in Kind)
_SECTION = re.compile(r"^\[([a-z]+)\]$", re.M)
_LONG = 5
"""Letters from which on a word is also recognised with other repeats, or in two pieces."""


@dataclass(frozen=True)
class Listed:
    """All languages in one: words, their beginnings and ends, phrases by their first word, and plain sets."""

    words: dict[str, Kind] = field(default_factory=dict)
    begins: dict[str, Kind] = field(default_factory=dict)
    ends: dict[str, Kind] = field(default_factory=dict)
    phrases: dict[str, list[tuple[tuple[str, ...], Kind]]] = field(default_factory=lambda: defaultdict(list))
    sets: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    squeezed: dict[str, Kind] = field(default_factory=dict)

    def kind_of(self, word: str) -> Kind | None:
        """What a folded word is refused as, if it is."""
        return next((kind for one in readings(word) if (kind := self._exactly(one)) is not None), None)

    def _exactly(self, word: str) -> Kind | None:
        if word in self.words:
            return self.words[word]
        for cut in range(len(word), 0, -1):
            if word[:cut] in self.begins:
                return self.begins[word[:cut]]
            if word[-cut:] in self.ends:
                return self.ends[word[-cut:]]
        return None

    def repeated(self, word: str) -> Kind | None:
        """What a word with a doubled letter is refused as: "blaack"."""
        once = squeezed(word)
        return self.squeezed.get(once) if once != word and len(once) >= _LONG else None

    def joined(self, word: str) -> Kind | None:
        """What a word is refused as that was written in pieces: only a long one."""
        return self.kind_of(word) if len(word) >= _LONG else None

    def phrase_at(self, said: Sequence[str], start: int) -> tuple[int, Kind] | None:
        """Of how many words the phrase is that begins with word `start`, and why it is refused."""
        for first in readings(said[start]):
            for phrase, kind in self.phrases.get(first, ()):
                rest = said[start : start + len(phrase)]
                if len(rest) == len(phrase) and all(
                    one in readings(word) for one, word in zip(phrase, rest, strict=True)
                ):
                    return len(phrase), kind
        return None

    def has(self, section: str, word: str) -> bool:
        """Whether a word stands in a section that is no reason by itself, such as street words."""
        return any(one in self.sets[section] or self._ends(section, one) for one in readings(word))

    def _ends(self, section: str, word: str) -> bool:
        return any(one.startswith("*") and word.endswith(one[1:]) for one in self.sets[section])


@cache
def listed() -> Listed:
    """All lists, read once, when the first words are checked."""
    found = Listed()
    for path in sorted(_FOLDER.glob("*.txt")):
        for section, item in _items(path.read_text("utf-8")):
            _add(found, section, item)
    for word, kind in found.words.items():
        if len(squeezed(word)) >= _LONG:
            found.squeezed.setdefault(squeezed(word), kind)
    return found


def _items(text: str) -> Iterator[tuple[str, str]]:
    """Section and item, endings written out."""
    head, *parts = _SECTION.split(re.sub(r"^#.*$", "", text, flags=re.M))
    endings = ["" if one == "-" else one for one in head.partition("endings:")[2].split()]
    for section, body in zip(parts[::2], parts[1::2], strict=True):
        for item in filter(None, (one.strip() for one in re.split(r"[,\n]", body))):
            stem = item.removesuffix("~")
            yield from ((section, stem + end) for end in (endings if stem != item else [""]))


def _add(found: Listed, section: str, item: str) -> None:
    words = tuple(word.text for word in words_of(fold(item.strip("*"))))
    if section not in _KINDS:
        found.sets[section].add("*" + words[0] if item.startswith("*") else words[0])
        return
    kind = Kind(section)
    if len(words) > 1:
        found.phrases[words[0]].append((words, kind))
    elif item.endswith("*"):
        found.begins[words[0]] = kind
    elif item.startswith("*"):
        found.ends[words[0]] = kind
    else:
        found.words.setdefault(words[0], kind)
