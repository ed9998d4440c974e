"""A poster's file becomes a version at the node, or a sentence that says what to mend."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from kiosk.core.errors import Refused
from kiosk.core.event import Writer
from kiosk.features.posters import FEATURE
from kiosk.features.posters.events import MAX_TEXT, PUBLISHED, Published
from kiosk.features.posters.frontmatter import parse
from kiosk.features.posters.model import versions_of
from kiosk.features.posters.operations import publish
from tests.features.posters.conftest import Node
from tests.support import Bench

HEAD = "slug: calm\ntitle: Slow is calm.\nlanguage: en\n"
TEXT = "Lead.\n\n1. One."
SAMPLE = Path(__file__).parents[3] / "provisioning" / "sample" / "posters"


def poster(head: str = HEAD, text: str = TEXT) -> str:
    return f"---\n{head}---\n\n{text}\n"


def test_a_poster_is_published_as_version_1_and_its_next_wording_as_version_2(node: Node) -> None:
    assert node.publish(poster())["said"] == "Published calm (en), version 1."
    changed = node.publish(poster(text="Other words."))
    assert (changed["version"], changed["new"]) == (2, True)
    assert versions_of(node.here.db.conn, "calm")["en"].text == "Other words."


def test_the_same_words_again_are_said_to_be_published_already_and_write_nothing(node: Node) -> None:
    node.publish(poster())
    size = node.here.journal.find(node.here.db, node.here.journal.source).size
    again = node.publish(poster() + "\n\n")
    assert again["said"] == "calm (en) is already published, version 1."
    assert not again["new"]
    assert node.here.journal.find(node.here.db, node.here.journal.source).size == size


def test_a_changed_date_is_a_new_version(node: Node) -> None:
    node.publish(poster())
    assert node.publish(poster(HEAD + "review: 2027-02-13\n"))["version"] == 2


def test_each_language_counts_its_own_versions(node: Node) -> None:
    node.publish(poster())
    node.publish(poster(text="More."))
    assert node.publish(poster(HEAD.replace("language: en", "language: es")))["version"] == 1


def test_a_bench_publishes_nothing(bench: Bench) -> None:
    with pytest.raises(Refused, match="at the central node"):
        publish(bench.here, text=poster())


def test_quotes_windows_lines_and_a_byte_order_mark_are_taken_as_meant() -> None:
    draft = parse(
        "\ufeff" + poster("slug: \"calm\"\ntitle: 'Slow: is calm.'\nlanguage: en\n").replace("\n", "\r\n")
    )
    assert (draft.slug, draft.title, draft.text) == ("calm", "Slow: is calm.", TEXT)


def test_control_and_direction_characters_are_taken_out() -> None:
    draft = parse(poster(HEAD.replace("Slow", "Sl\u202eow\x07"), "Le\x00ad \u2066x\u2069."))
    assert (draft.title, draft.text) == ("Slow is calm.", "Lead x.")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "begins with"),
        ("Only words.", "begins with"),
        ("---\nslug: calm\ntitle: T\nlanguage: en\nLead.", "begins with"),
        (
            poster(HEAD + "author: me\n"),
            "there is no key “author”. The keys are slug, title, language, decided",
        ),
        (poster(HEAD + "text: me\n"), "there is no key “text”"),
        (poster(HEAD + "slug: twice\n"), "slug is there twice"),
        (poster(HEAD + "no colon\n"), "“no colon” is not “key: value”"),
        (poster(HEAD + "title = T\n"), "is not “key: value”"),
        (poster("title: T\nlanguage: en\n"), "slug is missing"),
        (poster(HEAD.replace("Slow is calm.", "")), "title is missing"),
        (poster(HEAD.replace("calm\n", "../calm\n", 1)), "slug is 1 to 40 small letters"),
        (poster(HEAD.replace("calm\n", "Calm\n", 1)), "slug is 1 to 40 small letters"),
        (poster(HEAD.replace("Slow is calm.", "x" * 81)), "title is 1 to 80 letters"),
        (poster(HEAD.replace("language: en", "language: English")), "language is a language code"),
        (poster(HEAD + "decided: 14 November\n"), "decided is a date such as 2026-11-14"),
        (poster(HEAD + "decided: 2026-02-30\n"), "decided is a date such as 2026-11-14"),
        (poster(HEAD + "review: 20270213\n"), "review is a date such as"),
        (poster(HEAD + "decided: 2026-11-14\nreview: 2026-11-13\n"), "review lies before decided"),
        (poster(text="   "), "needs words of a poster"),
        (poster(text="\u202e\x00"), "needs words of a poster"),
        (poster(text="x" * (MAX_TEXT + 1)), "at most 7000 letters"),
        ("x" * 1_000_000, "is too long"),
    ],
)
def test_what_is_no_poster_is_refused_with_what_to_mend(source: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(source, "calm.md")
    assert "calm.md" in str(refused.value)
    assert said in str(refused.value)


def test_the_longest_poster_of_the_widest_letters_fits_into_an_event(node: Node) -> None:
    assert node.publish(poster(text="🙂" * MAX_TEXT))["version"] == 1


def test_every_sample_poster_publishes_and_ends_in_four_short_steps(node: Node) -> None:
    from kiosk.features.posters.markdown import read

    files = sorted(SAMPLE.glob("*.md"))
    assert len({file.name.partition(".")[0] for file in files}) == 7
    for file in files:
        made = node.publish(file.read_text("utf-8"), file.name)
        slug, _dot, language = file.stem.partition(".")
        assert (made["slug"], made["version"]) == (slug, 1)
        words = read(versions_of(node.here.db.conn, slug)[language or "en"].text)
        assert words.lead
        assert 4 <= len(words.steps) <= 8
        assert max(map(len, words.first)) <= 46


def test_only_the_node_may_write_posters_and_they_are_public_for_ever() -> None:
    assert FEATURE.events == (PUBLISHED,)
    assert PUBLISHED.writers == {Writer.CENTRAL}
    assert (PUBLISHED.scope, PUBLISHED.keep_days) == ("public", None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"slug": "../x"},
        {"slug": "x\n"},
        {"version": 0},
        {"title": ""},
        {"text": "x" * (MAX_TEXT + 1)},
        {"decided": "soon"},
    ],
)
def test_an_event_that_is_no_poster_does_not_read(wrong: dict[str, object]) -> None:
    right: dict[str, object] = {"slug": "calm", "title": "T", "language": "en", "version": 1, "text": "x"}
    msgspec.convert(right, Published)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**right, **wrong}, Published)
