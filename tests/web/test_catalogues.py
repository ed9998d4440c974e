"""Every shipped catalogue is complete, and says nothing that the pages cannot show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog

from kiosk.web.words import FOLDER, languages
from tests.support.catalogues import Id, extracted, read, refreshed

PLURALS = {"es": 2, "fr": 2, "ar": 6}
CODES = sorted(set(languages()) - {"en"})
_PLACES = re.compile(r"\{(\w+)\}|%\((\w+)\)s")
_BROKEN = re.compile(r"\{(?!\w+\})|(?<!\{\w)(?<!\w)\}|%(?!\(\w+\)s|%| |\Z)")
_MANNERS: tuple[Callable[[str], str], ...] = (lambda name: f"{{{name}}}", lambda name: f"%({name})s")
_MARKUP = re.compile(r"<[^>]*>|&\w+;|&#\d+;")
_NAMED = re.compile(
    r"\{(?:bench|path|piece|place|record|title|url|zone)\}|%\((?:bench|door|network|place)\)s"
)
"""What somebody named or wrote, in whatever letters."""
_APART = re.compile("\N{FIRST STRONG ISOLATE}[^\N{POP DIRECTIONAL ISOLATE}]*\N{POP DIRECTIONAL ISOLATE}")
_MADE_OF_PHRASES = "{what} {place}, {time}."


@pytest.fixture(params=CODES)
def path(request: pytest.FixtureRequest) -> Path:
    """The file of one language."""
    return FOLDER / f"{request.param}.po"


@pytest.fixture
def catalogue(path: Path) -> Catalog:
    """What it says."""
    return read(path)


def _said(catalogue: Catalog) -> Iterator[tuple[Id, tuple[str, ...]]]:
    """Every message with the forms of its translation."""
    for one in catalogue:
        if one.id:
            yield _id(one.id), (one.string,) if isinstance(one.string, str) else tuple(one.string or ())


def _id(found: Any) -> Id:
    return found if isinstance(found, str) else tuple(found)


def _is_broken(text: str) -> bool:
    """Whether a brace or a per cent sign stands where formatting would stumble over it."""
    return _BROKEN.search(_PLACES.sub("", text)) is not None


def _places(text: str) -> Counter[str]:
    return Counter(match[0] for match in _PLACES.finditer(text))


def test_it_has_every_message_and_no_other(path: Path) -> None:
    text = path.read_text("utf-8")
    assert refreshed(text, extracted()) == text, "run sh provisioning/words.sh, then translate what is new"


def test_every_message_is_translated(catalogue: Catalog) -> None:
    assert [id_ for id_, forms in _said(catalogue) if not all(form.strip() for form in forms)] == []


def test_no_translation_is_a_guess_or_a_leftover(catalogue: Catalog) -> None:
    assert [one.id for one in catalogue if one.fuzzy and one.id] == []
    assert list(catalogue.obsolete) == []


def test_names_and_numbers_have_their_places_in_every_translation(catalogue: Catalog) -> None:
    wrong = []
    for id_, forms in _said(catalogue):
        wanted = set(_places(id_ if isinstance(id_, str) else id_[1]))
        counts = set() if isinstance(id_, str) else wanted - set(_places(id_[0])) | _counts(id_)
        wrong += [
            (id_, form)
            for form in filter(None, forms)
            if not wanted - counts <= set(_places(form)) <= wanted
            or (_is_broken(form) and not any(map(_is_broken, (id_,) if isinstance(id_, str) else id_)))
        ]
    assert wrong == []


def _counts(id_: tuple[str, str]) -> set[str]:
    """The place of the number that a plural goes by: a form such as "one day" needs none."""
    places = (f(name) for name in ("count", "days", "hours", "minutes", "seconds") for f in _MANNERS)
    return set(places) & set(_places(id_[1]))


def test_no_translation_has_markup(catalogue: Catalog) -> None:
    assert [form for _id, forms in _said(catalogue) for form in forms if _MARKUP.search(form)] == []


def test_each_plural_has_as_many_forms_as_its_language(path: Path, catalogue: Catalog) -> None:
    assert catalogue.num_plurals == PLURALS.get(path.stem, catalogue.num_plurals)
    plural = [forms for id_, forms in _said(catalogue) if not isinstance(id_, str)]
    assert plural
    assert {len(forms) for forms in plural} == {catalogue.num_plurals}


def test_no_translation_begins_or_ends_with_a_blank_that_english_has_not(catalogue: Catalog) -> None:
    wrong = [
        (id_, form)
        for id_, forms in _said(catalogue)
        for form in forms
        if (form != form.strip()) and (id_ if isinstance(id_, str) else id_[1]).strip() == id_
    ]
    assert wrong == []


@pytest.mark.parametrize("code", [code for code in CODES if languages()[code].direction == "rtl"])
def test_from_right_to_left_what_others_named_keeps_its_own_order(code: str) -> None:
    wrong = [
        (id_, form)
        for id_, forms in _said(read(FOLDER / f"{code}.po"))
        for form in forms
        if id_ != _MADE_OF_PHRASES and _NAMED.search(_APART.sub("", form))
    ]
    assert wrong == [], "set these places between U+2068 and U+2069"


@pytest.mark.parametrize(
    ("text", "is_broken"),
    [
        ("{day} de {month}", False),
        ("{day de {month}", True),
        ("50 %", False),
        ("%(name) x", True),
        ("{}", True),
    ],
)
def test_a_broken_place_would_be_found(text: str, is_broken: bool) -> None:
    assert _is_broken(text) is is_broken
