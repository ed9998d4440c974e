"""What a designer would measure on every page for everyone: targets, gaps, words, and where they are."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.features.host.events import CLOSED, ClosedTonight
from kiosk.features.posters.events import PUBLISHED, Published
from tests.browser.test_screens import OPEN
from tests.support import Bench
from tests.support.browser import SIZES, Person
from tests.sync.sockets import listening

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TARGET, GAP, TEXT, BIG_TEXT = 72, 16, 24, 52
PHONE = {"target": 48, "gap": 8, "text": 16, "big": 28}
TABLET = {"target": TARGET, "gap": GAP, "text": TEXT, "big": BIG_TEXT}
BAR = {"normal": 4 + 2 + 3, "large": 1 + 2 + 3}
"""Languages or the globe, sizes of text, palettes."""
ROWS = {
    ("landscape", "normal"): 1,
    ("portrait", "normal"): 2,
    ("landscape", "large"): 1,
    ("portrait", "large"): 1,
}

_MEASURE = """
const [least, text] = arguments;
const root = document.documentElement;
Object.assign(root.dataset, { text });
const said = (one) => (one.innerText || one.name || one.className).trim().slice(0, 40);
const clipped = (one) => getComputedStyle(one).clipPath !== "none";
const seen = (one) => one.checkVisibility() && !one.closest(".unseen, .skip, dialog") && !clipped(one);
// A link may reach over the row or the poster around it.
const reached = (one) => {
  const after = getComputedStyle(one, "::after");
  const all = after.content === "none" ? null : one.closest(".row, .posters");
  if (!all || after.position !== "absolute") return one.getBoundingClientRect();
  const { left, top, right, bottom } = all.getBoundingClientRect();
  const [over, under] = [parseFloat(after.insetBlockStart), parseFloat(after.insetBlockEnd)];
  return new DOMRect(left, top + over, right - left, bottom - top - over - under);
};
const kinds = "a, button, textarea, input:not([type=hidden])";
const targets = [...document.querySelectorAll(kinds)].filter((one) => seen(one) && !one.closest(".prose"));
const boxes = targets.map((one) => [said(one), one, reached(one)]);
const apart = (a, b) => Math.max(b.left - a.right, a.left - b.right, b.top - a.bottom, a.top - b.bottom);
const wrong = [];
for (const [name, , box] of boxes)
  if (box.width < least.target - 0.5 || box.height < least.target - 0.5)
    wrong.push(`${name}: ${Math.round(box.width)} x ${Math.round(box.height)}`);
