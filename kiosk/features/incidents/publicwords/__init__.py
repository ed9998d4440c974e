"""The check of public words: what in them could lead to somebody, in every shipped language. Pure.

Neighbours write in any language, so all lists are looked up at once. It leans to refusing: a false refusal
costs a rephrase, a miss costs a person.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from kiosk.features.incidents.publicwords.folding import Folded, Word, fold, readings, words_of
from kiosk.features.incidents.publicwords.numbers import numbers
from kiosk.features.incidents.publicwords.refusals import Found, Kind, suggestion, why
from kiosk.features.incidents.publicwords.wordlists import Listed, listed
from kiosk.web.words import gettext as _

_PEOPLE = re.compile(
    "[\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U0001f466-\U0001f469\U0001f470-\U0001f478\U0001f9d1-\U0001f9d5]+"
)
"""Pictures of people, shades of skin, and flags."""
_SHORT_NAME = 3
_SPELLED = 3
_JOINED = 4


@dataclass(frozen=True)
class Finding:
    """A piece of the text as it was typed, why it is refused, and what to do instead; both in words."""

    piece: str
    why: str
    suggestion: str

    @property
    def sentence(self) -> str:
        """All of it, for whoever wrote it."""
        return _("“{piece}” {why}. {suggestion}").format(
            piece=self.piece, why=self.why, suggestion=self.suggestion
        )


def findings(text: str, names: Collection[str]) -> list[Finding]:
    """What in `text` must not become public, in its order; `names` are the members' names and numbers."""
    folded, lists = fold(text), listed()
    found = [*_pictures(text, folded), *numbers(folded, lists), *_words(folded, lists, _named(names, lists))]
    return [
        Finding(folded.piece(start, end), why(kind), suggestion(kind)) for start, end, kind in _apart(found)
    ]


def _apart(found: Collection[Found]) -> list[Found]:
    """In order, without what lies inside or across another: of those the first and longest stays."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (one[0], -one[1])):
        if not kept or one[0] >= kept[-1][1]:
            kept.append(one)
    return kept


def _pictures(text: str, folded: Folded) -> Iterator[Found]:
    for m in _PEOPLE.finditer(text):
        stood = [i for i, at in enumerate(folded.at) if m.start() <= at < m.end()]
        yield stood[0], stood[-1] + 1, Kind.LOOKS


@dataclass(frozen=True)
class _Names:
    """The members' names, folded: words that are one in any form, and short ones that are with a capital."""

    words: frozenset[str]
    short: frozenset[str]

    def has(self, word: str, *, capital: bool) -> bool:
        """Whether a folded word, or what it may be meant to say, is a name."""
        return bool(readings(word) & self.words) or (capital and word in self.short)


def _named(names: Collection[str], lists: Listed) -> _Names:
    folded = [[word.text for word in words_of(fold(name))] for name in names]
    particles = lists.sets["particle"]
    parts = {part for name in folded for part in name if len(name) == 1 or part not in particles}
    long = {part for part in parts if len(part) >= _SHORT_NAME}
    return _Names(frozenset(long), frozenset(part for part in parts - long if len(part) > 1))


def _words(folded: Folded, lists: Listed, names: _Names) -> Iterator[Found]:
    words = words_of(folded)
    said = [word.text for word in words]
    for at, word in enumerate(words):
        kind = lists.kind_of(word.text) or lists.repeated(word.text)
        if kind is not None:
            yield word.start, word.end, kind
        if names.has(word.text, capital=folded.cased[word.start].isupper()):
            yield word.start, word.end, Kind.NAME
        phrase = lists.phrase_at(said, at)
        if phrase is not None:
            yield word.start, words[at + phrase[0] - 1].end, phrase[1]
    yield from _in_pieces(folded, words, lists, names)
    yield from _spelled(words, lists, names)


def _kind(word: str, lists: Listed, names: _Names) -> Kind | None:
    if len(word) > _SHORT_NAME and names.has(word, capital=False):
        return Kind.NAME
    return lists.joined(word)


def _in_pieces(folded: Folded, words: list[Word], lists: Listed, names: _Names) -> Iterator[Found]:
    """Words that were cut: "bla ck", "w-h-ite"."""
    for at in range(len(words)):
        for end in range(at + 2, min(at + _JOINED, len(words)) + 1):
            gaps = [folded.plain[words[i].end : words[i + 1].start] for i in range(at, end - 1)]
            if not all(map(_is_a_cut, gaps)) or (len(gaps) > 1 and " " in "".join(gaps)):
                break
            kind = _kind("".join(word.text for word in words[at:end]), lists, names)
            if kind is not None:
                yield words[at].start, words[end - 1].end, kind


def _is_a_cut(gap: str) -> bool:
    return 0 < len(gap) <= 2 and "'" not in gap


def _spelled(words: list[Word], lists: Listed, names: _Names) -> Iterator[Found]:
    """Words whose letters stand apart: "b l a c k"."""
    first = 0
    while first < len(words):
        last = first
        while last < len(words) and len(words[last].text) == 1:
            last += 1
        for start in range(first, last):
            for end in range(start + _SPELLED, last + 1):
                word = "".join(one.text for one in words[start:end])
                kind = lists.kind_of(word) or _kind(word, lists, names)
                if kind is not None:
                    yield words[start].start, words[end - 1].end, kind
        first = max(last, first + 1)
