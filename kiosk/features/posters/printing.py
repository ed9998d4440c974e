"""What is printed: a poster of this device in one language, with its facts and the address of its code."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from kiosk.adapters.device import Device
from kiosk.adapters.pen import SUN, WHITE
from kiosk.adapters.shaping import visible
from kiosk.core.errors import Refused
from kiosk.features.posters import model, papers, plain, rules
from kiosk.features.posters.papers import Made
from kiosk.features.posters.setting import TooLong
from kiosk.features.posters.sheet import Paper
from kiosk.people import neighbourhood
from kiosk.people.texts import said
from kiosk.web import words
from kiosk.web.words import gettext as _


class Printer:
    """Puts on paper what is in this database.

    `url` is the node's public address, "" when nobody said it; `language` the one that is asked for, `usual`
    the one of the device.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        device: Device,
        url: str,
        language: str | None,
        usual: str,
        *,
        spare_ink: bool = False,
    ) -> None:
        self._db, self._device, self._url = db, device, url
        self._language, self._usual = language, usual
        self._ground = WHITE if spare_ink else SUN

    def poster(self, slug: str, size: str, *, whole: bool = False) -> Made:
        """A poster. Refused when it is not here, is too long, or nobody knows the node's address."""
        found = self._found(slug)
        with _spoken(found.language), _named(found.title, size):
            return papers.poster(self._paper(found), size, found.language, whole=whole)

    def leaflet(self, slug: str, size: str) -> Made:
        """Leaflets, two a page; Refused likewise."""
        found = self._found(slug)
        with _spoken(found.language), _named(found.title, "a leaflet"):
            return papers.leaflet(self._paper(found), size, found.language)

    def stickers(self, size: str) -> Made:
        """Stickers with the neighbourhood's name."""
        language = self._language or self._usual
        with _spoken(language):
            spoken = words.current()
            leftward = spoken.direction == "rtl"
            return papers.stickers(self._place(), size, spoken.code, leftward=leftward)

    def _found(self, slug: str) -> model.Poster:
        offered = model.versions_of(self._db, slug)
        if not offered:
            names = sorted({one.slug for one in model.posters(self._db)})
            raise Refused(f"There is no poster “{slug}” here. There are: {', '.join(names) or 'none yet'}.")
        code = self._language or rules.best_language(offered, self._usual)
        if code not in offered:
            raise Refused(f"“{slug}” is not here in {code}, but in: {', '.join(offered)}.")
        return offered[code]

    def _paper(self, one: model.Poster) -> Paper:
        facts = (_("Version {version}").format(version=one.version), rules.footer(one.decided, "", ""))
        return Paper(
            title=visible(one.title),
            plain=plain.read(one.text),
            facts=" · ".join(fact for fact in facts if fact),
            place=self._place(),
            link=self._link(one),
            leftward=words.direction(one.language) == "rtl",
            ground=self._ground,
        )

    def _link(self, one: model.Poster) -> str:
        from kiosk.adapters.http import check_url

        if not self._url:
            raise Refused(
                "The code on the paper needs the node's public address:"
                ' say --url, or put url = "https://…" into the node\'s config.toml.'
            )
        return f"{check_url(self._url)}/posters/{one.slug}/{one.version}?language={quote(one.language)}"

    def _place(self) -> str:
        found = neighbourhood.described(self._db)
        identity = self._device.identity
        if found:
            return visible(said(found.name, found.name_in))
        return visible(identity.name if self._device.is_central else identity.network)


@contextmanager
def _spoken(language: str) -> Iterator[None]:
    """What the paper says besides the poster is in the poster's language, where that is known."""
    words.use(language.partition("-")[0])
    try:
        yield
    finally:
        words.stop()


@contextmanager
def _named(title: str, what: str) -> Iterator[None]:
    try:
        yield
    except TooLong as error:
        raise Refused(f"“{title}” does not fit on {what}: {error}") from None
