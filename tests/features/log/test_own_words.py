"""The writer's own words, in public: only those that a partner has read, and that tell of nobody."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from kiosk.core.mandate import Role
from kiosk.features.incidents.events import Ended, What
from kiosk.features.log.events import NightPublished, SentencePublished
from tests.features.log.nights import DAY, FIRST, morning, note, sentences
from tests.features.log.test_public import feed, forge, send
from tests.support import PIN, Bench

WORDS = "They shook hands and went home."


def told_kind(bench: Bench, **more: Any) -> SentencePublished:
    """A note of a kind that is common enough to be told, published with two others."""
    note(bench)
    note(bench)
    note(bench, **more)
    morning(bench)
    return sentences(bench)[-1]


def test_words_that_a_partner_has_read_come_out_with_the_sentence(bench: Bench):
    told = told_kind(bench, words=WORDS, read=True)
    assert (told.what, told.words) == (What.NOISE, WORDS)
    assert [one.words for one in sentences(bench)] == ["", "", WORDS]


def test_words_that_nobody_has_read_never_come_out(bench: Bench):
    assert told_kind(bench, words=WORDS).words == ""
    note(bench, ago=DAY, words=WORDS)
    morning(bench)
    assert all(one.words == "" for one in sentences(bench))


@pytest.mark.parametrize("what", [What.THEFT, What.FAMILY, What.OTHER])
def test_a_kind_that_is_not_told_has_no_words_that_would_tell_it(bench: Bench, what: What):
    told = told_kind(bench, what=what, words=WORDS, read=True)
    assert (told.what, told.words) == (What.OTHER, "")


def test_a_family_matter_has_none_however_many_there_are(bench: Bench):
    for _ in range(4):
        note(bench, What.FAMILY, words=WORDS, read=True)
    morning(bench)
    assert all((one.what, one.words) == (What.OTHER, "") for one in sentences(bench))


def test_words_are_checked_once_more_since_names_may_have_come(bench: Bench):
    note(bench)
    note(bench)
    note(bench, words="Nilufar made tea.", read=True)
    bench.member("77777", "Nilufar", Role.STEWARD)
    morning(bench)
    assert sentences(bench)[-1].words == ""
    note(bench, words="Somebody made tea.", read=True)
    morning(bench)
    assert sentences(bench)[-1].words == "Somebody made tea."


def test_a_late_note_brings_its_words_along(bench: Bench):
    told_kind(bench)
    note(bench, ago=DAY, words=WORDS, read=True)
    morning(bench)
    late = sentences(bench)[-1]
    assert late.added is not None
    assert late.words == WORDS


def test_words_stand_under_their_sentence_at_the_bench_at_the_node_and_in_the_feed(bench: Bench, node: Flask):
    told_kind(bench, words=f"{WORDS}\nAll well.", read=True)
    send(bench, node)
    for client in (bench.client, node.test_client()):
        page = client.get(f"/log/{FIRST}").text
        assert f"In the writer’s own words: “{WORDS}\nAll well.”" in page
        assert page.count("In the writer’s own words") == 1
    content = feed(node).findtext("{*}entry/{*}content") or ""
    assert f"It calmed down. “{WORDS} All well.”\n" in content


def test_words_of_a_hostile_bench_are_inert(node: Flask):
    evil = "<script>alert(1)</script>{{ 7*7 }}\x0b"
    forge(
        node,
        SentencePublished(FIRST, "Evil", 1, 22, What.NOISE, "park", Ended.LEFT, words=evil),
        NightPublished(FIRST, "Evil", 1),
    )
    page = node.test_client().get(f"/log/{FIRST}").text
    assert "<script>alert" not in page
    assert "{{ 7*7 }}" in page
    assert "<script>alert(1)</script>" in (feed(node).findtext("{*}entry/{*}content") or "")


def test_tonight_stewards_see_which_words_stay_here(bench: Bench):
    bench.member("12345", "Ines", Role.STEWARD)
    note(bench, words="Read by Teo.", read=True)
    note(bench, words="Read by nobody.")
    client = bench.client
    page = client.post("/sign-in", data={"who": "ines", "pin": PIN, "next": "/log"}, follow_redirects=True)
    assert "“Read by Teo.”" in page.text
    assert "“Read by nobody.”" in page.text
    assert page.text.count("words stay here") == 1
