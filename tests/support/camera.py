"""What a tablet's camera sees when somebody holds a badge to it, as a Y4M film for Chromium."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 640, 480
CARD_HEIGHT = 440
HAND, DIM = (150, 138, 128), 0.55
FRAMES = 6


def film(badge: Path, to: Path, *, tilt: float = 0.0, dark: bool = False) -> None:
    """Write a film of the card in the picture `badge`, held `tilt` degrees askew, in good light or `dark`."""
    with Image.open(badge) as picture:
        card = picture.convert("RGB")
    card = card.resize((card.width * CARD_HEIGHT // card.height, CARD_HEIGHT), Image.Resampling.LANCZOS)
    _write(to, [_frame(card, tilt, dark, move) for move in range(FRAMES)])


def nothing(to: Path) -> None:
    """Write a film in which nobody holds anything."""
    _write(to, [Image.new("RGB", (WIDTH, HEIGHT), HAND)])


def come_and_show(card: Image.Image, to: Path, before: int, shown: int) -> None:
    """Write a film of so many frames in which somebody comes, and so many with `card` in view."""
    empty = Image.new("RGB", (WIDTH, HEIGHT), HAND)
    _write(to, [empty] * before + [_frame(card, 0.0, False, 0)] * shown)


def _frame(card: Image.Image, tilt: float, dark: bool, move: int) -> Image.Image:
    """One frame: a hand is never quite still."""
    frame = Image.new("RGB", (WIDTH, HEIGHT), HAND)
    turned = card.convert("RGBA").rotate(tilt, Image.Resampling.BICUBIC, expand=True)
    frame.paste(turned, ((WIDTH - turned.width) // 2 + move, (HEIGHT - turned.height) // 2), turned)
    ImageDraw.Draw(frame).ellipse((500, 300, 700, 520), fill=(172, 130, 104))
    return frame.point(lambda value: int(value * DIM)) if dark else frame


def _write(to: Path, frames: list[Image.Image]) -> None:
    """Frames as YUV4MPEG2, 4:2:0; put in place at once, as a camera may be reading it."""
    parts = [f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F15:1 Ip A1:1 C420mpeg2\n".encode()]
    for frame in frames:
        luma, blue, red = frame.convert("YCbCr").split()
        half = (WIDTH // 2, HEIGHT // 2)
        parts += [b"FRAME\n", luma.tobytes(), *(plane.resize(half).tobytes() for plane in (blue, red))]
    new = to.with_suffix(".new")
    new.write_bytes(b"".join(parts))
    new.replace(to)
