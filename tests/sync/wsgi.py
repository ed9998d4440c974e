"""Requests over WSGI: two apps in one process sync without a socket."""

from __future__ import annotations

import io
from typing import Any

import requests
from flask import Flask
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse
from werkzeug.test import Client


class WsgiAdapter(BaseAdapter):
    """Gives each request of a session to an app."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self._client = Client(app, use_cookies=False)

    def send(self, request: requests.PreparedRequest, *_args: Any, **_words: Any) -> requests.Response:
        body = request.body or b""
        answer = self._client.open(
            request.path_url,
            base_url="http://127.0.0.1/",
            method=request.method,
            headers=list(request.headers.items()),
            data=body,
        )
        raw = HTTPResponse(
            io.BytesIO(answer.get_data()),
            dict(answer.headers.items()),
            answer.status_code,
            preload_content=False,
        )
        response = requests.Response()
        response.status_code = answer.status_code
        response.headers = requests.structures.CaseInsensitiveDict(answer.headers.items())
        response.raw, response.request, response.url = raw, request, str(request.url)
        return response

    def close(self) -> None:
        """Nothing is kept open."""
