"""A node whose time a test sets, and coordinators who sign in at it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk.adapters.datadir import DataDir
from kiosk.central import create_central, init_central
from kiosk.config import Config
from kiosk.people import operations, passphrases
from kiosk.web.services import EXTENSION, Services
from tests.support import Time

PASSPHRASE = "linden bread and butter"
TERM = 29 * 86400


@dataclass
class Node:
    """A node, its time, and the secret of each coordinator's codes by their number."""

    app: Flask
    here: Services
    time: Time
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def client(self) -> FlaskClient:
        """A browser on the node's own machine; forms that it posts come from the node's own pages."""
        client = self.app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        return client

    def member(self, name: str, *roles: str) -> str:
        """A new member; their number."""
        return str(operations.add_member(self.here, name=name, roles=roles)["member"])

    def coordinator(self, name: str) -> str:
        """A coordinator with the passphrase `PASSPHRASE`; their number."""
        number = self.member(name, "coordinator")
        self.give_passphrase(number)
        return number

    def give_passphrase(self, number: str, words: str = PASSPHRASE) -> None:
        """Set a passphrase for a coordinator."""
        made = passphrases.set_passphrase(self.here, member=number, passphrase=words)
        self.secrets[number] = pyotp.parse_uri(made["uri"]).secret

    def code(self, number: str, steps: int = 0) -> str:
        """The code that a coordinator's phone shows, or showed some steps of half a minute away."""
        return pyotp.TOTP(self.secrets[number]).at(self.time.system // 1000, counter_offset=steps)

    def sign_in(self, client: FlaskClient, number: str) -> TestResponse:
        """Sign in with a code that was not used yet."""
        self.time.pass_seconds(passphrases.STEP)
        data = {"number": number, "passphrase": PASSPHRASE, "code": self.code(number)}
        return client.post("/desk/sign-in", data=data)

    def signed_in(self, number: str) -> FlaskClient:
        """A browser in which a coordinator is signed in."""
        client = self.client
        assert self.sign_in(client, number).status_code == 303
        return client

    def close(self) -> None:
        """Let go of its database."""
        self.here.journal.store.close()


def make_node(path: Path, time: Time | None = None) -> Node:
    """A node in `path` that already has a coordinator `Sam`, who cannot sign in."""
    time, data = time or Time(), DataDir(path)
    if not data.database.exists():
        init_central(data, "Lindenfield", "Sam")
    app = create_central(Config(), data, tick=time)
    return Node(app, app.extensions[EXTENSION], time)
