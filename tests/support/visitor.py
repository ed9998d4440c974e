"""A browser without scripts, pictures or styles: what it cannot do, a page may not ask of anybody."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import TracebackType
from urllib.parse import urljoin, urlsplit

import requests

_SILENT = ("script", "style", "title", "svg")
_VOID = ("input", "img", "meta", "link", "br", "hr")


@dataclass
class _Form:
    """A form of a page: where it goes, and what it holds."""

    action: str
    method: str
    values: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class _Target:
    """Something that can be tapped: a link's address, a button and its form, or a box to tick."""

    href: str | None = None
    form: str = ""
    pair: tuple[str, str] | None = None
    action: str | None = None
    box: bool = False
    words: str = ""


class _Page(HTMLParser):
    """What stands on a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: dict[str, _Form] = {}
        self.targets: list[_Target] = []
        self.words: list[str] = []
        self._form = ""
        self._open: list[tuple[str, _Target | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        target = self._target(tag, facts)
        if target is not None and tag != "input":
            self.targets.append(target)
        if tag == "form":
            self._form = facts.get("id") or f"form {len(self.forms)}"
            self.forms[self._form] = _Form(facts.get("action", ""), facts.get("method", "get"))
        if tag not in _VOID:
            self._open.append((tag, target))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass
        if tag == "form":
            self._form = ""

    def handle_data(self, data: str) -> None:
        if any(tag in _SILENT for tag, _target in self._open):
            return
        self.words.append(data)
        for _tag, target in self._open:
            if target is not None:
                target.words += data

    def _target(self, tag: str, facts: dict[str, str]) -> _Target | None:
        if tag == "a" and "href" in facts:
            return _Target(href=facts["href"])
        if tag == "button" and facts.get("type", "submit") == "submit":
            pair = (facts["name"], facts.get("value", "")) if "name" in facts else None
            return _Target(form=facts.get("form", self._form), pair=pair, action=facts.get("formaction"))
        if tag == "label":
            return _Target(form=self._form, box=True)
        if tag in ("input", "textarea"):
            self._field(tag, facts)
        return None

    def _field(self, tag: str, facts: dict[str, str]) -> None:
        pair = (facts.get("name", ""), facts.get("value", ""))
        if tag == "input" and facts.get("type") == "checkbox":
            label = next((target for _tag, target in reversed(self._open) if target and target.box), None)
            if label is not None:
                label.pair = pair
            if "checked" not in facts:
                return
        if self._form:
            self.forms[self._form].values.append(pair)


class Visitor:
    """Somebody whose browser runs no scripts. Close it, or use it in a `with` block."""

    def __init__(self, bench: str) -> None:
        self.bench = bench.rstrip("/")
        self.taps = 0
        self._session = requests.Session()
        self._session.trust_env = False
        self._typed: dict[str, str] = {}
        self._url = ""
        self.html = ""
        self.status = 0

    def __enter__(self) -> Visitor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    @property
    def path(self) -> str:
        """The path of the page that is shown, and its query."""
        return self._url.removeprefix(self.bench)

    @property
    def text(self) -> str:
        """The words on the page."""
        return " ".join("".join(_Page(self.html).words).split())

    def see(self, words: str) -> None:
        """These words stand on the page, in capitals or not."""
        assert words.lower() in self.text.lower(), f"no “{words}” on {self.path}: {self.text}"

    def go(self, path: str) -> None:
        """Open a page."""
        self._shown(self._session.get(urljoin(self.bench, path), timeout=10))

    def fill(self, name: str, words: str) -> None:
        """Type into the field of this name."""
        self._typed[name] = words

    def tap(self, words: str) -> None:
        """Tap what says this: follow the link, tick the box or send the form; counted."""
        target = self._find(words)
        self.taps += 1
        if target.href is not None:
            self.go(urljoin(self._url, target.href))
        elif target.box and target.pair is not None:
            self._typed[f"{target.pair[0]}\0{target.pair[1]}"] = target.pair[1]
        else:
            self._send(target)

    def listen(self, words: str, page: str = "") -> bytes:
        """What the bench answers when `page`, or the one that is shown, has these words read aloud."""
        headers = {"Sec-Fetch-Site": "same-origin", "Referer": f"{self.bench}{page or self.path}"}
        piece = {"lang": "en", "text": words}
        answer = self._session.post(f"{self.bench}/listen", json=piece, headers=headers, timeout=10)
        assert answer.status_code == requests.codes.ok
        return answer.content

    def _find(self, words: str) -> _Target:
        found = [(" ".join(one.words.lower().split()), one) for one in _Page(self.html).targets]
        whole = [one for said, one in found if said == words.lower()]
        part = [one for said, one in found if words.lower() in said]
        assert part, f"nothing says “{words}” on {self.path}: {self.text}"
        return (whole or part)[0]

    def _send(self, target: _Target) -> None:
        form = _Page(self.html).forms[target.form]
        names = {name for name, _value in form.values}
        values = [(name, self._typed.get(name, value)) for name, value in form.values if name]
        ticked = [(key.split("\0")[0], value) for key, value in self._typed.items() if "\0" in key]
        pairs = [*values, *ticked, *([target.pair] if target.pair else [])]
        missing = {key for key in self._typed if "\0" not in key} - names
        assert not missing, f"no field {missing} in the form on {self.path}"
        where = urljoin(self._url, target.action or form.action)
        if form.method.lower() == "get":
            self._shown(self._session.get(where, params=pairs, timeout=10))
            return
        origin = f"{urlsplit(where).scheme}://{urlsplit(where).netloc}"
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": origin}
        self._shown(self._session.post(where, data=pairs, headers=headers, timeout=10))

    def _shown(self, answer: requests.Response) -> None:
        self._url, self.html, self.status = answer.url, answer.text, answer.status_code
        self._typed.clear()
