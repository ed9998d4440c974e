"""The page that the code on a printed poster leads to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kiosk.features.posters.events import PUBLISHED, Published
from kiosk.features.posters.rules import spoken
from tests.features.posters.conftest import Node
from tests.support import Bench

TEXT = """---
slug: calm
title: {title}
language: en
decided: 2026-11-14
---

Lead.

1. Breathe.

More.
"""


@pytest.fixture
def twice(node: Node) -> Node:
    """A node where a second version replaced the first."""
    node.publish(TEXT.format(title="Slow is calm."))
    node.publish(TEXT.format(title="Calm is safe."))
    return node


def _heading(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page)
    assert found
    return found[1]


def test_a_paper_of_the_newest_version_is_current(twice: Node) -> None:
    answer = twice.client.get("/posters/calm/2?language=en")
    assert (answer.status_code, _heading(answer.text)) == (200, "This paper is current.")
    assert '<header class="current">' in answer.text


def test_an_older_paper_is_out_of_date_and_the_poster_that_counts_is_beneath(twice: Node) -> None:
    page = twice.client.get("/posters/calm/1?language=en").text
    assert _heading(page) == "This paper is out of date."
    assert f"Version 2, which was decided on {spoken('2026-11-14')}, is the one that counts now." in page
    assert page.index("is the one that counts now.") < page.index("<h2>Calm is safe.</h2>")
    assert "Breathe." in page


def test_a_version_that_this_node_never_had_is_not_called_current_or_stale(twice: Node) -> None:
    page = twice.client.get("/posters/calm/3?language=en").text
    assert _heading(page) == "It is not known here whether this paper is current."
    assert "The newest one here is version 2." in page


def test_a_paper_in_a_language_that_is_not_here_is_unknown_and_another_is_shown(twice: Node) -> None:
    page = twice.client.get("/posters/calm/2?language=fr").text
    assert _heading(page) == "This paper is not known here."
    assert "Calm is safe." in page


@pytest.mark.parametrize("path", ["/posters/none/1", "/posters/calm/0x1", "/posters/calm/-1"])
def test_a_paper_of_no_poster_is_not_found(twice: Node, path: str) -> None:
    assert twice.client.get(path).status_code == 404


def test_a_version_beyond_all_counting_is_answered_too(twice: Node) -> None:
    assert twice.client.get(f"/posters/calm/{10**30}?language=en").status_code == 200


def test_words_in_the_address_are_not_drawn_on_the_page(twice: Node) -> None:
    page = twice.client.get("/posters/calm/1?language=<b>x</b>").text
    assert "<b>x" not in page


def test_a_bench_says_it_too_for_phones_without_a_network(bench: Bench) -> None:
    bench.from_node((PUBLISHED, Published("calm", "Calm is safe.", "en", 2, "Lead.", "2026-11-14")))
    for version, said in ((1, "This paper is out of date."), (2, "This paper is current.")):
        assert _heading(bench.client.get(f"/posters/calm/{version}?language=en").text) == said


def test_the_page_weighs_at_most_30_kb_on_a_phone_and_runs_no_script(node: Node) -> None:
    body = "One more line of words. " * 250
    node.publish(TEXT.format(title="Long").replace("More.", body))
    client = node.client
    page = client.get("/posters/calm/1?language=en").text
    assert len(body) < len(page)
    assert "<script" not in page
    parts = re.findall(r'(?:href|src)="(/[^"]+[.](?:css|svg)[^"]*)"', page)
    assert len(parts) == 2
    weight = len(page.encode())
    for part in parts:
        with client.get(part) as answer:
            weight += len(answer.data)
    assert weight <= 30_000


def test_the_style_of_the_page_needs_nothing_else_to_load() -> None:
    style = (Path(__file__).parents[3] / "static" / "css" / "paper.css").read_text()
    assert "url(" not in style
    assert "@import" not in style
