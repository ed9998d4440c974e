"""What a stolen tablet's browser remembers of details that were typed: nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import walks
from tests.support.browser import Person, chromium
from tests.support.canaries import files_with
from tests.support.tablet import INES, Tablet

pytestmark = [pytest.mark.browser, pytest.mark.faults, pytest.mark.slow]

SEALED, HIDDEN, ADDRESS = "Zanzibarquartz", "Quetzalmarimba", "incidents/details"


@pytest.mark.timeout(90)
def test_42_the_browsers_profile_holds_nothing_that_was_typed(tmp_path: Path) -> None:
    (tmp_path / "tablet").mkdir()
    tablet = Tablet(tmp_path / "tablet")
    tablet.start()
    try:
        with chromium(tmp_path, None) as driver:
            ines = Person(driver)
            ines.begin(tablet.url)
            _write(ines)
    finally:
        tablet.kill()
    assert files_with(tmp_path, ADDRESS)  # what the browser does keep would be found
    assert files_with(tmp_path, SEALED) == []
    assert files_with(tmp_path, HIDDEN) == []


def _write(ines: Person) -> None:
    """Details that are sealed and then others that are not, both left by Back and by Hide."""
    ines.go("/incidents/new")
    walks.sign_in(ines, INES)
    for words in walks.SHORTEST[:-1]:
        ines.tap(words)
    ines.tap("Add details")
    ines.fill("details", SEALED)
    ines.tap("Seal")
    ines.see("Details are sealed for Amal and Noor")
    for leave in ("Back", "Hide"):
        ines.tap("Replace or remove details")
        ines.fill("details", HIDDEN)
        ines.tap(leave)
    ines.see("Get help")
    ines.driver.back()
    ines.see("Your name or number")
