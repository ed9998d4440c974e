"""Languages: every word that a person sees goes through here.

English is what the code says. A further language is one file, `kiosk/locales/<code>.po`, as gettext has it;
its header says more than usual: `X-Name`, the own name of the language, and `X-Direction: rtl` where it is
written from right to left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, reduce
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from flask import Flask

from kiosk.core.errors import SafeBenchError

FOLDER = Path(__file__).parents[1] / "locales"
FALLBACK = "en"

RIGHT_TO_LEFT = ("ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi")
"""Languages that are written so; a text may be in one that no page can be read in."""

_HEADER = re.compile(r'^"(Language|X-Name|X-Direction): (.+?)\\n"$', re.MULTILINE)
_HEAD_BYTES = 2_000
_FIGURES = re.compile(r"[0-9]([^0-9]?)[0-9]")

_english = NullTranslations()
_spoken: ContextVar[tuple[str, NullTranslations]] = ContextVar("language", default=(FALLBACK, _english))


@dataclass(frozen=True)
class Language:
    """A language that pages can be read in: its code, its own name, and `ltr` or `rtl`."""

    code: str
    name: str
    direction: str = "ltr"


@cache
def languages() -> dict[str, Language]:
    """All of them by code, English first; nothing but the heads of their files is read for it."""
    found = [_described(path) for path in sorted(FOLDER.glob("*.po"))]
    return {one.code: one for one in (Language(FALLBACK, "English"), *found)}


def _described(path: Path) -> Language:
    with path.open(encoding="utf-8") as file:
        said = dict(_HEADER.findall(file.read(_HEAD_BYTES)))
    return Language(path.stem, said["X-Name"], said.get("X-Direction", "ltr"))


@cache
def catalogue(code: str) -> NullTranslations:
    """What a language says in place of English; LookupError for one that is not in `languages()`."""
    if code == FALLBACK:
        return _english
    path = FOLDER / f"{languages()[code].code}.po"
    from babel.messages.mofile import write_mo  # loads when a page is first asked for in another language
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with path.open("rb") as file:
        said = read_po(file)
    for message in [one for one in said if one.pluralizable and not all(one.string or ())]:
        said.delete(message.id)  # else it would be said with no words at all
    write_mo(compiled, said)
    compiled.seek(0)
    return GNUTranslations(compiled)


def use(code: str) -> None:
    """Speak this language until the end of the request; one that is not known here is English."""
    known = code if code in languages() else FALLBACK
    _spoken.set((known, catalogue(known)))


def stop(_error: BaseException | None = None) -> None:
    """Speak English again: what is no request has no reader."""
    _spoken.set((FALLBACK, _english))


def direction(code: str) -> str:
    """`rtl` or `ltr`, also of a language that no page can be read in."""
    known = languages().get(code)
    if known is not None:
        return known.direction
    return "rtl" if code.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def current() -> Language:
    """The language that is spoken now."""
    return languages()[_spoken.get()[0]]


def gettext(message: str) -> str:
    """`message` in the language that is spoken now; in English where it has no word for it."""
    return _spoken.get()[1].gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """The form for `count` in the language that is spoken now."""
    return _spoken.get()[1].ngettext(one, many, count)


def say(error: SafeBenchError) -> str:
    """The sentence of an error in the language that is spoken now; of one that is not marked, in English."""
    sentence = gettext(error.sentence)
    return sentence.format(**error.facts) if error.facts else sentence


def begun(text: str) -> str:
    """Words as a sentence begins."""
    return text[:1].upper() + text[1:]


def listed(items: Sequence[str]) -> str:
    """`Ana, Ben and Cleo`; "" for nothing."""
    if len(items) < 2:
        return "".join(items)
    return gettext("{items} and {last}").format(items=together(items[:-1]), last=items[-1])


def together(items: Sequence[str]) -> str:
    """`one, another, a third`: a list that no "and" ends."""
    return reduce(lambda some, one: gettext("{items}, {next}").format(items=some, next=one), items)


def whole(number: int) -> str:
    """A count with its thousands apart: 12,000."""
    return f"{number:,}".replace(",", _between(gettext("1,000"), ","))


def decimal(number: float) -> str:
    """A number with one decimal: 1.5."""
    return f"{number:.1f}".replace(".", _between(gettext("0.1"), "."))


def _between(example: str, usual: str) -> str:
    """The sign that parts the figures of an example such as 1,000; `usual` where there are none."""
    found = _FIGURES.search(example)
    return usual if found is None else found[1]


def install(app: Flask) -> None:
    """Let templates say `_('…')`."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["listed"] = listed
    app.teardown_request(stop)
