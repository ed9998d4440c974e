"""Posters on paper, measured as they come out of the printer."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image

from kiosk.adapters import shaping
from kiosk.core.errors import Refused
from kiosk.features.posters import papers
from kiosk.features.posters.papers import PAGES, Made
from kiosk.features.posters.printing import Printer
from kiosk.web.assets import folder
from tests.features.posters.conftest import Node

DPI = 150
URL = "https://lindenfield.example"
SAMPLES = sorted(
    (folder("sample") / "posters").glob("*.md"), key=lambda path: (path.stem.count("."), path.name)
)
HEAD = "---\nslug: calm\ntitle: {title}\nlanguage: {language}\ndecided: 2026-11-14\n---\n\n{body}\n"
ARABIC = HEAD.format(
    title="الهدوء أمان",
    language="ar",
    body="ما يساعد.\n\n1. ابتعد خطوة.\n2. اتصل بالرقم 112 أو اذهب إلى Linden Bakery قبل 22:00.\n",
)


def _printer(node: Node, language: str | None = None, url: str = URL, *, spare: bool = False) -> Printer:
    return Printer(node.here.db.conn, node.here.device, url, language, "en", spare_ink=spare)


def _mm(pixels: float) -> float:
    return pixels / DPI * 25.4


def _pages(folder: Path, made: Made, mode: str = "L") -> list[Image.Image]:
    (folder / "paper.pdf").write_bytes(made.content)
    command = ["pdftoppm", "-r", str(DPI), "-png", str(folder / "paper.pdf"), str(folder / "page")]
    subprocess.run(command, check=True, capture_output=True)
    return [Image.open(path).convert(mode) for path in sorted(folder.glob("page*.png"))]


def _told(folder: Path, program: str, *words: str) -> str:
    command = [program, *words, str(folder / "paper.pdf")]
    command += ["-"] if program == "pdftotext" else []
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class _Code(NamedTuple):
    """A code: its text, its width, and how far from the left edge it begins, in mm."""

    text: str
    wide: float
    left: float


def _code(page: Image.Image) -> _Code:
    """The only code on a page."""
    import zxingcpp

    (found,) = zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    at = found.position
    return _Code(found.text, _mm(abs(at.top_right.x - at.top_left.x)), _mm(at.top_left.x))


def _first_ink(page: Image.Image) -> tuple[int, int]:
    """The first rows of black from above: where they begin and end, in pixels."""
    dark = page.point(lambda grey: 255 if grey < 60 else 0)
    rows = [dark.crop((0, y, page.width, y + 1)).getbbox() is not None for y in range(page.height)]
    begin = rows.index(True)
    return begin, rows.index(False, begin)


@pytest.mark.parametrize("size", list(PAGES))
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_poster_fits_on_one_sheet_of_every_size(node: Node, path: Path, size: str) -> None:
    slug = str(node.publish(path.read_text())["slug"])
    made = _printer(node).poster(slug, size)
    assert made.pages == 1
    assert made.code >= (60 if size == "A3" else 45)
    if size != "A3":
        assert _printer(node).leaflet(slug, size).whole


@pytest.mark.parametrize("size", list(PAGES))
def test_a_page_has_its_paper_s_size_and_white_at_its_edges(node: Node, tmp_path: Path, size: str) -> None:
    node.publish(SAMPLES[0].read_text())
    (page,) = _pages(tmp_path, _printer(node).poster("calm", size))
    assert (_mm(page.width), _mm(page.height)) == pytest.approx(PAGES[size], abs=0.3)
    edge = round(4.7 / 25.4 * DPI)
    for box in ((0, 0, page.width, edge), (0, 0, edge, page.height)):
        assert page.crop(box).getextrema() == (255, 255)
        turned = page.rotate(180)
        assert turned.crop(box).getextrema() == (255, 255)


@pytest.mark.parametrize(
    ("size", "least"), [("A3", 24.0), ("A4", 24 * 210 / 297), ("Letter", 24 * 279.4 / 420)]
)
def test_capitals_of_the_headline_can_be_read_at_two_metres(
    node: Node, tmp_path: Path, size: str, least: float
) -> None:
    node.publish(HEAD.format(title="H", language="en", body="\n".join(f"{n}. Step." for n in range(1, 9))))
    (page,) = _pages(tmp_path, _printer(node).poster("calm", size))
    begin, end = _first_ink(page)
    assert _mm(end - begin) >= least - 0.2


def test_words_on_a3_have_forty_points_at_least_and_the_foot_tells_version_and_day(
    node: Node, tmp_path: Path
) -> None:
    node.publish(SAMPLES[1].read_text())
    _pages(tmp_path, _printer(node).poster("charter", "A3"))
    boxes = _told(tmp_path, "pdftotext", "-bbox-layout")
    sizes = {
        word: float(low) - float(top)
        for top, low, word in re.findall(
            r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]+)</word>', boxes
        )
    }
    assert sizes["weapons,"] >= 40
    text = _told(tmp_path, "pdftotext")
    assert "Version 1 · Decided in assembly, 14 November 2026" in text
    assert "lindenfield.example/posters/charter/1?language=en" in text


def test_the_code_reads_is_60_mm_wide_and_leads_to_the_page_about_that_version(
    node: Node, tmp_path: Path
) -> None:
    node.publish(SAMPLES[0].read_text())
    (page,) = _pages(tmp_path, _printer(node).poster("calm", "A3"))
    text, wide, _ = _code(page)
    assert text == f"{URL}/posters/calm/1?language=en"
    assert wide >= 60
    answer = node.client.get(text.removeprefix(URL))
    assert "This paper is current." in answer.text


def test_the_words_of_a_poster_come_out_in_reading_order_with_its_title_and_language(
    node: Node, tmp_path: Path
) -> None:
    node.publish(SAMPLES[0].read_text())
    made = _printer(node).poster("calm", "A4")
    _pages(tmp_path, made)
    text = " ".join(_told(tmp_path, "pdftotext", "-raw").split())
    order = [
        "Slow is calm.",
        "Calm is safe.",
        "What helps when voices get loud.",
        "Stand a step back.",
        "Then call.",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert "Slow is calm. Calm is safe." in _told(tmp_path, "pdfinfo")
    assert b"/Lang (en)" in made.content


def test_every_font_is_in_the_file_and_only_the_letters_that_are_used(node: Node, tmp_path: Path) -> None:
    node.publish(ARABIC)
    made = _printer(node).poster("calm", "A4")
    _pages(tmp_path, made)
    fonts = _told(tmp_path, "pdffonts").splitlines()[2:]
    assert fonts
    assert all(re.search(r" yes yes yes ", line) for line in fonts)
    assert len(made.content) < 200_000


def test_black_is_black_alone_and_less_ink_leaves_the_ground_white(node: Node, tmp_path: Path) -> None:
    node.publish(SAMPLES[0].read_text())
    full = _pages(tmp_path, _printer(node).poster("calm", "A4"), "RGB")[0]
    assert full.getpixel((full.width // 2, 60)) == (247, 181, 0)
    spare = _pages(tmp_path, _printer(node, spare=True).poster("calm", "A4"), "RGB")[0]
    colours = spare.getcolors(1 << 16)
    assert colours is not None
    assert max(colours)[1] == (255, 255, 255)
    assert (0, 0, 0) in {colour for _, colour in colours}


def test_an_arabic_poster_is_joined_mirrored_and_keeps_numbers_and_latin_names(
    node: Node, tmp_path: Path
) -> None:
    node.publish(ARABIC)
    (page,) = _pages(tmp_path, _printer(node, "ar").poster("calm", "A4"))
    text = _told(tmp_path, "pdftotext")
    for words in ("Linden", "Bakery", "112", "22:00", "ابتعد خطوة"):
        assert words in text
    import zxingcpp

    (found,) = zxingcpp.read_barcodes(page)
    assert found.text.endswith("/posters/calm/1?language=ar")
    assert found.position.top_right.x < page.width / 2
    discs = page.point(lambda grey: 255 if grey < 60 else 0).crop(
        (0, page.height // 4, page.width, page.height * 2 // 3)
    )
    left, _, right, _ = discs.getbbox() or (0, 0, 0, 0)
    assert page.width - right < left


def test_a_reader_without_the_language_is_told_which_there_are(node: Node) -> None:
    node.publish(ARABIC)
    with pytest.raises(Refused, match="“calm” is not here in fr, but in: ar"):
        _printer(node, "fr").poster("calm", "A4")
    with pytest.raises(Refused, match=r"There is no poster “none” here\. There are: calm"):
        _printer(node).poster("none", "A4")


def test_without_the_node_s_address_nothing_is_printed(node: Node) -> None:
    node.publish(ARABIC)
    with pytest.raises(Refused, match="needs the node's public address"):
        _printer(node, url="").poster("calm", "A4")
    with pytest.raises(Refused, match="only a node on this same machine"):
        _printer(node, url="http://lindenfield.example").poster("calm", "A4")


def test_a_poster_that_is_too_long_is_refused_with_how_much(node: Node) -> None:
    steps = "\n".join(
        f"{n}. Offer water, tea, or a seat, and then go on with the next one." for n in range(1, 16)
    )
    node.publish(HEAD.format(title="Long", language="en", body=steps))
    with pytest.raises(Refused, match=r"^“Long” does not fit on A4: Shorten it by about \d+ lines\.$"):
        _printer(node).poster("calm", "A4")


def test_what_does_not_fit_after_the_steps_is_said_and_printed_on_further_sheets(
    node: Node, tmp_path: Path
) -> None:
    node.publish(SAMPLES[0].read_text())
    assert not _printer(node).poster("calm", "A3").whole
    made = _printer(node).poster("calm", "A3", whole=True)
    assert made.whole
    assert len(_pages(tmp_path, made)) == made.pages > 1
    assert "Nobody has to carry a night alone." in " ".join(_told(tmp_path, "pdftotext").split())


def test_a_heading_is_not_the_last_line_of_a_sheet(node: Node, tmp_path: Path) -> None:
    node.publish(SAMPLES[0].read_text())
    _pages(tmp_path, _printer(node).poster("calm", "A3", whole=True))
    sheets = [page.split("\n\n") for page in _told(tmp_path, "pdftotext", "-raw").split("\f") if page.strip()]
    assert [sheet for sheet in sheets if re.search(r"And you\s+Lindenfield", " ".join(sheet))] == []


@pytest.mark.parametrize("size", ["A4", "Letter"])
def test_two_leaflets_lie_side_by_side_with_marks_where_they_are_cut(
    node: Node, tmp_path: Path, size: str
) -> None:
    node.publish(SAMPLES[0].read_text())
    made = _printer(node).leaflet("calm", size)
    front, back = _pages(tmp_path, made)
    high, wide = PAGES[size]
    assert (_mm(front.width), _mm(front.height)) == pytest.approx((wide, high), abs=0.3)
    middle = front.width // 2
    for left, right in ((0, middle), (middle, front.width)):
        code = _code(front.crop((left, 0, right, front.height)))
        assert code.text == f"{URL}/posters/calm/1?language=en"
        assert code.wide >= 24.5
    for page in (front, back):
        for top in (round(3 / 25.4 * DPI), page.height - round(3 / 25.4 * DPI)):
            strip = page.crop((middle - 4, top, middle + 4, top + 1))
            assert strip.getextrema()[0] < 200  # type: ignore[operator]


@pytest.mark.parametrize("size", ["A4", "Letter"])
def test_six_round_stickers_say_what_they_are_and_where(node: Node, tmp_path: Path, size: str) -> None:
    (page,) = _pages(tmp_path, _printer(node).stickers(size), "RGB")
    assert (_mm(page.width), _mm(page.height)) == pytest.approx(PAGES[size], abs=0.3)
    text = " ".join(_told(tmp_path, "pdftotext", "-raw").split())
    assert text.count("Community Safety Zone Lindenfield") == 6
    pitch = papers.PITCH / 25.4 * DPI
    for row in (-1, 0, 1):
        for column in (-0.5, 0.5):
            x, y = page.width / 2 + column * pitch, page.height / 2 + row * pitch
            edge = (papers.STICKER / 2 - 8) / 25.4 * DPI
            assert page.getpixel((round(x + edge), round(y))) == (247, 181, 0)
            outside = (papers.STICKER / 2 + 0.8) / 25.4 * DPI * 0.7072
            assert page.getpixel((round(x + outside), round(y + outside))) == (255, 255, 255)
            mark = (papers.STICKER / 2 + 0.7) / 25.4 * DPI
            strip = page.crop((round(x + mark), round(y) - 4, round(x + mark) + 1, round(y) + 4)).convert("L")
            assert strip.getextrema()[0] < 230  # type: ignore[operator]


HOSTILE = """<script>alert(1)</script> [a](javascript:alert) %s {0} {title!r}

