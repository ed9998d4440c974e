"""Text as it sounds, whatever signs it is dressed in: for looking words up, never for showing. Pure.

Compatibility forms, accents, invisible signs and look-alike letters of other scripts are folded away
(Unicode's NFKD and case folding, and a short list of confusables); every sign remembers where it stood.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

_LOOK_ALIKE = str.maketrans(
    "АВСЕНІЈКМОРЅТУХавсеніјкморѕтухгпьԁԛԝӏөүᴦ"  # Cyrillic
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβεηικμνορτυχωγσς"  # Greek
    "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɡɑıłøđħŧ",  # small capitals and letters with a stroke
    "abcehijkmopstyxabcehijkmopstyxrnbdqwloyrabezhikmnoptyxabenikmvoptuxwyosabcdefghijklmnoprstuvwyzgailodht",
)
_LIGATURES = {"æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
_ARABIC = str.maketrans("ٱىةگکی", "ايهككي")
_QUOTES, _DASHES = "’‘ʼ`´′＇", "‐‑‒–—―−⁃"
_TAKEN_OFF = ("Mn", "Me", "Mc", "Cf", "Cc")
_WORD = re.compile(r"[$€]?[^\W_]+(?:[@$€!|][^\W_]+)*")
_LEET = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "@": "a", "$": "s", "€": "e"}
_STEM = 3
_BEFORE = re.compile("^[وف]?(?:[بكل]?ال|لل|[بكل])?")
_AFTER = re.compile("(?:هما|هم|ها|نا|ات|ين|ون|ان|ه|ا)$")


@dataclass(frozen=True)
class Folded:
    """A text folded: sign `i` of `plain` stood at `at[i]`; `cased` is the same with its capitals."""

    text: str
    plain: str
    cased: str
    at: tuple[int, ...]

    def piece(self, start: int, end: int) -> str:
        """What stood there in the text, for signs `start` to `end` of `plain`."""
        return self.text[self.at[start] : self.at[end - 1] + 1].strip()


@dataclass(frozen=True)
class Word:
    """A word of a folded text, and where it stands in `plain`."""

    text: str
    start: int
    end: int


def fold(text: str) -> Folded:
    """The text folded."""
    signs = [(sign, at, char.isupper()) for at, char in enumerate(text) for sign in _fold(char)]
    plain = "".join(sign for sign, _at, _upper in signs)
    cased = "".join(sign.upper() if upper and sign.isascii() else sign for sign, _at, upper in signs)
    return Folded(text, plain, cased, tuple(at for _sign, at, _upper in signs))


@cache
def _fold(char: str) -> str:
    """One sign, as none, one or several."""
    if char in _QUOTES:
        return "'"
    if char in _DASHES:
        return "-"
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    return "".join(_plain(one) for one in unicodedata.normalize("NFKD", _boxed(char)))


def _plain(char: str) -> str:
    kind = unicodedata.category(char)
    if kind in _TAKEN_OFF or char == "ـ":
        return "\n" if char in "\n\r" else " " if char == "\t" else ""
    if kind in ("Zs", "Zl", "Zp"):
        return " "
    letter = char.translate(_LOOK_ALIKE).translate(_ARABIC)
    folded = "".join(_LIGATURES.get(one, one) for one in letter.casefold())
    return folded.translate(_LOOK_ALIKE)


def _boxed(char: str) -> str:
    """The letter in a box, a black disc or a flag, which Unicode does not take apart."""
    for first in (0x1F150, 0x1F170, 0x1F1E6):
        if first <= ord(char) < first + 26:
            return chr(ord("a") + ord(char) - first)
    return char


def words_of(folded: Folded) -> list[Word]:
    """The words of a text, signs that stand for letters inside them included ("bl@ck")."""
    return [Word(m[0], m.start(), m.end()) for m in _WORD.finditer(folded.plain)]


@lru_cache(maxsize=1024)
def readings(word: str) -> frozenset[str]:
    """What a folded word may be meant to say: with digits as letters, with fewer repeats, without affixes."""
    found = {word}
    if any(sign.isalpha() for sign in word) and not word.isalpha():
        found |= {_leet(word, "i"), _leet(word, "l")}
    found |= {re.sub(r"(.)\1{2,}", kept, one) for one in found for kept in (r"\1", r"\1\1")}
    if "؀" <= word[0] <= "ۿ":
        found |= _stems(word)
    return frozenset(found)


def _leet(word: str, one: str) -> str:
    return "".join(one if sign in "1!|" else _LEET.get(sign, sign) for sign in word)


def _stems(word: str) -> set[str]:
    """An Arabic word without what is written together with it: and, with, to, the; endings, pronouns."""
    bare = {word, _BEFORE.sub("", word), word.removeprefix("و").removeprefix("ف")}
    return {stem for one in bare for stem in (one, _AFTER.sub("", one)) if len(stem) >= _STEM}


def squeezed(word: str) -> str:
    """The word with every repeated letter once: "blaack" is "black"."""
    return re.sub(r"(.)\1+", r"\1", word)
