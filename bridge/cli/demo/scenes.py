"""What every day of the demonstration is made of: an operation, what came of it, and the entry in the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bridge.cli.demo.ledger import Entry
from bridge.cli.demo.show import Show
from bridge.cli.demo.stage import Device, Stage
from bridge.cli.demo.till import Till

# How long the demonstration waits for something to show before it calls itself broken.
_PATIENCE_SECONDS = 15.0


@dataclass(slots=True)
class Scenes:
    """One family's day, without the day."""

    stage: Stage
    till: Till
    show: Show
    entries: list[Entry] = field(default_factory=list)

    async def _ask(self, what: str, device: Device, body: dict[str, Any]) -> dict[str, Any]:
        job = await self.till.submit(device.id, body)
        await self._note(what, device, job, body.get("kind"))
        return job

    async def _note(self, what: str, device: Device, job: dict[str, Any], kind: str | None) -> None:
        self.entries.append(Entry(what, device.id, job["id"], job["op"], kind))
        self.show.job(job)
        await self.show.paper(device)

    async def _until(self, job_id: str, enough: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        async def look() -> dict[str, Any] | None:
            job = await self.till.job(job_id)
            return job if enough(job) else None

        return await _poll(look, f"job {job_id}")

    async def _until_ready(self, device: Device) -> None:
        async def look() -> dict[str, Any] | None:
            found = await self.till.call("GET", f"/devices/{device.id}")
            return found if found["state"] == "ready" else None

        await _poll(look, device.id)


async def _poll(look: Callable[[], Awaitable[dict[str, Any] | None]], what: str) -> dict[str, Any]:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                found = await look()
                if found is not None:
                    return found
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise RuntimeError(f"{what} did not get there within {_PATIENCE_SECONDS:g} s") from None