1. <img src=x onerror=alert(1)> \u202eevil\u202c
2. [Read](https://evil.example/x) ) Tj ET (

![pic](file:///etc/passwd)
"""


def test_hostile_markdown_is_printed_as_the_letters_that_it_is(node: Node, tmp_path: Path) -> None:
    node.publish(HEAD.format(title="{0} %s <b>", language="en", body=HOSTILE))
    made = _printer(node).poster("calm", "A4")
    _pages(tmp_path, made)
    text = " ".join(_told(tmp_path, "pdftotext", "-raw").split())
    for words in ("<script>alert(1)</script>", "{title!r}", "evil", ") Tj ET (", "{0} %s <b>"):
        assert words in text
    assert "\u202e" not in text
    assert "passwd" not in text
    assert b"/URI" not in made.content
    assert b"/JavaScript" not in made.content


def test_a_word_wider_than_the_paper_is_refused(node: Node) -> None:
    node.publish(HEAD.format(title="Word", language="en", body="1. " + "w" * 80))
    with pytest.raises(Refused, match="is wider than the paper"):
        _printer(node).poster("calm", "A4")


def test_a_letter_that_no_font_has_is_refused_by_name(node: Node) -> None:
    node.publish(HEAD.format(title="Tree", language="en", body="1. Sit under the 🌳."))
    with pytest.raises(Refused, match="No font here has the letter “🌳”"):
        _printer(node).poster("calm", "A4")


def test_without_inter_and_noto_other_fonts_serve(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    node.publish(HEAD.format(title="Calm", language="en", body="1. Wait."))
    monkeypatch.setattr(
        shaping, "faces", lambda _weight: tuple(f for f in [shaping._load("DejaVuSans.ttf")] if f)
    )
    shaping.width_of.cache_clear()
    try:
        assert b"DejaVuSans" in _printer(node).poster("calm", "A4").content
    finally:
        shaping.width_of.cache_clear()


def test_the_same_poster_gives_the_same_file(node: Node) -> None:
    node.publish(SAMPLES[0].read_text())
    assert _printer(node).poster("calm", "A4").content == _printer(node).poster("calm", "A4").content
