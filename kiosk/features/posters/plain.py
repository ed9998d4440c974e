"""A poster's Markdown as plain paragraphs, for paper: no HTML, no markup, nothing that steers text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kiosk.adapters.shaping import visible
from kiosk.features.posters import markdown


@dataclass(frozen=True)
class Block:
    """One paragraph. `kind` is heading, text or item; `mark` is what stands before an item."""

    kind: str
    words: str
    mark: str = ""


@dataclass(frozen=True)
class Plain:
    """A poster's words: what comes first, the numbered steps, and what follows."""

    lead: str
    steps: tuple[str, ...]
    body: tuple[Block, ...]


def read(text: str) -> Plain:
    """The words of a poster, parted as its pages are."""
    rest = markdown.tokens(text)
    lead = _inside(rest.pop(0)) if rest and rest[0]["type"] == "paragraph" else ""
    steps = _steps(rest[0]) if rest else ()
    return Plain(lead, steps, tuple(_blocks(rest[1:] if steps else rest)))


def _steps(token: Mapping[str, Any]) -> tuple[str, ...]:
    if token["type"] != "list" or not token["attrs"].get("ordered"):
        return ()
    items = [list(_blocks(item["children"])) for item in token["children"]]
    return tuple(item[0].words for item in items) if all(len(item) == 1 for item in items) else ()


def _blocks(tokens: Iterable[Mapping[str, Any]]) -> Iterator[Block]:
    for token in tokens:
        kind = token["type"]
        if kind == "list":
            yield from _items(token)
        elif kind == "block_quote":
            yield from _blocks(token["children"])
        elif kind in ("heading", "paragraph", "block_text") and (words := _inside(token)):
            yield Block("heading" if kind == "heading" else "text", words)


def _items(token: Mapping[str, Any]) -> Iterator[Block]:
    ordered = token["attrs"].get("ordered")
    for number, item in enumerate(token["children"], token["attrs"].get("start", 1)):
        for place, block in enumerate(_blocks(item["children"])):
            mark = (f"{number}." if ordered else "•") if place == 0 else ""
            yield block if block.kind == "item" else Block("item", block.words, mark)


def _inside(token: Mapping[str, Any]) -> str:
    return visible("".join(_inline(token.get("children", ()))))


def _inline(tokens: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for token in tokens:
        if token["type"] in ("softbreak", "linebreak"):
            yield " "
        elif token["type"] == "link":
            yield _link("".join(_inline(token["children"])), token["attrs"]["url"])
        else:
            yield token.get("raw", "") + "".join(_inline(token.get("children", ())))


def _link(words: str, url: str) -> str:
    """A link's words, with an address of the web behind them where they do not say it."""
    return f"{words} ({url})" if markdown.is_address(url) and url not in words else words
