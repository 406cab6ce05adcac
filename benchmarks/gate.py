"""python -m benchmarks.gate: what the gate costs, against the same server without it, side by side."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.gate_server import ORIGIN, TOKEN_FILE
from benchmarks.processes import Process, running

_KINDS = ("with", "without")
_CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Server:
    """A `benchmarks.gate_server`."""

    process: Process
    token: str


@dataclass(slots=True)
class Figures:
    """Of one kind of server and one kind of request. `per_second`: one number a round; `cpu`: the server's own, of all rounds."""

    per_second: list[float] = field(default_factory=list)
    answers: int = 0
    cpu: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gate")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    quick = parser.parse_args().quick
    console = Console(width=100)
    console.print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".benchmark-") as name:
        measure(console, Path(name), quick=quick)


def measure(console: Console, directory: Path, *, quick: bool) -> None:
    rounds, seconds = (20, 0.2) if quick else (100, 0.2)
    table = Table(title=f"The gate: {_CONNECTIONS} kept connections, {rounds} rounds of {seconds:g} s, alternating")
    for column in ("request", "with, 1/s", "without", "costs", "quartiles", "CPU µs", "without", "costs"):
        table.add_column(column, justify="left" if column == "request" else "right", no_wrap=True)
    with _server("with", directory) as ours, _server("without", directory) as bare:
        servers = {"with": ours, "without": bare}
        for name, requests in _requests(servers).items():
            figures = asyncio.run(_rounds(servers, requests, rounds, seconds))
            table.add_row(name, *_told(figures))
        new = asyncio.run(_new_connections(servers, _requests(servers)["ping"], 100 if quick else 500))
    console.print(table)
    console.print(
        "Goal: the gate costs at most 15 % of the pings that are answered in a second. A new connection and its first ping: "
        f"{new['with'] * 1e3:.2f} ms with, {new['without'] * 1e3:.2f} ms without the gate and the look-up of who is there."
    )


@contextlib.contextmanager
def _server(kind: str, directory: Path) -> Iterator[Server]:
    data = directory / f"gate-{kind}-{time.monotonic_ns()}"
    with running([sys.executable, "-m", "benchmarks.gate_server", kind, str(data)], directory / f"{data.name}.log") as process:
        yield Server(process, (data / TOKEN_FILE).read_text("utf-8"))


def _requests(servers: dict[str, Server]) -> dict[str, dict[str, bytes]]:
    """By name: the bytes that are sent to each kind of server."""
    page = f"Origin: {ORIGIN}\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n"
    found: dict[str, dict[str, bytes]] = {}
    for kind, server in servers.items():
        host = urlsplit(server.process.url).netloc
        common = f"Host: {host}\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\nUser-Agent: benchmark\r\n"
        bearer = f"Authorization: Bearer {server.token}\r\n"
        for name, path, headers in (
            ("ping", "ping", ""),
            ("ping, paired page", "ping", page),
            ("session, paired page", "session", page + bearer),
        ):
            found.setdefault(name, {})[kind] = f"GET /api/v1/{path} HTTP/1.1\r\n{common}{headers}\r\n".encode()
    return found


async def _rounds(servers: dict[str, Server], requests: dict[str, bytes], rounds: int, seconds: float) -> dict[str, Figures]:
    figures = {kind: Figures() for kind in _KINDS}
    for number in range(-1, rounds):  # the first one warms up
        for kind in _KINDS if number % 2 else reversed(_KINDS):
            watched = psutil.Process(servers[kind].process.child.pid)
            before = sum(watched.cpu_times()[:2])
            answers, took = await _load(servers[kind].process.url, requests[kind], seconds)
            if number >= 0:
                figures[kind].per_second.append(answers / took)
                figures[kind].answers += answers
                figures[kind].cpu += sum(watched.cpu_times()[:2]) - before
    return figures


async def _new_connections(servers: dict[str, Server], requests: dict[str, bytes], count: int) -> dict[str, float]:
    """Median seconds from connecting to the first answer, one connection after the other, the kinds in turn."""
    took: dict[str, list[float]] = {kind: [] for kind in _KINDS}
    for _ in range(count):
        for kind, found in took.items():
            where = urlsplit(servers[kind].process.url)
            began = time.perf_counter()
            reader, writer = await asyncio.open_connection(where.hostname, where.port)
            writer.write(requests[kind])
            await reader.readuntil(b"\r\n\r\n")
            found.append(time.perf_counter() - began)
            writer.close()
    return {kind: statistics.median(found) for kind, found in took.items()}


async def _load(url: str, request: bytes, seconds: float) -> tuple[int, float]:
    """Answers in about so many seconds, and in how many exactly: connections are made, then each asks again as soon as it is
    answered."""
    where = urlsplit(url)
    began = time.perf_counter()
    loop = asyncio.get_running_loop()
    clients = [_Client(request) for _ in range(_CONNECTIONS)]
    for client in clients:
        await loop.create_connection(lambda client=client: client, where.hostname, where.port)  # type: ignore[misc]
    await asyncio.sleep(seconds)
    for client in clients:
        client.stop()
    took = time.perf_counter() - began
    for client in clients:
        if client.wrong is not None:
            raise RuntimeError(f"the server answered: {client.wrong!r}")
    return sum(client.answers for client in clients), took


class _Client(asyncio.Protocol):
    """One connection that asks one thing all the time. All answers are of one length, so that it has nothing to parse."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._length = 0
        self._head = b""
        self._left = 0
        self.answers = 0
        self.wrong: bytes | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if not self._length:
            self._head += data
            head, found, _ = self._head.partition(b"\r\n\r\n")
            if not found:
                return
            told = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
            self._length = self._left = len(head) + 4 + int(told.split(b":")[1])
            data = self._head
        if self._left == self._length and not data.startswith(b"HTTP/1.1 200 "):
            self.wrong = data
            self.stop()
            return
        self._left -= len(data)
        if self._left == 0:
            self._left = self._length
            self.answers += 1
            self._transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None:
            self.wrong = self.wrong or str(exc).encode()

    def stop(self) -> None:
        self._transport.abort()


def _told(figures: dict[str, Figures]) -> list[str]:
    ours, bare = figures["with"], figures["without"]
    # Of two rounds side by side: what else the machine does falls on both.
    costs = [1 - with_gate / without for with_gate, without in zip(ours.per_second, bare.per_second, strict=True)]
    low, middle, high = statistics.quantiles(costs, n=4)
    cpu = {kind: found.cpu / found.answers for kind, found in figures.items()}
    return [
        f"{statistics.median(ours.per_second):.0f}",
        f"{statistics.median(bare.per_second):.0f}",
        f"[bold]{middle * 100:.1f} %[/bold]",
        f"{low * 100:.1f} .. {high * 100:.1f} %",
        f"{cpu['with'] * 1e6:.0f}",
        f"{cpu['without'] * 1e6:.0f}",
        f"{(1 - cpu['without'] / cpu['with']) * 100:.0f} %",
    ]


if __name__ == "__main__":
    main()
