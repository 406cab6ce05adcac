"""What a route says of itself: the words in which each call is described, beside its handler.

The description of the whole API (OpenAPI; the WebSocket's AsyncAPI later) is made of these in `openapi.py`. Nothing here
checks a request: the models do, and the tests hold every answer against what stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Literal

from bridge.model import ERRORS

JSON = "application/json"
TEXT = "text/plain"


class Authority(StrEnum):
    """Who may make a call."""

    OPEN = "open"
    """Anybody who passes the gate."""
    OPTIONAL = "optional"
    """Anybody; with the token the answer tells more."""
    TOKEN = "token"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the path, the query or the head. `schema` is JSON Schema; it holds the limits."""

    name: str
    where: Literal["path", "query", "header"]
    text: str
    schema: Mapping[str, Any]
    required: bool = False
    more: Mapping[str, Any] = field(default_factory=dict)
    """Further members of OpenAPI's parameter object, such as `explode`."""


@dataclass(frozen=True, slots=True)
class Header:
    """A header of an answer. One that is not required is sent where it has something to say."""

    text: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer that is no error. `model`: what pydantic can make a schema of; None where there is no body.

    `others`: media types that may come instead, where the request asks for them; over the WebSocket each is a string.
    """

    text: str
    model: Any = None
    headers: Mapping[str, Header] = field(default_factory=dict)
    media_type: str = JSON
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """One call. Its summary and text are the handler's docstring; its name is the route's.

    `errors`: codes that it may be refused with beside those that any call may (`openapi.py` knows these).
    """

    tag: str
    replies: Mapping[int, Reply]
    body: Any = None
    parameters: tuple[Parameter, ...] = ()
    errors: tuple[str, ...] = ()
    authority: Authority = Authority.TOKEN


def query(name: str, text: str, schema: Mapping[str, Any], **more: Any) -> Parameter:
    return Parameter(name, "query", text, schema, more=more)


def header(name: str, text: str, schema: Mapping[str, Any], *, required: bool = False) -> Parameter:
    return Parameter(name, "header", text, schema, required=required)


def codes(*beginnings: str) -> tuple[str, ...]:
    """The codes of the error table that begin so. A family's own check may refuse an operation with any about its devices."""
    return tuple(code for code in ERRORS if code.startswith(beginnings))


def _id(name: str, text: str, *examples: str) -> Parameter:
    # No slash, backslash or control character: the router takes no such segment for an id.
    schema = {"type": "string", "minLength": 1, "pattern": r"^[^/\\\x00-\x1f\x7f]+$"}
    return Parameter(name, "path", text, {**schema, "examples": list(examples)} if examples else schema, required=True)


DEVICE = _id("device", "The device's id, as it was configured.", "till-1")
JOB = _id("job", "The job's id, as the answer to its submission said it.")
ALERT = _id("alert", "The alert's id, as the device's status says it.")
PAIRING = _id("pairing", "The pairing's id, as the answer to its request said it.")
TOKEN = _id("token", "The token's id.")
PATH_PARAMETERS = {parameter.name: parameter for parameter in (DEVICE, JOB, ALERT, PAIRING, TOKEN)}
"""Every segment in braces that a path may have. One of another name is declared in its route's description."""

WAIT = header(
    "Prefer",
    "`wait=N`: answer as soon as the job is done or failed, at the latest after N seconds (300 at most). What cannot be read "
    "as that is no preference (RFC 7240).",
    {"type": "string", "examples": ["wait=30"]},
)
APPLIED = {"Preference-Applied": Header("`wait=N`, the seconds in force, where the request preferred to wait.", required=False)}

IDEMPOTENCY_KEY = header(
    "Idempotency-Key",
    "One new key for each document, the same one for its retries: the same key and body give the same job, whenever.",
    {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]{1,200}$", "examples": ["order-1001"]},
    required=True,
)

KEY_IF_ANY = replace(IDEMPOTENCY_KEY, text="With it a repetition does nothing more and gives the same job.", required=False)
