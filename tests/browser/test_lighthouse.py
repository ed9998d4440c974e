"""Lighthouse, as it judges a page on a slow phone: what everybody sees first is easy to use and fast."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from pathlib import Path

import pytest
from selenium import webdriver

from tests.support.browser import chromium
from tests.support.street import Street

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

_LIGHTHOUSE = Path(__file__).parent / "tools" / "node_modules" / "lighthouse" / "cli" / "index.js"
LEAST = {"accessibility": 100, "best-practices": 100, "performance": 95}
AT_THE_BENCH = [
    "/",
    "/check-in",
    "/posters",
    "/posters/calm",
    "/log",
    "/help",
    "/check-in/code",
    "/at/{code}",
]
AT_THE_NODE = ["", "phone", "at/linden-bakery/{code}"]


def scores(driver: webdriver.Chrome, url: str) -> dict[str, int] | str:
    """Of 100, as a mid-range phone on a slow network, in a browser that runs already, or why none."""
    port = driver.capabilities["goog:chromeOptions"]["debuggerAddress"].rpartition(":")[2]
    words = (url, f"--port={port}", "--quiet", "--output=json", f"--only-categories={','.join(LEAST)}")
    env = {**os.environ, "CI": "true"}
    ran = subprocess.run(["node", _LIGHTHOUSE, *words], capture_output=True, text=True, env=env, check=False)
    if ran.returncode != 0:
        return ran.stderr[-2000:]
    found = json.loads(ran.stdout)["categories"]
    return {name: round(100 * found[name]["score"]) for name in LEAST}


def best(driver: webdriver.Chrome, url: str) -> list[dict[str, int] | str]:
    """What at most five looks gave, the last of them good if any was.

    A busy machine makes a page slower, never faster, and has Lighthouse miss where its recording begins.
    """
    looks: list[dict[str, int] | str] = []
    while len(looks) < 5 and not (looks and _good(looks[-1])):
        looks.append(scores(driver, url))
    return looks


def _good(found: dict[str, int] | str) -> bool:
    return isinstance(found, dict) and all(found[name] >= least for name, least in LEAST.items())


def _code(street: Street) -> str:
    """What the tablet shows to phones now."""
    with urllib.request.urlopen(f"{street.bench.url}check-in/code/now?way=node") as answer:
        return Path(json.load(answer)["picture"]).stem


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory):
    """A browser of its own: Lighthouse clears what it finds."""
    with chromium(tmp_path_factory.mktemp("lighthouse"), None) as made:
        yield made


@pytest.mark.parametrize("path", AT_THE_BENCH)
def test_a_page_of_the_bench_is_easy_to_use_and_fast(
    path: str, street: Street, driver: webdriver.Chrome
) -> None:
    found = best(driver, street.bench.url.rstrip("/") + path.format(code=_code(street)))
    assert _good(found[-1]), found


@pytest.mark.parametrize("path", AT_THE_NODE)
def test_a_page_of_the_node_is_easy_to_use_and_fast(
    path: str, street: Street, driver: webdriver.Chrome
) -> None:
    found = best(driver, street.node.url + path.format(code=_code(street)))
    assert _good(found[-1]), found
