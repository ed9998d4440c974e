"""`safe-bench central …`: the node, and what coordinators do there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from kiosk.commands.aside import aside
from kiosk.commands.badges import badge, badges
from kiosk.commands.options import data_option, serve_options
from kiosk.commands.phones import phone_link, phone_revoke
from kiosk.commands.running import perform

_MOST_TEXT = 256 << 10


@click.group()
def central() -> None:
    """The central node that benches sync with."""


central.add_command(aside)
central.add_command(badge)
central.add_command(badges)
central.add_command(phone_link)
central.add_command(phone_revoke)


@central.command()
@data_option
@click.option("--name", required=True, help="What the network is called, e.g. Lindenfield.")
@click.option("--coordinator", default="Coordinator", show_default=True, help="The first coordinator's name.")
def init(data: Path, name: str, coordinator: str) -> None:
    """Make the node's keys and the first coordinator."""
    from kiosk.adapters.datadir import DataDir
    from kiosk.central import init_central

    made = init_central(DataDir(data), name, coordinator)
    click.echo(f"The node of {name} is ready in {data}.")
    click.echo(f"Coordinator {coordinator}: number {made['member']}, PIN {made['pin']}")
    click.echo(f"Key: {made['key']}")
    click.echo(
        "Next, so that no stolen node can name who counts: three people each make a root key of their own,"
    )
    click.echo(f"  safe-bench trust init THEIR-NAME --network {made['network']} --out THEIR-NAME.key")
    click.echo("and sign the first list before a bench is enrolled: README, A node and a bench of your own.")
    click.echo(
        f"Next, for the pages at /desk: safe-bench central member passphrase {made['member']} --data {data}"
    )


@central.command()
@serve_options(port=8081)
def serve(data: Path, host: str | None, port: int | None) -> None:
    """Run the node on waitress."""
    from kiosk.commands.serving import serve_central

    serve_central(data, host, port)


@central.command("bench-code")
@click.argument("name")
@data_option
@click.option(
    "--minutes", default=15, show_default=True, type=click.IntRange(1, 1440), help="How long it is good."
)
@click.option("--replace", metavar="BENCH", help="The id of the bench whose place a new tablet takes.")
def bench_code(name: str, data: Path, minutes: int, replace: str | None) -> None:
    """Make a single-use code that enrols the bench NAME; it is the last line printed."""
    made = perform(data, "bench.code", central=True, name=name, minutes=minutes, bench=replace)
    click.echo(f"Good once, until {_time(made['ends'])}, for the bench {made['bench']}. On the tablet:")
    click.echo("  safe-bench bench enrol THE-NODE'S-ADDRESS CODE --data FOLDER")
    click.echo(made["code"])


@central.command("revoke-bench")
@click.argument("bench")
@data_option
def revoke_bench(bench: str, data: Path) -> None:
    """Lock BENCH out, a tablet that was lost or stolen, and give every member a new PIN.

    Nothing that it sends is taken any more. It holds hashes of all PINs, which can be guessed.
    """
    made = perform(data, "bench.revoke", central=True, bench=bench)
    click.echo(f"{bench} is locked out, and all PINs are void. The new ones, to be handed out:")
    _say_pins(made["pins"])
    click.echo("To have it forget everybody when it meets a network: safe-bench trust draft --wipe.")


@central.group()
def member() -> None:
    """Members of the patrol, hosts, coordinators."""


@member.command("add")
@click.argument("name")
@click.option(
    "--role", "roles", multiple=True, help="steward, host, coordinator or mediator; may be repeated."
)
@click.option("--bench", help="The bench that a host keeps; every bench when left out.")
@data_option
def member_add(name: str, roles: tuple[str, ...], bench: str | None, data: Path) -> None:
    """Add NAME, and print the member's number and PIN."""
    made = perform(data, "member.add", central=True, name=name, roles=list(roles), bench=bench)
    click.echo(f"Member {made['member']}")
    click.echo(f"PIN {made['pin']}")
    for role, ends in made["ends"].items():
        click.echo(f"{role} until {_time(ends)}")


@member.command("pin")
@click.argument("number", required=False)
@click.option("--all", "everyone", is_flag=True, help="A new PIN for every member.")
@data_option
def member_pin(number: str | None, everyone: bool, data: Path) -> None:
    """Give member NUMBER a new PIN, which also lifts a lock."""
    if (number is None) != everyone:
        raise click.UsageError("Say one number, or --all.")
    if everyone:
        _say_pins(perform(data, "member.renew-pins", central=True)["pins"])
        return
    click.echo(f"PIN {perform(data, 'member.pin', central=True, member=number)['pin']}")


