"""Badges on paper, and reading them from camera frames."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from io import BytesIO

import pytest
from PIL import Image, ImageOps

from kiosk.adapters import qr
from kiosk.adapters.badge import badge_png
from kiosk.adapters.card import CODE_TOP, DPI
from kiosk.adapters.keys import DeviceKey
from kiosk.people.badges import issue
from tests.support import EVENING, NETWORK
from tests.support.frames import HEIGHT, WIDTH, hard_frame

FRAMES = 60


@pytest.fixture(scope="module")
def text() -> str:
    node = DeviceKey.generate()
    return issue("12345", NETWORK, node.public, node.sign, EVENING)


@pytest.fixture(scope="module")
def card(text: str) -> Image.Image:
    return Image.open(BytesIO(badge_png(text, "Ines", "12345", "Lindenfield"))).convert("L")


def test_a_printed_badge_is_read_from_a_small_grey_frame(card: Image.Image, text: str) -> None:
    frame = Image.new("L", (WIDTH, HEIGHT), 128)
    small = card.resize((card.width * HEIGHT // card.height, HEIGHT))
    frame.paste(small, (150, 0))
    assert qr.read(frame.tobytes(), WIDTH, HEIGHT) == text


def test_hard_frames_are_read_and_never_misread(card: Image.Image, text: str) -> None:
    chance = random.Random(20261123)
    read = [qr.read(hard_frame(card, chance), WIDTH, HEIGHT) for _ in range(FRAMES)]
    assert set(read) <= {text, None}
    assert read.count(text) >= 0.95 * FRAMES


def test_a_frame_is_answered_within_fifteen_milliseconds(card: Image.Image) -> None:
    chance = random.Random(7)
    frames = [hard_frame(card, chance) for _ in range(40)]
    took = []
    for frame in frames:
        began = time.perf_counter()
        qr.read(frame, WIDTH, HEIGHT)
        took.append(time.perf_counter() - began)
    assert sorted(took)[37] <= 0.015


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_an_empty_frame_says_nothing(grey: int) -> None:
    assert qr.read(bytes([grey]) * (WIDTH * HEIGHT), WIDTH, HEIGHT) is None


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 1080), (1920, 1), (3, 5)])
def test_the_smallest_frames_do_no_harm(width: int, height: int) -> None:
    assert qr.read(bytes(width * height), width, height) is None


def test_noise_is_not_read_as_a_badge() -> None:
    chance = random.Random(1)
    assert all(qr.read(chance.randbytes(WIDTH * HEIGHT), WIDTH, HEIGHT) is None for _ in range(10))


@pytest.mark.parametrize(
    "name", ["Ines", "فاطمة الزهراء", "Maximiliana Featherstonehaugh-Okonkwo IV", "W" * 40, "."]
)
def test_every_name_leaves_the_code_readable_and_large_enough(name: str, text: str) -> None:
    card = Image.open(BytesIO(badge_png(text, name, "12345", "A network with quite a long name, to be sure")))
    assert qr.read(card.convert("L").tobytes(), *card.size) == text
    assert card.info["dpi"][0] == pytest.approx(DPI, abs=1)
    code = ImageOps.invert(card.convert("L")).crop((0, CODE_TOP, card.width, card.height - 90)).getbbox()
    assert code is not None
    assert (code[2] - code[0]) / DPI * 25.4 >= 45
    assert min(code[0], card.width - code[2]) >= 4 * (code[2] - code[0]) / len(qr.modules(text))


def test_the_svg_is_the_same_code_on_white() -> None:
    drawn = qr.svg("tel:112")
    side = len(qr.modules("tel:112")) + 8
    assert f'viewBox="0 0 {side} {side}"' in drawn
    assert qr.svg("tel:112") is drawn
    assert _painted(drawn, side) == "tel:112"


def _painted(drawn: str, side: int) -> str | None:
    """What a reader sees of the SVG: its dark squares painted, eight pixels each."""
    picture = Image.new("L", (side, side), 255)
    for square in drawn.rpartition('d="M')[2].partition('"')[0].split("M"):
        x, y = square.partition("h")[0].split()
        picture.putpixel((int(x), int(y)), 0)
    large = picture.resize((side * 8, side * 8), Image.Resampling.NEAREST)
    return qr.read(large.tobytes(), *large.size)


def test_neither_library_is_loaded_before_it_is_needed() -> None:
    program = (
        "import sys, kiosk.adapters.qr, kiosk.adapters.badge;"
        "print({'qrcode', 'zxingcpp', 'PIL'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
