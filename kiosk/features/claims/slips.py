"""Claim slips: six words of the English BIP 39 list, by which somebody sees how their claim stands. Pure.

They are drawn at random (65 bits) and shown once, each with its place in the list, 0001 to 2048: the same
secret for whoever does not read Latin letters. Of them only a hash is kept: SHA-256 over `safe-bench claim
slip v1`, a line feed, and the six words with a blank between each.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from functools import cache
from hashlib import sha256

WORDS = 6
_DOMAIN = b"safe-bench claim slip v1\n"
_DISTINCT = 4
"""So many first letters tell any two words of the list apart."""
_DIGITS = 4
"""So many digits has the place of a word."""
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[^a-z0-9]+(?=[0-9])")
_PART = re.compile(rf"[a-z]+|[0-9]{{1,{_DIGITS}}}")
_WHOLE = re.compile(rf"[a-z]+|(?<![0-9])[0-9]{{{_DIGITS}}}(?![0-9])")
_GROUP = re.compile(r"[a-z]+|[0-9]+")
_UNSEEN = ("Mn", "Cf")
_UNKIND = """
abandon abuse accident accuse afraid anger angry anxiety army arrest assault asthma attack awful betray
bitter blame blast bleak blind blood bomb broken bullet burden burst cage cancel cannon cheap clown crash
crazy crime cruel crush cry damage danger debris decline demise deny despair destroy dirt disease dizzy
dumb enemy enforce erase evidence evil execute exile fatal fault fever fragile frozen ghost gloom gorilla
grief guilt gun harsh hazard horror hunt hurt ill idle illegal illness inflict injury inmate insane
jealous judge junk kick knife lawsuit liar lonely loud mad mask master mean mercy misery mistake monkey
monster naive nasty negative neglect nerve obscure orphan panic penalty pig pistol police poverty prison
problem punch razor rebel regret reject rifle riot risk rival rude sad sadness scare scorpion sheriff
shiver shock shoot sick siege skull slab snake sorry spy sting stomach struggle stumble suffer suspect
swamp sword target tattoo tornado tragic trap trash trial trouble ugly unaware unfair unhappy unknown
upset useless vanish vicious virus warfare warrior waste weapon weird wild witness wolf worry wreck
wrestle wrong
"""
"""Words that nobody who is upset should be handed; they are read all the same."""


@cache
def listed() -> dict[str, str]:
    """The list, by each word's first four letters."""
    from mnemonic import Mnemonic  # only when a slip is drawn or read

    return {word[:_DISTINCT]: word for word in Mnemonic("english").wordlist}


@cache
def _places() -> dict[str, str]:
    """The list, by each word's place in it."""
    return {f"{place:0{_DIGITS}}": word for place, word in enumerate(listed().values(), 1)}


@cache
def _kind() -> tuple[str, ...]:
    return tuple(word for word in listed().values() if word not in _UNKIND.split())


def draw() -> tuple[str, ...]:
    """A new slip."""
    return tuple(secrets.choice(_kind()) for _ in range(WORDS))


def digits(slip: tuple[str, ...]) -> tuple[str, ...]:
    """The place of each word in the list: four digits."""
    places = {word: place for place, word in _places().items()}
    return tuple(places[word] for word in slip)


def read(text: str) -> tuple[str, ...] | None:
    """The slip that somebody typed, None when it is none.

    Each word in any case, four letters of it are enough, or its place, in the digits of any script, or both
    of each; with any signs between words and between digits. Where that gives no slip, numbers of fewer
    digits are passed over: somebody has counted. Where that gives none either, they are places without the
    noughts before them.
    """
    plain = _plain(text)
    return (
        _slip(_PART.findall(_BETWEEN_DIGITS.sub("", plain)))
        or _slip(_WHOLE.findall(plain))
        or _slip([_padded(part) for part in _GROUP.findall(plain)])
    )


def _padded(part: str) -> str:
    return part.zfill(_DIGITS) if part.isdigit() else part


def _plain(text: str) -> str:
    """The same in small letters and digits of ASCII, without accents and what cannot be seen."""
    return "".join(map(_plain_sign, unicodedata.normalize("NFKD", text))).lower()


def _plain_sign(sign: str) -> str:
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    if sign.isascii():
        return sign
    return "" if unicodedata.category(sign) in _UNSEEN else " "


def _slip(parts: list[str]) -> tuple[str, ...] | None:
    found = [_places().get(one) if one.isdigit() else listed().get(one[:_DISTINCT]) for one in parts]
    words = tuple(word for word in found if word is not None)
    return _once(words) if len(words) == len(parts) else None


def _once(words: tuple[str, ...]) -> tuple[str, ...] | None:
    """Six words, also where each was said twice: beside its place, or all words and then all places."""
    if len(words) == 2 * WORDS:
        if words[::2] == words[1::2]:
            return words[::2]
        return words[:WORDS] if words[:WORDS] == words[WORDS:] else None
    return words if len(words) == WORDS else None


def digest(slip: tuple[str, ...]) -> bytes:
    """What is kept of a slip."""
    return sha256(_DOMAIN + " ".join(slip).encode()).digest()
