"""What a coordinator does with posters at the node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kiosk.core.errors import Refused
from kiosk.features.posters import frontmatter, model
from kiosk.features.posters.events import PUBLISHED, Published
from kiosk.web.services import Services


def publish(here: Services, *, text: str, name: str = "The poster") -> Mapping[str, Any]:
    """Publish `text`, which was read from a file called `name`, as the next version of its poster.

    Facts: `slug`, `language`, `title`, `version`, `new` (False when these very words are published already)
    and `said`, a sentence. Refused with what to mend.
    """
    if not here.device.is_central:
        raise Refused("Posters are published at the central node, not at a bench.")
    draft = frontmatter.parse(text, name)
    with here.journal.writing() as db:
        before = model.versions_of(db.conn, draft.slug).get(draft.language)
        if before is not None and _same(before, draft):
            return _facts(draft, before.version, new=False)
        version = 1 if before is None else before.version + 1
        here.journal.record(PUBLISHED, _event(draft, version))
    return _facts(draft, version, new=True)


def _event(draft: frontmatter.Draft, version: int) -> Published:
    return Published(
        draft.slug, draft.title, draft.language, version, draft.text, draft.decided, draft.review
    )


def _same(before: model.Poster, draft: frontmatter.Draft) -> bool:
    dates = (draft.decided or "", draft.review or "")
    return (before.title, before.text, before.decided, before.review) == (draft.title, draft.text, *dates)


def _facts(draft: frontmatter.Draft, version: int, *, new: bool) -> Mapping[str, Any]:
    said = f"Published {draft.slug} ({draft.language}), version {version}."
    if not new:
        said = f"{draft.slug} ({draft.language}) is already published, version {version}."
    return {
        "slug": draft.slug,
        "language": draft.language,
        "title": draft.title,
        "version": version,
        "new": new,
        "said": said,
    }
