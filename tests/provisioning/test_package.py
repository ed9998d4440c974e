"""What is shipped, and what is installed from: the wheel, the lock files, the scripts."""

import json
import re
import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from tests.support.touch import build_keyboard

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / "provisioning" / "locks"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def normal(name: str) -> str:
    """`Pillow>=3` and `pillow` are one package."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~;\[ ]", name)[0]).lower()


def locked(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", (LOCKS / f"{name}.txt").read_text(), re.MULTILINE))


@pytest.fixture
def checkout(tmp_path):
    """Enough of a checkout to build from, after `npm ci` and before the touch keyboard is built."""
    for name in ("pyproject.toml", "LICENSE", "README.md", ".gitignore"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, tmp_path)
    for name in ("kiosk", "templates", "static"):
        ignore = shutil.ignore_patterns("__pycache__", "node_modules", "vendor")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignore)
    library = tmp_path / "static" / "node_modules" / "library"
    library.mkdir(parents=True)
    (library / "index.js").touch()
    return tmp_path


def files_under(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def packed(checkout: Path, to: Path) -> set[str]:
    """The files of the wheel that is built from a checkout, its metadata left out."""
    [wheel] = WheelBuilder(str(checkout)).build(directory=str(to))
    return {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}


def test_the_wheel_holds_code_templates_and_static_files_and_nothing_of_npm(checkout, tmp_path_factory):
    static = {name for name in files_under(checkout / "static") if not name.startswith("node_modules/")}
    assert packed(checkout, tmp_path_factory.mktemp("dist")) == {
        *(f"kiosk/{name}" for name in files_under(checkout / "kiosk")),
        *(f"kiosk/_templates/{name}" for name in files_under(checkout / "templates")),
        *(f"kiosk/_static/{name}" for name in static - {".npmrc", "package.json", "package-lock.json"}),
    }


@pytest.mark.slow
def test_the_touch_keyboard_is_in_the_wheel_with_its_licence_where_it_was_built(checkout, tmp_path_factory):
    without = packed(checkout, tmp_path_factory.mktemp("without"))
    build_keyboard()
    vendor = checkout / "static" / "vendor"
    shutil.copytree(ROOT / "static" / "vendor", vendor)
    more = packed(checkout, tmp_path_factory.mktemp("with")) - without
    assert more == {f"kiosk/_static/vendor/simple-keyboard.{kind}" for kind in ("js", "LICENSE")}
    assert "MIT" in (vendor / "simple-keyboard.LICENSE").read_text()


def test_what_pages_take_from_npm_is_pinned_by_hash_and_without_address():
    text = (ROOT / "static" / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]
    declared = packages.pop("")["dependencies"]
    assert declared == json.loads((ROOT / "static" / "package.json").read_text())["dependencies"]
    assert {f"node_modules/{name}" for name in declared} == set(packages)
    for one in packages.values():
        assert set(one) == {"version", "integrity", "license"}
        assert one["integrity"].startswith("sha512-")
    assert "://" not in text


@pytest.mark.parametrize("lock", ["build", "runtime", "dev"])
def test_a_lock_holds_names_versions_and_hashes_and_no_address(lock):
    text = (LOCKS / f"{lock}.txt").read_text()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    allowed = r"[a-z0-9.-]+==\S+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?"
    assert [line for line in lines if not re.fullmatch(allowed, line)] == []
    assert "://" not in text


def test_the_locks_hold_every_declared_dependency():
    groups = PROJECT["dependency-groups"]
    extras = PROJECT["project"]["optional-dependencies"]
    runtime = {normal(name) for name in PROJECT["project"]["dependencies"] + extras["central"]}
    dev = {normal(name) for name in groups["dev"] if isinstance(name, str)}
    assert runtime - locked("runtime").keys() == set()
    assert {normal(name) for name in groups["build"]} - locked("build").keys() == set()
    assert (runtime | dev) - locked("dev").keys() == set()


def test_the_dev_lock_tests_the_versions_that_are_run():
    assert locked("runtime").items() | locked("build").items() <= locked("dev").items()


def test_every_mutation_names_a_test_and_still_applies():
    git = shutil.which("git")
    assert git is not None
    for patch in sorted((ROOT / "tests" / "faults" / "mutations").glob("*.patch")):
        named = re.findall(r"^# test: (\S+?)::", patch.read_text(), re.MULTILINE)
        assert named, patch.name
        assert [path for path in named if not (ROOT / path).exists()] == [], patch.name
        subprocess.run([git, "apply", "--check", str(patch)], cwd=ROOT, check=True)
