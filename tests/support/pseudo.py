"""A made-up language, whose words can be told from all that is not theirs.

Every message is said in ⟦brackets⟧, its places for names and numbers left out of them: what stands on a page
outside of brackets went through no catalogue. That must be data, or it is English to everybody.
"""

from __future__ import annotations

import re
from gettext import NullTranslations
from html.parser import HTMLParser

import pytest
from flask import Flask, Response, request

from kiosk.web import words
from kiosk.web.display import LANGUAGE
from kiosk.web.words import Language

CODE = "zz"
_PLACES = re.compile(r"(\{\w+\}|%\(\w+\)s|%%)")
_LETTERS = re.compile(r"[^\W\d_]")
_BRACKETED = re.compile(r"⟦[^⟦⟧]*⟧")
_SAID = {"aria-label", "alt", "title", "placeholder", "aria-description", "label"}
_UNSAID = {"script", "style"}
_CODE = re.compile(r"[0-9A-Z]{4}(-[0-9A-Z]{2,4}){5,}")
SIGNS = {"A", "A+"}
"""The signs for the size of text: the same everywhere, their words stand beside them."""
_VOID = {"input", "br", "img", "link", "meta", "hr", "source", "track", "wbr"}
_ADDRESSES = re.compile(r"data-[a-z-]*(href|keep|more|text|palette)\Z")


class Pseudo(NullTranslations):
    """Says every message in brackets."""

    def gettext(self, message: str) -> str:
        return "".join(
            part if _PLACES.fullmatch(part) or not part else f"⟦{part}⟧" for part in _PLACES.split(message)
        )

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


class Reader(HTMLParser):
    """What of a page went through no catalogue: `outside`, pieces of text and of attributes.

    Parts of another language (`lang`), and those that nobody should translate, are left alone.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.outside: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._text = ""
        self.feed(html)
        self._add("text", self._text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        foreign = facts.get("lang", CODE) != CODE or facts.get("translate") == "no" or tag in _UNSAID
        if not self._is_foreign:
            for name, value in facts.items():
                if name in _SAID or (name.startswith("data-") and not _ADDRESSES.match(name)):
                    self._add(f"{tag} {name}", value, data=name.startswith("data-"))
        if tag not in _VOID:
            self._open.append((tag, foreign or self._is_foreign))
        self._text += " "

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass
        self._text += " "

    def handle_data(self, data: str) -> None:
        if not self._is_foreign:
            self._text += data

    @property
    def _is_foreign(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def _add(self, where: str, said: str, *, data: bool = False) -> None:
        if data and " " not in said.strip():
            return  # a code that scripts read
        rest = said
        while _BRACKETED.search(rest):
            rest = _BRACKETED.sub(" ", rest)
        self.outside += [
            f"{where}: {piece}" for piece in re.split(r"\s{2,}|\n", rest) if _LETTERS.search(piece)
        ]


class Listener:
    """Reads every page that an app gives in the made-up language. `outside`: path and what was outside.

    `pages`: how many there were; `data`: words of the neighbourhood's own.
    """

    def __init__(self, app: Flask, data: tuple[str, ...]) -> None:
        self.outside: list[tuple[str, str]] = []
        self.pages: set[str] = set()
        self._data = sorted(data, key=len, reverse=True)
        app.config[LANGUAGE] = CODE
        app.after_request_funcs.setdefault(None, []).append(self._listen)

    def _listen(self, answer: Response) -> Response:
        if answer.mimetype == "text/html":
            self.pages.add(f"{request.method} {request.path} {answer.status_code}")
            for piece in Reader(answer.get_data(as_text=True)).outside:
                bare = _CODE.sub(" ", piece.partition(": ")[2])
                for word in self._data:
                    bare = bare.replace(word, " ")
                found = (f"{request.method} {request.path}", piece)
                if _LETTERS.search(bare) and bare.strip() not in SIGNS and found not in self.outside:
                    self.outside.append(found)
        return answer


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the language be known, for a test."""
    known, catalogue = words.languages(), words.catalogue
    with_it = {**known, CODE: Language(CODE, "⟦Zz⟧")}
    monkeypatch.setattr(words, "languages", lambda: with_it)
    monkeypatch.setattr(words, "catalogue", lambda code: Pseudo() if code == CODE else catalogue(code))
