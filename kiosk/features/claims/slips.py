"""Claim slips: six words of the English BIP 39 list, by which somebody sees how their claim stands. Pure.

They are drawn at random (65 bits) and shown once. Of them only a hash is kept: SHA-256 over `safe-bench claim
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
_WORD = re.compile(r"[a-z]+")
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
def _kind() -> tuple[str, ...]:
    return tuple(word for word in listed().values() if word not in _UNKIND.split())


def draw() -> tuple[str, ...]:
    """A new slip."""
    return tuple(secrets.choice(_kind()) for _ in range(WORDS))


def read(text: str) -> tuple[str, ...] | None:
    """The slip that somebody typed, None when it is none.

    In any case, with any signs between the words; four letters of each are enough.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = [listed().get(word[:_DISTINCT]) for word in _WORD.findall(plain)]
    found = tuple(word for word in words if word is not None)
    return found if len(found) == len(words) == WORDS else None


def digest(slip: tuple[str, ...]) -> bytes:
    """What is kept of a slip."""
    return sha256(_DOMAIN + " ".join(slip).encode()).digest()
