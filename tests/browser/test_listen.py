"""Listening to a page, and hearing how something ended: by a browser that plays without being asked."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.features.listen.tones import SOUNDS
from tests.browser.test_screens import OPEN
from tests.features.claims.sentences import address, publish
from tests.support import Bench, walks
from tests.support.browser import Person, chromium
from tests.support.processes import until
from tests.support.street import Street
from tests.sync.sockets import listening

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_HEAR = """
window.heard = { said: [], played: [], sounds: [], gains: [] };
const ask = window.fetch;
window.fetch = (to, how) => {
  if (to === "/listen") heard.said.push(JSON.parse(how.body));
  return ask(to, how);
};
const begin = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function () {
  heard.context = this.context;
  heard.played.push(this.buffer.duration);
  begin.call(this);
};
const play = Audio.prototype.play;
Audio.prototype.play = function () {
  heard.sounds.push([new URL(this.src).pathname, this.volume]);
  heard.audio = this;
  const begun = play.call(this);
  begun.catch((error) => (heard.refused = error.name));
  return begun;
};
"""
_CLOCK = "return heard.context ? [heard.context.state, heard.context.currentTime] : ['', 0]"
_VOLUME_SAID = "return document.querySelector('[data-volume-said]').textContent"
_HIDE = """
const stops = document.querySelector("[data-stops]"), before = stops.hidden;
document.querySelector("[data-hide]").click();
return [before, stops.hidden];
"""
_READABLE = """
const [done] = arguments;
const { listen } = document.querySelector("[data-listen]").dataset;
import(new URL("words.js", new URL(listen, location))).then(({ readable }) => done(readable("")));
"""
_NAME = """
const name = document.createElement("bdi");
name.lang = "ar";
name.textContent = "مخبز";
document.querySelector(".near li b").prepend(name, " ");
"""
_RENDER = """
const [name, volume] = arguments;
const asked = await fetch(`/sounds/${name}.wav`);
const bytes = await asked.arrayBuffer();
const rate = 16000;
const quiet = new OfflineAudioContext(1, rate, rate);
const source = quiet.createBufferSource();
source.buffer = await quiet.decodeAudioData(bytes);
const gain = quiet.createGain();
gain.gain.value = volume;
source.connect(gain).connect(quiet.destination);
source.start();
const out = (await quiet.startRendering()).getChannelData(0);
let best = 0, pitch = 0;
for (let hz = 200; hz <= 2500; hz += 10) {
  let re = 0, im = 0;
  for (let i = 0; i < out.length; i += 1) {
    re += out[i] * Math.cos((2 * Math.PI * hz * i) / rate);
    im += out[i] * Math.sin((2 * Math.PI * hz * i) / rate);
  }
  if (re * re + im * im > best) [best, pitch] = [re * re + im * im, hz];
}
return { length: source.buffer.duration, pitch, peak: Math.max(...out) };
"""


@pytest.fixture
def hearer(person: Person) -> Iterator[Person]:
    """Somebody who listens; what is said and played is written down on every page."""
    source = {"source": _HEAR}
    made = person.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", source)
    yield person
    person.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", made)


def heard(person: Person, what: str) -> Any:
    return person.driver.execute_script(f"return heard.{what}")


def said(person: Person) -> str:
    return " ".join(piece["text"] for piece in heard(person, "said"))


@pytest.mark.parametrize("name", OPEN)
def test_a_tap_reads_the_page_aloud_and_a_second_one_stops(name: str, hearer: Person) -> None:
    path, words = OPEN[name]
    hearer.go(path)
    hearer.see(words)
    hearer.tap("Listen")
    until(lambda: heard(hearer, "played"), "the first sound", 10)
    at = hearer.driver.execute_script(_CLOCK)[1]
    until(lambda: hearer.driver.execute_script(_CLOCK)[1] > at + 0.1, "the sound goes on", 10)
    assert heard(hearer, "played")[0] > 0.4
    hearer.tap("Stop")
    until(lambda: hearer.driver.execute_script(_CLOCK)[0] == "closed", "silence", 10)
    hearer.find("[data-listen] [data-starts]")
    if name == "nothing-there":
        assert all("404" in line for line in hearer.complaints())


def test_the_first_sound_comes_within_a_second_on_the_longest_page(hearer: Person) -> None:
    hearer.go("/holds")
    took = hearer.driver.execute_async_script(
        """
        const done = arguments[0], began = performance.now();
        document.querySelector("[data-listen]").click();
        const wait = () => (heard.played.length ? done(performance.now() - began) : setTimeout(wait, 5));
        wait();
        """
    )
    assert took < 1000


def test_what_is_heard_is_the_heading_the_words_then_the_choices(hearer: Person) -> None:
    hearer.go("/help")
    hearer.tap("Listen")
    until(lambda: "You can tap" in said(hearer), "the choices", 20)
    words = said(hearer)
    assert words.startswith(("In danger?", "Get help"))
    assert "1 1 2" in words.partition("You can tap:")[2]  # a number to call, digit by digit
    assert "Skip to" not in words
    assert "High contrast" not in words


def test_a_claim_slip_is_read_word_by_word_and_each_number_digit_by_digit(
    bench: Bench, person: Person
) -> None:
    publish(bench)
    with listening(bench) as port:
        person.begin(f"http://127.0.0.1:{port}")
        person.speak("ar")
        person.go(address())
        person.tap("Hide this sentence")
        person.find(".slip")
        faces = [card.text.split() for card in person.driver.find_elements("css selector", ".slip li")]
        said = person.driver.execute_async_script(_READABLE)
        pairs = [(one["lang"], one["text"]) for one in said]
        first = pairs.index(("en", f"{faces[0][0]}."))
        wanted = [
            face for word, group in faces for face in (("en", f"{word}."), ("ar", f"{' '.join(group)}."))
        ]
        assert len(wanted) == 12
        assert pairs[first : first + 12] == wanted
        person.go("/help")


def test_a_poster_is_read_in_its_own_language(street: Street, hearer: Person) -> None:
    hearer.go("/display?lang=ar&back=/posters/calm")
    hearer.find("[data-listen]").click()
    until(lambda: heard(hearer, "played"), "the first sound", 10)
    own = hearer.driver.execute_script("return document.querySelector('main [lang]').lang")
    assert heard(hearer, "said")[0]["lang"] == own


def test_a_name_in_another_language_is_read_as_what_it_is(hearer: Person) -> None:
    hearer.go("/help")
    hearer.driver.execute_script(_NAME)
    read = [(one["lang"], one["text"]) for one in hearer.driver.execute_async_script(_READABLE)]
    at = read.index(("ar", "مخبز."))
    assert read[at + 1][0] == "en"
    assert "is open" in read[at + 1][1]


def test_nothing_that_is_typed_is_read_and_no_digit_of_the_pad(street: Street, hearer: Person) -> None:
    hearer.go("/check-in/pin")
    hearer.fill("who", "Zanzibarquartz")
    hearer.fill("pin", "918273")
    hearer.tap("Listen")
    until(lambda: "You can tap" in said(hearer), "the choices", 20)
    assert "Your PIN" in said(hearer)
    assert not set("0123456789") & set(said(hearer))
    assert "Zanzibar" not in said(hearer)


def test_the_sentence_of_a_note_is_read_back(street: Street, hearer: Person) -> None:
    hearer.go("/incidents/new")
    walks.sign_in(hearer, street.member("Lina", "steward"))
    for words in walks.SHORTEST[:-1]:
        hearer.tap(words)
    hearer.fill("words", "Zanzibarquartz")
    hearer.tap("Listen")
    until(lambda: "You can tap" in said(hearer), "the choices", 20)
    assert walks.SENTENCE in said(hearer)
    assert "Zanzibar" not in said(hearer)


def test_who_comes_hears_one_sound_and_who_is_refused_another(street: Street, hearer: Person) -> None:
    hearer.go("/check-in/pin")
    hearer.fill("who", "nobody")
    hearer.fill("pin", "000000")
    hearer.tap("Check in or out")
    until(lambda: heard(hearer, "sounds"), "a refusal", 10)
    assert heard(hearer, "sounds")[0][0] == "/sounds/no.wav"
    hearer.complaints()
    hearer.go("/display?volume=loud&back=/")
    walks.check_in_by_pin(hearer, street.member("Mona", "steward"))
    until(lambda: heard(hearer, "sounds") == [["/sounds/in.wav", 1]], "the sound of coming in", 10)
    until(lambda: heard(hearer, "audio.currentTime") > 0.1, "the sound goes on", 10)


def test_one_tap_makes_it_quiet_another_silent_and_so_it_stays_until_the_bench_is_idle(
    street: Street, hearer: Person
) -> None:
    hearer.go("/display?volume=loud&back=/log")
    for level in ("quiet", "off"):
        hearer.find("[data-volume-button]").click()
        assert hearer.driver.execute_script(_VOLUME_SAID) == f"Sound is {level}"
    walks.check_in_by_pin(hearer, street.member("Nils", "steward"))
    assert heard(hearer, "sounds") == []
    hearer.go("/leave")
    hearer.go("/")
    assert hearer.driver.execute_script("return document.documentElement.dataset.volume") in ("loud", "quiet")


def test_whoever_asks_to_listen_hears_though_the_sound_was_off(hearer: Person) -> None:
    hearer.go("/display?volume=off&back=/help")
    hearer.tap("Listen")
    until(lambda: heard(hearer, "played"), "the first sound", 10)
    assert hearer.driver.execute_script("return document.documentElement.dataset.volume") == "quiet"


def test_the_sounds_are_told_apart_and_no_volume_is_silence(hearer: Person) -> None:
    hearer.go("/help")
    made = {name: hearer.driver.execute_script(_RENDER, name, 1) for name in SOUNDS}
    assert all(0.2 < one["length"] < 0.7 and 300 <= one["pitch"] <= 2000 for one in made.values()), made
    pitches = sorted(one["pitch"] for one in made.values())
    assert all(high > low * 1.1 for low, high in itertools.pairwise(pitches)), made
    assert hearer.driver.execute_script(_RENDER, "in", 0)["peak"] == 0


def test_quick_hide_silences_the_voice_at_once(hearer: Person) -> None:
    hearer.go("/check-in/pin")
    hearer.tap("Listen")
    until(lambda: heard(hearer, "played"), "the first sound", 10)
    assert hearer.driver.execute_script(_HIDE) == [False, True]


def test_a_browser_that_wants_a_tap_first_is_silent_without_a_complaint(
    street: Street, tmp_path: Path
) -> None:
    with chromium(tmp_path, None, plays=False) as driver:
        hearer = Person(driver)
        hearer.begin(street.bench.url)
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _HEAR})
        hearer.go("/display?volume=loud&back=/no-such-page")
        until(lambda: heard(hearer, "refused"), "the browser's refusal", 10)
        assert heard(hearer, "refused") == "NotAllowedError"
        assert all("responded with a status of 404" in line for line in hearer.complaints())
