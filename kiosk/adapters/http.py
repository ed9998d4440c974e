"""The bench's way out: one request at a time to one node, with one deadline for all of it.

`requests` does TLS and keep-alive. What it would let through is shut here: proxies and passwords from the
environment, redirects, cookies, endless answers, answers that end early. Nothing is unpacked here.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from kiosk import __version__
from kiosk.core.errors import NoWayThrough, Refused
from kiosk.core.sentences import N_

DEADLINE = 30.0
CONNECT_SECONDS = 10.0
MAX_ANSWER = 1 << 20
_CHUNK = 64 * 1024
_NOT_YET_VALID, _EXPIRED = 9, 10
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL."""


@dataclass(frozen=True)
class Request:
    """A request to `path` on the node."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"


@dataclass(frozen=True)
class Response:
    """What came back, as it was sent: header names in lower case, the body not unpacked."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


Send = Callable[[Request], Response]
"""How a request reaches the node. NoWayThrough when nothing usable comes back."""


def check_url(url: str) -> str:
    """The node's address without a closing slash; Refused unless https, or http on this very machine."""
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise Refused(N_("{url} is not an address."), url=url) from None
    if parts.scheme not in ("https", "http") or not host:
        raise Refused(N_("The node's address begins with https://."))
    if parts.username is not None or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise Refused(N_("The node's address is https:// and a name, and nothing after it."))
    if parts.scheme == "http" and not _is_loopback(host):
        raise Refused(N_("Without https:// only a node on this same machine is used."))
    return f"{parts.scheme}://{parts.netloc}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Deadline:
    """Cuts the connection in use when the time of an exchange is over, or when the app closes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: HTTPConnection | None = None
        self.over = False

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Cut what is still going on after `seconds`."""
        timer = threading.Timer(seconds, self.cut)
        timer.daemon = True
        self.over = False
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def using(self, connection: HTTPConnection) -> None:
        """The connection that the present exchange runs on; TimeoutError when it is too late."""
        with self._lock:
            self._connection = connection
        if self.over:
            connection.close()
            raise TimeoutError("The time is over.")

    def cut(self) -> None:
        """Shut the connection; whoever reads from it is told that it has ended."""
        with self._lock:
            self.over = True
            sock = self._connection.sock if self._connection is not None else None
        if sock is not None:
            try:
                # Not SSLSocket's own shutdown: that would drop the TLS state under the reading thread.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
            except OSError:
                return


def _guarded(deadline: _Deadline) -> dict[str, type[HTTPConnectionPool]]:
    """Connection pools whose connections say that they are in use."""

    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            deadline.using(self)

        def request(self, *args: Any, **words: Any) -> None:
            deadline.using(self)
            super().request(*args, **words)

    class Tls(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            deadline.using(self)

        def request(self, *args: Any, **words: Any) -> None:
            deadline.using(self)
            super().request(*args, **words)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    return {"http": PlainPool, "https": TlsPool}


class _Adapter(HTTPAdapter):
    """Requests' adapter over guarded connections."""

    def __init__(self, deadline: _Deadline) -> None:
        self._deadline = deadline
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **words: Any) -> None:
        """Make the pool manager, with our pools."""
        super().init_poolmanager(*args, **words)
        self.poolmanager.pool_classes_by_scheme = _guarded(self._deadline)


class HttpClient:
    """A kept connection to one node. `ca`: the path of a CA file, "" for the system's.

    `clock_verified` says whether the bench knows the time, for the sentence about an expired certificate.
    `adapter` replaces the network, in tests.
    """

    def __init__(
        self,
        url: str,
        ca: str = "",
        *,
        clock_verified: Callable[[], bool] = lambda: True,
        seconds: float = DEADLINE,
        adapter: BaseAdapter | None = None,
    ) -> None:
        self.url = check_url(url)
        self.seconds = seconds
        self._verify: str | bool = ca or True
        self._clock_verified = clock_verified
        self._deadline = _Deadline()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.clear()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for prefix in ("https://", "http://"):
            self._session.mount(prefix, adapter or _Adapter(self._deadline))

    def __call__(self, request: Request) -> Response:
        """Send a request; NoWayThrough, in plain words, when nothing whole comes back in time."""
        try:
            with self._deadline.within(self.seconds):
                answer = self._exchange(request)
            if self._deadline.over:
                raise TimeoutError("The time is over.")
            return answer
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self._explain(error) from error

    def close(self) -> None:
        """End what is going on and the kept connection."""
        self._deadline.cut()
        self._session.close()

    def _exchange(self, request: Request) -> Response:
        timeout = min(self.seconds, CONNECT_SECONDS)
        headers = {"User-Agent": f"safe-bench/{__version__}", "Accept-Encoding": "gzip", **request.headers}
        answer = self._session.request(
            request.method,
            self.url + request.path,
            data=request.body,
            headers=headers,
            verify=self._verify,
            allow_redirects=False,
            stream=True,
            timeout=(timeout, self.seconds),
        )
        try:
            body = _whole_body(answer)
        except BaseException:
            answer.close()
            raise
        return Response(answer.status_code, {name.lower(): v for name, v in answer.headers.items()}, body)

    def _explain(self, error: Exception) -> NoWayThrough:
        code = _certificate_code(error)
        if code in (_NOT_YET_VALID, _EXPIRED) and not self._clock_verified():
            return NoWayThrough(
                N_("The node's certificate does not fit this tablet's date: check the clock.")
            )
        if code is not None or isinstance(error, requests.exceptions.SSLError):
            return NoWayThrough(N_("The node's certificate is not valid, so nothing was sent."))
        if self._deadline.over or _timed_out(error):
            return NoWayThrough(N_("The node did not answer in time."), slow=True)
        return NoWayThrough(N_("There is no way through to the node at the moment."))


def _timed_out(error: BaseException | None) -> bool:
    """Whether a timeout is at the root of it: while sending, requests wraps one as a broken connection."""
    while error is not None:
        if isinstance(error, (requests.Timeout, TimeoutError)):
            return True
        error = error.__cause__ or error.__context__
    return False


def _whole_body(answer: requests.Response) -> bytes:
    """The body as sent; an OSError when it is longer than allowed, or ends before its stated length."""
    body = bytearray()
    while chunk := answer.raw.read(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > MAX_ANSWER:
            raise ConnectionError("The answer is too long.")
    chunked = answer.headers.get("Transfer-Encoding", "").lower() == "chunked"
    if not chunked and answer.headers.get("Content-Length", "").strip() != str(len(body)):
        raise ConnectionError("The answer was cut off.")
    return bytes(body)


def _certificate_code(error: BaseException | None) -> int | None:
    """OpenSSL's reason why a certificate was not taken, from wherever it hides in the chain of causes."""
    while error is not None:
        for hidden in (error, getattr(error, "reason", None), *error.args):
            if isinstance(hidden, ssl.SSLCertVerificationError):
                return hidden.verify_code
            if isinstance(hidden, urllib3.exceptions.MaxRetryError):
                return _certificate_code(hidden.reason)
            if isinstance(hidden, urllib3.exceptions.SSLError) and hidden is not error:
                return _certificate_code(hidden)
        error = error.__cause__ or error.__context__
    return None
