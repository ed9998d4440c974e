"""Sentences that a page says in the reader's language, written where no reader is known. No I/O."""

from __future__ import annotations


def N_(sentence: str) -> str:  # noqa: N802 - the name that gettext's tools know
    """`sentence` as it is, marked for the catalogues: what shows it translates it (`web.words`)."""
    return sentence
