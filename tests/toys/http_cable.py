"""HTTP as bytes over a null-modem cable that can be cut anywhere: for simulated servers that take connections as any device does."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bridge.transport import Cable, HttpAnswer, HttpLink, LinkLost, NullLink, WireLog, deadline
from tests.toys.cables import Session, Wire, plug_in

_SECONDS = 10.0  # for a request that names no time-out


class HttpOverCable(HttpLink):
    """A new connection for each request. `connect` as a simulated device has it: it raises ConnectionError where it refuses."""

    def __init__(self, connect: Callable[[Wire], Session], cable: Cable, wire_log: WireLog) -> None:
        super().__init__(wire_log)
        self._connect = connect
        self._cable = cable
        self._ends: set[NullLink] = set()

    async def request(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> HttpAnswer:
        self._refuse_if_abandoned()
        host = await plug_in(self._connect, self._cable, self.wire_log)
        self._ends.add(host)
        try:
            async with deadline(timeout or _SECONDS, f"{method} {path}"):
                await host.write(_request(method, path, headers or {}, body or b""))
                received = b""
                while True:
                    received += await host.read()
                    answer = _answer(received)
                    if answer is not None:
                        return answer
        finally:
            self._ends.discard(host)
            await host.close()

    async def close(self) -> None:
        for end in list(self._ends):
            await end.close()
        self._ends.clear()


def _request(method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: server", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items())]).encode() + b"\r\n\r\n" + body


def _answer(received: bytes) -> HttpAnswer | None:
    """None while it is not whole. Raises LinkLost where it is no HTTP."""
    head, blank, rest = received.partition(b"\r\n\r\n")
    if not blank:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = fields.get("content-length", "")
    if len(words) < 2 or not words[1].isdigit() or not length.isdigit():
        raise LinkLost(f"no HTTP: {first[:60]!r}")
    return HttpAnswer(int(words[1]), rest[: int(length)], fields) if len(rest) >= int(length) else None
