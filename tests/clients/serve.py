"""`python -m tests.clients.serve DIR`: a Place with a control server, for tests that are written in another language.

Prints one line of JSON, `{"url": ..., "control": ...}`, and runs until its input ends. The control server takes
`POST /NAME` with a JSON object and answers with one; it is for the tests on this computer alone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.clients.place import WHO, Place

Act = Callable[[dict[str, Any]], Awaitable[Any]]


class Control:
    """What a test may do to the place."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.acts: dict[str, Act] = {
            name.removeprefix("do_"): getattr(self, name) for name in dir(self) if name.startswith("do_")
        }

    async def do_token(self, given: dict[str, Any]) -> Any:
        text, token_id = await self.place.give(
            given.get("label", "kasa"), given.get("origin"), given.get("rights"), aliases=given.get("aliases", {})
        )
        return {"token": text, "id": token_id}

    async def do_revoke(self, given: dict[str, Any]) -> Any:
        await self.place.server.access.tokens.revoke(given["id"], WHO)

    async def do_decide(self, given: dict[str, Any]) -> Any:
        await self.place.decide(
            given["code"], approve=given.get("approve", True), label=given.get("label"), aliases=given.get("aliases", {})
        )

    async def do_stop(self, given: dict[str, Any]) -> Any:
        await self.place.stop()

    async def do_start(self, given: dict[str, Any]) -> Any:
        await self.place.start()

    async def do_restart(self, given: dict[str, Any]) -> Any:
        await self.place.stop()
        await self.place.start()

    async def do_lose_journal(self, given: dict[str, Any]) -> Any:
        await self.place.lose_journal()

    async def do_behave(self, given: dict[str, Any]) -> Any:
        """What the fakes do next: `as` (see Place), `recoveries`, `hold` or let go a device, lose its next answer, refuse."""
        place = self.place
        place.behave = given.get("as", place.behave)
        place.family.recoveries = given.get("recoveries", place.family.recoveries)
        device = place.devices[given.get("device", "d1")]
        if given.get("hold"):
            device.gate = asyncio.Event()
        elif device.gate is not None:
            device.gate.set()
            device.gate = None
        device.lose_answer_of = given.get("lose", device.lose_answer_of)
        device.cable.cut = False  # it breaks once, and may do so again
        device.refuse = given.get("refuse")
        device.off = given.get("off", False)

    async def do_paper(self, given: dict[str, Any]) -> Any:
        self.place.printer.device.load_paper(given["loaded"])

    async def do_issued(self, given: dict[str, Any]) -> Any:
        return self.place.issued()

    async def do_jobs(self, given: dict[str, Any]) -> Any:
        jobs, _ = await self.place.bridge.jobs.list(limit=200)
        return [job.as_json() for job in jobs]

    async def do_resolve(self, given: dict[str, Any]) -> Any:
        await self.place.bridge.jobs.resolve(WHO, given["job"], given["verdict"], "the tests looked")

    async def do_sell(self, given: dict[str, Any]) -> Any:
        """A sale that no client of the test asks for."""
        sale = {"op": "receipt", "currency": "PLN", "lines": [{"name": "Tea", "price": "1.00", "vat": "23%"}]}
        await self.place.bridge.jobs.submit(WHO, given["device"], given["key"], sale)

    async def do_forget_events(self, given: dict[str, Any]) -> Any:
        """As the retention does: what happened until now can be resumed no more."""
        return await self.place.forget_events()

    async def handle(self, request: web.Request) -> web.Response:
        act = self.acts[request.match_info["name"]]
        return web.json_response(await act(await request.json()))


async def serve(directory: Path, settings: dict[str, Any]) -> None:
    place = Place(directory, extra_hosts=tuple(settings.pop("extra_hosts", ())), settings=settings)
    await place.open()
    control = Control(place)
    app = web.Application()
    app.router.add_post("/{name}", control.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    said = {"url": f"http://127.0.0.1:{place.port}", "control": f"http://127.0.0.1:{runner.addresses[0][1]}"}
    print(json.dumps(said), flush=True)
    try:
        await asyncio.to_thread(sys.stdin.read)
    finally:
        await runner.cleanup()
        await place.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=Path)
    parser.add_argument("--settings", type=json.loads, default={}, help="ServerSettings as JSON")
    chosen = parser.parse_args()
    asyncio.run(serve(chosen.directory, chosen.settings))
