"""The bare client: writes to the printer the frames that the driver writes, and does nothing else.

The driver asks several questions in one go. `one by one` is what a plain client does: a frame, its answer, the next frame.
`in bursts` writes exactly as the driver does.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bridge.jobs import Bridge
from bridge.model import Actor
from bridge.transport import Direction

_ETX = 3

# What a sale is without the baseline before it and the read-back behind it.
_SALE_ONLY = (b"\x02ftrcfg", b"\x02trinit", b"\x02trline", b"\x02trpayment", b"\x02trend")


async def record(url: str, body: dict[str, Any], directory: Path) -> list[bytes]:
    """The frames that the driver writes for one sale, in order, taken from its own wire log."""
    logging.disable(logging.INFO)
    bridge = await Bridge.open(directory / "recorder")
    await bridge.start()
    actor = Actor(principal="benchmark")
    try:
        await bridge.devices.configure(actor, "till", {"family": "posnet", "url": url})
        for key in ("warm-up", "recorded"):  # the first sale also connects
            before = datetime.now(UTC)
            job = await bridge.jobs.submit(actor, "till", key, body)
            job = await bridge.jobs.wait(job.id, 30)
            if not job.success:
                raise RuntimeError(f"the sale to record ended {job.state}: {job.error}")
        log = bridge.devices.runtimes["till"].wire_log
        assert log is not None
        return [entry.data for entry in log.entries() if entry.direction is Direction.OUT and entry.at >= before]  # its writes
    finally:
        await bridge.stop()


def one_by_one(writes: Sequence[bytes]) -> list[bytes]:
    """The same frames, each written alone."""
    return [frame + bytes((_ETX,)) for write in writes for frame in write.split(bytes((_ETX,))) if frame]


def sale_only(writes: Sequence[bytes]) -> list[bytes]:
    """The same dialogue without baseline and read-back."""
    return [frame for frame in one_by_one(writes) if frame.startswith(_SALE_ONLY)]


async def replay(url: str, writes: Sequence[bytes], receipts: int) -> list[float]:
    """Write the dialogue so many times, each time waiting for as many answers as frames were written; seconds of each."""
    target = urlsplit(url)
    reader, writer = await asyncio.open_connection(target.hostname, target.port)
    times = []
    try:
        for _ in range(receipts):
            began = time.perf_counter()
            for write in writes:
                writer.write(write)
                for _ in range(write.count(_ETX)):
                    await reader.readuntil(bytes((_ETX,)))
            times.append(time.perf_counter() - began)
    finally:
        writer.close()
    return times


async def replay_all(urls: Sequence[str], writes: Sequence[bytes], receipts: int) -> tuple[list[float], float]:
    """On several printers at once: seconds of each receipt, and of the whole."""
    began = time.perf_counter()
    times = await asyncio.gather(*(replay(url, writes, receipts) for url in urls))
    return [one for part in times for one in part], time.perf_counter() - began
