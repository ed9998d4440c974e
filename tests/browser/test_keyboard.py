"""The touch keyboard: what it types, in four languages, and that it is never in the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from selenium.webdriver.common.keys import Keys

from kiosk.core.mandate import Role
from kiosk.web import assets
from tests.features.claims.sentences import address, claim, digits_on, publish
from tests.support import PIN, Bench, walks
from tests.support.browser import SIZES, Person
from tests.support.processes import until
from tests.support.roots import give_mediators
from tests.support.street import Member
from tests.support.touch import Fingers, build_keyboard
from tests.sync.sockets import listening

pytestmark = [pytest.mark.browser, pytest.mark.slow]

INES = Member("Ines", "12345", PIN)
KEPT = "return [Object.values(SimpleKeyboardInstances).map((one) => one.input), {...localStorage}]"
NAMES = (
    "return [...document.querySelectorAll('.keyboard button')].map((one) => one.ariaLabel ?? one.innerText)"
)


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    build_keyboard()


@pytest.fixture
def somebody(bench: Bench, person: Person) -> Iterator[Person]:
    """Somebody before a bench with a keyboard, where Ines is a steward."""
    bench.app.jinja_env.globals["touch_keyboard"] = assets.touch_keyboard(always=False)
    bench.member(INES.number, INES.name, Role.STEWARD)
    with listening(bench) as port:
        person.begin(f"http://127.0.0.1:{port}")
        yield person
        person.go("/help")  # a camera that is on would go on asking


@pytest.fixture
def fingers(somebody: Person) -> Fingers:
    """Their fingers."""
    return Fingers(somebody)


@pytest.mark.parametrize(
    ("tongue", "keys", "word"),
    [
        ("en", [*"hello", "{space}", *"hand"], "hello hand"),
        ("es", [*"ma", "ñ", *"ana"], "mañana"),
        ("es", [*"com", "{accents}", "ú", "n"], "común"),
        ("fr", ["é", "t", "é"], "été"),
        ("fr", ["{accents}", "ç", "a", "{space}", "v", "a"], "ça va"),
        ("ar", [*"سلام"], "سلام"),
        ("ar", ["{accents}", "أ", *"هل"], "أهل"),
    ],
)
def test_a_word_is_typed_in_the_language_of_the_page(
    somebody: Person, fingers: Fingers, tongue: str, keys: list[str], word: str
) -> None:
    fingers.open_at(f"/display?lang={tongue}&back=/claim", "slip")
    fingers.key(*keys)
    assert fingers.written("slip") == word


def test_letters_of_another_language_are_a_key_away(fingers: Fingers) -> None:
    fingers.open_at("/claim", "slip")
    for letter in "añéد":
        fingers.key(letter, "{tongue}")
    assert fingers.written("slip") == "añéد"
    fingers.key("q")


def test_shift_is_for_one_letter_and_digits_stay(fingers: Fingers) -> None:
    fingers.open_at("/claim", "slip")
    fingers.key("{shift}", "I", "n", "{digits}", "4", "2", "&", "{letters}", "{bksp}", "e")
    assert fingers.written("slip") == "In42e"


def test_a_badge_code_is_typed_in_capitals(fingers: Fingers) -> None:
    fingers.open_at("/check-in", "badge")
    fingers.key("S", "B", "{digits}", "1", ":", "{letters}")
    assert fingers.written("badge") == "SB1:"


def test_it_types_at_the_caret_and_over_what_is_selected(somebody: Person, fingers: Fingers) -> None:
    fingers.open_at("/claim", "slip")
    somebody.fill("slip", "one three")
    fingers.touch_field("slip")
    field = "document.querySelector('[name=slip]')"
    somebody.driver.execute_script(f"{field}.setSelectionRange(4, 9)")
    fingers.key("t", "w", "o")
    somebody.press(Keys.ARROW_LEFT, "y")
    assert not fingers.is_open, "a real key hides it"
    fingers.touch_field("slip")
    somebody.driver.execute_script(f"{field}.setSelectionRange(3, 3)")
    fingers.key("s", "{bksp}", "{bksp}")
    assert fingers.written("slip") == "on twyo"
    somebody.press(Keys.CONTROL, "z")
    assert fingers.written("slip") != "on twyo", "what it typed can be undone like any typing"


def test_no_more_is_typed_than_the_field_takes(somebody: Person, fingers: Fingers) -> None:
    fingers.open_at("/claim", "slip")
    somebody.driver.execute_script("document.querySelector('[name=slip]').maxLength = 3")
    fingers.key(*"hello")
    assert fingers.written("slip") == "hel"


def test_enter_goes_to_the_pin_whose_pad_takes_its_place(somebody: Person, fingers: Fingers) -> None:
    fingers.open_at("/host", "who")
    fingers.key(*"ines", "{enter}")
    until(lambda: somebody.focused() == "pin", "the PIN", 5)
    assert not fingers.is_open
    assert somebody.find(".keys").is_displayed()


def test_enter_sends_the_only_field(somebody: Person, fingers: Fingers) -> None:
    fingers.open_at("/claim", "slip")
    fingers.key(*"zoo", "{space}", *"zoo", "{enter}")
    somebody.see("No claim has this slip.")
    assert all("responded with a status of 404" in line for line in somebody.complaints())


def test_whoever_reads_no_latin_letters_types_a_slip_in_digits(
    bench: Bench, somebody: Person, fingers: Fingers
) -> None:
    publish(bench)
    groups = digits_on(claim(bench.client).text)
    somebody.speak("ar")
    fingers.open_at("/claim", "slip")
    fingers.key("{digits}", *"".join(groups[:5]), "{space}", *groups[5], "{enter}")
    somebody.see("It is being talked over.")


def test_enter_is_a_new_line_in_a_longer_text(bench: Bench, somebody: Person, fingers: Fingers) -> None:
    begin_note(somebody)
    fingers.touch_field("words")
    fingers.key("W", "e", "{enter}", "s", "a", "t")
    assert fingers.written("words") == "We\nsat"
    somebody.driver.execute_script("""
