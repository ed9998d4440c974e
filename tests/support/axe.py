"""axe-core, run in the page that a browser shows: what keeps people out who see or hear otherwise."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from selenium import webdriver

_SCRIPT = Path(__file__).parents[1] / "browser" / "tools" / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """
const answer = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ["violations"] }).then(
  ({ violations }) => answer(violations.flatMap((found) =>
    found.nodes.map((node) => `${found.id}: ${node.html.slice(0, 160)} ${node.failureSummary}`))),
  (error) => answer([String(error)]),
);
"""


@cache
def _source() -> str:
    return _SCRIPT.read_text()


def violations(driver: webdriver.Chrome) -> list[str]:
    """Every violation of axe's rules as they are by default: the rule, the element, what to mend."""
    if not driver.execute_script("return 'axe' in window"):
        driver.execute_script(_source())
    found: list[str] = driver.execute_async_script(_RUN)
    return found
