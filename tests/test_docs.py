"""The README says what the code does: commands, settings, features, event types, dependencies."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
import pytest

from kiosk.cli import cli
from kiosk.composition import ALL
from kiosk.config import Config

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))
        else:
            yield (*path, name)


def _rows(heading: str) -> dict[str, str]:
    """The rows of the first table under a heading: first cell, without its ticks, to the whole row."""
    section = README.split(f"{heading}\n", 1)[1]
    table = re.search(r"(?:^\|.*\n)+", section, re.M)
    assert table is not None, heading
    lines = table[0].splitlines()[2:]
    return {line.split("|")[1].strip().strip("`"): line for line in lines}


def test_every_command_has_a_row_and_every_row_a_command() -> None:
    said = {name.removeprefix("safe-bench ") for name in _rows("## Commands")}
    assert said == {" ".join(path) for path in _commands(cli)}


@pytest.mark.parametrize("path", list(_commands(cli)), ids=" ".join)
def test_every_command_explains_itself(path: tuple[str, ...]) -> None:
    command: click.Command = cli
    for word in path:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), word)
        assert found is not None
        command = found
    assert command.help
    assert all(
        option.help or option.opts == ["--data"]
        for option in command.params
        if isinstance(option, click.Option)
    )


def test_every_setting_has_a_row_with_its_default() -> None:
    rows = _rows("## Configuration")
    fields = {field.name: field.default for field in msgspec.structs.fields(Config)}
    assert set(rows) == set(fields)
    for name, default in fields.items():
        shown = msgspec.json.encode(default).decode()
        assert default is None or f"`{shown}`" in rows[name], name


def test_every_feature_and_event_type_has_its_row() -> None:
    rows = _rows("### Features")
    assert set(rows) == {feature.name for feature in ALL}
    for feature in ALL:
        said = set(re.findall(r"`([a-z]+\.[a-z0-9_]+)`", rows[feature.name]))
        assert said == {kind.name for kind in feature.events}, feature.name


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["central"]]
    names = {re.match(r"[A-Za-z0-9_-]+", line)[0].lower() for line in wanted}  # type: ignore[index]
    said = {
        name.strip().lower() for cell in _rows("## Dependencies") for name in cell.split("(")[0].split(",")
    }
    assert said == names


def test_what_the_readme_points_at_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
    for script in re.findall(r"sh (provisioning/[a-z]+\.sh)", README):
        assert (ROOT / script).exists(), script