const foot = document.querySelector(".foot");
const stuck = getComputedStyle(foot).position === "sticky";
boxes.forEach(([name, one, box], index) => {
  for (const [other, two, further] of boxes.slice(index + 1)) {
    const inside = one.matches(".headline a") && one.closest(".posters").contains(two);
    if (inside || (stuck && foot.contains(one) !== foot.contains(two))) continue;
    const gap = apart(box, further);
    if (gap < least.gap - 0.5) wrong.push(`${name} and ${other}: ${gap.toFixed(1)} apart`);
  }
});
const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = words.nextNode(); node; node = words.nextNode()) {
  const size = parseFloat(getComputedStyle(node.parentElement).fontSize);
  if (node.data.trim() && seen(node.parentElement) && size < (text === "large" ? least.big : least.text))
    wrong.push(`${node.data.trim().slice(0, 40)}: ${size} px`);
  const box = node.parentElement.getBoundingClientRect();
  if (node.data.trim() && seen(node.parentElement) && node.parentElement.scrollWidth > box.width + 2
      && getComputedStyle(node.parentElement).display !== "inline")
    wrong.push(`${node.data.trim().slice(0, 40)}: wider than its box`);
}
if (root.scrollWidth > root.clientWidth) wrong.push(`scrolls sideways: ${root.scrollWidth}`);
const over = root.scrollHeight - root.clientHeight;
if (over > 0 && over < 24) wrong.push(`scrolls by ${over} px`);
return wrong;
"""
_BAR = """
const picks = [...document.querySelectorAll(".bar .pick")].filter((one) => one.checkVisibility());
const tops = new Set(picks.map((one) => Math.round(one.getBoundingClientRect().top)));
return [picks.length, tops.size, Math.round(document.querySelector(".bar").getBoundingClientRect().bottom)];
"""
_LENGTHEN = """
const names = [...document.querySelectorAll(".tel span:not(:has(*)), .near li b, .card > span")];
const shown = names.filter((one) => one.textContent.trim());
for (const one of shown) one.textContent = arguments[0];
return shown.length;
"""
_STYLE = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"


def wrong_on(person: Person, size: str, text: str) -> list[str]:
    """What is too small, too near or too wide on the page that is shown."""
    person.resize(*SIZES[size])
    least = PHONE if size == "phone" else TABLET
    found: list[str] = person.driver.execute_script(_MEASURE, least, text)
    return [f"{size}, {text} text: {one}" for one in found]


@pytest.mark.parametrize("name", OPEN)
def test_targets_gaps_and_words_are_large_enough_on_every_page(name: str, person: Person) -> None:
    path, words = OPEN[name]
    person.go(path)
    person.see(words)
    wrong = [one for size in SIZES for text in ("normal", "large") for one in wrong_on(person, size, text)]
    assert not wrong, "\n".join(wrong)
    for (size, text), most in ROWS.items():
        person.resize(*SIZES[size])
        person.driver.execute_script("document.documentElement.dataset.text = arguments[0]", text)
        count, rows, bottom = person.driver.execute_script(_BAR)
        assert count >= BAR[text], (size, text)
        assert rows <= most, (size, text)
        assert bottom == SIZES[size][1], (size, text)
    if name == "nothing-there":
        person.complaints()


@pytest.mark.parametrize("size", ["landscape", "portrait"])
def test_the_ways_in_lie_in_the_lower_two_thirds(size: str, person: Person) -> None:
    person.resize(*SIZES[size])
    person.go("/")
    assert len(ways(person)) == 4
    assert all(box["y"] >= SIZES[size][1] / 3 for box in ways(person))
    assert all(box["y"] + box["height"] <= SIZES[size][1] for box in ways(person))


@pytest.mark.parametrize("lang", ["en", "es", "fr", "ar"])
@pytest.mark.parametrize("size", ["landscape", "portrait"])
def test_in_large_text_all_ways_in_and_the_languages_are_seen_without_scrolling(
    size: str, lang: str, person: Person
) -> None:
    person.resize(*SIZES[size])
    person.go(f"/display?lang={lang}&text=large")
    foot = person.find(".foot").rect
    assert len(ways(person)) == 4
    assert all(box["y"] + box["height"] <= foot["y"] for box in ways(person))
    assert foot["y"] + foot["height"] == SIZES[size][1]
    person.find(".globe").click()
    for name in ("English", "Español", "Français", "العربية"):
        person.see(name)
    card = person.find(".card[lang=fr]").rect
    assert card["y"] + card["height"] <= person.find(".foot").rect["y"]
    person.find(".card[lang=fr]").click()
    person.see("Besoin d’aide")
    assert person.find("html").get_attribute("data-text") == "large"


@pytest.mark.parametrize("path", ["/help", "/language"])
def test_a_very_long_name_breaks_inside_its_card(path: str, person: Person) -> None:
    person.go(path)
    named = person.driver.execute_script(_LENGTHEN, "Rettungsleitstellennotrufannahmezentrale")
    assert named >= 3
    wrong = [one for size in SIZES for text in ("normal", "large") for one in wrong_on(person, size, text)]
    assert not wrong, "\n".join(wrong)


def ways(person: Person) -> list[dict[str, float]]:
    """Where the ways in are on the first screen."""
    return [way.rect for way in person.driver.find_elements("css selector", ".way")]


@pytest.mark.parametrize("text", ["normal", "large"])
@pytest.mark.parametrize("size", ["landscape", "portrait"])
def test_all_ways_in_are_seen_offline_with_a_doubtful_clock_and_closed(
    size: str, text: str, bench: Bench, person: Person
) -> None:
    bench.time.boot = "b00700000002"
    bench.here.journal.record(CLOSED, ClosedTonight(date(2026, 11, 23)))
    with listening(bench) as port:
        person.begin(f"http://127.0.0.1:{port}")
        person.resize(*SIZES[size])
        person.go(f"/display?text={text}")
        for words in ("Next assembly", "Offline now", "The clock may be wrong", "closed the bench tonight"):
            person.see(words)
        assert wrong_on(person, size, text) == []
        foot = person.driver.find_element("css selector", ".foot").rect
        assert all(box["y"] + box["height"] <= foot["y"] for box in ways(person))


def test_posters_do_not_turn_where_motion_is_unwanted(person: Person) -> None:
    emulate = "Emulation.setEmulatedMedia"
    wish = [{"name": "prefers-reduced-motion", "value": "reduce"}]
    person.driver.execute_cdp_cmd(emulate, {"features": wish})
    try:
        person.go("/")
        assert person.find("[data-pause]").get_attribute("aria-pressed") == "true"
        moving = "return document.getAnimations().length"
        assert person.driver.execute_script(moving) == 0
    finally:
        person.driver.execute_cdp_cmd(emulate, {"features": []})
    person.go("/")
    assert person.find("[data-pause]").get_attribute("aria-pressed") == "false"


def test_at_night_the_page_is_dark_before_anything_is_drawn_on_it(bench: Bench, person: Person) -> None:
    with listening(bench) as port:
        person.begin(f"http://127.0.0.1:{port}")
        person.go("/")
        for ground in ("html", "body"):
            assert person.driver.execute_script(_STYLE, ground, "backgroundColor") == "rgb(20, 19, 15)"
        assert person.driver.execute_script(_STYLE, "html", "colorScheme") == "dark"


def test_untouched_at_night_it_dims_until_a_touch_and_shows_what_is_new(bench: Bench, person: Person) -> None:
    quick = "const slow = setTimeout; setTimeout = (work, ms) => slow(work, ms / 100);"
    often = "const seldom = setInterval; setInterval = (work, ms) => seldom(work, ms / 100);"
    script = {"source": quick + often}
    with listening(bench) as port:
        person.begin(f"http://127.0.0.1:{port}")
        person.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", script)
        person.go("/")
        person.find("[data-dim]")
        person.find(".hello h1").click()
        assert person.driver.find_elements("css selector", "[data-dim]") == []
        bench.from_node((PUBLISHED, Published("calm", "Slow is calm.", "en", 1, "Lead.")))
        person.see("Slow is calm.")
