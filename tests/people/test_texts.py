"""The neighbourhood's own texts, on a page in whatever language."""

from __future__ import annotations

import pytest
from markupsafe import Markup, escape

from kiosk.people.events import Described, Zone
from kiosk.people.texts import Text, said, text
from kiosk.web import words
from tests.support import Bench

NAMES = {"es": "el mercado", "ar": "السوق"}


def known(language: str | None) -> Described:
    return Described("L", "UTC", (Zone("market", "Market"),), language=language)


@pytest.mark.parametrize(
    ("language", "reader", "found"),
    [
        ("en", "es", Text("el mercado")),
        ("en", "en", Text("Market")),
        ("en", "fr", Text("Market", "en")),
        ("fr", "en", Text("Market", "fr")),
        (None, "fr", Text("Market", "en")),
        (None, "en", Text("Market")),
        ("de", "fr", Text("Market", "de")),
    ],
)
def test_a_reader_gets_their_language_else_the_neighbourhoods_own_marked_as_such(
    language: str | None, reader: str, found: Text, bench: Bench
) -> None:
    with bench.app.test_request_context():
        words.use(reader)
        assert text(known(language), "Market", NAMES) == found
        words.stop()


def test_where_nobody_reads_it_is_said_in_english_or_in_its_own() -> None:
    assert said("Mercado", {"en": "Market"}) == "Market"
    assert said("Mercado", {"fr": "Marché"}) == "Mercado"


@pytest.mark.parametrize(
    ("one", "drawn"),
    [
        (Text("<i>Bakery"), "&lt;i&gt;Bakery"),
        (Text("Bakery", "en"), '<bdi lang="en" dir="ltr">Bakery</bdi>'),
        (Text("مخبز", "ar"), '<bdi lang="ar" dir="rtl">مخبز</bdi>'),
        (Text("נאפיה", "he"), '<bdi lang="he" dir="rtl">נאפיה</bdi>'),
        (Text("<b>&", "en"), '<bdi lang="en" dir="ltr">&lt;b&gt;&amp;</bdi>'),
        (Text("x", '"><script>'), '<bdi lang="&#34;&gt;&lt;script&gt;" dir="ltr">x</bdi>'),
    ],
)
def test_a_text_is_marked_with_its_language_and_direction_and_is_never_markup(one: Text, drawn: str) -> None:
    assert str(escape(one)) == drawn
    assert Markup("%(it)s is open.") % {"it": one} == f"{drawn} is open."


def test_a_name_that_stands_alone_begins_with_a_capital_letter() -> None:
    assert Text("la estación", "es").alone == Text("La estación", "es")
    assert Text("").alone == Text("")
    assert Text("محطة").alone == Text("محطة")
