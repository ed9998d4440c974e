"""What leads to somebody in figures and signs: phone numbers, addresses, times, the net. Pure.

Each finder gives where in the folded text (`plain`) something stands, and what it may be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kiosk.features.incidents.publicwords.folding import Folded, Word, words_of
from kiosk.features.incidents.publicwords.plates import plates
from kiosk.features.incidents.publicwords.refusals import Found, Kind
from kiosk.features.incidents.publicwords.wordlists import Listed

_NET = "com|net|org|info|io|app|me|tv|co|gg|eu|de|at|ch|fr|es|uk|us|ma|tn|dz|eg|sa|ae|lb|sy|iq|jo|ly|mx|br|cl"
_PHONE = re.compile(r"(?<!\w)\+?\d(?:[\s().\-/·•,_:;|*]{0,3}\d){5,}")
_PATTERNS: tuple[tuple[Kind, str], ...] = (
    (Kind.CONTACT, r"\S+@\S*\w\.\w+|\b\w[\w.]*@[a-z]\w{3,}|(?<![\w.])@\w[\w.]+"),
    (Kind.CONTACT, r"\bhttps?\s?:\S*|\bwww\.\S+|\b[a-z]+://\S+"),
    (Kind.CONTACT, rf"\b[\w-]+(?:\.[\w-]+)*\.(?:{_NET})\b(?:/\S*)?"),
    (Kind.CONTACT, rf"\b\w+\W+(?:dot|punto|point|نقطة|نقطه)\W+(?:{_NET})\b"),
    (Kind.CONTACT, r"\b\w+\W*[(\[]\W*(?:at|arroba|arobase)\W*[)\]]\W*\w+|\b\w+ (?:arroba|arobase) \w+"),
    (
        Kind.CONTACT,
        r"\b(?:insta(?:gram)?|tiktok|snap(?:chat)?|facebook|telegram|whatsapp|signal)\W*[:@]\W*\S+",
    ),
    (Kind.ADDRESS, r"///\w+\.\w+\.\w+|\b[2-9cfghjmpqrvwx]{4,8}\+[2-9cfghjmpqrvwx]{2,3}\b"),
    (Kind.ADDRESS, r"-?\d{1,3}\s?°\s?\d*|-?\d{1,3}[.,]\d{4,}(?:\W{1,3}\d{1,3}[.,]\d{3,})?"),
    (Kind.ADDRESS, r"(?<!\w)c/\s*\w+(?:\s+\w+){0,4}|#\s?\d{1,4}\b"),
    (Kind.ADDRESS, r"\b[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}\b|\b[a-z]\d[a-z]\s?\d[a-z]\d\b"),
    (Kind.AGE, r"\b\d{1,3}[\s-]?(?:years?|yrs?|ans|anos|سنه|عاما|عام)(?:[\s-]*olds?)?\b(?!\s+(?:ago|atras))"),
    (Kind.TIME, r"\b(?:[01]?\d|2[0-4])\s?[:h]\s?[0-5]\d\b|\b(?:[01]?\d|2[0-4])\.[0-5]\d\b"),
    (Kind.TIME, r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b"),
    (Kind.NUMBER, r"\d[.,]\d{3}\b|\d{4,}"),
)
_SIMPLE = [(kind, re.compile(pattern)) for kind, pattern in _PATTERNS]
_LIKE_FIGURES = re.compile(r"(?<=\d)[ol]|[ol](?=\d)")
_FIGURES = re.compile(r"\d{1,4}(?:[a-z]|bis|ter|st|nd|rd|th|er|eme)?")
_ORDINAL = re.compile(r"\d{1,2}(?:st|nd|rd|th|er|eme|e|o|a)")
_STOP = re.compile(r"[.!?;\n]")
_AND = ("and", "y", "et", "و")
_SPOKEN = 5
"""So many figures in words, one after the other, are a number that somebody can be called by."""
_FAR = 6


def numbers(folded: Folded, lists: Listed) -> Iterator[Found]:
    """Everything of the kind that stands in the text."""
    for kind, pattern in _SIMPLE:
        yield from ((m.start(), m.end(), kind) for m in pattern.finditer(folded.plain))
    figures = _LIKE_FIGURES.sub(lambda m: "0" if m[0] == "o" else "1", folded.plain)
    yield from ((m.start(), m.end(), Kind.PHONE) for m in _PHONE.finditer(figures))
    words = words_of(folded)
    yield from plates(folded, words, lists)
    yield from _spoken(words, lists)
    for at in range(len(words)):
        for end in (_house(folded, words, at, lists), *_streets(folded, words, at, lists)):
            if end is not None:
                yield words[at].start, words[end].end, Kind.ADDRESS


def _spoken(words: Sequence[Word], lists: Listed) -> Iterator[Found]:
    """Figures written as words: a phone number that is spelled out."""
    first, count = 0, 0
    for at, word in enumerate([*words, Word("", 0, 0)]):
        if word.text and (word.text.isdigit() or lists.has("digit", word.text)):
            first, count = (first, count + 1) if count else (at, 1)
        elif not (count and word.text in _AND):
            if count >= _SPOKEN:
                yield words[first].start, words[at - 1].end, Kind.PHONE
            count = 0


def _house(folded: Folded, words: Sequence[Word], at: int, lists: Listed) -> int | None:
    """Where "number 12", "flat 3b" or "3rd floor" ends, if it begins with word `at`."""
    if at + 1 == len(words):
        return None
    one, other = words[at].text, words[at + 1].text
    numbered = lists.has("house", one) and _is_house(words, at + 1, lists)
    if numbered and not re.search(r"[!?;\n,]", _gap(folded, words, at + 1)):
        return at + 1
    return at + 1 if _ORDINAL.fullmatch(one) and lists.has("house", other) else None


def _streets(folded: Folded, words: Sequence[Word], at: int, lists: Listed) -> Iterator[int]:
    """Where "12 Elm Street" or "calle Mayor, 12" ends, if it begins with word `at`."""
    if lists.has("street", words[at].text):
        yield from _number_after(folded, words, at, lists)
    elif _is_house(words, at, lists):
        for end in range(at + 1, min(at + _FAR - 1, len(words))):
            if _STOP.search(_gap(folded, words, end)):
                return
            if lists.has("street", words[end].text):
                yield end
                return
            if lists.has("apart", words[end].text) or lists.has("counted", words[end].text):
                return


def _number_after(folded: Folded, words: Sequence[Word], at: int, lists: Listed) -> Iterator[int]:
    for end in range(at + 1, min(at + _FAR + 1, len(words))):
        gap = _gap(folded, words, end)
        if _STOP.search(gap) and not (end == at + 1 and gap.startswith(".")):
            return
        if _is_house(words, end, lists):
            if not lists.has("before", words[end - 1].text):
                yield end
            return


def _gap(folded: Folded, words: Sequence[Word], at: int) -> str:
    """What stands before word `at`."""
    return folded.plain[words[at - 1].end : words[at].start]


def _is_house(words: Sequence[Word], at: int, lists: Listed) -> bool:
    """Whether the word is a number, and none that counts something ("20 minutes")."""
    if _FIGURES.fullmatch(words[at].text) is None:
        return False
    return at + 1 == len(words) or not lists.has("counted", words[at + 1].text)
