"""Quick hide, in the same corner of every sensitive screen, and covering what is typed (UX.md, row 14)."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from kiosk.core.mandate import Role
from tests.features.claims.sentences import address, publish
from tests.support import PIN, Bench, walks
from tests.support.browser import SIZES, Person
from tests.support.roots import give_mediators
from tests.support.street import Member, Street
from tests.sync.sockets import listening

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_HIDE = "[data-hide]"
_FROM_CORNER = """
const box = document.querySelector("[data-hide]").getBoundingClientRect();
const from = document.dir === "rtl" ? box.left : document.documentElement.clientWidth - box.right;
return [Math.round(from), Math.round(box.top), box.width, box.height];
"""
_TYPED = "return getComputedStyle(document.querySelector(arguments[0])).webkitTextSecurity"
_AT_ONCE = """
const begun = performance.now();
document.querySelector("[data-hide]").click();
const waited = performance.now() - begun;
return [document.body.innerText, document.querySelectorAll("input, textarea").length, document.title, waited];
"""


def sensitive(person: Person, ines: Member) -> list[str]:
    """The addresses of screens of a note, which the person has written up to its last page."""
    person.go("/incidents/new")
    walks.sign_in(person, ines)
    for words in walks.SHORTEST[:-1]:
        person.tap(words)
    person.see("In your own words")
    note = person.path.partition("?")[2].partition("&")[0]
    return [
        f"/incidents/new?{note}",
        f"/incidents/details?{note}",
        f"/incidents/change?{note}",
        "/incidents/mine",
    ]


def corner(person: Person, path: str) -> tuple[int, int]:
    """How far Quick hide is from the corner of a screen: along, and down."""
    person.go(path)
    person.find(_HIDE)
    along, down, width, height = person.driver.execute_script(_FROM_CORNER)
    assert width >= 96, path
    assert height >= 96, path
    return along, down


@pytest.mark.timeout(120)
@pytest.mark.parametrize("size", ["landscape", "portrait"])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_quick_hide_is_large_and_in_the_same_corner_of_every_sensitive_screen(
    size: str, lang: str, bench: Bench, person: Person
) -> None:
    ines, rosa = everybody(bench)
    publish(bench, 2)
    with listening(bench) as port:
        person.begin(f"http://127.0.0.1:{port}")
        addresses = sensitive(person, ines)
        person.resize(*SIZES[size])
        person.go(f"/display?lang={lang}")
        found = {path: corner(person, path) for path in [*addresses, address(1), "/claim"]}
        for text in ("large", "normal"):
            person.go(f"/display?text={text}")
            found |= {f"{path} {text}": corner(person, path) for path in addresses[:2]}
        person.go("/leave")
        person.go(f"/display?lang={lang}")
        found |= {path: corner(person, path) for path in ("/sign-in", "/check-in/pin", "/vouch")}
        person.go("/display?lang=en&back=/sign-in?next=/host")
        walks.sign_in(person, rosa)
        person.go(f"/display?lang={lang}")
        found |= {
            path: corner(person, path) for path in ("/host", "/host/log", "/host/clock", "/host/clock/tell")
        }
        assert len(set(found.values())) == 1, found


def test_quick_hide_shows_a_poster_at_once_and_the_note_waits_for_its_author(
    street: Street, person: Person
) -> None:
    vito = street.member("Vito", "steward")
    person.go("/incidents/new")
    walks.sign_in(person, vito)
    for words in walks.SHORTEST[:-1]:
        person.tap(words)
    person.fill("words", "Quarrel about the bins")
    length = person.driver.execute_script("return history.length")
    shown, fields, title, _waited = person.driver.execute_script(_AT_ONCE)
    assert "This bench is for everybody." in shown
    assert "Quick hide" not in shown
    assert (fields, title) == (0, "Safe Bench")
    person.arrive("/")
    assert person.driver.execute_script("return history.length") == length
    for _ in range(4):
        person.driver.back()
        assert "bins" not in person.driver.page_source
        assert "argument" not in person.driver.page_source
    person.go("/incidents/new")
    walks.sign_in(person, vito)
    person.see("In your own words")
    assert person.find("textarea[name=words]").get_attribute("value") == "Quarrel about the bins"


def test_quick_hide_drops_the_note_where_its_author_chose_so(street: Street, person: Person) -> None:
    wilma = street.member("Wilma", "steward")
    person.go("/incidents/new")
    walks.sign_in(person, wilma)
    person.see("Quick hide keeps this note")
    person.tap("Drop it instead")
    person.see("Quick hide drops this note.")
    for words in walks.SHORTEST[:-1]:
        person.tap(words)
    person.tap("Quick hide")
    person.arrive("/")
    person.go("/incidents/new")
    walks.sign_in(person, wilma)
    person.see("Did someone ask for help")


def test_quick_hide_works_while_the_bench_does_not_answer(street: Street, person: Person) -> None:
    person.go("/sign-in")
    person.fill("who", "Xenia")
    os.kill(street.bench.pid, signal.SIGSTOP)
    on_again = threading.Timer(2, os.kill, (street.bench.pid, signal.SIGCONT))
    on_again.start()
    shown, _fields, _title, waited = person.driver.execute_script(_AT_ONCE)
    on_again.join()
    assert "This bench is for everybody." in shown
    assert "Xenia" not in shown
    assert waited < 100
    person.arrive("/")


@pytest.mark.parametrize(
    ("path", "field"),
    [("/sign-in", "who"), ("/check-in/pin", "who"), ("/claim", "slip")],
)
@pytest.mark.parametrize("display", ["text=normal", "text=large", "lang=ar"])
def test_what_is_typed_can_be_covered_and_shown_again(
    path: str, field: str, display: str, person: Person
) -> None:
    person.go(f"/display?{display}&back={path}")
    css = f"[name={field}]:not([type=hidden])"
    person.fill(field, "Yvonne")
    assert person.driver.execute_script(_TYPED, css) == "none"
    person.find("[data-mask]").click()
    assert person.driver.execute_script(_TYPED, css) == "disc"
    assert person.find("[data-mask]").get_attribute("aria-pressed") == "true"
    assert person.find(css).get_attribute("value") == "Yvonne"
    person.driver.refresh()
    assert person.driver.execute_script(_TYPED, css) == "disc"
    person.find("[data-mask]").click()
    assert person.driver.execute_script(_TYPED, css) == "none"


def test_every_field_for_words_on_a_sensitive_screen_can_be_covered(bench: Bench, person: Person) -> None:
    ines, _rosa = everybody(bench)
    publish(bench, 2)
    with listening(bench) as port:
        person.begin(f"http://127.0.0.1:{port}")
        for path in [*sensitive(person, ines), address(1), "/claim", "/check-in/pin", "/sign-in"]:
            person.go(path)
            person.find(_HIDE)
            bare = "textarea, input:not([type]), input[type=text]"
            for one in person.driver.find_elements("css selector", bare):
                assert one.find_elements("xpath", "..//button[@data-mask]"), (
                    f"{path}: {one.get_attribute('name')}"
                )


def everybody(bench: Bench) -> tuple[Member, Member]:
    """A steward and a host of a bench that knows a mediator."""
    give_mediators(bench, {"54321": "Mara"})
    bench.member("12345", "Ines", Role.STEWARD)
    bench.member("23456", "Rosa", Role.HOST)
    return Member("Ines", "12345", PIN), Member("Rosa", "23456", PIN)
