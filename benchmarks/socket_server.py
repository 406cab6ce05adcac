"""python -m benchmarks.socket_server bridge|bare DIR: what the sockets of a measurement connect to.

`bridge`: a bridge with its server. `bare`: aiohttp and nothing else, sending the same text to everybody. With `--tell N`
each tells N events to all sockets, one every so often, with the time of its making in it, once a line comes on stdin.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from bridge.jobs import Bridge
from bridge.server.run import ApiServer
from bridge.server.settings import ServerSettings

# Time for one event to have reached everybody before the next.
_EVERY = 0.2


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["bridge", "bare"])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--tell", type=int, default=0)
    given = parser.parse_args()
    if given.kind == "bare":
        tell = await _bare()
    else:
        tell = await _bridge(given.directory)
    await asyncio.to_thread(sys.stdin.readline)
    for _ in range(given.tell):
        await tell(f"made={time.monotonic():.6f}=")
        await asyncio.sleep(_EVERY)
    await asyncio.Event().wait()


async def _bridge(directory: Path) -> Callable[[str], Awaitable[object]]:
    bridge = await Bridge.open(directory)
    await bridge.start()
    settings = ServerSettings(port=0, max_sockets=2000, max_sockets_each=2000, max_connections=4000)
    server = await ApiServer.start(bridge, settings)
    print("ready", server.url, flush=True)

    async def tell(text: str) -> None:
        now = datetime.now(UTC)
        attention = {"code": "benchmark", "text": text, "since": now.isoformat()}
        await bridge.store.journal.prompt("none", "till-0", {"attention": attention}, now)

    return tell


async def _bare() -> Callable[[str], Awaitable[object]]:
    sockets: list[web.WebSocketResponse] = []

    async def accept(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        sockets.append(socket)
        async for _ in socket:
            pass
        return socket

    application = web.Application()
    application.router.add_get("/api/v1/ws", accept)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print("ready", f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)

    async def tell(text: str) -> None:
        message = '{"jsonrpc":"2.0","method":"job.prompt","params":{"text":"' + text + '","padding":"' + "x" * 150 + '"}}'
        for socket in sockets:
            await socket.send_str(message)

    return tell


if __name__ == "__main__":
    asyncio.run(main())
