"""Every message that a test's client sees on the socket is held against the served AsyncAPI document.

Answers and notifications must fit it in its closed form; a request that was not refused must fit it too, so that the
description neither promises nor forbids what the server does otherwise. What is wrong joins `conformance.violations`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from bridge.server.asyncapi import served
from bridge.server.schemas import closed
from tests.api.conformance import violations

_LONGEST = 2000


def answered(request: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    """A request of ours and what came back."""
    method = request.get("method")
    if "error" in answer:
        _check("error", answer)
    elif method in served()["operations"]:
        _check(f"{method}.result", answer)
        _check(str(method), request, sent=True)
    else:
        violations.append(f"the method {method!r} was answered, and is not described")


def told(notification: Mapping[str, Any]) -> None:
    _check(str(notification.get("method")), notification)


def _check(name: str, message: Mapping[str, Any], *, sent: bool = False) -> None:
    if name not in served()["components"]["messages"]:
        violations.append(f"no message {name!r} is described")
        return
    for error in list(_validator(name, sent).iter_errors(dict(message)))[:5]:
        place = ".".join(map(str, error.instance_path)) or "the message"
        violations.append(f"{name}: {place}: {error.message}"[:_LONGEST])


@cache
def _validator(name: str, sent: bool) -> Any:
    schema = served()["components"]["messages"][name]["payload"]["schema"]
    return jsonschema_rs.Draft202012Validator(
        {**(schema if sent else closed(schema)), "components": {"schemas": _components(sent)}}, validate_formats=True
    )


@cache
def _components(sent: bool) -> Any:
    components = served()["components"]["schemas"]
    return components if sent else closed(components)
