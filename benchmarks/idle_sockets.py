"""python -m benchmarks.idle_sockets: what a thousand clients cost that are there and ask for nothing.

The server is a process of its own, its memory is what the system says is resident. Beside the idle clients a printer sells.
`measure` is what the test of the memory uses too.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.processes import Process, data_dir, running, server, simulators
from tests.sockets import SocketClient

_SALE: dict[str, Any] = {"op": "receipt", "currency": "PLN", "lines": [{"name": "Kawa", "price": "9.00", "vat": "23%"}]}

LARGEST = 200.0
"""Megabytes that the bridge may have with a thousand idle clients."""


@dataclass(frozen=True, slots=True)
class Idle:
    """What was found. Memory in MB; `left`: how many connections were still open at the end; `sale`: seconds of one beside."""

    what: str
    clients: int
    before: float
    after: float
    left: int
    sale: float

    @property
    def each(self) -> float:
        """Kilobytes of one client."""
        return (self.after - self.before) * 1e3 / self.clients


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.idle_sockets")
    parser.add_argument("--clients", type=int, default=1000)
    clients = parser.parse_args().clients
    console = Console(width=100)
    console.print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".benchmark-") as name:
        show(console, Path(name), clients)


def show(console: Console, directory: Path, clients: int) -> None:
    table = Table(title=f"{clients} idle clients beside a printer that sells")
    for column in ("what", "MB before", "MB with them", "kB each", "still open", "a sale, ms"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for kind in KINDS:
        found = measure(kind, directory, clients)
        table.add_row(
            found.what,
            f"{found.before:.0f}",
            f"[bold]{found.after:.0f}[/bold]",
            f"{found.each:.0f}",
            str(found.left),
            f"{found.sale * 1e3:.0f}",
        )
    console.print(table)
    console.print(f"Goal: under {LARGEST:.0f} MB.")


def measure(kind: str, directory: Path, clients: int) -> Idle:
    """One of KINDS. Raises RuntimeError where the sale beside does not come out."""
    _may_open(3 * clients)
    what, raised, come = KINDS[kind]
    with simulators(1, "fast", directory) as printers, _server(directory, raised) as (process, data):
        return asyncio.run(_measure(what, process, data, printers[0], clients, come))


async def _measure(
    what: str, process: Process, data: Path, printer: str, clients: int, come: Callable[[str, str], Awaitable[_Client]]
) -> Idle:
    token = (await asyncio.to_thread((data / "admin-token").read_text, "utf-8")).strip()
    watched = psutil.Process(process.child.pid)
    there: list[_Client] = []
    async with aiohttp.ClientSession(process.url, headers={"Authorization": f"Bearer {token}"}) as till:
        async with till.put("/api/v1/devices/till/config", json={"family": "posnet", "url": printer}) as response:
            response.raise_for_status()
        await _sell(till, "alone")  # what the first sale needs is no client's
        before = watched.memory_info().rss / 1e6
        try:
            while len(there) < clients:
                there.append(await come(process.url, token))
            took = await _sell(till, "beside")
            after = watched.memory_info().rss / 1e6
            return Idle(what, clients, before, after, sum(client.is_open() for client in there), took)
        finally:
            for client in there:
                await client.drop()


async def _sell(till: aiohttp.ClientSession, key: str) -> float:
    """Seconds of one sale. Raises RuntimeError where it does not come out."""
    began = time.perf_counter()
    headers = {"Idempotency-Key": key, "Prefer": "wait=120"}
    async with till.post("/api/v1/devices/till/jobs", json={**_SALE, "reference": key}, headers=headers) as response:
        job = await response.json(content_type=None)
    if response.status != 200 or not job["success"]:
        raise RuntimeError(f"the sale {key!r} ended: {job}")
    return time.perf_counter() - began


class _Client:
    """A connection that is there."""

    def is_open(self) -> bool:
        raise NotImplementedError

    async def drop(self) -> None:
        raise NotImplementedError


class _Socket(_Client):
    """A WebSocket that has proved itself and hears all events, of which this side makes nothing."""

    def __init__(self, client: SocketClient) -> None:
        self._client = client
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def come(cls, url: str, token: str) -> _Client:
        client = await SocketClient.signed_in(url, token)
        await client.call("events.subscribe")
        client._reading.cancel()
        await asyncio.wait({client._reading})
        return cls(client)

    async def _listen(self) -> None:
        async for _ in self._client.socket:  # pings are answered by aiohttp
            pass

    def is_open(self) -> bool:
        return not self._listening.done()

    async def drop(self) -> None:
        self._listening.cancel()
        await asyncio.wait({self._listening})
        await self._client.drop()


class _Connection(_Client):
    """One that may have asked once."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def asked(cls, url: str, token: str) -> _Client:
        """Kept open behind an answer."""
        where = urlsplit(url)
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        writer.write(f"GET /api/v1/session HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"an idle client was answered {head!r}")
        return cls(reader, writer)

    @classmethod
    async def silent(cls, url: str, token: str) -> _Client:
        """It sends nothing at all."""
        where = urlsplit(url)
        return cls(*await asyncio.open_connection(where.hostname, where.port))

    def is_open(self) -> bool:
        return not self._reader.at_eof() and self._reader.exception() is None

    async def drop(self) -> None:
        self._writer.transport.abort()


KINDS: dict[str, tuple[str, bool, Callable[[str, str], Awaitable[_Client]]]] = {
    "sockets": ("WebSockets, limits raised", True, _Socket.come),
    "http": ("HTTP, kept open, limits raised", True, _Connection.asked),
    "silent": ("silent ones, limits as they are", False, _Connection.silent),
}
"""By name: what it is, whether the server's limits are raised for it, and how a client comes."""


@contextlib.contextmanager
def _server(directory: Path, raised: bool) -> Iterator[tuple[Process, Path]]:
    if not raised:
        with server(directory) as process:
            yield process, data_dir(process)
        return
    data = directory / f"idle-{time.monotonic_ns()}"
    command = [sys.executable, "-m", "benchmarks.socket_server", "bridge", str(data)]
    with running(command, directory / f"{data.name}.log") as process:
        yield process, data


def _may_open(files: int) -> None:
    """This process, and the children that it makes from now on. Windows has no such limit."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != resource.RLIM_INFINITY and soft < files:
            resource.setrlimit(resource.RLIMIT_NOFILE, (files if hard == resource.RLIM_INFINITY else min(files, hard), hard))


if __name__ == "__main__":
    main()
