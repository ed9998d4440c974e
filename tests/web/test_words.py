"""The catalogues and what is said from them: messages, errors, lists, numbers, dates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from kiosk.composition import ALL
from kiosk.core.errors import Refused
from kiosk.core.sentences import N_
from kiosk.features.holds.rules import JOURNAL
from kiosk.web import dates, words
from tests.support import pseudo
from tests.support.catalogues import extracted, read, refreshed
from tests.support.pseudo import Reader

HEAD = """msgid ""
msgstr ""
"Language: zz\\n"
"X-Name: Zz\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"""
MARKS = {"_", "gettext", "ngettext", "say", "listed", "together", "whole", "decimal"}


@pytest.fixture
def zz(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The made-up language is spoken."""
    pseudo.install(monkeypatch)
    words.use(pseudo.CODE)
    yield
    words.stop()


def test_an_error_is_said_in_the_reader_s_language_with_its_facts(zz: None) -> None:
    error = Refused(N_("There is no bench {bench}."), bench="{linden}")
    assert str(error) == "There is no bench {linden}."
    assert words.say(error) == "⟦There is no bench ⟧{linden}⟦.⟧"


def test_what_is_in_an_error_s_sentence_already_is_not_taken_for_a_place() -> None:
    assert words.say(Refused("“{piece}” may be a name.")) == "“{piece}” may be a name."


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([], ""),
        (["Ana"], "Ana"),
        (["Ana", "Ben"], "Ana and Ben"),
        (["Ana", "Ben", "Cleo"], "Ana, Ben and Cleo"),
    ],
)
def test_a_list_ends_with_and(items: list[str], said: str) -> None:
    assert words.listed(items) == said


def test_numbers_have_the_signs_of_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (words.whole(1_234_567), words.decimal(1.25)) == ("1,234,567", "1.2")
    for thousand, tenth, said in (("1.000", "0,1", "12.345"), ("1000", "0٫1", "12345")):
        examples = {"1,000": thousand, "0.1": tenth}
        monkeypatch.setattr(words, "gettext", lambda message, known=examples: known[message])
        assert words.whole(12_345) == said
        assert words.decimal(0.5) == tenth.replace("1", "5")


def test_dates_are_said_in_words() -> None:
    day = date(2026, 11, 23)
    assert dates.day_words(day) == "23 November"
    assert dates.full_day_words(day) == "23 November 2026"
    assert dates.date_words(day) == "Monday 23 November 2026"
    moment = datetime(2026, 12, 1, 7, 5)  # noqa: DTZ001 - a wall clock's
    assert dates.moment_words(moment) == "Tuesday 1 December 2026, 07:05"
    assert dates.short_moment_words(moment) == "1 December, 07:05"
    assert (dates.about(moment), dates.about(moment, exact=False)) == ("07:05", "about 07:05")


def test_the_parts_of_a_date_are_put_in_order_by_the_language(zz: None) -> None:
    assert dates.day_words(date(2026, 11, 1)) == "⟦1⟧⟦ ⟧⟦November⟧"


@pytest.mark.parametrize(
    ("code", "within", "alone"), [("es", "lunes 23", "Lunes 23"), ("en", "Monday 23", "Monday 23")]
)
def test_a_day_that_stands_alone_begins_with_a_capital(code: str, within: str, alone: str) -> None:
    day = date(2026, 11, 23)
    words.use(code)
    said = dates.date_words(day), dates.date_title(day)
    words.stop()
    assert said[0].startswith(within)
    assert said[1].startswith(alone)


def test_a_place_of_the_neighbourhood_keeps_its_name(zz: None) -> None:
    from kiosk.features.incidents.sentence import place_words

    assert place_words("Market corner") == "⟦at ⟧Market corner"
    assert place_words("The station") == "⟦at the ⟧station"
    assert place_words("") == "⟦somewhere else⟧"


# --- Messages ----------------------------------------------------------------------------------------------


def test_messages_of_code_and_templates_and_marked_ones_are_found() -> None:
    found = extracted()
    assert "The disk is full, so this was not saved." in found  # adapters, marked
    assert "Get help" in found  # a template
    assert ("{count} note.", "{count} notes.") in found
    assert found["1"].notes == ["For translators: the first day of a month, within a date; in French 1er."]


def test_what_features_declare_in_words_is_marked() -> None:
    declared = [one for feature in ALL for one in feature.holdings] + list(JOURNAL)
    said = {words for one in declared for words in (one.words, one.until) if isinstance(words, str)}
    assert said - {one for one in extracted() if isinstance(one, str)} == set()


def test_a_catalogue_is_brought_up_to_date_and_keeps_what_it_says() -> None:
    ids = ("Get help", "Check in", ("{count} note.", "{count} notes."))
    messages = {one: extracted()[one] for one in ids}
    text = refreshed(f'{HEAD}\nmsgid "Gone"\nmsgstr "Fort"\n\nmsgid "Get help"\nmsgstr "Hilfe"\n', messages)
    assert text.startswith(HEAD)
    assert 'msgid "Get help"\nmsgstr "Hilfe"\n' in text
    assert 'msgid "Check in"\nmsgstr ""\n' in text
    assert 'msgstr[1] ""' in text
    assert "Gone" not in text
    assert not re.search(r"^#: \S+:\d", text, re.MULTILINE)  # a line that moves would change every catalogue
    assert refreshed(text, messages) == text


def test_a_message_without_a_translation_is_said_in_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages = {one: extracted()[one] for one in ("Get help", ("{count} note.", "{count} notes."))}
    (tmp_path / "zz.po").write_text(refreshed(HEAD + "\n", messages), "utf-8")
    assert len(read(tmp_path / "zz.po")) == 2
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    monkeypatch.setattr(words, "languages", words.languages.__wrapped__)
    said = words.catalogue.__wrapped__("zz")
    assert said.gettext("Get help") == "Get help"
    assert said.ngettext("{count} note.", "{count} notes.", 2) == "{count} notes."


# --- When, and where, words are chosen ---------------------------------------------------------------------


def _at_import(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls that run when a module is imported: outside of every function."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for early in (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)):
                yield from (one for one in ast.walk(early) if isinstance(one, ast.Call))
        elif not isinstance(node, ast.Lambda):
            if isinstance(node, ast.Call):
                yield node
            yield from _at_import(node)


def _names(call: ast.Call) -> str:
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def test_no_words_are_chosen_when_a_module_is_imported() -> None:
    early = [
        f"{path}:{call.lineno}"
        for path in sorted(Path("kiosk").rglob("*.py"))
        if "kiosk.web.words" in (text := path.read_text("utf-8"))
        for call in _at_import(ast.parse(text))
        if _names(call) in MARKS
    ]
    assert early == []


@pytest.mark.parametrize(
    "code", ["X = _('a')", "def f(a=_('a')): ...", "class C:\n    x = _('a')", "f(_('a'))"]
)
def test_words_that_are_chosen_at_import_would_be_found(code: str) -> None:
    assert [_names(call) for call in _at_import(ast.parse(code))].count("_") == 1


def test_no_script_has_words_of_its_own() -> None:
    said = re.compile(r"""(["'`])((?:(?!\1)[^\\\n]|\\.)*)\1""")
    words_in = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")
    selector = re.compile(r"[\[\]#.,:>(){}=/;]")
    found = []
    for path in sorted(Path("static/js").rglob("*.js")):
        text = re.sub(r"/\*.*?\*/|^\s*//.*$", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
        literals = (m[2] for m in said.finditer(text))
        found += [(path.name, one) for one in literals if words_in.search(one) and not selector.search(one)]
    assert found == []


# --- The made-up language ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "outside"),
    [
        ("<p>⟦Get help⟧</p>", []),
        ("<p>Get help</p>", ["text: Get help"]),
        ("<p>⟦At ⟧<b>⟦noon⟧</b> ⟦we ⟧go⟦.⟧</p>", ["text:  go "]),
        ("<p>⟦⟦a⟧ b⟧ 22:15 ·</p>", []),
        ('<a aria-label="Help">⟦x⟧</a>', ["a aria-label: Help"]),
        ('<p data-busy="Still working">⟦x⟧</p>', ["p data-busy: Still working"]),
        ('<p data-key="delete">⟦x⟧</p>', []),
        ('<p lang="es">Hola</p><p translate="no">abc</p><script>let a</script>', []),
    ],
)
def test_words_that_went_through_no_catalogue_are_found(html: str, outside: list[str]) -> None:
    assert [" ".join(one.split()) for one in Reader(html).outside] == [
        " ".join(one.split()) for one in outside
    ]
