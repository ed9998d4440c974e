"""Settings of one app: typed, frozen, parsed once from `config.toml` in the data directory."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from kiosk.core.errors import Refused

FILE = "config.toml"
LOOPBACK = ("localhost", "127.0.0.1")


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every key has a default that is right for a bench in a street.

    `host`, `port`: where waitress listens; 8080 on a bench and 8081 on a node unless set.
    `language`: the code of the language for whoever has not chosen one.
    `hosts`: further host names that pages may be asked for by. `threads`: pages answered at the same time.
    `url`: a node's public address, which codes on paper lead to.
    `volume`: of sounds and speech for whoever has not chosen one; never loud by night.
    `idle_seconds`: after which a signed-in screen is wiped. `sync_minutes`: how often a bench asks the node
    when nothing happens. `phone_url`: where phones in a bench's own Wi-Fi reach it; `wifi_name`,
    `wifi_password`: that Wi-Fi, for a code that joins it; without a password it is open.
    `lens`: at which side of the screen, as it is mounted, a bench's camera looks out.
    `styleguide`: whether a bench shows its design system at /styleguide.
    `keyboard`: whether the touch keyboard opens for a mouse too.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] | None = None
    language: Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}\Z")] = "en"
    hosts: tuple[str, ...] = ()
    url: str = ""
    threads: Annotated[int, msgspec.Meta(ge=2, le=64)] = 8
    idle_seconds: Annotated[int, msgspec.Meta(ge=20, le=3600)] = 90
    volume: Literal["loud", "quiet", "off"] = "loud"
    sync_minutes: Annotated[float, msgspec.Meta(gt=0, le=1440)] = 5.0
    phone_url: Annotated[str, msgspec.Meta(pattern=r"^(https?://[A-Za-z0-9.:\[\]-]+)?\Z")] = ""
    wifi_name: Annotated[str, msgspec.Meta(max_length=32)] = ""
    wifi_password: Annotated[str, msgspec.Meta(max_length=63)] = ""
    lens: Literal["top", "bottom", "left", "right"] = "top"
    styleguide: bool = False
    keyboard: bool = False

    @property
    def trusted_hosts(self) -> tuple[str, ...]:
        """All host names that this app answers to."""
        near = urlsplit(self.phone_url).hostname
        return (*LOOPBACK, *self.hosts, *([near] if near else []))


def load(data: Path) -> Config:
    """The settings in `data`, or the defaults; Refused, saying where, when one is wrong."""
    path = data / FILE
    try:
        found = tomllib.loads(path.read_text("utf-8"))
        return msgspec.convert(found, Config)
    except FileNotFoundError:
        return Config()
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise Refused(f"{path}: {error}") from None
