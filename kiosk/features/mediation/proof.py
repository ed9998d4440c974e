"""The proof that mediators can open what is sealed to them: a sentence to read aloud."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from typing import Any

from kiosk.adapters.sealing import seal
from kiosk.people import mediators
from kiosk.web.services import Services

ENOUGH = 2
"""With one mediator alone, what is sealed is lost when that one is ill or loses the key."""
_WORDS = 6


def make(here: Services) -> Mapping[str, Any]:
    """`sentence`, six random words; `sealed`, the same for every current mediator (age, base64, or "").

    `mediators`: their number, name and recipient; `lapsed`: numbers on the trust list without a mandate.
    """
    current = mediators.current(here)
    ready = {one.member for one in current}
    words = sentence()
    sealed = seal(words, [one.recipient for one in current]) if current else b""
    return {
        "sentence": words,
        "sealed": base64.b64encode(sealed).decode(),
        "mediators": [[one.member, one.name, one.recipient] for one in current],
        "lapsed": [one.member for one in mediators.listed(here) if one.member not in ready],
    }


def sentence() -> str:
    """Six random words of the English BIP 39 list: 66 bits."""
    from mnemonic import Mnemonic

    words = Mnemonic("english").wordlist
    return " ".join(secrets.choice(words) for _word in range(_WORDS))
