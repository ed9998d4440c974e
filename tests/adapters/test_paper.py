"""Sheets of badges as a printer gets them: every code reads, is large enough, and has white around it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from kiosk.adapters import lettering, qr
from kiosk.adapters.card import Card
from kiosk.adapters.keys import DeviceKey
from kiosk.adapters.lettering import broken, fitted, font, runs_left
from kiosk.adapters.paper import SHEETS, SINGLE, Layout, badges_pdf
from kiosk.core.errors import Refused
from kiosk.people.badges import issue
from tests.support import EVENING, NETWORK

DPI = 200
NAMES = (
    "Ines",
    "فاطمة الزهراء",
    "محمد عبد الرحمن الأنصاري الخزرجي الدمشقي",
    "Maximiliana Featherstonehaugh-Okonkwo IV",
    "W" * 40,
    "i",
    "Jean-Luc",
    "Ágota Szűcs",
    "Łucja",
)
LONG = "A network with quite a long name, to be sure"
A4, LETTER = (210.0, 297.0), (215.9, 279.4)


@pytest.fixture(scope="module")
def cards() -> list[Card]:
    node = DeviceKey.generate()
    texts = [issue(f"{48213 + n}", NETWORK, node.public, node.sign, EVENING) for n in range(len(NAMES))]
    return [
        Card(text, NAMES[n], f"{48213 + n}", LONG if n % 2 else "Lindenfield") for n, text in enumerate(texts)
    ]


def _pages(folder: Path, cards: Sequence[Card], layout: Layout) -> list[Image.Image]:
    """What a printer would put on paper, grey, at `DPI`."""
    (folder / "badges.pdf").write_bytes(badges_pdf(cards, layout))
    words = ["pdftoppm", "-r", str(DPI), "-gray", str(folder / "badges.pdf"), str(folder / "page")]
    subprocess.run(words, check=True, capture_output=True)
    return [Image.open(path).convert("L") for path in sorted(folder.glob("page*.pgm"))]


def _cells(page: Image.Image, layout: Layout) -> list[Image.Image]:
    """The cards of a page, cut out where the marks say, a hair inside of them."""
    width, height = layout.card
    places = [(x, layout.height - y - height) for x, y in layout.places()]
    edges = [(x + 0.4, y + 0.4, x + width - 0.4, y + height - 0.4) for x, y in places]
    return [page.crop([round(mm * DPI / 25.4) for mm in edge]) for edge in edges]  # type: ignore[arg-type]


def _code_box(cell: Image.Image) -> tuple[float, ...]:
    """Left, top, right and bottom of the code in millimetres, as the reader sees its corners."""
    import zxingcpp

    only = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    (found,) = zxingcpp.read_barcodes(cell, formats=only)
    corners = found.position
    xs = [corner.x for corner in (corners.top_left, corners.top_right, corners.bottom_left)]
    ys = [corner.y for corner in (corners.top_left, corners.top_right, corners.bottom_left)]
    return tuple(px / DPI * 25.4 for px in (min(xs), min(ys), max(xs), max(ys)))


@pytest.mark.parametrize("size", ["A4", "Letter"])
def test_eight_badges_of_a_page_read_and_the_ninth_begins_the_next(
    cards: list[Card], size: str, tmp_path: Path
) -> None:
    layout = SHEETS[size]
    pages = _pages(tmp_path, cards, layout)
    assert [round(mm * DPI / 25.4) for mm in (layout.width, layout.height)] == pytest.approx(
        pages[0].size, abs=1
    )
    read = [qr.read(cell.tobytes(), *cell.size) for page in pages for cell in _cells(page, layout)]
    assert read == [card.text for card in cards] + [None] * 7


@pytest.mark.parametrize("layout", [*SHEETS.values(), *SINGLE.values()])
def test_a_code_is_at_least_45_mm_wide_with_white_around_it(
    cards: list[Card], layout: Layout, tmp_path: Path
) -> None:
    """White for 2.5 modules at least, names and marks included: ISO asks for four, and readers for two."""
    full = layout.across * layout.down
    (page,) = _pages(tmp_path, cards[:full], layout)
    for cell in _cells(page, layout):
        left, top, right, bottom = _code_box(cell)
        assert min(right - left, bottom - top) >= 45
        room = 2.5 * (right - left) / len(qr.modules(cards[0].text))
        outer = [round(mm * DPI / 25.4) for mm in (left - room, top - room, right + room, bottom + room)]
        ring = ImageOps.invert(cell.crop(outer))  # type: ignore[arg-type]
        inset = round((room - 0.3) * DPI / 25.4)
        ring.paste(0, (inset, inset, ring.width - inset, ring.height - inset))
        assert ring.point(lambda grey: 255 if grey > 40 else 0).getbbox() is None


@pytest.mark.parametrize("layout", [SHEETS["A4"], SHEETS["Letter"]])
def test_eight_cards_lie_on_the_page_without_touching(layout: Layout) -> None:
    places, (width, height) = list(layout.places()), layout.card
    assert len(places) == 8
    for x, y in places:
        assert x >= 0 <= y
        assert x + width <= layout.width + 1e-9
        assert y + height <= layout.height + 1e-9
    assert {tuple(sorted((one.width, one.height))) for one in SHEETS.values()} == {A4, LETTER}


def test_a_card_of_its_own_is_a7_in_the_middle_of_the_page() -> None:
    for layout, (width, height) in zip(SINGLE.values(), (A4, LETTER), strict=True):
        assert layout.card == pytest.approx((74, 105), abs=0.1)
        assert layout.corner == pytest.approx(((width - 74) / 2, (height - 105) / 2), abs=0.1)


def test_marks_cross_at_every_corner_of_the_cards(cards: list[Card], tmp_path: Path) -> None:
    layout = SHEETS["Letter"]
    (page,) = _pages(tmp_path, cards[:2], layout)
    (left, bottom), (width, height) = layout.corner, layout.card
    for column in range(3):
        for row in range(5):
            x, y = left + column * width, layout.height - bottom - row * height
            box = [round(mm * DPI / 25.4) for mm in (x - 3, y - 0.5, x - 2, y + 0.5)]
            assert page.crop(box).getextrema()[0] < 200, (column, row)  # type: ignore[arg-type, operator]


def test_the_same_badges_give_the_same_file_and_it_names_nobody(cards: list[Card]) -> None:
    made = badges_pdf(cards[:2], SHEETS["A4"])
    assert made == badges_pdf(cards[:2], SHEETS["A4"])
    assert b"Ines" not in made
    assert not re.search(rb"/Author \((?!anonymous)", made)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_forty_letters_fits_its_room(name: str) -> None:
    fit = fitted(name, range(100, 23, -2), (390, 250), 4)
    assert "".join(fit.lines).replace(" ", "") == name.replace(" ", "")
    assert max(font(fit.size, line, "Bold").getlength(line) for line in fit.lines) <= 390
    assert fit.size * 1.15 * len(fit.lines) <= 251


def test_lines_break_at_spaces_and_hyphens() -> None:
    assert broken("Jean-Luc", 2) == ["Jean-", "Luc"]
    assert broken("Ana Maria Lopez", 2) == ["Ana Maria", "Lopez"]


def test_letters_that_run_left_are_refused_where_they_cannot_be_joined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert runs_left("فاطمة")
    assert not runs_left("48 Ines")
    monkeypatch.setattr(lettering, "_can_shape", lambda: False)
    assert not runs_left("Ines")
    with pytest.raises(Refused, match="install Debian's libfribidi0"):
        runs_left("فاطمة")
