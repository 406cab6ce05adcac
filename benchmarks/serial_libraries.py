"""pyserial-asyncio against serialx over pseudo-terminals, side by side: `python -m benchmarks.serial_libraries`.

What is measured and what follows from it: docs/decisions/0010-serial-library.md. Needs both libraries:
`uv run --with pyserial-asyncio python -m benchmarks.serial_libraries`.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import statistics
import threading
import time
import tty
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from rich.console import Console
from rich.table import Table

LIBRARIES = ("serial_asyncio", "serialx")
_ROUND_TRIPS = 3000
_BIG = 1_000_000
_FRAME = b"\x02scomm\ttn0042\t#ABCD\x03"
_XOFF = b"\x13"


class Port(asyncio.Protocol):
    """The host's end: bytes by a queue, and when it was made and lost."""

    def __init__(self) -> None:
        self.arrived: asyncio.Queue[bytes] = asyncio.Queue()
        self.made = asyncio.Event()
        self.lost = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.made.set()

    def data_received(self, data: bytes) -> None:
        self.arrived.put_nowait(data)

    def connection_lost(self, error: Exception | None) -> None:
        self.lost.set()


@contextlib.contextmanager
def terminal() -> Iterator[tuple[int, str]]:
    """Our end of a raw pseudo-terminal, and the name of the other."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    name = os.ttyname(theirs)
    os.close(theirs)
    try:
        yield ours, name
    finally:
        with contextlib.suppress(OSError):
            os.close(ours)


async def opened(library: str, name: str, **more: Any) -> tuple[Any, Port]:
    create = importlib.import_module(library).create_serial_connection
    transport, port = await create(asyncio.get_running_loop(), Port, name, baudrate=115200, exclusive=True, **more)
    await port.made.wait()
    return transport, port


def echo(ours: int) -> None:
    def work() -> None:
        with contextlib.suppress(OSError):
            while data := os.read(ours, 65536):
                os.write(ours, data)

    threading.Thread(target=work, daemon=True).start()


async def round_trips(library: str) -> dict[str, float]:
    importlib.import_module(library)
    with terminal() as (ours, name):
        began = time.perf_counter()
        transport, port = await opened(library, name)
        opening = time.perf_counter() - began
        echo(ours)  # only now: a terminal that nobody has open reads as an error
        times = []
        cpu = time.process_time()
        for _ in range(_ROUND_TRIPS):
            began = time.perf_counter()
            transport.write(_FRAME)
            got = 0
            while got < len(_FRAME):
                got += len(await port.arrived.get())
            times.append(time.perf_counter() - began)
        cpu = time.process_time() - cpu
        times.sort()
        transport.abort()
        await port.lost.wait()
    return {
        "opening, ms": opening * 1000,
        "round trip, median µs": statistics.median(times) * 1e6,
        "round trip, p99 µs": times[int(len(times) * 0.99)] * 1e6,
        "CPU a round trip (both ends), µs": cpu / _ROUND_TRIPS * 1e6,
    }


async def idle(library: str) -> dict[str, float]:
    with terminal() as (_, name):
        transport, port = await opened(library, name)
        cpu = time.process_time()
        await asyncio.sleep(3)
        cpu = time.process_time() - cpu
        transport.abort()
        await port.lost.wait()
    return {"CPU when idle, %": cpu / 3 * 100}


async def big_write(library: str) -> dict[str, float]:
    with terminal() as (ours, name):
        transport, port = await opened(library, name)
        data = os.urandom(_BIG)
        received = bytearray()

        def drain() -> None:
            while len(received) < _BIG:
                received.extend(os.read(ours, 65536))

        began = time.perf_counter()
        transport.write(data)
        await asyncio.to_thread(drain)
        seconds = time.perf_counter() - began
        assert bytes(received) == data
        transport.abort()
        await port.lost.wait()
    return {"1 MB written, ms": seconds * 1000}


async def vanishing(library: str) -> dict[str, float]:
    with terminal() as (ours, name):
        _, port = await opened(library, name)
        began = time.perf_counter()
        os.close(ours)
        async with asyncio.timeout(10):
            await port.lost.wait()
        return {"vanished device noticed, ms": (time.perf_counter() - began) * 1000}


async def closing_after_xoff(library: str, *, discard: bool) -> dict[str, float]:
    """Close while the device takes nothing: how long until it is closed, and how long the loop stood still meanwhile."""
    with terminal() as (ours, name):
        transport, port = await opened(library, name, xonxoff=True)
        os.write(ours, _XOFF)
        await asyncio.sleep(0.05)
        transport.write(b"x" * 3000)
        stall = 0.0
        looking = True

        async def look() -> None:
            nonlocal stall
            while looking:
                began = time.perf_counter()
                await asyncio.sleep(0.001)
                stall = max(stall, time.perf_counter() - began)

        watcher = asyncio.ensure_future(look())
        await asyncio.sleep(0.01)

        def release() -> None:  # the operating system drains for ever otherwise
            with contextlib.suppress(OSError):
                os.write(ours, b"\x11")
                while os.read(ours, 65536):
                    pass

        timer = threading.Timer(2.0, release)
        timer.daemon = True
        timer.start()
        began = time.perf_counter()
        if discard:
            _discard(transport.serial if library == "serial_asyncio" else transport.get_extra_info("serial"))
        transport.abort()
        await port.lost.wait()
        await asyncio.sleep(0.01)
        seconds = time.perf_counter() - began
        looking = False
        await watcher
        timer.cancel()
    how = "buffer discarded first" if discard else "plain abort"
    return {f"close after XOFF ({how}), ms": seconds * 1000, f"... loop held up ({how}), ms": stall * 1000}


def _discard(port: Any) -> None:
    getattr(port, "reset_output_buffer", getattr(port, "reset_write_buffer", lambda: None))()


async def exclusive(library: str) -> dict[str, str]:
    with terminal() as (_, name):
        transport, port = await opened(library, name)
        try:
            second, _ = await opened(library, name)
            second.abort()
            said = "let in"
        except Exception as error:  # each library has its own
            said = f"refused ({type(error).__name__})"
        transport.abort()
        await port.lost.wait()
    return {"a second program": said}


def main() -> None:
    steps: list[Callable[[str], Coroutine[Any, Any, dict[str, Any]]]] = [
        round_trips,
        idle,
        big_write,
        vanishing,
        lambda library: closing_after_xoff(library, discard=False),
        lambda library: closing_after_xoff(library, discard=True),
        exclusive,
    ]
    table = Table(title="Serial libraries over pseudo-terminals")
    for column in ("what", *LIBRARIES):
        table.add_column(column, justify="left" if column == "what" else "right")
    for step in steps:
        measured = []
        for library in LIBRARIES:
            measured.append(asyncio.run(asyncio.wait_for(step(library), 20)))
        for what in measured[0]:
            cells = [found[what] if isinstance(found[what], str) else f"{found[what]:.2f}" for found in measured]
            table.add_row(what, *cells)
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
