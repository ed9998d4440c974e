"""Posters' Markdown as HTML that holds nothing but words.

Raw HTML is not parsed and comes out as the characters that were typed; pictures give their words; a link
leads to a page of this app or is text with its address behind it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import mistune
from markupsafe import Markup, escape
from mistune.block_parser import BlockParser
from mistune.core import BlockState
from mistune.inline_parser import InlineParser

BLOCKS = ["atx_heading", "setex_heading", "thematic_break", "block_quote", "list", "blank_line"]
INLINES = ["escape", "emphasis", "link", "link_close", "linebreak", "softbreak"]
NESTED = 4
FIRST_STEPS = 4

_PAGE = re.compile(r"/[a-z0-9-]*(/[a-z0-9-]+)*")
_ADDRESS = re.compile(r"(?:https?://|mailto:|tel:)[^\s<>\"']{1,200}", re.IGNORECASE)


@dataclass(frozen=True)
class Words:
    """A poster's words. `lead`, `steps` and `body` are HTML; `first` are up to four steps as plain text.

    `steps` is a numbered list that comes at once or right after the lead; elsewhere it stays in the body.
    """

    lead: Markup
    steps: tuple[Markup, ...]
    body: Markup
    first: tuple[str, ...]
    more: int


class _Renderer(mistune.HTMLRenderer):
    """HTML of what `BLOCKS` and `INLINES` let through; a link only to pages of this app that begin so."""

    def __init__(self, roots: tuple[str, ...]) -> None:
        super().__init__(escape=True)
        self._roots = roots

    def link(self, text: str, url: str, title: str | None = None) -> str:  # noqa: ARG002  not shown
        """A link to a page here; other addresses as text."""
        if _PAGE.fullmatch(url) and url.startswith(self._roots):
            return f'<a href="{escape(url)}">{text}</a>'
        if is_address(url) and escape(url) not in text:
            return f"{text} (<bdi>{escape(url)}</bdi>)"
        return text

    def image(self, text: str, url: str, title: str | None = None) -> str:  # noqa: ARG002  not shown
        """The words that stand for the picture."""
        return text

    def heading(self, text: str, level: int, **attrs: Any) -> str:  # noqa: ARG002  no ids
        """A heading below the poster's own title."""
        tag = "h2" if level <= 2 else "h3"
        return f"<{tag}>{text}</{tag}>\n"


def _parser() -> mistune.Markdown:
    block = BlockParser(block_quote_rules=BLOCKS, list_rules=BLOCKS, max_nested_level=NESTED)
    block.rules = list(BLOCKS)
    inline = InlineParser(max_nested_level=NESTED)
    inline.rules = list(INLINES)
    return mistune.Markdown(renderer=None, block=block, inline=inline)


def tokens(text: str) -> list[dict[str, Any]]:
    """What a poster consists of, as mistune names it."""
    parsed, _ = _parser().parse(text)
    return [token for token in parsed if isinstance(token, dict) and token["type"] != "blank_line"]


def is_address(url: str) -> bool:
    """Whether this is an address of the web, a mailbox or a telephone."""
    return _ADDRESS.fullmatch(url) is not None


@lru_cache(maxsize=128)
def read(text: str, roots: tuple[str, ...] = ("/",)) -> Words:
    """The words of a poster; links lead to addresses of this app that begin with one of `roots`."""
    found = tokens(text)
    draw = _Drawing(_Renderer(roots))
    rest = list(found)
    lead = draw.inside(rest.pop(0)) if rest and rest[0]["type"] == "paragraph" else Markup()
    steps = draw.steps(rest[0]) if rest else ()
    numbered = next((one for token in found if (one := draw.steps(token))), ())
    first = tuple(step.striptags() for step in numbered[:FIRST_STEPS])
    return Words(lead, steps, draw.all(rest[1:] if steps else rest), first, len(numbered) - len(first))


class _Drawing:
    """Draws tokens with a renderer."""

    def __init__(self, renderer: _Renderer) -> None:
        self._renderer = renderer

    def all(self, tokens: list[dict[str, Any]]) -> Markup:
        """These tokens as HTML."""
        # The renderer escapes every text.
        return Markup(self._renderer(tokens, BlockState()))  # noqa: S704

    def inside(self, token: dict[str, Any]) -> Markup:
        """What a paragraph holds."""
        return self.all(token["children"])

    def steps(self, token: dict[str, Any]) -> tuple[Markup, ...]:
        """The items of a numbered list of single lines; nothing when it is something else."""
        if token["type"] != "list" or not token["attrs"].get("ordered"):
            return ()
        items = [_words_of(item) for item in token["children"]]
        return tuple(self.inside(item[0]) for item in items) if all(len(item) == 1 for item in items) else ()


def _words_of(item: dict[str, Any]) -> list[dict[str, Any]]:
    parts = [part for part in item["children"] if part["type"] != "blank_line"]
    plain = all(part["type"] in ("block_text", "paragraph") for part in parts)
    return parts if plain else []
