"""`/api/openapi.json`: what the app's routes under /api/ take and give, made from their own declarations.

OpenAPI 3.1, whose schemas are JSON Schema 2020-12: what msgspec writes of a Struct can stand there as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar, cast

import msgspec
from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue
from werkzeug.routing import Rule

import kiosk
from kiosk.web.access import allow, anyone

PATH = "/api/openapi.json"
_ATTRIBUTE = "api_call"
_REFS = "#/components/schemas/{name}"

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class Problem(msgspec.Struct, frozen=True):
    """What went wrong before a route could answer for itself."""

    status: int
    title: str
    detail: str


@dataclass(frozen=True)
class Call:
    """One route's declaration: the JSON that it takes, None for nothing, and what it answers by status.

    A `str` among the answers is plain text.
    `headers`: names and patterns of those that a request must have. `token`: whether it must bear one.
    """

    answers: Mapping[int, type[msgspec.Struct] | type[str]]
    takes: type[msgspec.Struct] | None = None
    headers: Mapping[str, str] | None = None
    token: bool = False


def documented(call: Call) -> Callable[[View], View]:
    """Declare what a view under /api/ takes and gives."""

    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, call)
        return view

    return declare


def call_of(app: Flask, endpoint: str) -> Call | None:
    """The declaration of an endpoint, None when it has none."""
    return getattr(app.view_functions[endpoint], _ATTRIBUTE, None)


def blueprint() -> Blueprint:
    """The route that shows the document."""
    routes = Blueprint("openapi", __name__)

    @routes.get(PATH)
    @allow(anyone)
    def openapi() -> ResponseReturnValue:
        """What this interface takes and gives, in OpenAPI 3.1."""
        return jsonify(document(current_app))

    return routes


def document(app: Flask) -> dict[str, Any]:
    """The whole document of an app."""
    listed = [(rule, call) for rule in app.url_map.iter_rules() if (call := call_of(app, rule.endpoint))]
    kinds = _kinds([call for _rule, call in listed])
    schemas, components = _portable(msgspec.json.schema_components(kinds, ref_template=_REFS))
    schema_of = dict(zip(kinds, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for rule, call in listed:
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(rule.rule, {})[method.lower()] = _operation(app, rule, call, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Safe Bench", "version": kiosk.__version__},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _portable(schema: Any) -> Any:
    """Patterns as JSON Schema has them (ECMA-262), where a dollar is the very end of the text."""
    if isinstance(schema, str):
        return schema.replace(r"\Z", "$")
    if isinstance(schema, dict):
        return {name: _portable(inner) for name, inner in schema.items()}
    if isinstance(schema, list | tuple):
        return [_portable(inner) for inner in schema]
    return schema


def _kinds(calls: Sequence[Call]) -> list[type[msgspec.Struct]]:
    found = [
        kind for call in calls for kind in (*call.answers.values(), *((call.takes,) if call.takes else ()))
    ]
    structs = [kind for kind in found if issubclass(kind, msgspec.Struct)]
    return list(dict.fromkeys([*structs, Problem]))


def _operation(app: Flask, rule: Rule, call: Call, schema_of: Mapping[Any, Any]) -> dict[str, Any]:
    view = app.view_functions[rule.endpoint]
    operation: dict[str, Any] = {
        "operationId": rule.endpoint,
        "summary": (view.__doc__ or "").strip().split("\n")[0],
        "responses": {
            str(status): {"description": HTTPStatus(status).phrase, "content": _content(kind, schema_of)}
            for status, kind in call.answers.items()
        },
    }
    if call.takes is not None:
        operation["requestBody"] = {"required": True, "content": _json(schema_of[call.takes])}
    if call.headers:
        operation["parameters"] = [_header(*one) for one in call.headers.items()]
    if call.token:
        operation["security"] = [{"token": []}]
    return operation


def _content(kind: type, schema_of: Mapping[Any, Any]) -> dict[str, Any]:
    return {"text/plain": {"schema": {"type": "string"}}} if kind is str else _json(schema_of[kind])


def _json(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": cast("dict[str, Any]", schema)}}


def _header(name: str, pattern: str) -> dict[str, Any]:
    schema = _portable({"type": "string", "pattern": pattern})
    return {"name": name, "in": "header", "required": True, "schema": schema}
