"""Every answer that a server of this process gives is held against the served description, in whatever test it is.

`install` puts a check behind `Application.handle`; tests/conftest.py fails the test that saw a wrong answer. The check uses
the closed form of the answers' schemas: a member that is not described is an error here, though clients must ignore it.
jsonschema-rs and not jsonschema or openapi-core: the same drafts and formats at a fiftieth of the time, which matters where
thousands of answers are checked, and schemathesis brings it along anyway.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import jsonschema_rs
from aiohttp import web

from bridge.model import RequestError
from bridge.server.app import Application
from bridge.server.openapi import PREFIX, served
from bridge.server.problems import PROBLEM_TYPE
from bridge.server.routes import ROUTES
from bridge.server.routing import Router
from bridge.server.schemas import REF, closed

violations: list[str] = []

observers: list[Callable[[str, str, web.Response], None]] = []
"""Told of every answer beside: method, target, response."""

ROUTER = Router(PREFIX, ROUTES)
_LONGEST = 2000


def install() -> None:
    """From now on every answer is checked; what is wrong is added to `violations`."""
    original = Application.handle

    async def handle(self: Application, request: web.BaseRequest) -> web.StreamResponse:
        response = await original(self, request)
        preflight = request.method == "OPTIONS" and response.status == 204  # no call, and in no description
        if request.raw_path.startswith(PREFIX) and not preflight and isinstance(response, web.Response):
            body = response.body
            found = problems_of(
                request.method, request.raw_path, response.status, response.headers, body if isinstance(body, bytes) else b""
            )
            violations.extend(f"{request.method} {request.raw_path} {response.status}: {problem}" for problem in found)
            for observer in observers:
                observer(request.method, request.raw_path, response)
        return response

    Application.handle = handle  # type: ignore[method-assign]


def problems_of(method: str, raw_path: str, status: int, headers: Mapping[str, str], body: bytes) -> list[str]:
    """What of an answer is otherwise than described."""
    media_type = headers.get("Content-Type", "").partition(";")[0]
    try:
        route, _ = ROUTER.find(method, raw_path)
    except RequestError:
        return _against(media_type, PROBLEM_TYPE, "problem", body) if status >= 400 else ["nothing is described at this address"]
    reply = served()["paths"][route.path][method.lower()]["responses"].get(str(status))
    if reply is None:
        return [f"no such status is described; the body: {body[:_LONGEST]!r}"]
    if "$ref" in reply:
        reply = served()["components"]["responses"][reply["$ref"].rpartition("/")[2]]
    missing = [
        f"the header {name} is missing"
        for name, header in reply.get("headers", {}).items()
        if header["required"] and name not in headers
    ]
    if "content" not in reply:
        return missing + ([f"there is a body where none is described: {body[:_LONGEST]!r}"] if body else [])
    described = media_type if media_type in reply["content"] else " or ".join(reply["content"])
    return missing + _against(media_type, described, (route.path, method.lower(), str(status), media_type), body)


def _against(media_type: str, described: str, place: Any, body: bytes) -> list[str]:
    if media_type != described:
        return [f"it is {media_type or 'of no media type'}, described is {described}"]
    if not described.endswith("json"):
        return []
    errors = [
        f"{'.'.join(map(str, error.instance_path)) or 'the body'}: {error.message}"[:_LONGEST]
        for error in _validator(place).iter_errors(json.loads(body))
    ]
    return errors[:5]


@cache
def _validator(place: Any) -> Any:
    """Compiled once for each status of each call."""
    document = served()
    if place == "problem":
        schema: Any = {"$ref": REF.format(model="Problem")}
    else:
        path, method, status, media_type = place
        reply = document["paths"][path][method]["responses"][status]
        if "$ref" in reply:
            reply = document["components"]["responses"][reply["$ref"].rpartition("/")[2]]
        schema = reply["content"][media_type]["schema"]
    whole = {**closed(schema), "components": {"schemas": _closed_components()}}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


@cache
def _closed_components() -> Any:
    return closed(served()["components"]["schemas"])
