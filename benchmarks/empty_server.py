"""The floor: a web server that does nothing but write the driver's frames to the device. No journal, no checks, no tokens, no logs.

What a sale takes through it is what HTTP takes by itself; what the bridge takes beyond that is the bridge's own.
`python -m benchmarks.empty_server FAMILY URLS FRAMES` (JSON lists, the frames in hexadecimal) prints where it listens.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from benchmarks.families import FAMILIES, Dialogue, Family
from benchmarks.processes import running


async def serve(family: Family, urls: Sequence[str], dialogue: Dialogue) -> None:
    """`POST /sell/N`: the dialogue, once, at device N."""
    links = []
    for url in urls:
        target = urlsplit(url)
        links.append(await asyncio.open_connection(target.hostname, target.port))

    async def sell(request: web.Request) -> web.Response:
        await request.json()
        reader, writer = links[int(request.match_info["device"])]
        await family.speak(reader, writer, dialogue)
        return web.json_response({"success": True})

    app = web.Application()
    app.router.add_post(r"/sell/{device:\d+}", sell)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    print(f"ready http://{host}:{port}", flush=True)
    await asyncio.Event().wait()


async def sell_all(family: Family, url: str, devices: int, receipts: int) -> tuple[list[float], float]:
    """One client for each device: seconds of each sale, and of the whole."""
    async with aiohttp.ClientSession(url) as session:
        began = time.perf_counter()
        times = await asyncio.gather(*(_client(session, number, family, receipts) for number in range(devices)))
        return [one for part in times for one in part], time.perf_counter() - began


async def _client(session: aiohttp.ClientSession, number: int, family: Family, receipts: int) -> list[float]:
    times = []
    for _ in range(receipts):
        began = time.perf_counter()
        async with session.post(f"/sell/{number}", json=dict(family.sale)) as response:
            response.raise_for_status()
            await response.json()
        times.append(time.perf_counter() - began)
    return times


def measure(family: Family, urls: Sequence[str], dialogue: Dialogue, receipts: int, directory: Path) -> tuple[list[float], float]:
    """The same sales as the bridge's, through a server of this kind in a process of its own."""
    frames = json.dumps([frame.hex() for frame in dialogue])
    command = [sys.executable, "-m", "benchmarks.empty_server", family.id, json.dumps(list(urls)), frames]
    with running(command, directory / f"empty-{time.monotonic_ns()}.log") as process:
        return asyncio.run(sell_all(family, process.url, len(urls), receipts))


def main() -> None:
    family = next(family for family in FAMILIES if family.id == sys.argv[1])
    asyncio.run(serve(family, json.loads(sys.argv[2]), [bytes.fromhex(frame) for frame in json.loads(sys.argv[3])]))


if __name__ == "__main__":
    main()
