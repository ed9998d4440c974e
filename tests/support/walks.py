"""What people do at a bench, step by step: the same with and without scripts."""

from __future__ import annotations

from typing import Protocol

from tests.support.street import Member

STEPS = {
    "asked": ("Did someone ask for help", ["Yes"]),
    "what": ("What happened?", ["Loud argument"]),
    "where": ("Where, roughly?", ["Market corner"]),
    "when": ("When?", ["Just now"]),
    "tried": ("What was tried?", ["We listened", "Next"]),
    "ended": ("How did it end?", ["It calmed down"]),
    "review": ("In your own words", ["Keep"]),
}
"""What a note asks, and the taps that answer it."""
SHORTEST = tuple(tap for _, taps in STEPS.values() for tap in taps)
"""The taps of a whole note."""
SENTENCE = "Loud argument at Market corner, about"


class Somebody(Protocol):
    """A person at a bench, by whatever browser."""

    def go(self, path: str) -> None:
        """Open a page."""

    def tap(self, words: str) -> None:
        """Tap what says this."""

    def fill(self, name: str, words: str) -> None:
        """Type into a field."""

    def see(self, words: str) -> None:
        """These words are there."""


def check_in_by_pin(somebody: Somebody, member: Member) -> None:
    """From the first screen to the page that says they are in."""
    somebody.go("/")
    somebody.tap("Check in")
    somebody.tap("Name and PIN")
    somebody.fill("who", member.number)
    somebody.fill("pin", member.pin)
    somebody.tap("Check in or out")
    somebody.see(f"You're in, {member.name}")


def sign_in(somebody: Somebody, member: Member) -> None:
    """On the page that asks who it is."""
    somebody.fill("who", member.number)
    somebody.fill("pin", member.pin)
    somebody.tap("Go on")


def note(somebody: Somebody, member: Member) -> None:
    """A whole note, on the page that asks the first question; then it is kept."""
    somebody.see("Did someone ask for help")
    for words in SHORTEST:
        somebody.tap(words)
    somebody.see(f"Kept. Thank you, {member.name}")
    somebody.see(SENTENCE)