const box = document.querySelector("[data-skbtn='{fold}']").getBoundingClientRect();
const trap = Object.assign(document.createElement("button"), { className: "trap", textContent: "Trap" });
trap.onclick = () => trap.remove();
trap.style.cssText = `position:fixed;inset:${box.top}px auto auto ${box.left}px;width:90px;height:70px`;
document.body.prepend(trap);
""")
    fingers.key("{fold}")
    until(lambda: not fingers.is_open, "no keyboard", 5)
    assert somebody.driver.find_elements("css selector", ".trap"), (
        "the tap does not go on to what lay behind the key"
    )


def test_quick_hide_is_a_key_while_somebody_types(somebody: Person, fingers: Fingers) -> None:
    begin_note(somebody)
    fingers.touch_field("words")
    fingers.key("W", "e", "{hide}")
    until(lambda: "Keep" not in somebody.text, "no note", 5)
    assert not fingers.is_open
    somebody.arrive("/")


@pytest.mark.parametrize("always", [False, True])
def test_a_mouse_opens_it_only_where_the_bench_is_told_so(
    bench: Bench, somebody: Person, fingers: Fingers, always: bool
) -> None:
    bench.app.jinja_env.globals["touch_keyboard"] = assets.touch_keyboard(always=always)
    somebody.go("/claim")
    somebody.find("[name=slip]").click()
    if always:
        until(lambda: fingers.is_open, "the keyboard", 10)
        return
    somebody.find("h1").click()
    fingers.touch_field("slip")
    library = (
        "return performance.getEntriesByType('resource').filter((one) => /vendor/.test(one.name)).length"
    )
    assert somebody.driver.execute_script(library) == 1, "it is asked for with the first touch"


def test_a_screen_reader_presses_keys_by_their_names(somebody: Person, fingers: Fingers) -> None:
    fingers.open_at("/claim", "slip")
    said: list[str] = somebody.driver.execute_script(NAMES)
    assert all(said)
    assert {"Delete", "Space", "Hide the keyboard", "Capital letters"} <= set(said)
    somebody.driver.execute_script("document.querySelector('[data-skbtn=w]').click()")
    assert fingers.written("slip") == "w"
    assert somebody.focused() == "slip"


def test_the_library_keeps_nothing_of_what_was_typed(somebody: Person, fingers: Fingers) -> None:
    fingers.open_at("/claim", "slip")
    fingers.key(*"secret")
    assert fingers.written("slip") == "secret"
    kept: list[Any] = somebody.driver.execute_script(KEPT)
    assert kept == [[{"default": ""}], {}]
    somebody.go("/")
    somebody.driver.back()
    somebody.find("[name=slip]")
    assert fingers.written("slip") == ""


def begin_note(person: Person) -> None:
    person.go("/incidents/new")
    walks.sign_in(person, INES)
    for words in walks.SHORTEST[:-1]:
        person.tap(words)
    person.find("[name=words]")


@pytest.mark.timeout(150)
@pytest.mark.parametrize("tongue", ["en", "ar"])
def test_it_is_never_before_the_field_or_the_button(
    bench: Bench, somebody: Person, fingers: Fingers, pictures: Path | None, tongue: str
) -> None:
    give_mediators(bench, {"54321": "Mara", "54322": "Noor"})
    publish(bench)
    pages = {"/check-in": "badge", "/check-in/pin": "who", "/host": "who", "/vouch": "badge"}
    pages |= {"/claim": "slip", address(): "words"}
    for path, name in pages.items():
        somebody.go(path)
        types_in_every_size(somebody, fingers, name, f"{tongue}{path.replace('/', '-')}", tongue, pictures)


@pytest.mark.timeout(150)
def test_it_is_never_before_the_words_of_a_note(
    bench: Bench, somebody: Person, fingers: Fingers, pictures: Path | None
) -> None:
    give_mediators(bench, {"54321": "Mara", "54322": "Noor"})
    begin_note(somebody)
    types_in_every_size(somebody, fingers, "words", "note", "en", pictures)
    somebody.tap("Add details")
    somebody.see("Who can read it")
    types_in_every_size(somebody, fingers, "details", "details", "en", pictures)


def types_in_every_size(
    person: Person, fingers: Fingers, name: str, picture: str, tongue: str, to: Path | None
) -> None:
    """Open the keyboard in both sizes and both sizes of text: what has to be seen is, and keys are large."""
    path = quote(person.path, safe="")
    for text in ("normal", "large"):
        person.go(f"/display?text={text}&lang={tongue}&back={path}")
        for size in ("landscape", "portrait"):
            person.resize(*SIZES[size])
            fingers.touch_field(name)
            if to is not None:
                person.picture(to / f"keyboard-{picture}-{text}-{size}.png")
            assert fingers.hidden_parts(name) == [], f"{picture}, {text}, {size}"
            assert fingers.small_keys(88 if size == "landscape" else 60) == []
            fingers.key("{fold}")
            until(lambda: not fingers.is_open, "no keyboard", 5)
    person.resize(*SIZES["landscape"])
    person.go(f"/display?text=normal&lang=en&back={path}")
