"""Camera frames that are hard to read: a printed badge held crooked, in bad light, before a moving street."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDTH, HEIGHT = 640, 480
Point = tuple[float, float]


def hard_frame(card: Image.Image, chance: random.Random) -> bytes:
    """One grey frame of 640 x 480 that shows the card turned, tilted, blurred, noisy and badly lit."""
    scene = _street(chance)
    corners = _held(card, chance)
    solved = _perspective(corners, _corners_of(card))
    shape = Image.new("L", card.size, 255)
    seen, mask = (_seen(picture, solved) for picture in (card, shape))
    scene.paste(seen, (0, 0), mask)
    scene = _badly_lit(scene, chance).filter(ImageFilter.GaussianBlur(chance.uniform(0, 1.4)))
    return _noisy(scene, chance).tobytes()


def _street(chance: random.Random) -> Image.Image:
    scene = Image.new("L", (WIDTH, HEIGHT), chance.randint(40, 200))
    draw = ImageDraw.Draw(scene)
    for _ in range(12):
        x, y = chance.randint(0, WIDTH), chance.randint(0, HEIGHT)
        box = (x, y, x + chance.randint(10, 150), y + chance.randint(10, 150))
        draw.rectangle(box, fill=chance.randint(20, 230))
    return scene


def _held(card: Image.Image, chance: random.Random) -> list[Point]:
    """Where the card's corners are in the frame: any way up, nearer at one edge than at the other."""
    width = chance.uniform(200, 330)
    height = width * card.height / card.width
    turn, tilt = math.radians(chance.uniform(0, 360)), chance.uniform(0, 0.2)
    x, y = WIDTH / 2 + chance.uniform(-30, 30), HEIGHT / 2 + chance.uniform(-20, 20)
    corners = []
    for across, down in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        dx, dy = across * (1 + tilt * down) * width / 2, down * height / 2
        corners.append(
            (x + dx * math.cos(turn) - dy * math.sin(turn), y + dx * math.sin(turn) + dy * math.cos(turn))
        )
    return corners


def _corners_of(card: Image.Image) -> list[Point]:
    return [(0, 0), (card.width, 0), (card.width, card.height), (0, card.height)]


def _seen(picture: Image.Image, solved: Sequence[float]) -> Image.Image:
    return picture.transform((WIDTH, HEIGHT), Image.Transform.PERSPECTIVE, solved, Image.Resampling.BICUBIC)


def _perspective(to: Sequence[Point], source: Sequence[Point]) -> list[float]:
    """The eight coefficients that Pillow wants, by Gauss-Jordan elimination."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(to, source, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for i in range(8):
        pivot = max(range(i, 8), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(8):
            if r != i:
                factor = rows[r][i] / rows[i][i]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i], strict=True)]
    return [rows[i][8] / rows[i][i] for i in range(8)]


def _badly_lit(scene: Image.Image, chance: random.Random) -> Image.Image:
    """Little contrast, and a shadow that falls across."""
    contrast = chance.uniform(0.3, 1)
    base = chance.uniform(0, 255 * (1 - contrast))
    flat = scene.point([int(base + grey * contrast) for grey in range(256)])
    depth = chance.uniform(0, 0.6)
    shadow = Image.linear_gradient("L").rotate(chance.uniform(0, 360)).resize((WIDTH, HEIGHT))
    return ImageChops.multiply(flat, shadow.point([int(255 - (255 - grey) * depth) for grey in range(256)]))


def _noisy(scene: Image.Image, chance: random.Random) -> Image.Image:
    strength = chance.uniform(0, 14)
    noise = Image.frombytes("L", (WIDTH, HEIGHT), chance.randbytes(WIDTH * HEIGHT))
    spread = noise.point([int(128 + (grey - 128) / 128 * strength) for grey in range(256)])
    return ImageChops.add(scene, spread, 1, -128)
