"""Camera frames."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from kiosk.adapters.badge import badge_png
from kiosk.core.mandate import Role
from tests.support import Bench


def frame_of(badge: str, width: int = 640, height: int = 480) -> bytes:
    card = Image.open(BytesIO(badge_png(badge, "Ines", "12345", "Lindenfield"))).convert("L")
    frame = Image.new("L", (width, height), 90)
    frame.paste(card.resize((card.width * height // card.height, height)), (width // 4, 0))
    return frame.tobytes()


def test_a_frame_with_a_badge_is_read_and_checks_in(bench: Bench):
    badge = bench.member("12345", "Ines", Role.STEWARD)
    read = bench.client.post("/scan?width=640&height=480", data=frame_of(badge))
    assert read.status_code == 200
    assert read.json == {"text": badge}
    assert bench.client.post("/check-in", data={"badge": read.get_json()["text"]}).status_code == 303


@pytest.mark.parametrize(("width", "height"), [(640, 480), (1920, 1080), (1080, 1920), (1, 1)])
def test_a_frame_without_a_code_says_null(bench: Bench, width: int, height: int):
    read = bench.client.post(f"/scan?width={width}&height={height}", data=bytes(width * height))
    assert read.status_code == 200
    assert read.json == {"text": None}


@pytest.mark.parametrize(
    ("query", "size"),
    [
        ("width=640&height=480", 0),
        ("width=640&height=480", 640 * 480 - 1),
        ("width=640&height=480", 640 * 480 + 1),
        ("", 640 * 480),
        ("width=0&height=0", 0),
        ("width=-640&height=-480", 640 * 480),
        ("width=640", 640),
        ("width=wide&height=high", 4),
        ("width=1e3&height=480", 480_000),
        ("width=1921&height=1", 1921),
        ("width=1920&height=1920", 1920 * 1920),
        ("width=99999999999999999999&height=1", 1),
        ("width=%00&height=%F0%9F%98%80", 1),
    ],
)
def test_a_frame_of_a_wrong_size_gets_a_sentence(bench: Bench, query: str, size: int):
    read = bench.client.post(f"/scan?{query}", data=bytes(size))
    assert read.status_code == 400
    assert read.get_json()["error"].endswith(".")


def test_a_frame_without_a_stated_length_is_refused(bench: Bench):
    read = bench.client.post(
        "/scan?width=2&height=2", data=bytes(4), environ_overrides={"CONTENT_LENGTH": ""}
    )
    assert read.status_code == 400


def test_a_frame_from_another_site_is_refused(bench: Bench):
    client = bench.app.test_client()
    read = client.post("/scan?width=1&height=1", data=b"0", headers={"Sec-Fetch-Site": "cross-site"})
    assert read.status_code == 403


def test_forms_stay_small_although_frames_are_large(bench: Bench):
    assert bench.client.post("/check-in", data={"badge": "A" * 70_000}).status_code == 413
