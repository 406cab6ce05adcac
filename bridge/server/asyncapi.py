"""The description of the WebSocket in AsyncAPI 3.0, from the same tables and models as the OpenAPI document.

Every call of ROUTES is a method; session methods and notifications are those of `websocket/messages.py`. Schemas are JSON
Schema 2020-12. Source of the form: AsyncAPI 3.0.0, "Operation Object", "Reply Object", "Multi Format Schema Object".
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import cache
from typing import Any

from bridge.server.answers import Problem
from bridge.server.describing import IDEMPOTENCY_KEY, PATH_PARAMETERS, WAIT, Description
from bridge.server.openapi import API_VERSION, PREFIX, described_routes
from bridge.server.routing import Route, parameter_names
from bridge.server.schemas import REF, collect, opened
from bridge.server.websocket.messages import NOTIFICATIONS, SESSION_METHODS, CloseCode
from bridge.server.websocket.methods import KEY

_SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"
_CHANNEL = "#/channels/socket"
_ID = {"type": ["string", "integer", "null"]}

INTRODUCTION = """\
JSON-RPC 2.0 over one WebSocket: text frames, a request or a batch in each. The first method is `session.authenticate`; then \
every call of the HTTP API is a method, with all its parameters in `params` by name, and `events.subscribe` brings notifications. \
How the proofs are made, how a client resumes without a gap and what else a client must know is in docs/websocket.md."""

_WHY = {
    CloseCode.NORMAL: "The client said goodbye.",
    CloseCode.STOPPING: "The bridge stops.",
    CloseCode.BINARY: "A frame was binary.",
    CloseCode.INTERNAL: "A fault of the bridge's own.",
    CloseCode.SLOW: "The client does not read what it is sent.",
    CloseCode.UNAUTHORISED: "Not authenticated in time, a wrong proof, or the token was replaced or taken back.",
    CloseCode.FORBIDDEN: "The token belongs to another origin, user or session, or the page's origin is not paired any more.",
    CloseCode.SILENT: "No answer to pings.",
    CloseCode.TOO_MANY: "More messages than may wait.",
}


@cache
def served() -> dict[str, Any]:
    """The description of the socket that this server has."""
    requests, answers, components = _schemas()
    messages: dict[str, Any] = {
        "error": _message("error", "A refusal. `data` is the problem document of the same call over HTTP.", _error())
    }
    operations: dict[str, Any] = {}
    for route, description in _over_the_socket():
        params = _params(route, description, requests)
        results = [
            answers[f"{route.name} {status}"] if reply.model is not None else {"type": "null"}
            for status, reply in description.replies.items()
        ]
        if any(reply.others for reply in description.replies.values()) and {"type": "string"} not in results:
            results.append({"type": "string"})
        text = inspect.getdoc(route.handler) or ""
        _method(route.name, " ".join(text.split()), params, results, messages, operations)
    for name, method in SESSION_METHODS.items():
        _method(name, method.summary, requests[name], [answers[f"{name} result"]], messages, operations)
    for name in NOTIFICATIONS:
        text = " ".join((inspect.getdoc(NOTIFICATIONS[name]) or "").split())
        payload = _rpc({"method": {"const": name}, "params": answers[f"{name} told"]}, ("method", "params"))
        messages[name] = _message(name, text, payload)
        operations[f"on.{name}"] = {
            "action": "send",
            "channel": {"$ref": _CHANNEL},
            "summary": text,
            "messages": [{"$ref": f"{_CHANNEL}/messages/{name}"}],
        }
    closes = "\n".join(f"- {code.value}: {_WHY[code]}" for code in CloseCode)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Tillbridge",
            "version": API_VERSION,
            "description": INTRODUCTION,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {"local": {"host": "127.0.0.1:47811", "protocol": "ws", "description": "The bridge on this computer."}},
        "channels": {
            "socket": {
                "address": f"{PREFIX}/ws",
                "description": f"The one socket. The server closes it with\n\n{closes}",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
                "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
            }
        },
        "operations": operations,
        "components": {"messages": messages, "schemas": components},
    }


def _over_the_socket() -> list[tuple[Route[Any], Description]]:
    return [(route, description) for route, description in described_routes() if not route.http_only]


def _schemas() -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """As for HTTP, with requests left open: `params` holds a body beside what HTTP has elsewhere, and is closed as a whole."""
    requests: dict[str, Any] = {}
    answers: dict[str, Any] = {"problem": Problem}
    for route, description in _over_the_socket():
        if description.body is not None:
            requests[route.name] = description.body
        for status, reply in description.replies.items():
            if reply.model is not None:
                answers[f"{route.name} {status}"] = reply.model
    for name, method in SESSION_METHODS.items():
        requests[name], answers[f"{name} result"] = method.params, method.result
    answers |= {f"{name} told": model for name, model in NOTIFICATIONS.items()}
    asked, said, components = collect(requests, answers)
    return opened(asked), said, opened(components)


def _params(route: Route[Any], description: Description, requests: Mapping[str, Any]) -> dict[str, Any]:
    """Path parameters, query, key, wait and the body's members, all by name."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    own = {parameter.name: parameter for parameter in description.parameters}
    for name in parameter_names(route.path):
        parameter = own.get(name) or PATH_PARAMETERS[name]
        properties[name] = {"description": parameter.text, **parameter.schema}
        required.append(name)
    for parameter in description.parameters:
        if parameter.where == "query":
            properties[parameter.name] = {"description": parameter.text, **_as_json(parameter.schema)}
        elif parameter.name == IDEMPOTENCY_KEY.name:
            properties[KEY] = {"description": parameter.text, **parameter.schema}
            required += [KEY] if parameter.required else []
        elif parameter is WAIT:
            properties["wait"] = {
                "description": "Answer when the job is final, at the latest after so many seconds.",
                "type": "number",
                "minimum": 0,
            }
    made: dict[str, Any] = {"type": "object", "properties": properties, "unevaluatedProperties": False}
    if required:
        made["required"] = required
    if route.name in requests:
        made["allOf"] = [requests[route.name]]
    return made


