"""Whatever stands upon something else can be read, in every palette."""

from __future__ import annotations

import pytest

from kiosk.web import palettes
from kiosk.web.palettes import Pair

WORKED = [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#f7b500", "#f7b500", 1.0)]
"""Two by the definition; the middle one is the grey that is known to miss 4.5 by a hair."""


@pytest.mark.parametrize(("one", "other", "ratio"), WORKED)
def test_a_contrast_is_what_wcag_says(one: str, other: str, ratio: float) -> None:
    assert palettes.contrast(one, other) == palettes.contrast(other, one) == pytest.approx(ratio, abs=0.005)


@pytest.mark.parametrize(
    "pair", palettes.pairs(), ids=lambda pair: f"{pair.palette}: {pair.above} on {pair.below}"
)
def test_words_and_controls_stand_out_enough(pair: Pair) -> None:
    assert pair.contrast >= pair.least


def test_each_palette_has_colours_of_its_own() -> None:
    day, night, contrast = palettes.colours().values()
    assert (day["paper"], day["ink"], day["sun"]) == ("#fbf5e7", "#191817", "#f7b500")
    assert (night["paper"], night["ink"], night["sun"]) == ("#14130f", "#f4ebd6", "#f7b500")
    assert (contrast["paper"], contrast["ink"]) == ("#000000", "#ffffff")
