"""The terminal server: a bridge for all users, simulated Posnet printers over TCP, and the administrator's own calls."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import aiohttp
from bridge_sim_posnet.family import PosnetSimulator
from bridge_simulators import Running
from bridge_simulators.device import IssuedDocument

from bridge.jobs import Bridge
from bridge.model import Actor
from bridge.plugin import PluginRegistry
from bridge.server import admin_token
from bridge.server.run import ApiServer
from bridge.server.settings import ServerSettings
from tests.sessions import marks
from tests.sessions.report import Report
from tests.sessions.switchboard import BRIDGE, Switchboard

ORIGIN = "https://kasa.example"
"""Of every till's page."""

CALLS_AT_ONCE = 200
SOCKETS_EACH = 4

SETTINGS = ServerSettings(
    port=0,
    users="shared",
    stop_seconds=2.0,
    close_seconds=0.5,
    # Forty tills on one computer have more connections than a shop with one till.
    max_connections=512,
    max_sockets=128,
    # Tight, so that one till can meet them: the others must not.
    max_sockets_each=SOCKETS_EACH,
    calls_at_once=CALLS_AT_ONCE,
    calls_per_second=20.0,
    # One page asks forty times within a second here, once for each user.
    pairing_each_seconds=0.001,
)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: Any

    @property
    def code(self) -> str | None:
        """Of a problem document."""
        return self.body.get("code") if isinstance(self.body, dict) else None


async def ask(
    session: aiohttp.ClientSession, method: str, url: str, body: Any = None, headers: dict[str, str] | None = None
) -> tuple[Reply, str]:
    """One call: the reply, and its body as it came."""
    async with session.request(method, url, json=body, headers=headers) as response:
        text = await response.text()
    return Reply(response.status, dict(response.headers), json.loads(text) if text else None), text


@dataclass
class Hall:
    bridge: Bridge
    server: ApiServer
    switchboard: Switchboard
    printers: dict[str, Running]
    patience: float
    """Seconds that is waited for what ought to come: an event, the end of a socket."""
    report: Report = field(default_factory=Report)
    _session: aiohttp.ClientSession = field(init=False)

    @property
    def url(self) -> str:
        return f"{self.server.url}/api/v1"

    async def admin(self, method: str, path: str, body: Any = None) -> Reply:
        """A call with the administrator's token, from the bridge's own user."""
        headers = {"Authorization": f"Bearer {admin_token.read(self.bridge.data_dir)}"}
        reply, _ = await ask(self._session, method, self.url + path, body, headers)
        return reply

    async def all_jobs(self) -> list[dict[str, Any]]:
        """The whole journal, as the administrator sees it."""
        jobs: list[dict[str, Any]] = []
        after = ""
        while True:
            page = (await self.admin("GET", f"/jobs?limit=200{after}")).body
            jobs += page["jobs"]
            if page["next"] is None:
                return jobs
            after = f"&after={page['next']}"

    def documents(self, printer: str) -> list[IssuedDocument]:
        return self.printers[printer].device.documents()

    def paper(self, printer: str) -> str:
        return self.printers[printer].device.paper()


@asynccontextmanager
async def hall(data_dir: Path, printers: int, patience: float) -> AsyncIterator[Hall]:
    """Open, with every printer connected; everything is stopped at the end."""
    async with AsyncExitStack() as stack:
        running: dict[str, Running] = {}
        for number in range(printers):
            made = await PosnetSimulator().start(
                listen="tcp://127.0.0.1:0", pace="fast", settings={"unique_number": marks.serial(number)}
            )
            stack.push_async_callback(made.close)
            running[marks.of_printer(number)] = made
        registry = PluginRegistry()
        registry.load(entry_points(group="tillbridge", name="posnet"))
        bridge = await Bridge.open(data_dir, registry=registry)
        stack.push_async_callback(bridge.stop, grace=0.2)
        await bridge.start()
        switchboard = Switchboard()
        server = await ApiServer.start(bridge, SETTINGS, switchboard)
        stack.push_async_callback(server.stop)
        opened = Hall(bridge, server, switchboard, running, patience)
        opened._session = await stack.enter_async_context(aiohttp.ClientSession(connector=switchboard.line(BRIDGE)))
        for name, one in running.items():
            await bridge.devices.configure(Actor(principal="setup"), name, {"family": "posnet", "url": one.url})
        yield opened
