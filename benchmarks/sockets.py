"""python -m benchmarks.sockets: what the WebSocket costs, side by side with HTTP, with a bare client and with bare aiohttp."""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console
from rich.table import Table

from benchmarks.bare import record, replay_all
from benchmarks.families import POSNET
from benchmarks.load import sell_all
from benchmarks.processes import Process, running, simulators
from tests.sockets import SocketClient

Times = tuple[list[float], float]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sockets")
    parser.add_argument("--quick", action="store_true", help="less of everything")
    quick = parser.parse_args().quick
    console = Console(width=100)
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".benchmark-") as name:
        directory = Path(name)
        _calls(console, directory, 60 if quick else 300)
        _fan_out(console, directory, 200 if quick else 1000, 10 if quick else 20)
        _busy(console, directory, 50, 4 if quick else 10)


# -- calls -------------------------------------------------------------------------------------------------------------


def _calls(console: Console, directory: Path, receipts: int) -> None:
    table = Table(title="One receipt after the other, one printer")
    for column in ("who", "receipts/s", "p50 ms", "p99 ms", "time : bare"):
        table.add_column(column, justify="left" if column == "who" else "right")
    with simulators(1, "fast", directory) as urls:
        writes = asyncio.run(record(POSNET, urls[0], directory / "record"))
        bare = asyncio.run(replay_all(POSNET, urls, POSNET.requests(writes), receipts))
        _row(table, "bare client, the driver's frames one by one", bare, bare)
        with _server("bridge", directory) as (process, data):
            over_http = asyncio.run(sell_all(POSNET, process.url, data / "admin-token", urls, receipts))
        _row(table, "bridge over HTTP", over_http, bare)
        with _server("bridge", directory) as (process, data):
            asyncio.run(sell_all(POSNET, process.url, data / "admin-token", urls, 1))
            over_socket = asyncio.run(_sell_over_socket(process.url, data, receipts, subscribed=False))
            listening = asyncio.run(_sell_over_socket(process.url, data, receipts, subscribed=True))
        _row(table, "bridge over WebSocket", over_socket, bare)
        _row(table, "bridge over WebSocket, hearing all events", listening, bare)
    console.print(table)


async def _sell_over_socket(url: str, data: Path, receipts: int, *, subscribed: bool) -> Times:
    client = await SocketClient.signed_in(url, _token(data))
    if subscribed:
        await client.call("events.subscribe")
    times = []
    began = time.perf_counter()
    for number in range(receipts):
        at = time.perf_counter()
        job = await client.call(
            "devices.submit", device="till-0", idempotency_key=f"{subscribed}-{number}", wait=60, **POSNET.sale
        )
        times.append(time.perf_counter() - at)
        if not job["success"]:
            raise RuntimeError(f"a sale of the benchmark ended: {job}")
    whole = time.perf_counter() - began
    await client.leave()
    return times, whole


# -- fan-out -----------------------------------------------------------------------------------------------------------


def _fan_out(console: Console, directory: Path, sockets: int, events: int) -> None:
    p99s: dict[str, list[float]] = {"bare": [], "bridge": []}
    for _ in range(3):
        for kind, found in p99s.items():
            with _server(kind, directory, "--tell", str(events)) as (process, data):
                token = _token(data) if kind == "bridge" else None
                found.append(_p99(asyncio.run(_listen(process, token, sockets, events))))
    ratios = sorted(ours / bare for ours, bare in zip(p99s["bridge"], p99s["bare"], strict=True))
    console.print(
        f"One event to {sockets} sockets, p99 of its arrival: bare aiohttp {_spread(p99s['bare'])} ms, bridge (journal "
        f"included) {_spread(p99s['bridge'])} ms; ratio [bold]{ratios[1]:.2f}[/bold], {ratios[0]:.2f} to {ratios[-1]:.2f} "
        "(goal: at most 2)"
    )


