"""Whatever a poster's Markdown holds, only words come out."""

from __future__ import annotations

import re
import time

import pytest

from kiosk.features.posters.events import MAX_TEXT
from kiosk.features.posters.markdown import read

ALLOWED = {"h2", "h3", "p", "ol", "ul", "li", "em", "strong", "blockquote", "hr", "br", "a", "bdi"}


def drawn(text: str) -> str:
    words = read(text)
    return "".join([words.lead, *words.steps, words.body])


def test_a_numbered_list_after_the_lead_gives_the_steps_and_the_rest_the_body() -> None:
    words = read("Lead *it*.\n\n1. One\n2. **Two**\n3. Three\n4. Four\n5. Five\n\n## More\n\n- a\n- b\n")
    assert words.lead == "Lead <em>it</em>."
    assert words.steps[1] == "<strong>Two</strong>"
    assert words.first == ("One", "Two", "Three", "Four")
    assert words.more == 1
    assert words.body == "<h2>More</h2>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"


def test_a_numbered_list_further_down_stays_where_it_was_written() -> None:
    words = read("Lead.\n\nMore words.\n\n1. One\n2. Two\n")
    assert words.steps == ()
    assert words.first == ("One", "Two")
    assert "<ol>" in words.body


def test_quotes_breaks_and_headings_are_drawn() -> None:
    assert drawn("# A\n\n> said\n\n---\n\n### B\n") == (
        "<h2>A</h2>\n<blockquote>\n<p>said</p>\n</blockquote>\n<hr />\n<h3>B</h3>\n"
    )


def test_a_link_to_a_page_of_the_bench_is_a_link() -> None:
    assert drawn("[Get help](/help)") == '<a href="/help">Get help</a>'


def test_a_link_elsewhere_is_its_words_and_its_address() -> None:
    assert (
        drawn("[aid](https://aid.example/x?a=1&b=2)") == "aid (<bdi>https://aid.example/x?a=1&amp;b=2</bdi>)"
    )
    assert drawn("[https://aid.example](https://aid.example)") == "https://aid.example"


def test_on_the_node_only_its_own_pages_are_links() -> None:
    assert read("[a](/help) [b](/posters/calm)", ("/posters/",)).lead == 'a <a href="/posters/calm">b</a>'


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "text <b onclick='x()'>b</b> <!-- c --> <?php ?> <![CDATA[x]]>",
    "<svg/onload=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](//elsewhere.example/)",
    "[x](/\\elsewhere.example/)",
    "[x](/help%0d%0aSet-Cookie:a)",
    "[x](/help?next=//elsewhere.example)",
    '[x](/help "t" onmouseover="x()")',
    '[x](https://e.example/"onmouseover="alert(1))',
    "![x](http://elsewhere.example/p.png)",
    "![<script>](javascript:alert(1))",
    "<https://elsewhere.example>",
    "<javascript:alert(1)>",
    "[r]\n\n[r]: javascript:alert(1)",
    "```html\n<script>\n```",
    "    <script>alert(1)</script>",
    "`<script>`",
    "1. <script>\n2. [x](javascript:x)",
    "> <iframe src=//x>",
    "# <a href=javascript:x>",
    "{{ 7 * 7 }} {% raw %} %(x)s %s {0}",
    '<a href="javascript:alert(1)">x</a>',
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_inert(text: str) -> None:
    html = drawn(text)
    tags = re.findall(r"<[^>]*>", html)
    assert {re.match(r"</?([a-z0-9]+)", tag)[1] for tag in tags} <= ALLOWED  # type: ignore[index]
    assert all(
        re.fullmatch(r'</?[a-z0-9]+(?: /)?>|<a href="/[a-z0-9/-]*">|<ol start="\d+">', tag) for tag in tags
    )


@pytest.mark.parametrize(
    "piece",
    ["> ", "[", "[a](", "*a_ ", "*", "_a", "- ", "1. ", "![", "\\", "](", "#", "**a *b ", "<", "[x](<", "&"],
)
def test_a_poster_made_to_be_slow_is_read_at_once(piece: str) -> None:
    text = (piece * MAX_TEXT)[:MAX_TEXT]
    begin = time.process_time()
    read(text)
    assert time.process_time() - begin < 1


def test_lists_nested_without_end_are_read() -> None:
    assert "deep" in drawn("x\n\n" + "".join("  " * depth + "- a\n" for depth in range(100)) + "\ndeep")
