"""What goes over HTTP to the Web Requests server and comes back: JSON <-> typed values. No I/O.

Follows protocol-specs/atol/web-requests.md, "Calls". Amounts are numbers in this JSON: they are written digit by digit from Decimal and
read back into Decimal, and no float is ever in between.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlencode

Json = Any
"""What this JSON can hold: None, bool, int, Decimal, str, lists and mappings of them."""

_DIGITS = 18  # of a number; the longest, a sum over the life of a device in kopecks, has fourteen
_DEPTH = 20  # of values in each other; a document of the FN's archive has six
_WHOLE = re.compile(rf"[0-9]{{1,{_DIGITS}}}")
_HALF_CHARACTER = re.compile(rb"(?i)\\ud[89a-f]")

PREFIX = "/api/v2"
REQUESTS = f"{PREFIX}/requests"
QUEUE_STATUS = f"{PREFIX}/getRequestsQueueStatus"
SERVER_INFO = f"{PREFIX}/serverInfo"
DEVICES = f"{PREFIX}/devices"


class Unreadable(ValueError):
    """Not what the server would say: a proxy's page, half a body, another program's answer."""


class Status(StrEnum):
    """Of one task. FINAL: it does not change any more."""

    WAIT = "wait"
    IN_PROGRESS = "inProgress"
    READY = "ready"
    ERROR = "error"
    INTERRUPTED = "interrupted"
    BLOCKED = "blocked"
    CANCELED = "canceled"

    @property
    def final(self) -> bool:
        return self in (Status.READY, Status.ERROR, Status.INTERRUPTED, Status.CANCELED)


@dataclass(frozen=True, slots=True)
class Said:
    """An error as the server tells it: a number of the vendor's driver or of the server itself, and words."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class TaskState:
    """What became of one task. `error`: None where it says none. `result`: empty where there is none."""

    status: Status
    error: Said | None
    result: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Queue:
    """Of one device. `blocked_by`: uuid of the request on which it stands; `reason`: connectionError, fnError, paperError."""

    blocked: bool
    blocked_by: str = ""
    reason: str = ""


# --- JSON


def dump(value: Json) -> bytes:
    """Compact JSON in UTF-8; a Decimal is a number with the digits that it has. Raises TypeError for a float."""
    return _dump(value).encode()


def _dump(value: Json) -> str:
    match value:
        case None | bool() | int() | str():
            return json.dumps(value, ensure_ascii=False)
        case Decimal() if value.is_finite():
            return f"{value:f}"
        case Mapping():
            return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_dump(item)}" for key, item in value.items()) + "}"
        case list() | tuple():
            return "[" + ",".join(_dump(item) for item in value) + "]"
        case _:
            raise TypeError(f"{value!r} is no value of this JSON")


def load(body: bytes) -> dict[str, Json]:
    """An object; its broken numbers are Decimal. Raises Unreadable, also for what would be JSON but nothing that can be kept: numbers of
    a size that no amount has, objects within objects without end, halves of characters."""
    value = _parsed(body)
    if not isinstance(value, dict):
        raise Unreadable("no JSON object")
    return value


def _parsed(body: bytes) -> Json:
    try:
        value = json.loads(body, parse_float=_broken, parse_int=_whole, parse_constant=_no_constant)
        _check_depth(value)
        if _HALF_CHARACTER.search(body):
            json.dumps(value, ensure_ascii=False, default=str).encode()
    except Unreadable:
        raise
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise Unreadable(f"no JSON: {error}") from None
    return value


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > _DIGITS:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


def _broken(digits: str) -> Decimal:
    number = Decimal(digits)
    if len(digits) > 2 * _DIGITS or abs(number.adjusted()) > _DIGITS:
        raise ValueError("a number of a size that no amount has")
    return number


def _check_depth(value: Json) -> None:
    """Raises Unreadable where values lie deeper in each other than in anything that the server says."""
    layer = [value]
    for _ in range(_DEPTH):
        inner: list[Json] = []
        for one in layer:
            inner += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        layer = inner
    if layer:
        raise Unreadable(f"values deeper in each other than {_DEPTH}")


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is no JSON")


# --- paths


def request_path(uuid: str | None, device: str) -> str:
    return _of_device(REQUESTS if uuid is None else f"{REQUESTS}/{quote(uuid, safe='')}", device)


def query_path(name: str, device: str) -> str:
    """A question that is answered at once, beside the queue: `queryFnStatus` and its like."""
    return _of_device(f"{PREFIX}/operations/{name}", device)


def queue_path(device: str) -> str:
    return _of_device(QUEUE_STATUS, device)


def _of_device(path: str, device: str) -> str:
    return f"{path}?{urlencode({'deviceID': device})}" if device else path


# --- requests and answers


def request_body(uuid: str, tasks: Sequence[Mapping[str, Json]]) -> bytes:
    return dump({"uuid": uuid, "request": list(tasks)})


def accepted(body: bytes, uuid: str) -> Queue:
    """The answer 201 to a request; the servers of the older calls say nothing beside it [AWS]. Raises Unreadable, also where it is about
    another request."""
    data = load(body) if body.strip() else {}
    if data.get("uuid", uuid) != uuid:
        raise Unreadable("it is about another request")
    return _queue(data)


def queue_of(body: bytes) -> Queue:
    """Raises Unreadable."""
    return _queue(load(body))


def states_of(body: bytes) -> tuple[TaskState, ...]:
    """The answer 200 to the question for a request. Raises Unreadable."""
    results = load(body).get("results")
    if not isinstance(results, list) or not results:
        raise Unreadable("it has no results")
    return tuple(_state(entry) for entry in results)


def devices_of(body: bytes) -> tuple[dict[str, Json], ...]:
    """The devices of the server: a list [KSA, AWS], or one in an object. Raises Unreadable."""
    told = _parsed(body)
    if isinstance(told, dict):
        told = told.get("devices")
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise Unreadable("it has no devices")
    return tuple(told)


def error_of(body: bytes) -> Said:
    """What a refusal says. Raises Unreadable where this is none of the server's."""
    said = _said(load(body))
    if said is None:
        raise Unreadable("it has no error")
    return said


def _queue(data: Mapping[str, Json]) -> Queue:
    return Queue(data.get("isBlocked") is True, _text(data.get("blockedUUID")), _text(data.get("blockReason")))


def _state(entry: Json) -> TaskState:
    if not isinstance(entry, dict):
        raise Unreadable("a result is no object")
    try:
        status = Status(_text(entry.get("status")))
    except ValueError:
        raise Unreadable(f"the status {entry.get('status')!r} is not known") from None
    result = entry.get("result")
    return TaskState(status, _said(entry), result if isinstance(result, dict) else {})


def _said(told: Mapping[str, Json]) -> Said | None:
    """The error in what is told: an object since driver 10.7, two members of its own before."""
    error = told.get("error")
    code, words = (error.get("code"), "description") if isinstance(error, dict) else (told.get("errorCode"), "errorDescription")
    number = whole(code)
    return Said(number, _text((error if isinstance(error, dict) else told).get(words))) if number is not None else None


def whole(value: Json) -> int | None:
    """A whole number that is not negative. The vendor's server tells numbers; others were seen to tell some of them as text."""
    if type(value) is int:
        return value if value >= 0 else None
    return int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else None


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
