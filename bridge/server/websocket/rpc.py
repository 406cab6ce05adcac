"""JSON-RPC 2.0 (jsonrpc.org/specification): reading requests, writing answers and notifications. No socket in here."""

from __future__ import annotations

import base64
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bridge.model import RequestError
from bridge.server.problems import encode

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
REFUSED = -32000
"""Of the range that the specification leaves to servers: a call was refused; `data.code` says why."""

_TITLES = {
    PARSE_ERROR: "Parse error",
    INVALID_REQUEST: "Invalid Request",
    METHOD_NOT_FOUND: "Method not found",
    INVALID_PARAMS: "Invalid params",
    INTERNAL_ERROR: "Internal error",
}

_MEMBERS = frozenset({"jsonrpc", "method", "params", "id"})

Id = str | int | None


@dataclass(frozen=True, slots=True)
class Request:
    """A call. `answered` False: a notification, to which nothing is answered whatever becomes of it."""

    method: str
    params: Mapping[str, Any]
    id: Id
    answered: bool


class RpcError(Exception):
    """What JSON-RPC itself refuses. `id` is None where none could be read; `answered` False: a notification."""

    def __init__(self, code: int, problem: RequestError, id: Id = None, answered: bool = True) -> None:
        super().__init__(str(problem))
        self.code = code
        self.problem = problem
        self.id = id
        self.answered = answered


def read(message: Any) -> Request:
    """One request object. Raises RpcError."""
    if not isinstance(message, dict):
        raise _invalid("a request must be an object", None)
    answered = "id" in message
    given = message.get("id")
    known = given is None or isinstance(given, str) or (isinstance(given, int) and not isinstance(given, bool))
    id_: Id = given if known else None
    if not known:
        raise _invalid("`id` must be a string, a whole number or null", None)
    if message.get("jsonrpc") != "2.0":
        raise _invalid('`jsonrpc` must be "2.0"', id_)
    method = message.get("method")
    if not isinstance(method, str):
        raise _invalid("`method` must be a string", id_)
    unknown = sorted(set(message) - _MEMBERS)
    if unknown:
        raise _invalid(f"a request has no member {unknown[0][:60]!r}", id_)
    params = message.get("params", {})
    if not isinstance(params, dict):
        if "params" in message and not isinstance(params, list):
            raise _invalid("`params` must be an object", id_)
        problem = RequestError("request.invalid", "params: send them by name, as an object")
        raise RpcError(INVALID_PARAMS, problem, id_, answered)
    return Request(method, params, id_, answered)


def result(id_: Id, value: Any) -> dict[str, Any]:
    """A response. Bytes, such as those of a picture, go in base64."""
    if isinstance(value, bytes):
        value = base64.b64encode(value).decode("ascii")
    return {"jsonrpc": "2.0", "id": id_, "result": value}


def error(id_: Id, problem: RequestError, code: int | None = None, languages: Sequence[str] = ()) -> dict[str, Any]:
    """An error response. `data` is the problem document that HTTP would have answered, for who reads these languages."""
    chosen = code if code is not None else _code_of(problem)
    message = _TITLES.get(chosen, problem.detail)
    return {"jsonrpc": "2.0", "id": id_, "error": {"code": chosen, "message": message, "data": problem.problem(languages)}}


def frame(message: Any) -> bytes:
    """A whole text frame of a server: it is the same for every socket, so one message to many is made once."""
    payload = encode(message)
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", 0x81, size)
    elif size < 65536:
        head = struct.pack("!BBH", 0x81, 126, size)
    else:
        head = struct.pack("!BBQ", 0x81, 127, size)
    return head + payload


def notification(method: str, params: Mapping[str, Any]) -> bytes:
    return frame({"jsonrpc": "2.0", "method": method, "params": params})


def _invalid(detail: str, id_: Id) -> RpcError:
    return RpcError(INVALID_REQUEST, RequestError("request.malformed", detail), id_)


def _code_of(problem: RequestError) -> int:
    if problem.code in ("request.invalid", "request.key_missing"):
        return INVALID_PARAMS
    if problem.code in ("server.error", "plugin.error"):
        return INTERNAL_ERROR
    return REFUSED