def _as_json(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A query parameter as a member of `params`: a flag may be a boolean there, and a list is its parts with commas."""
    if schema.get("enum") == ["true", "false"]:
        return {"enum": [True, False, "true", "false"]}
    return {"type": "string"} if schema.get("type") == "array" else dict(schema)


def _method(name: str, text: str, params: Any, results: list[Any], messages: dict[str, Any], operations: dict[str, Any]) -> None:
    result = results[0] if len(results) == 1 else {"anyOf": results}
    asked = _rpc({"method": {"const": name}, "params": params, "id": _ID}, ("method", "id"))
    messages[name] = _message(name, text, asked)
    messages[f"{name}.result"] = _message(
        f"{name}.result", f"The answer to {name}.", _rpc({"id": _ID, "result": result}, ("id", "result"))
    )
    operations[name] = {
        "action": "receive",
        "channel": {"$ref": _CHANNEL},
        "summary": text.partition(". ")[0].rstrip("."),
        "description": text,
        "messages": [{"$ref": f"{_CHANNEL}/messages/{name}"}],
        "reply": {
            "channel": {"$ref": _CHANNEL},
            "messages": [{"$ref": f"{_CHANNEL}/messages/{name}.result"}, {"$ref": f"{_CHANNEL}/messages/error"}],
        },
    }


def _message(name: str, text: str, payload: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "summary": text, "payload": {"schemaFormat": _SCHEMA_FORMAT, "schema": payload}}


def _rpc(properties: dict[str, Any], required: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"jsonrpc": {"const": "2.0"}, **properties},
        "required": ["jsonrpc", *required],
    }


def _error() -> dict[str, Any]:
    error = {
        "type": "object",
        "properties": {"code": {"type": "integer"}, "message": {"type": "string"}, "data": {"$ref": REF.format(model="Problem")}},
        "required": ["code", "message"],
    }
    return _rpc({"id": _ID, "error": error}, ("id", "error"))
