"""Pages, read for what runs in them or leads out of them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

HERE = re.compile(r"[/?#][^/\\]?|tel:")
"""What an address on a page may begin with: this app, or a telephone."""
_NEVER = {"style", "iframe", "object", "embed", "base", "frame", "applet"}
_LOADS = {"src", "href", "action", "formaction", "poster", "data", "srcset", "background", "cite", "manifest"}


class Page(HTMLParser):
    """Everything in a page that runs, loads or leads elsewhere: `findings`; how many `scripts` of ours."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.findings: list[str] = []
        self.scripts = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag in _NEVER or (tag == "input" and facts.get("type") == "file"):
            self.findings.append(f"<{tag}>")
        if tag == "script":
            self.scripts += 1
            if not facts.get("src", "").startswith("/static/js/"):
                self.findings.append("a script that is not a file of ours")
        if tag == "meta" and "http-equiv" in facts:
            self.findings.append("<meta http-equiv>")
        for name, value in facts.items():
            if name == "style" or name.startswith("on"):
                self.findings.append(f"{tag} {name}")
            if name in _LOADS and not HERE.match(value):
                self.findings.append(f"{tag} {name}={value}")
