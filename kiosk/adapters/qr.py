"""QR codes: read from grey camera frames, drawn as SVG. Both libraries load when first used."""

from __future__ import annotations

from functools import lru_cache

QUIET_ZONE = 4
"""Modules of white that ISO/IEC 18004 asks for around a code."""


def read(pixels: bytes, width: int, height: int) -> str | None:
    """The text of a QR code in `pixels`, one byte of grey each, row by row; None when there is none."""
    import zxingcpp

    found = zxingcpp.read_barcode(
        memoryview(pixels).cast("B", (height, width)),
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
        try_invert=False,
        try_rotate=False,
    )
    return None if found is None else found.text or None


def modules(text: str) -> list[list[bool]]:
    """The code of `text` as rows of dark and light, without quiet zone.

    Error correction is M (15 %): Q and H make the modules so small that a camera reads fewer of them.
    """
    import qrcode

    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make()
    return code.get_matrix()  # type: ignore[no-any-return]


def for_terminal(text: str) -> str:
    """The code of `text` in half blocks, two rows a line, light on the dark ground of a terminal."""
    rows = modules(text)
    side = len(rows) + 2 * QUIET_ZONE

    def light(x: int, y: int) -> bool:
        inside = 0 <= x - QUIET_ZONE < len(rows) and 0 <= y - QUIET_ZONE < len(rows)
        return not inside or not rows[y - QUIET_ZONE][x - QUIET_ZONE]

    blocks = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}
    return "\n".join(
        "".join(blocks[light(x, y), light(x, y + 1)] for x in range(side)) for y in range(0, side, 2)
    )


@lru_cache(maxsize=32)
def svg(text: str) -> str:
    """`picture(text)`, kept, as its mask takes ten milliseconds to choose."""
    return picture(text)


def picture(text: str) -> str:
    """The code of `text` as an SVG picture on white."""
    rows = modules(text)
    side = len(rows) + 2 * QUIET_ZONE
    path = "".join(
        f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>'
    )
