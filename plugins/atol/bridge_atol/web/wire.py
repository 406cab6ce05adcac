"""Wire logs of HTTP: what is hidden before they are kept, and how they are read afterwards.

Hidden are customers' and cashiers' data inside the JSON, and a password, should a log ever hold headers. Lengths are kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime

from bridge_ffd.wire_text import PRIVATE_TAGS

from bridge.plugin import Checksum, DescribedFrame, WireDecoder
from bridge.transport import Direction, mask_private
from bridge_atol.web.errors import lookup
from bridge_atol.web.messages import Json, Status, Unreadable, load, whole

_STRING = rb'"(?:[^"\\]|\\.)*"'
_MEMBER = re.compile(rb"(" + _STRING + rb"\s*:\s*)(" + _STRING + rb")")
_CLIENT = re.compile(rb'"clientInfo"\s*:\s*\{(?:[^{}"]|' + _STRING + rb")*\}")
_TAX_ID = re.compile(rb'("(?:vatin|emailOrPhone)"\s*:\s*)(' + _STRING + rb")")
# Requisites of a document in the FN's archive stand under the numbers of their tags.
_TAG = re.compile(
    rb'("(?:' + b"|".join(str(tag).encode() for tag in sorted(PRIVATE_TAGS)) + rb')"\s*:\s*)(' + _STRING + rb"|[0-9]+)"
)
_PASSWORD = re.compile(rb"(?i)(\bauthorization:\s*\w+\s+)([^\r\n]+)")

_OUT = re.compile(rb"(?:GET|POST|PUT|DELETE) /")
_IN = re.compile(rb"(?:HTTP/1\.[01] )?[1-5][0-9]{2}[ \r\n]")


def is_http(data: bytes, direction: Direction) -> bool:
    """Whether this transfer is one of HTTP, and none of the device's own protocol, whose frames begin with FEh."""
    return (_OUT if direction is Direction.OUT else _IN).match(data) is not None


def mask(data: bytes, direction: Direction) -> bytes:
    data = _PASSWORD.sub(lambda found: found[1] + b"*" * len(found[2]), data)
    data = _CLIENT.sub(lambda found: _MEMBER.sub(_starred, found[0]), data)
    data = _TAG.sub(_starred, data)
    return mask_private(_TAX_ID.sub(_starred, data), direction)


class EitherMasker:
    """Of one connection: the first transfer says whether it is HTTP. A piece of another protocol may look like it further on."""

    def __init__(self, own: Callable[[bytes, Direction], bytes]) -> None:
        self._own = own
        self._chosen: Callable[[bytes, Direction], bytes] | None = None

    def __call__(self, data: bytes, direction: Direction) -> bytes:
        if self._chosen is None:
            self._chosen = mask if is_http(data, direction) else self._own
        return self._chosen(data, direction)


def _starred(found: re.Match[bytes]) -> bytes:
    """A number becomes another, so that it is JSON still."""
    value = found[2]
    return found[1] + (b'"' + b"*" * (len(value) - 2) + b'"' if value[:1] == b'"' else b"1" * len(value))


class WebDecoder:
    """Each transfer is a request or an answer."""

    def feed(self, data: bytes, direction: Direction, at: datetime) -> Iterable[DescribedFrame]:
        head, _, body = data.partition(b"\n")
        line = head.decode("utf-8", "replace").strip()
        if direction is Direction.OUT:
            yield DescribedFrame(at, at, direction, line, tuple(_asked(body)), Checksum.NONE, None, data)
        else:
            yield DescribedFrame(at, at, direction, f"HTTP {line}", tuple(_told(body)), Checksum.NONE, None, data)

    def flush(self) -> Iterable[DescribedFrame]:
        return ()


class EitherDecoder:
    """Of one connection: the first transfer says whether it is HTTP or the device's own protocol."""

    def __init__(self, own: WireDecoder) -> None:
        self._own = own
        self._chosen: WireDecoder | None = None

    def feed(self, data: bytes, direction: Direction, at: datetime) -> Iterable[DescribedFrame]:
        if self._chosen is None:
            self._chosen = WebDecoder() if is_http(data, direction) else self._own
        return self._chosen.feed(data, direction, at)

    def flush(self) -> Iterable[DescribedFrame]:
        return self._chosen.flush() if self._chosen is not None else ()


def _asked(body: bytes) -> Iterable[tuple[str, str]]:
    try:
        data = load(body)
    except Unreadable:
        return
    if "uuid" in data:
        yield "request", str(data["uuid"])
    tasks = data.get("request")
    for task in tasks if isinstance(tasks, list) else ():
        yield from _task(task)


def _task(task: Json) -> Iterable[tuple[str, str]]:
    if not isinstance(task, dict):
        return
    yield "task", str(task.get("type"))
    for name in ("total", "cashSum"):
        if name in task:
            yield name, f"{task[name]} ₽"


def _told(body: bytes) -> Iterable[tuple[str, str]]:
    try:
        data = load(body)
    except Unreadable:
        return
    if data.get("isBlocked") is True:
        yield "queue", f"stands still: {data.get('blockReason') or 'no reason told'}"
    if isinstance(data.get("error"), dict):
        yield from _error(data["error"])
    results = data.get("results")
    for entry in results if isinstance(results, list) else ():
        if isinstance(entry, dict):
            yield "state", str(entry.get("status"))
            if entry.get("status") != Status.READY and isinstance(entry.get("error"), dict):
                yield from _error(entry["error"])
            result = entry.get("result")
            params = result.get("fiscalParams") if isinstance(result, dict) else None
            if isinstance(params, dict):
                yield "document", str(params.get("fiscalDocumentNumber"))


def _error(error: Json) -> Iterable[tuple[str, str]]:
    code = whole(error.get("code"))
    if code:
        yield f"error {code}", lookup(code).text