async def _listen(process: Process, token: str | None, sockets: int, events: int) -> list[float]:
    """Seconds from the making of each event to its arrival at each socket."""
    found: list[float] = []
    done = asyncio.Event()

    async def read(socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            at = time.monotonic()
            made = message.data.partition("made=")[2].partition("=")[0]
            if made:
                found.append(at - float(made))
                if len(found) == sockets * events:
                    done.set()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        readers = []
        for _ in range(sockets):
            if token is None:
                socket = await session.ws_connect(f"{process.url}/api/v1/ws")
            else:
                socket = await _subscribed(session, process.url, token, "job.prompt")
            readers.append(asyncio.create_task(read(socket)))
        assert process.child.stdin is not None
        process.child.stdin.write("go\n")
        process.child.stdin.flush()
        async with asyncio.timeout(120):
            await done.wait()
        for reader in readers:
            reader.cancel()
    return found


async def _subscribed(session: aiohttp.ClientSession, url: str, token: str, kind: str) -> aiohttp.ClientWebSocketResponse:
    """A socket that hears this kind of event, and that nobody reads yet."""
    socket = await session.ws_connect(f"{url}/api/v1/ws")
    client = SocketClient(session, socket, url.removeprefix("http://"))
    await client.sign_in(token)
    await client.call("events.subscribe", kinds=[kind])
    client._reading.cancel()
    await asyncio.wait({client._reading})
    return socket


# -- busy sockets ------------------------------------------------------------------------------------------------------


def _busy(console: Console, directory: Path, sockets: int, seconds: float) -> None:
    printers = 8
    with simulators(printers, "fast", directory) as urls, _server("bridge", directory) as (process, data):
        times, whole = asyncio.run(sell_all(POSNET, process.url, data / "admin-token", urls, 40))
        alone = len(times) / whole
        heard = asyncio.run(_sell_at(process.url, data, printers, sockets, None, seconds))
        saturated = heard[1]
        half = [asyncio.run(_sell_at(process.url, data, printers, sockets, saturated / 2, seconds))[0] for _ in range(3)]
    p99s = [_p99(latencies) for latencies in half]
    console.print(
        f"{sockets} sockets that hear everything, {printers} printers: {saturated:.0f} receipts/s at most (HTTP without listeners: "
        f"{alone:.0f}). At half of that, from the making of an event to its arrival: median "
        f"{statistics.median(half[0]) * 1000:.1f} ms, p99 [bold]{_spread(p99s)} ms[/bold] (goal: under 20)"
    )


async def _sell_at(
    url: str, data: Path, printers: int, sockets: int, rate: float | None, seconds: float
) -> tuple[list[float], float]:
    """Latencies of events, and receipts a second. `rate` None: as fast as it goes."""
    token = _token(data)
    clients = [await SocketClient.signed_in(url, token) for _ in range(printers)]
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
    latencies: list[float] = []

    async def hear(socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:  # not parsed: what is measured is the bridge and not fifty clients in one process
            at = message.data.partition('"at":"')[2].partition('"')[0]
            latencies.append(time.time() - datetime.fromisoformat(at).timestamp())

    listening = [await _subscribed(session, url, token, "job.updated") for _ in range(sockets)]
    ears = [asyncio.create_task(hear(socket)) for socket in listening]
    sold = 0
    run = time.monotonic_ns()
    until = time.perf_counter() + seconds

    async def sell(number: int) -> None:
        nonlocal sold
        due = time.perf_counter() + number / printers * (printers / rate if rate else 0)
        while (now := time.perf_counter()) < until:
            if rate is not None:
                await asyncio.sleep(max(0.0, due - now))
                due += printers / rate
            key = f"busy-{run}-{number}-{sold}"
            await clients[number].call("devices.submit", device=f"till-{number}", idempotency_key=key, wait=60, **POSNET.sale)
            sold += 1

    began = time.perf_counter()
    await asyncio.gather(*(sell(number) for number in range(printers)))
    whole = time.perf_counter() - began
    for ear in ears:
        ear.cancel()
    await asyncio.gather(*ears, return_exceptions=True)
    await session.close()
    for client in clients:
        await client.drop()
    return latencies, sold / whole


# -- small parts -------------------------------------------------------------------------------------------------------


class _server:
    """A `benchmarks.socket_server` and its data directory."""

    def __init__(self, kind: str, directory: Path, *options: str) -> None:
        self._data = directory / f"sockets-{time.monotonic_ns()}"
        command = [sys.executable, "-m", "benchmarks.socket_server", kind, str(self._data), *options]
        self._running = running(command, directory / f"{self._data.name}.log")

    def __enter__(self) -> tuple[Process, Path]:
        return self._running.__enter__(), self._data

    def __exit__(self, *error: Any) -> None:
        self._running.__exit__(*error)


def _token(data: Path) -> str:
    return (data / "admin-token").read_text("utf-8").strip()


def _p99(times: Sequence[float]) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.99))]


def _spread(seconds: Sequence[float]) -> str:
    ordered = [f"{one * 1000:.1f}" for one in sorted(seconds)]
    return f"{ordered[len(ordered) // 2]} ({ordered[0]} to {ordered[-1]})"


def _row(table: Table, who: str, measured: Times, bare: Times) -> None:
    times, whole = measured
    ratio = (whole / len(times)) / (bare[1] / len(bare[0]))
    figures = (len(times) / whole, statistics.median(times) * 1000, _p99(times) * 1000)
    table.add_row(who, f"{figures[0]:.0f}", f"{figures[1]:.1f}", f"{figures[2]:.1f}", f"{ratio:.2f}")


if __name__ == "__main__":
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}")
    main()
