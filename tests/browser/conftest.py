"""A browser with a camera and one without, each started once; every test begins with nobody there yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver

from kiosk.web.words import FALLBACK, languages
from tests.support import camera
from tests.support.album import Album
from tests.support.browser import Person, chromium
from tests.support.street import Street


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the tablet's camera sees: a test overwrites it with `camera.film`."""
    path = tmp_path_factory.mktemp("camera") / "film.y4m"
    camera.nothing(path)
    return path


@pytest.fixture(scope="session")
def seeing(film: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """A browser whose camera shows `film`."""
    with chromium(tmp_path_factory.mktemp("seeing"), film) as driver:
        yield driver


@pytest.fixture(scope="session")
def blind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """A browser on a machine without a camera."""
    with chromium(tmp_path_factory.mktemp("blind"), None) as driver:
        yield driver


@pytest.fixture
def person(seeing: webdriver.Chrome, film: Path, street: Street) -> Iterator[Person]:
    """Somebody before the bench, with nothing in their hand yet."""
    camera.nothing(film)
    yield from _at(street, Person(seeing))


@pytest.fixture
def camera_less(blind: webdriver.Chrome, street: Street) -> Iterator[Person]:
    """Somebody before a bench whose camera is broken."""
    yield from _at(street, Person(blind))


def _at(street: Street, person: Person) -> Iterator[Person]:
    person.begin(street.bench.url)
    yield person
    assert person.complaints() == []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever looks at screens does so in English and in Arabic; with `--slow` in every language."""
    if "language" in metafunc.fixturenames:
        every = tuple(languages()) if metafunc.config.getoption("--slow") else (FALLBACK, "ar")
        metafunc.parametrize("language", every)


@pytest.fixture
def album(person: Person, pictures: Path | None, language: str) -> Album:
    """What the person sees, in this language."""
    person.speak(language)
    return Album(person, pictures)


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Path | None:
    """Where pictures are wanted: the DIR of `--pictures`."""
    wanted: Path | None = request.config.getoption("--pictures")
    return None if wanted is None else wanted.resolve()
