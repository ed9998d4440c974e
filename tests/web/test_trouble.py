"""What every page says when the disk refuses."""

from __future__ import annotations

import pytest

from tests.support import Bench

PAGES = ("/", "/check-in", "/help", "/posters", "/log")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_when_nothing_can_be_saved(bench: Bench, page: str) -> None:
    assert 'class="trouble"' not in bench.client.get(page).text
    bench.here.journal.store.trouble = "The disk can only be read, so this was not saved."
    assert "The disk can only be read" in bench.client.get(page).text


@pytest.mark.parametrize("page", PAGES)
def test_every_page_can_be_read_when_the_disk_is_full(
    bench: Bench, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(bench.here.journal.store), "is_low", property(lambda _: True))
    answer = bench.client.get(page)
    assert answer.status_code == 200
    assert "Reading still works" in answer.text
