"""Number plates of Europe, Latin America and Arab countries, with and without what stands between. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kiosk.features.incidents.publicwords.folding import Folded, Word
from kiosk.features.incidents.publicwords.refusals import Found, Kind
from kiosk.features.incidents.publicwords.wordlists import Listed

_GAP = r"[\s.·-]{1,3}"
_IN_CAPITALS = (
    rf"\b[A-Z]{{1,3}}{_GAP}(?:[A-Z]{{1,3}}{_GAP})?\d{{2,4}}(?:{_GAP}[A-Z]{{1,3}}\b)?(?:[\s-]\d{{1,3}}\b)?",
    rf"\b\d{{2,4}}{_GAP}[A-Z]{{1,3}}(?:[\s.·-]{{0,3}}\d{{1,3}})?\b",
)
_WITH_HYPHENS = (
    r"\b(?:[a-z]{1,3}[-.·]){1,2}\d{2,4}(?:[-.· ]?[a-z]{1,3})?\b",
    r"\b\d{2,4}[-.·][a-z]{1,3}(?:[-.· ]?\d{1,3})?\b",
)
_WITH_SPACES = (
    r"\b[a-z]{2}\s\d{3}\s[a-z]{2}\b|\b[a-z]{2}\d{2}\s[a-z]{3}\b",
    r"\b[b-df-hj-np-tv-xz]{2,3}\s\d{2,4}\b|\b\d{2,4}\s[b-df-hj-np-tv-xz]{2,3}\b",
)
_LONE_LETTERS = (
    r"(?:\b[^\W\d_]\b[\s.-]*){2,3}\d(?:[\s.-]?\d){0,3}\b",
    r"\b\d(?:[\s.-]?\d){0,3}[\s.-]*(?:\b[^\W\d_]\b[\s.-]*){2,3}",
)
_CASED = [re.compile(one) for one in _IN_CAPITALS]
_PLAIN = [re.compile(one) for one in (*_WITH_HYPHENS, *_WITH_SPACES, *_LONE_LETTERS)]


def plates(folded: Folded, words: Sequence[Word], lists: Listed) -> Iterator[Found]:
    """Whatever may be one. Capitals help to tell, where not all are capitals."""
    for word in words:
        if _is_mixed(word.text, lists):
            yield word.start, word.end, Kind.PLATE
    if folded.cased != folded.cased.upper():
        yield from _matching(_CASED, folded.cased, lists)
    yield from _matching(_PLAIN, folded.plain, lists)


def _matching(patterns: Sequence[re.Pattern[str]], text: str, lists: Listed) -> Iterator[Found]:
    """The matches of four to nine signs that are neither amounts nor ordinary small words around a number."""
    for pattern in patterns:
        for m in pattern.finditer(text):
            letters = {one.lower() for one in re.findall(r"[^\W\d_]+", m[0])}
            plain = letters <= lists.sets["unit"] or letters <= lists.sets["small"]
            if 4 <= sum(sign.isalnum() for sign in m[0]) <= 9 and not plain:
                yield m.start(), m.end(), Kind.PLATE


def _is_mixed(word: str, lists: Listed) -> bool:
    """Whether a word is of letters and at least two figures, and no amount ("20min")."""
    figures = sum(sign.isdigit() for sign in word)
    if not (4 <= len(word) <= 8 and 2 <= figures < len(word)):
        return False
    return not (word[0].isdigit() and re.sub(r"\d", "", word) in lists.sets["unit"])
