"""A screen that nobody touches is wiped. The browser's long waits are shorter here."""

from __future__ import annotations

import pytest

from tests.support import walks
from tests.support.browser import Person
from tests.support.street import Street
from tests.support.waits import ALL, hurry, left_alone

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def begins_a_note(street: Street, person: Person, name: str) -> None:
    walks.check_in_by_pin(person, street.member(name, "steward"))
    person.tap("Write a note")
    person.tap("Yes")
    person.tap("Loud argument")
    person.see("Where, roughly?")


def test_a_note_left_alone_is_wiped_and_back_shows_nothing(street: Street, person: Person) -> None:
    begins_a_note(street, person, "Uma")
    hurry(person, ALL)
    person.driver.refresh()
    person.see("Sit down. You are among neighbours.", 20)
    person.arrive("/")
    for _ in range(6):
        person.driver.back()
        assert "argument" not in person.text
        assert "Uma" not in person.text


def test_who_is_still_there_goes_on_where_they_were(street: Street, person: Person) -> None:
    begins_a_note(street, person, "Vera")
    left_alone(person)
    person.tap("I'm still here")
    person.tap("Market corner")
    person.see("When?")


def test_who_asks_for_more_time_has_twice_as_much_from_there_on(street: Street, person: Person) -> None:
    begins_a_note(street, person, "Wanda")
    left_alone(person)
    person.tap("More time")
    person.tap("Market corner")
    person.see("When?")
    assert person.find("body").get_attribute("data-idle-times") == "2"
