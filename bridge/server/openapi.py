"""The description of the HTTP API in OpenAPI 3.1, generated from the route table and the models that validate requests.

What a call says of itself stands beside its handler (`describing.py`); what is true of every call stands here: what the gate
and the server may refuse, the token, the form of problems.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from bridge.model import ERRORS, Operation
from bridge.server.answers import BareProblem, Problem
from bridge.server.describing import PATH_PARAMETERS, TEXT, Authority, Description, Header, Parameter, Reply
from bridge.server.examples import Example, examples
from bridge.server.problems import PROBLEM_TYPE
from bridge.server.routing import Route
from bridge.server.schemas import REF, collect

PREFIX = "/api/v1"

API_VERSION = "1"
"""The version in the path. Within it things are only added: docs/stability.md."""

INTRODUCTION = """\
One local API for fiscal printers, payment terminals and tax gateways. Everything that changes a device is a *job*: one \
operation, accepted durably, done at most once. HTTP's status tells about the request only; a failed job is 200 with its state.

Amounts, prices and quantities are decimal strings (`"27.00"`), times carry their zone, bodies are one JSON object in UTF-8. \
A request may hold no member that is not described here; an answer may hold more with a later version, and a client ignores \
what it does not know. A refusal is a problem document (RFC 9457) with a stable `code`, and nothing was stored."""

TAGS = {
    "service": "The bridge itself.",
    "devices": "Devices as tills see them.",
    "jobs": "Operations on devices, and what became of them.",
    "access": "Who may come: pairing of pages, tokens, the console's sign-in.",
    "administration": "Configuration, acceptance, the audit.",
}

# What any call may be refused with: by the gate, or because the server cannot just then.
_ANY = (
    "request.malformed",
    "gate.target",
    "gate.unauthorised",
    "gate.origin_not_allowed",
    "gate.origin_required",
    "gate.token_origin_mismatch",
    "gate.session_unknown",
    "gate.wrong_session",
    "gate.rate",
    "request.media_type",
    "gate.host_not_allowed",
    "request.invalid",
    "server.error",
    "server.storage",
    "server.stopping",
)
_WITH_BODY = ("request.too_large",)
_WITH_ID = ("request.not_found",)
_WITH_TOKEN = ("gate.scope_missing",)

_HEADERS = {
    401: {"WWW-Authenticate": Header("`Bearer`")},
    429: {"Retry-After": Header("Seconds.")},
    503: {"Retry-After": Header("Seconds.")},
}


class Undescribed(Exception):
    """A route that nobody described; says what to do."""


def document(routes: Iterable[Route[Any]], prefix: str = PREFIX) -> dict[str, Any]:
    """The whole description. Raises Undescribed."""
    described = [(route, _description(route)) for route in routes]
    requests, answers, schemas = schemas_of(described)
    schemas["Operation"] = requests.pop("Operation")
    shared: dict[str, Any] = {}
    paths: dict[str, dict[str, Any]] = {}
    for route, description in described:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, description, requests, answers, shared)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tillbridge",
            "version": API_VERSION,
            "description": INTRODUCTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": prefix}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": dict(sorted(shared.items())),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A paired page's token, a program's (`tillbridge pair`), or the administrator's (`tillbridge token show`).",
                }
            },
        },
    }


def schemas_of(
    described: Iterable[tuple[Route[Any], Description]],
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Schemas of all requests (by call), of all answers (by call and status), and the components that they refer to.

    "Operation" is among the requests, "Problem" and "BareProblem" among the components.
    """
    requests: dict[str, Any] = {"Operation": Operation}
    answers: dict[str, Any] = {"Problem": Problem, "BareProblem": BareProblem}
    for route, description in described:
        if description.body is not None and description.body is not Operation:
            requests[route.name] = description.body
        for status, reply in description.replies.items():
            if reply.model is not None:
                answers[f"{route.name} {status}"] = reply.model
    return collect(requests, answers)


@cache
def served() -> dict[str, Any]:
    """The description of the calls that this server has."""
    from bridge.server.routes import ROUTES  # here: the description is itself a call among them

    return document(ROUTES)


def described_routes() -> list[tuple[Route[Any], Description]]:
    """The calls that this server has, with what each says of itself. Raises Undescribed."""
    from bridge.server.routes import ROUTES

    return [(route, _description(route)) for route in ROUTES]


def refusals(route: Route[Any], description: Description) -> dict[int, tuple[str, ...]]:
    """The codes that a call may be refused with, by status."""
    codes = {
        *_ANY,
        *(_WITH_BODY if description.body is not None else ()),
        *(_WITH_ID if "{" in route.path else ()),
        *(_WITH_TOKEN if description.authority is Authority.TOKEN else ()),
        *description.errors,
    }
    by_status: dict[int, list[str]] = {}
    for code in sorted(codes):
        by_status.setdefault(ERRORS[code].status, []).append(code)
    return {status: tuple(by_status[status]) for status in sorted(by_status)}


def _description(route: Route[Any]) -> Description:
    if route.describes is None or not inspect.getdoc(route.handler):
        raise Undescribed(
            f"{route.method} {route.path} ({route.name}) is not described: give its Route a Description "
            "(bridge/server/describing.py: tag, replies with their models, body, parameters, errors) as its fifth argument, "
            "its handler a docstring, and renew docs/openapi.json (python -m tests.api.renew)"
        )
    return route.describes


