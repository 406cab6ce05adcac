"""Answers: JSON bodies, problem documents (RFC 9457), and the headers that every answer carries."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from aiohttp import web

from bridge.model import RequestError, decimal_string
from bridge.store import StorageError
from bridge.transport import SECRETS

log = logging.getLogger("tillbridge.server")

PROBLEM_TYPE = "application/problem+json"

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Whether an answer may be read depends on who asks: no cache may give one origin what another one got.
    "Vary": "Origin",
    # Instead of the versions of Python and aiohttp, which only help who looks for holes.
    "Server": "tillbridge",
}


def _plain(value: object) -> Any:
    """What the host's own data may hold beside JSON's types."""
    if isinstance(value, Decimal):
        return decimal_string(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (set, frozenset, tuple)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


def encode(data: Any) -> bytes:
    """JSON in UTF-8. A lone surrogate, which a device may have sent, is written as its escape."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=_plain).encode("utf-8", "backslashreplace")


def json_response(status: int, data: Any, headers: Mapping[str, str] | None = None) -> web.Response:
    """An answer of the API. `data` None: no body."""
    body = None if data is None else encode(data)
    response = web.Response(status=status, body=body, headers={**SECURITY_HEADERS, **(headers or {})})
    if body is not None:
        response.content_type = "application/json"
        response.charset = "utf-8"
    return response


def empty_response(status: int, headers: Mapping[str, str]) -> web.Response:
    return web.Response(status=status, headers={**SECURITY_HEADERS, **headers})


def other_response(status: int, body: str | bytes, media_type: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """An answer that is no JSON. `media_type` goes out as it is, parameters included."""
    return web.Response(
        status=status,
        body=body.encode("utf-8") if isinstance(body, str) else body,
        headers={**SECURITY_HEADERS, **(headers or {}), "Content-Type": media_type},
    )


def _hidden(value: Any) -> Any:
    """A refusal repeats what was wrong. Where that is a secret in the wrong place, it must not."""
    if isinstance(value, str):
        return SECRETS.hide(value)
    if isinstance(value, Mapping):
        return {key: _hidden(item) for key, item in value.items()}
    return [_hidden(item) for item in value] if isinstance(value, list | tuple) else value


def problem_response(problem: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(
        status=int(problem["status"]),
        body=encode(_hidden(problem)),
        headers={**SECURITY_HEADERS, **(headers or {}), "Content-Type": PROBLEM_TYPE},
    )


def refusal(error: RequestError, languages: Sequence[str] = ()) -> web.Response:
    """The answer to a refused request, with the headers that its status asks for. `languages`: what its sender reads."""
    headers = {}
    if error.code == "gate.unauthorised":
        headers["WWW-Authenticate"] = 'Bearer realm="tillbridge"'
    problem = error.problem(languages)
    allow = problem.pop("allow", None)
    if isinstance(allow, str):
        headers["Allow"] = allow
    if error.status == 503:
        headers["Retry-After"] = "2"
    if isinstance(error.extra.get("retry_after"), int):
        headers["Retry-After"] = str(error.extra["retry_after"])
    return problem_response(problem, headers)


def failure(error: BaseException, doing: str) -> web.Response:
    """The answer to a fault of our own."""
    return refusal(incident(error, doing))


def problem_of(error: Exception, doing: str) -> RequestError:
    """What a client is told of whatever ended its call, and the log of what is not the client's fault."""
    if isinstance(error, RequestError):
        if error.status >= 500:
            log.warning("%s: %s", doing, error)
        return error
    if isinstance(error, StorageError):
        log.error("%s: %s", doing, error)
        return RequestError("server.storage", "The journal cannot be written or read just now.")
    return incident(error, doing)


def incident(error: BaseException, doing: str) -> RequestError:
    """A fault of our own: a number that is in the log too, and nothing of the inside."""
    number = secrets.token_hex(4)
    log.error("incident %s: %s failed", number, doing, exc_info=error)
    return RequestError(
        "server.error",
        f"The bridge failed while it worked on this request. The log has the details under incident {number}.",
        extra={"incident": number},
    )


def bare_problem(status: int, title: str, detail: str) -> dict[str, Any]:
    """A problem that is about the connection and not about the API: type about:blank, as RFC 9457 has it."""
    return {"type": "about:blank", "title": title, "status": status, "detail": detail}
