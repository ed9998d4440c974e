"""What is recorded about posters."""

from __future__ import annotations

from typing import Annotated

import msgspec

from kiosk.core.event import EventType, Writer
from kiosk.people.events import Language, Slug

MAX_TEXT = 7_000
"""Characters of Markdown: a poster, not a book. At four bytes each they fit into an event."""

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Day = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]


class Published(msgspec.Struct, frozen=True, omit_defaults=True):
    """A version of a poster. `text` is Markdown; `decided` and `review` are ISO dates.

    The node counts versions, from 1 for each slug and language.
    """

    slug: Slug
    title: Title
    language: Language
    version: Annotated[int, msgspec.Meta(ge=1, lt=1 << 31)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT)]
    decided: Day | None = None
    review: Day | None = None


PUBLISHED = EventType("poster.published", Published, frozenset({Writer.CENTRAL}), "public", None)