def _operation(
    route: Route[Any], description: Description, requests: Mapping[str, Any], answers: Mapping[str, Any], shared: dict[str, Any]
) -> dict[str, Any]:
    summary, _, rest = (inspect.getdoc(route.handler) or "").partition("\n\n")
    shown = examples(route.name)
    made: dict[str, Any] = {
        "operationId": route.name,
        "tags": [description.tag],
        "summary": _first_sentence(summary),
        "description": _unwrapped(f"{summary}\n\n{rest}".strip()),
        "parameters": [_parameter(parameter) for parameter in _parameters(route, description)],
    }
    if description.body is not None:
        made["requestBody"] = _body(route, description, requests, shown)
    responses = {str(status): _reply(route, status, reply, answers, shown) for status, reply in description.replies.items()}
    for status, codes in refusals(route, description).items():
        told = responses.get(str(status))
        if told is None:
            responses[str(status)] = _refusal(status, codes, shared, shown)
        else:  # an answer and a refusal under one status: the media type tells them apart
            refusal = _refusal(status, codes, {}, shown, alone=True)
            responses[str(status)] = {
                "description": f"{told['description']}\n{refusal['description']}",
                "headers": {name: {**header, "required": False} for name, header in refusal.get("headers", {}).items()},
                "content": {**told["content"], **refusal["content"]},
            }
    made["responses"] = responses
    made["security"] = {Authority.OPEN: [], Authority.OPTIONAL: [{}, {"token": []}], Authority.TOKEN: [{"token": []}]}[
        description.authority
    ]
    return made


def _parameters(route: Route[Any], description: Description) -> tuple[Parameter, ...]:
    own = {parameter.name for parameter in description.parameters if parameter.where == "path"}
    names = [segment[1:-1] for segment in route.path.split("/") if segment.startswith("{")]
    missing = [name for name in names if name not in own and name not in PATH_PARAMETERS]
    if missing:
        raise Undescribed(f"{route.path}: {{{missing[0]}}} is not described: give its Description a Parameter of the path")
    return (*(PATH_PARAMETERS[name] for name in names if name not in own), *description.parameters)


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.where,
        "description": parameter.text,
        "required": parameter.required,
        "schema": dict(parameter.schema),
        **parameter.more,
    }


def _body(route: Route[Any], description: Description, requests: Mapping[str, Any], shown: tuple[Example, ...]) -> dict[str, Any]:
    schema = {"$ref": REF.format(model="Operation")} if description.body is Operation else requests[route.name]
    content: dict[str, Any] = {"schema": schema}
    given = {example.name: {"summary": example.summary, "value": example.body} for example in shown if example.body is not None}
    if given:
        content["examples"] = given
    return {"required": True, "content": {"application/json": content}}


def _reply(
    route: Route[Any], status: int, reply: Reply, answers: Mapping[str, Any], shown: tuple[Example, ...]
) -> dict[str, Any]:
    made: dict[str, Any] = {"description": reply.text}
    if reply.headers:
        made["headers"] = {name: _header(header) for name, header in reply.headers.items()}
    if reply.model is not None:
        content: dict[str, Any] = {"schema": answers[f"{route.name} {status}"]}
        made["content"] = {reply.media_type: content, **{media_type: _other(media_type) for media_type in reply.others}}
        for example in shown:
            if example.status == status:
                media_type = TEXT if isinstance(example.answer, str) else reply.media_type
                told = made["content"][media_type].setdefault("examples", {})
                told[example.name] = {"summary": example.summary, "value": example.answer}
    return made


def _other(media_type: str) -> dict[str, Any]:
    """Text is a string; bytes have no schema. Source: OpenAPI 3.1, "Considerations for File Uploads"."""
    return {"schema": {"type": "string"}} if media_type.startswith("text/") or media_type.endswith("+xml") else {}


def _refusal(
    status: int, codes: tuple[str, ...], shared: dict[str, Any], shown: tuple[Example, ...], *, alone: bool = False
) -> dict[str, Any]:
    """A problem with its codes. Calls that may be refused with the same ones, and have no example of it, share a component;
    not where it is to stand `alone`."""
    narrowed: dict[str, Any] = {
        "allOf": [{"$ref": REF.format(model="Problem")}],
        "properties": {"code": {"enum": list(codes)}, "status": {"const": status}},
    }
    schema = {"anyOf": [narrowed, {"$ref": REF.format(model="BareProblem")}]} if status == 503 else narrowed
    told = "\n".join(f"- `{code}`: {ERRORS[code].text}" for code in codes)
    made: dict[str, Any] = {"description": told, "content": {PROBLEM_TYPE: {"schema": schema}}}
    if status in _HEADERS:
        made["headers"] = {name: _header(header) for name, header in _HEADERS[status].items()}
    told_by = {
        example.name: {"summary": example.summary, "value": example.answer} for example in shown if example.status == status
    }
    if told_by:
        made["content"][PROBLEM_TYPE]["examples"] = told_by
    if told_by or alone:
        return made
    same = [name for name, other in shared.items() if other == made]
    if not same:
        number = sum(name.startswith(f"Refused{status}") for name in shared)
        same = [f"Refused{status}" + (f".{number + 1}" if number else "")]
        shared[same[0]] = made
    return {"$ref": f"#/components/responses/{same[0]}"}


def _header(header: Header) -> dict[str, Any]:
    return {"description": header.text, "required": header.required, "schema": {"type": "string"}}


def _first_sentence(text: str) -> str:
    return _unwrapped(text).partition(". ")[0].rstrip(".")


def _unwrapped(text: str) -> str:
    """Paragraphs of a docstring as lines: its line breaks are those of the source."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
