"""The bare client: writes to the device the frames that the driver writes, and does nothing else.

A driver may ask several questions in one go. `one by one` is what a plain client does: a frame, its answer, the next frame.
`in bursts` writes exactly as the driver does. How a family is spoken is in `families.py`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.families import Dialogue, Family, Speak
from bridge.jobs import Bridge
from bridge.model import Actor
from bridge.transport import Direction


async def record(family: Family, url: str, directory: Path) -> list[bytes]:
    """The driver's writes for one sale, in order, taken from its own wire log."""
    logging.disable(logging.INFO)
    bridge = await Bridge.open(directory / "recorder")
    await bridge.start()
    actor = Actor(principal="benchmark")
    try:
        await bridge.devices.configure(actor, "till", {"family": family.id, "url": url})
        for key, body in [*((f"prepare-{at}", body) for at, body in enumerate(family.prepare)), ("warm-up", family.sale)]:
            await _sell(bridge, actor, key, body)  # the first one also connects
        before = datetime.now(UTC)
        await _sell(bridge, actor, "recorded", family.sale)
        log = bridge.devices.runtimes["till"].wire_log
        assert log is not None
        return [entry.data for entry in log.entries() if entry.direction is Direction.OUT and entry.at >= before]  # its writes
    finally:
        await bridge.stop()


async def _sell(bridge: Bridge, actor: Actor, key: str, body: Mapping[str, Any]) -> None:
    job = await bridge.jobs.submit(actor, "till", key, dict(body))
    job = await bridge.jobs.wait(job.id, 30)
    if not job.success:
        raise RuntimeError(f"the {body['op']} to record ended {job.state}: {job.error}")


def sale_only(family: Family, dialogue: Dialogue) -> list[bytes]:
    """The same dialogue without baseline and read-back."""
    return [request for request in dialogue if family.belongs_to_sale(request)]


async def replay_all(
    family: Family, urls: Sequence[str], dialogue: Dialogue, receipts: int, speak: Speak | None = None
) -> tuple[list[float], float]:
    """On several devices at once: seconds of each receipt, and of the whole."""
    began = time.perf_counter()
    times = await asyncio.gather(*(family.replay(url, dialogue, receipts, speak) for url in urls))
    return [one for part in times for one in part], time.perf_counter() - began
