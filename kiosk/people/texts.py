"""The neighbourhood's own texts: in the reader's language where it has said them in that, else in its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import current_app
from markupsafe import Markup, escape

from kiosk.people.events import Described
from kiosk.web import words
from kiosk.web.display import LANGUAGE


@dataclass(frozen=True)
class Text:
    """Words on a page; `lang` is their language where it is not that of the page, else "".

    In a template they come marked with it, so that they are drawn and read aloud as what they are.
    """

    words: str
    lang: str = ""

    def __bool__(self) -> bool:
        return bool(self.words)

    def __str__(self) -> str:
        return self.words

    def __html__(self) -> Markup:
        if not self.lang:
            return escape(self.words)
        marked = Markup('<bdi lang="{}" dir="{}">{}</bdi>')
        return marked.format(self.lang, words.direction(self.lang), self.words)

    @property
    def alone(self) -> Text:
        """The same with a capital letter, as it begins where no sentence is around it."""
        return replace(self, words=words.begun(self.words))


def said(own: str, others: Mapping[str, str]) -> str:
    """One of the texts `others`, by language, in the language that is spoken now; `own` where none is."""
    return others.get(words.current().code) or own


def text(known: Described, own: str, others: Mapping[str, str]) -> Text:
    """The same for a page. Where nobody said which language a neighbourhood's own is, it is the app's."""
    code = words.current().code
    if others.get(code):
        return Text(others[code])
    language = known.language or str(current_app.config[LANGUAGE])
    return Text(own, language if own and language != code else "")
