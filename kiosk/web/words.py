"""Languages: every word that a person sees goes through here.

English is what the code says; further languages are catalogues that replace these functions' answers.
"""

from __future__ import annotations

from gettext import NullTranslations

from flask import Flask

_english = NullTranslations()
gettext = _english.gettext
ngettext = _english.ngettext


def install(app: Flask) -> None:
    """Let templates say `_('…')`."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
