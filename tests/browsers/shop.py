"""A bridge with its API and a simulated Posnet printer, `till-1`, on a cable that counts; and the person at the till."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from bridge_sim_posnet.family import PosnetSimulator
from bridge_simulators import Running

from bridge.jobs import Bridge
from bridge.model import Actor
from bridge.plugin import PluginRegistry
from bridge.server.access.scopes import TILL
from bridge.server.access.tokens import NewToken
from bridge.server.peers import PeerLookup
from bridge.server.run import ApiServer
from bridge.server.settings import ServerSettings
from bridge.transport import LinkOpener
from tests.ports import kept

SETTER_UP = Actor(principal="setup")
NEVER_IDLE = {"idle": 3600}  # the bridge asks an idle printer how it is; here every byte is to have a reason


@dataclass
class Cable:
    """Between bridge and printer, over TCP."""

    printer: str
    carried: int = 0
    """Bytes to the printer."""

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = urlsplit(self.printer)
        far_reader, far_writer = await asyncio.open_connection(address.hostname, address.port)

        async def back() -> None:
            while chunk := await far_reader.read(4096):
                writer.write(chunk)

        answering = asyncio.create_task(back())
        try:
            while chunk := await reader.read(4096):
                self.carried += len(chunk)
                far_writer.write(chunk)
        except ConnectionError:
            pass  # the bridge went
        finally:
            answering.cancel()
            far_writer.close()
            writer.close()


@dataclass
class Shop:
    bridge: Bridge
    server: ApiServer
    printer: Running
    cable: Cable
    session: aiohttp.ClientSession
    settings: ServerSettings
    running: bool = True

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    @property
    def url(self) -> str:
        return f"{self.server.url}/api/v1"

    @property
    def ws(self) -> str:
        return f"ws://{self.address}/api/v1/ws"

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """As the administrator's program: no Origin."""
        token = (self.bridge.data_dir / "admin-token").read_text("utf-8").strip()
        headers = {"Authorization": f"Bearer {token}"}
        async with self.session.request(method, self.url + path, json=body, headers=headers) as response:
            assert response.status < 300, await response.text()
            return None if response.status == 204 else await response.json()

    async def asking(self, origin: str) -> dict[str, Any]:
        """The pairing of this page, as soon as it is seen."""
        found: dict[str, Any] = {}

        async def seen() -> bool:
            for one in (await self.call("GET", "/pairing"))["pairings"]:
                if one["origin"] == origin:
                    found.update(one)
            return bool(found)

        await eventually(seen)
        return found

    async def let_in(self, origin: str, code: str) -> None:
        """A person has read the code in the page, and types it in at the bridge."""
        asking = await self.asking(origin)
        await self.call("POST", f"/pairing/{asking['pairing_id']}/decision", {"decision": "approve", "code": code})

    async def give(self, origin: str, label: str = "kasa") -> tuple[str, str]:
        """A page's token without pairing: its text and its id."""
        minted, _ = await self.server.access.tokens.create(NewToken(label, TILL, origin=origin), SETTER_UP)
        return minted.text, minted.id

    async def jobs(self) -> list[Any]:
        """All of the journal."""
        return list((await self.call("GET", "/jobs"))["jobs"])

    async def stop(self) -> None:
        """Nobody listens any more; a job that is running is left to the next start."""
        if self.running:
            self.running = False
            await self.server.stop()
            await self.bridge.stop(grace=0.2)

    async def start(self) -> None:
        """Again, on the port that it had."""
        self.bridge = await Bridge.open(self.bridge.data_dir, registry=PluginRegistry.installed())
        await self.bridge.start()
        self.server = await ApiServer.start(self.bridge, replace(self.settings, port=self.server.port))
        self.running = True

    def receipts(self) -> list[str]:
        """The references of what was really issued."""
        return [document.reference for document in self.printer.device.documents()]


async def eventually(condition: Callable[[], Any], seconds: float = 20.0) -> None:
    """Until it is true; it may be a coroutine function."""
    async with asyncio.timeout(seconds):
        while True:
            answer = condition()
            if await answer if asyncio.iscoroutine(answer) else answer:
                return
            await asyncio.sleep(0.02)


@asynccontextmanager
async def opened(
    data_dir: Path,
    *,
    registry: PluginRegistry | None = None,
    opener: LinkOpener | None = None,
    lookup: PeerLookup | None = None,
    **chosen: Any,
) -> AsyncIterator[Shop]:
    """`chosen`: of ServerSettings."""
    printer = await PosnetSimulator().start(
        listen="tcp://127.0.0.1:0", control=None, state=None, pace="fast", settings={"rates": "23/8/5/0/-/zw/-"}
    )
    cable = Cable(printer.url)
    between = await asyncio.start_server(cable.join, "127.0.0.1", 0)
    port = between.sockets[0].getsockname()[1]
    bridge = await Bridge.open(data_dir, registry=registry or PluginRegistry.installed(), opener=opener)
    await bridge.start()
    with kept() as own:  # it is to be had again behind a restart
        settings = ServerSettings(port=own, **{"stop_seconds": 1.0, **chosen})
        server = await ApiServer.start(bridge, settings, lookup)
        async with aiohttp.ClientSession() as session:
            shop = Shop(bridge, server, printer, cable, session, settings)
            try:
                config = {"family": "posnet", "url": f"tcp://127.0.0.1:{port}", "timeouts": NEVER_IDLE}
                await bridge.devices.configure(SETTER_UP, "till-1", config)
                await eventually(lambda: bridge.devices.runtime("till-1").capabilities_fresh)
                yield shop
            finally:
                await shop.stop()
                between.close()
                with suppress(TimeoutError):
                    async with asyncio.timeout(5):
                        await between.wait_closed()
                await printer.close()
