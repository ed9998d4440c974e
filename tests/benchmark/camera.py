"""A check-in by camera in a real browser: from the badge in view to the success screen."""

from __future__ import annotations

from pathlib import Path

import qrcode
from PIL import Image
from selenium import webdriver

from tests.benchmark.measure import Row, percentile
from tests.benchmark.town import Town
from tests.support import camera
from tests.support.browser import Person, chromium
from tests.support.processes import until

BEFORE, SHOWN = 12, 90
"""Frames, fifteen a second: somebody comes, then holds their badge still."""

_WATCH = """
addEventListener("DOMContentLoaded", () => {
  const video = document.querySelector("[data-camera] video");
  const [x, y, hand] = [%(x)s, %(y)s, %(hand)s];
  const brush = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  video?.requestVideoFrameCallback(function look() {
    brush.drawImage(video, x, y, 1, 1, 0, 0, 1, 1);
    if (brush.getImageData(0, 0, 1, 1).data[0] > hand + 60) sessionStorage.seen = Date.now();
    else video.requestVideoFrameCallback(look);
  });
});
new PerformanceObserver((list) => {
  if (!document.body.matches(".leaf")) return;
  sessionStorage.done = performance.timeOrigin + list.getEntries()[0].startTime;
}).observe({ type: "paint", buffered: true });
"""
_TOOK = "return 'done' in sessionStorage ? Number(sessionStorage.done) - Number(sessionStorage.seen) : null"


def check_in_by_camera(town: Town, people: int) -> Row:
    """As many people as said, one after the other, before a tablet that has just opened its camera."""
    film = town.place / "film.y4m"
    camera.nothing(film)
    with chromium(town.place / "tablet", film) as driver:
        watch = _WATCH % {"x": camera.WIDTH // 2, "y": 24, "hand": camera.HAND[0]}
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": watch})
        took = [_once(town, driver, film) for _ in range(people)]
    return Row(
        "badge in view to success screen, p95", percentile(took, 95), "ms", 700, note=f"{people} people"
    )


def _once(town: Town, driver: webdriver.Chrome, film: Path) -> float:
    person = Person(driver)
    code = qrcode.make(town.badge(), border=6).get_image().convert("RGB")
    card = code.resize((camera.CARD_HEIGHT, camera.CARD_HEIGHT), Image.Resampling.LANCZOS)
    camera.come_and_show(card, film, BEFORE, SHOWN)
    driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    person.bench = town.bench.url.rstrip("/")
    person.go("/help")
    driver.execute_script("sessionStorage.clear()")
    person.go("/check-in")
    took: float = until(lambda: driver.execute_script(_TOOK), "the success screen", 20)
    return took