@member.command("passphrase")
@click.argument("number")
@data_option
def member_passphrase(number: str, data: Path) -> None:
    """Set what coordinator NUMBER signs in with at the node's pages under /desk."""
    from kiosk.adapters.qr import for_terminal

    words = click.prompt(
        "Passphrase of at least 12 letters (none: six words are made up)",
        default="",
        show_default=False,
        hide_input=True,
        confirmation_prompt="The same once more",
    )
    made = perform(data, "member.passphrase", central=True, member=number, passphrase=words)
    if not words.strip():
        click.echo(f"Passphrase: {made['passphrase']}")
    click.echo(f"{made['name']} scans this once with an app for codes, then nobody can see it again:")
    click.echo(for_terminal(made["uri"]))
    click.echo(made["uri"])


@member.command("revoke-badges")
@click.argument("number")
@data_option
def member_revoke(number: str, data: Path) -> None:
    """Void every badge that member NUMBER has had until now."""
    perform(data, "member.revoke-badges", central=True, member=number)
    click.echo(f"Badges of {number} made before now are void.")


@member.command("twice")
@data_option
def member_twice(data: Path) -> None:
    """Say whose badge was shown at two benches in one night: one may be a copy."""
    found = perform(data, "badges.twice", central=True)["twice"]
    for night, number, name, benches in found:
        click.echo(f"{night}  {number}  {name}  at {' and '.join(benches)}")
    click.echo("Ask them. If it was not both times they: revoke-badges." if found else "No badge was.")


@member.command("leave")
@click.argument("number")
@data_option
def member_leave(number: str, data: Path) -> None:
    """Note that member NUMBER has left: PIN, badges and roles count no more."""
    click.echo(f"{perform(data, 'member.leave', central=True, member=number)['name']} has left.")


@member.command("recall")
@click.argument("number")
@click.argument("role")
@data_option
def member_recall(number: str, role: str, data: Path) -> None:
    """Take ROLE back from member NUMBER, from the end of this night."""
    made = perform(data, "member.recall", central=True, member=number, role=role)
    click.echo(f"{made['name']} is {role} until {_time(made['ends'])}.")


@central.group()
def poster() -> None:
    """Protocol posters."""


@poster.command("publish")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
def poster_publish(file: Path, data: Path) -> None:
    """Publish FILE.md as a new version of its poster."""
    made = perform(data, "poster.publish", central=True, name=file.name, text=_text(file))
    click.echo(made["said"])


@central.group()
def neighbourhood() -> None:
    """What the neighbourhood decided: zones, whom to call, open doors."""


@neighbourhood.command("publish")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
def neighbourhood_publish(file: Path, data: Path) -> None:
    """Publish what FILE.toml says, for every bench."""
    made = perform(data, "neighbourhood.describe", central=True, name=file.name, text=_text(file))
    click.echo(f"{made['name']}: {made['zones']} zones and {made['calls']} numbers to call are published.")
    if made["over"]:
        click.echo("The assembly in it is over, so it is not shown: next_assembly can name the coming one.")
    if made["far"]:
        click.echo("The assembly in it is far ahead, and readers are told no year: is the year right?")


@central.group()
def hold() -> None:
    """Records that two coordinators exempted from erasure."""


@hold.command("list")
@data_option
def hold_list(data: Path) -> None:
    """Say which records are held, until when and why; holds are asked for and confirmed at the desk."""
    found = perform(data, "hold.list", central=True)
    for place, state, until, records, reason, name in found["holds"]:
        click.echo(f"{place}  {state}, until {until} at the latest, asked for by {name}: {reason}")
        for record in records:
            click.echo(f"    {record}")
    click.echo(f"Records kept longer this cycle: {found['counted']}")


def _say_pins(pins: list[list[str]]) -> None:
    for number, name, pin in pins:
        click.echo(f"{number}  PIN {pin}  {name}")


def _text(file: Path) -> str:
    from kiosk.core.errors import Refused

    if not file.is_file() or file.stat().st_size > _MOST_TEXT:
        raise Refused(f"{file.name} is not a text file of at most {_MOST_TEXT >> 10} KB.")
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise Refused(f"{file.name} is not text in UTF-8.") from None


def _time(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
