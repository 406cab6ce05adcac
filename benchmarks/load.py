"""Sales through the bridge's HTTP API, one client for each printer, as tills do it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.families import Family


async def sell_all(
    family: Family, url: str, token_file: Path, printers: Sequence[str], receipts: int
) -> tuple[list[float], float]:
    """Configure the printers, begin the day and warm up, then sell: seconds of each receipt, and of the whole."""
    token = await asyncio.to_thread(token_file.read_text, "utf-8")
    headers = {"Authorization": f"Bearer {token.strip()}"}
    async with aiohttp.ClientSession(url, headers=headers) as session:
        for number, printer in enumerate(printers):
            config = {"family": family.id, "url": printer}
            async with session.put(f"/api/v1/devices/till-{number}/config", json=config) as response:
                response.raise_for_status()
        await asyncio.gather(*(_warm_up(session, number, family) for number in range(len(printers))))
        began = time.perf_counter()
        times = await asyncio.gather(*(_client(session, number, family.sale, receipts) for number in range(len(printers))))
        return [one for part in times for one in part], time.perf_counter() - began


async def _warm_up(session: aiohttp.ClientSession, number: int, family: Family) -> None:
    """What a device has open from a measurement before stays open."""
    for at, body in enumerate(family.prepare):
        await _sell(session, number, f"prepare-{at}", body, may_fail=True)
    await _sell(session, number, "warm", family.sale)


async def _client(session: aiohttp.ClientSession, number: int, body: Mapping[str, Any], receipts: int) -> list[float]:
    times = []
    for receipt in range(receipts):
        began = time.perf_counter()
        await _sell(session, number, str(receipt), body)
        times.append(time.perf_counter() - began)
    return times


async def _sell(
    session: aiohttp.ClientSession, number: int, key: str, body: Mapping[str, Any], *, may_fail: bool = False
) -> None:
    headers = {"Idempotency-Key": f"bench-{number}-{key}", "Prefer": "wait=120"}
    async with session.post(f"/api/v1/devices/till-{number}/jobs", json=dict(body), headers=headers) as response:
        job = await response.json(content_type=None)
        if response.status != 200 or not (job["success"] or may_fail):
            raise RuntimeError(f"a sale of the benchmark ended: {job}")
