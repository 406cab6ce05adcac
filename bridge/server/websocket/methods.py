"""The calls of the API as methods: ROUTES by name, and how `params` becomes a call.

Path parameters, query and body members all stand in `params` by their names; `idempotency_key` and `wait` are what HTTP
has in its headers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bridge.model import FieldError, RequestError, invalid
from bridge.server.call import Handler
from bridge.server.gate import WITH_BODY
from bridge.server.routes import ROUTES
from bridge.server.routing import Route, is_segment, parameter_names

METHODS: dict[str, Route[Handler]] = {route.name: route for route in ROUTES if not route.http_only}

KEY = "idempotency_key"
WAIT = "wait"

# What a key may look like: it is written into the journal and shown in lists. A UUID has 36 characters.
_KEY = re.compile(r"[!-~]{1,200}")


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a call takes from `params`."""

    parameters: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]
    key: str | None
    wait: float | None


def arguments(route: Route[Handler], params: Mapping[str, Any], max_wait: float) -> Arguments:
    """Raises RequestError naming what is missing or of the wrong kind."""
    rest = dict(params)
    key = rest.pop(KEY, None)
    if key is not None and not isinstance(key, str):
        raise invalid(KEY, "must be a string")
    wait = _seconds(rest.pop(WAIT, None), max_wait)
    parameters = {name: _id(name, rest.pop(name, None)) for name in parameter_names(route.path)}
    with_body = route.method in WITH_BODY
    # Beside a body only what is described as part of the address is; of a call without one, everything is.
    asked = {name: rest.pop(name) for name in _query_names(route) if name in rest} if with_body else rest
    return Arguments(
        parameters=parameters,
        query={name: _plain(name, value) for name, value in asked.items() if value is not None},
        body=rest if with_body else {},
        key=checked_key(key, KEY) if key is not None else None,
        wait=wait,
    )


def checked_key(key: str, name: str) -> str:
    """An idempotency key that can be kept. `name`: what the client calls it."""
    if not _KEY.fullmatch(key):
        message = "must be one key of 1 to 200 printable ASCII characters without spaces"
        raise RequestError("request.invalid", f"{name}: {message}", (FieldError(name, message, limit="200"),))
    return key


def _query_names(route: Route[Any]) -> list[str]:
    described = route.describes.parameters if route.describes is not None else ()
    return [parameter.name for parameter in described if parameter.where == "query"]


def _id(name: str, value: Any) -> str:
    if value is None:
        raise invalid(name, "is missing")
    if not isinstance(value, str):
        raise invalid(name, "must be a string")
    if not is_segment(value):
        raise RequestError("request.not_found", f"there is no {name} of that name")
    return value


def _seconds(value: Any, most: float) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or value < 0:
        raise invalid(WAIT, "must be a number of seconds", limit=f"{most:g}", remedy="leave it out for an answer at once")
    return min(float(value), most) or None


def _plain(name: str, value: Any) -> str:
    """A query value as it stands in an address."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str) and value.isprintable():
        return value
    shown = _shown(name)
    raise invalid(shown, "must be a string, a whole number, true or false")


def _shown(name: str) -> str:
    return name[:60].encode("ascii", "backslashreplace").decode()
