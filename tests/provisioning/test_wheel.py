"""The wheel in an environment of its own, started from a folder that knows nothing of the checkout."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from tests.support.processes import Process, answers, free_port, safe_bench

ROOT = Path(__file__).resolve().parents[2]
ELSEWHERE = Path("/")


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel in it; `packages` is where it lies."""

    python: Path
    program: Path
    packages: Path


@pytest.fixture(scope="module", autouse=True)
def _no_way_to_the_checkout() -> Iterator[None]:
    """What is started here is not told where else to look for code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONPATH", raising=False)
        yield


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel, installed without a network; its dependencies are the ones that the tests run with."""
    place = tmp_path_factory.mktemp("wheel")
    [wheel] = WheelBuilder(str(ROOT)).build(directory=str(place))
    venv.create(place / "venv", symlinks=True)
    python = place / "venv" / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python))
    offline = ("install", "--quiet", "--no-index", "--no-deps", "--no-input", wheel)
    subprocess.run([*pip, *offline], check=True, timeout=50, cwd=ELSEWHERE)
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(place / "venv")}))
    # A path line is not followed further: the checkout's editable install stays out of sight.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return Installed(python, place / "venv" / "bin" / "safe-bench", packages)


@pytest.fixture
def node(installed: Installed, tmp_path: Path) -> Iterator[str]:
    """The address of a node that the installed command serves."""
    data, port = tmp_path / "node", free_port()
    words: tuple[str | Path, ...] = ("central", "init", "--name", "Lindenfield", "--data", data)
    safe_bench(*words, program=installed.program, cwd=ELSEWHERE)
    serve = (installed.program, "central", "serve", "--data", data, "--port", str(port))
    process = Process(serve, tmp_path / "node.log", lambda: answers(port), cwd=ELSEWHERE)
    process.start()
    yield f"127.0.0.1:{port}"
    process.stop()


@pytest.fixture
def bench(installed: Installed, node: str, tmp_path: Path) -> Iterator[str]:
    """The address of a bench that the installed command enrolled and serves."""
    data, port = tmp_path / "bench", free_port()
    words: tuple[str | Path, ...] = ("central", "bench-code", "Linden Bakery", "--data", tmp_path / "node")
    code = safe_bench(*words, program=installed.program, cwd=ELSEWHERE).splitlines()[-1]
    words = ("bench", "enrol", f"http://{node}/", code, "--data", data)
    safe_bench(*words, program=installed.program, cwd=ELSEWHERE)
    serve = (installed.program, "bench", "serve", "--data", data, "--port", str(port))
    process = Process(serve, tmp_path / "bench.log", lambda: answers(port), cwd=ELSEWHERE)
    process.start()
    yield f"127.0.0.1:{port}"
    process.stop()


def get(host: str, path: str) -> tuple[int, str]:
    with closing(http.client.HTTPConnection(host, timeout=10)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_the_code_that_runs_is_the_wheels(installed: Installed) -> None:
    show = [str(installed.python), "-c", "import kiosk; print(kiosk.__file__)"]
    found = subprocess.run(show, capture_output=True, text=True, check=True, timeout=10, cwd=ELSEWHERE)
    assert Path(found.stdout.strip()) == installed.packages / "kiosk" / "__init__.py"


def test_the_sample_neighbourhood_is_in_it(installed: Installed) -> None:
    sample = installed.packages / "kiosk" / "_sample"
    assert (sample / "neighbourhood.toml").is_file()
    assert list((sample / "posters").glob("*.md"))


def test_the_installed_bench_serves_a_page_and_its_assets(bench: str) -> None:
    status, page = get(bench, "/")
    assert status == 200
    assert "Linden Bakery" in page
    assets = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert any("/css/" in path for path in assets)
    assert any("/js/" in path for path in assets)
    assert [path for path in assets if get(bench, path)[0] != 200] == []


def test_the_installed_node_serves_a_page_and_its_assets(node: str) -> None:
    status, page = get(node, "/")
    assert status == 200
    assets = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert assets
    assert [path for path in assets if get(node, path)[0] != 200] == []
