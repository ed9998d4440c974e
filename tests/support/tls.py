"""A private CA, certificates from it, and Debian's Caddy that serves them."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.support.processes import Process, listens

_DAY = timedelta(days=1)
_USAGES = ("digital_signature", "key_cert_sign", "crl_sign")
_NO_USAGE = dict.fromkeys(
    (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ),
    False,
)


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key, as PEM files."""

    cert: Path
    key: Path


class Authority:
    """A CA made for one test run; `ca` is its certificate, a PEM file."""

    def __init__(self, folder: Path, name: str = "Test CA") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name)
        usage = x509.KeyUsage(**{**_NO_USAGE, **dict.fromkeys(_USAGES, True)})
        made = _begin(self._name, self._name, self._key, 0, 30)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        made = made.add_extension(usage, critical=True)
        made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), False)
        self.ca = folder / f"{name}.pem"
        self.ca.write_bytes(made.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM))

    def issue(self, host: str, *, begins: int = 0, ends: int = 30) -> Certificate:
        """A certificate for `host`, good from `begins` to `ends`, in days from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = _begin(_name(host), self._name, key, begins, ends)
        made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        parent = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        made = made.add_extension(parent, critical=False)
        stem = f"{host}-{begins}-{ends}"
        files = Certificate(self._folder / f"{stem}.pem", self._folder / f"{stem}.key")
        files.cert.write_bytes(made.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM))
        files.key.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        )
        return files


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _begin(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, begins: int, ends: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer)
    made = made.public_key(key.public_key()).serial_number(x509.random_serial_number())
    return made.not_valid_before(now + (begins - 1) * _DAY).not_valid_after(now + ends * _DAY)


_CADDYFILE = """{{
    admin off
    auto_https disable_redirects
    skip_install_trust
    grace_period 1s
    servers {{
        protocols h1 h2
    }}
    storage file_system "{folder}/storage"
    log {{
        level ERROR
    }}
}}
https://localhost:{port} {{
    bind 127.0.0.1
    tls "{cert}" "{key}"
    {does}
}}
"""


class Caddy(Process):
    """Caddy on `https://localhost:PORT/`, in front of the loopback port `behind`."""

    def __init__(self, folder: Path, port: int, behind: int, shown: Certificate, ca: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.url = f"https://localhost:{port}/"
        self._file = folder / "Caddyfile"
        self._facts = {"folder": folder, "port": port}
        self._shown, self._does = shown, f"reverse_proxy 127.0.0.1:{behind}"
        self._ca = ca
        self._write(shown, self._does)
        words: list[str | Path] = ["caddy", "run", "--adapter", "caddyfile", "--config", self._file]
        home = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
        super().__init__(words, folder / "caddy.log", lambda: listens(port), env=home)

    @contextmanager
    def instead(self, *, shown: Certificate | None = None, does: str = "") -> Iterator[None]:
        """Show another certificate, or do something else than pass requests on, while the block runs."""
        before = self._shown, self._does
        self._restart(shown or self._shown, does or self._does)
        try:
            yield
        finally:
            self._restart(*before)

    def _restart(self, shown: Certificate, does: str) -> None:
        self.stop()
        self._shown, self._does = shown, does
        self._write(shown, does)
        self.start()

    def _write(self, shown: Certificate, does: str) -> None:
        facts = {**self._facts, "cert": shown.cert, "key": shown.key, "does": does}
        self._file.write_text(_CADDYFILE.format(**facts))

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page, over TLS that is checked against the CA."""
        context = ssl.create_default_context(cafile=str(self._ca))
        host = self.url.removeprefix("https://").rstrip("/")
        with closing(http.client.HTTPSConnection(host, timeout=10, context=context)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
