"""The design system has a page where developers asked for it, and none in a street."""

from __future__ import annotations

import re

from kiosk.bench import create_bench
from kiosk.config import Config
from kiosk.web import assets
from kiosk.web.services import EXTENSION
from tests.support import Bench

_MACROS = re.compile(r"^\{%- macro (\w+)\(", re.MULTILINE)


def test_a_bench_in_a_street_has_no_styleguide(bench: Bench) -> None:
    assert bench.client.get("/styleguide").status_code == 404


def test_it_shows_every_shape_and_every_palette(bench: Bench) -> None:
    app = create_bench(Config(styleguide=True), bench.data, tick=bench.time)
    page = app.test_client().get("/styleguide")
    app.extensions[EXTENSION].journal.store.close()
    assert page.status_code == 200
    shapes = (assets.folder("templates") / "components" / "shapes.html").read_text("utf-8")
    names = re.findall(r"^  '([a-z-]+)': '<", shapes, re.MULTILINE)
    assert len(names) >= 30
    for name in names:
        assert f"<span>{name}</span>" in page.text
    for palette in ("day", "night", "contrast"):
        assert f"{palette}: ink on paper" in page.text


def test_it_shows_every_part() -> None:
    templates = assets.folder("templates")
    shown = "".join(path.read_text("utf-8") for path in (templates / "styleguide").glob("*.html"))
    for macro in _MACROS.findall((templates / "components" / "ui.html").read_text("utf-8")):
        if macro not in ("progress", "poster", "quick_hide"):  # parts of back_bar and poster_page
            assert f"ui.{macro}(" in shown, macro
