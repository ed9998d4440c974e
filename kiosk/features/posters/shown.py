"""Posters as pages show them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kiosk.features.posters import model, rules
from kiosk.web.words import direction


@dataclass(frozen=True)
class Brief:
    """A poster on the attract screen and in the list: plain text only."""

    href: str
    title: str
    lead: str
    steps: tuple[str, ...]
    more: int
    version: int
    footer: str
    language: str
    dir: str


@dataclass(frozen=True)
class Whole:
    """A poster on a page of its own; `lead`, `steps` and `body` are HTML.

    `others` are the codes and names of further languages that it can be read in.
    """

    slug: str
    title: str
    lead: Markup
    steps: tuple[Markup, ...]
    body: Markup
    version: int
    footer: str
    language: str
    dir: str
    others: tuple[tuple[str, str], ...]


def briefs(db: sqlite3.Connection, language: str) -> list[Brief]:
    """Every poster once, in the language that suits best."""
    by_slug: dict[str, dict[str, model.Poster]] = {}
    for poster in model.posters(db):
        by_slug.setdefault(poster.slug, {})[poster.language] = poster
    best = [(offered, rules.best_language(offered, language)) for offered in by_slug.values()]
    return [_brief(offered[code]) for offered, code in best if code]


def whole(
    db: sqlite3.Connection, slug: str, language: str, *, today: str = "", roots: Sequence[str] = ("/",)
) -> Whole | None:
    """The poster of this slug in the language that suits best; None when there is none.

    `today` is an ISO date, "" when the clock is doubtful; links lead to addresses that begin with `roots`.
    """
    from kiosk.features.posters import markdown

    offered = model.versions_of(db, slug)
    code = rules.best_language(offered, language)
    if code is None:
        return None
    one = offered[code]
    words = markdown.read(one.text, tuple(roots))
    return Whole(
        slug=one.slug,
        title=one.title,
        lead=words.lead,
        steps=words.steps,
        body=words.body,
        version=one.version,
        footer=rules.footer(one.decided, one.review, today),
        language=code,
        dir=direction(code),
        others=tuple((other, rules.own_name(other)) for other in offered if other != code),
    )


def _brief(one: model.Poster) -> Brief:
    from kiosk.features.posters import markdown

    words = markdown.read(one.text)
    return Brief(
        href=f"/posters/{one.slug}",
        title=one.title,
        lead=words.lead.striptags(),
        steps=words.first,
        more=words.more,
        version=one.version,
        footer=rules.brief_footer(one.decided),
        language=one.language,
        dir=direction(one.language),
    )
