"""Forms: decoded by msgspec into a Struct, text cleaned first."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Annotated, TypeVar, get_args, get_origin

import msgspec
from flask import request

from kiosk.core.errors import SafeBenchError
from kiosk.core.sentences import N_

Shape = TypeVar("Shape", bound=msgspec.Struct)

_FIELD = re.compile(r"(?:`\$\.|field `)([a-z_]+)")
_KEPT = {"\n", "\t"}
_UNSEEN = {"Cc", "Cs", "Zl", "Zp"}
_BIDI = {chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)}


class FormError(SafeBenchError):
    """What was typed cannot be used; `field` says which part of it."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def clean(text: str) -> str:
    """Text without control characters, direction overrides or lone surrogates, in composed form (NFC)."""
    if text.isascii() and text.isprintable():
        return text.strip()
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in lines if c in _KEPT or not (unicodedata.category(c) in _UNSEEN or c in _BIDI))
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def form(shape: type[Shape]) -> Shape:
    """The posted form as `shape`; list fields take every value of their name. FormError if unfit."""
    lists = _lists(shape)
    values: dict[str, object] = {}
    for name in request.form:
        if name in lists:
            values[name] = [clean(value) for value in request.form.getlist(name)]
        else:
            values[name] = clean(request.form[name])
    try:
        return msgspec.convert(values, shape, strict=False)
    except msgspec.ValidationError as error:
        named = _FIELD.search(str(error))
        field = named[1] if named else ""
        raise FormError(N_("That cannot be used as it is: please look at it again."), field) from None


@cache
def _lists(shape: type[msgspec.Struct]) -> frozenset[str]:
    """The fields that take several values; looked up once, as it costs more than the rest of a form."""
    return frozenset(field.name for field in msgspec.structs.fields(shape) if _takes_many(field.type))


def _takes_many(kind: object) -> bool:
    plain = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    return get_origin(plain) in (list, tuple)
