"""A real bridge with fake devices behind a real server on a free port, and sockets to it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Literal

import aiohttp

from bridge.jobs import Bridge
from bridge.model import Actor
from bridge.plugin import PluginRegistry
from bridge.server import admin_token
from bridge.server.access.scopes import TILL, Right
from bridge.server.access.tokens import NewToken
from bridge.server.peers import PeerLookup
from bridge.server.run import ApiServer
from bridge.server.settings import ServerSettings
from bridge.transport import LinkOpener, NullModemBoard
from tests.core.fake_family import FakeDevice, FakeFamily, FakePlugin
from tests.sockets import SocketClient

SALE = {"op": "receipt", "currency": "PLN", "lines": [{"name": "Tea", "price": "10.00", "vat": "23%"}]}


class LoopFamily(FakeFamily):
    """In the host's loop, so that a test may hold a device up with an event of that loop."""

    isolation: ClassVar[Literal["thread", "loop"]] = "loop"


@dataclass
class Station:
    """The devices `d1` and `d2`, the bridge, its server."""

    data_dir: Path
    settings: ServerSettings = field(default_factory=lambda: ServerSettings(port=0, stop_seconds=2.0))
    lookup: PeerLookup | None = None
    family: LoopFamily = field(default_factory=LoopFamily)
    devices: dict[str, FakeDevice] = field(default_factory=lambda: {n: FakeDevice(serial=n) for n in ("d1", "d2")})
    clients: list[SocketClient] = field(default_factory=list)
    before_commit: Callable[[], None] | None = None
    keys: Any = field(default_factory=lambda: itertools.count(1))
    bridge: Bridge = field(init=False)
    server: ApiServer = field(init=False)

    async def start(self) -> None:
        board = NullModemBoard()
        for name, device in self.devices.items():
            board.plug(name, device.connect)
        registry = PluginRegistry()
        registry.add(FakePlugin(self.family), "fake")
        self.bridge = await Bridge.open(
            self.data_dir, registry=registry, opener=LinkOpener(board), before_commit=self.before_commit
        )
        await self.bridge.start()
        self.server = await ApiServer.start(self.bridge, self.settings, self.lookup)
        for name in self.devices:
            if name not in self.bridge.devices.runtimes:
                await self.bridge.devices.configure(Actor(principal="t"), name, {"family": "fake", "url": f"null://{name}"})

    async def restart(self, **settings: Any) -> None:
        await self.stop()
        self.settings = replace(self.settings, **settings)
        await self.start()

    async def stop(self) -> None:
        for client in self.clients:
            await client.drop()
        self.clients.clear()
        await self.server.stop()
        await self.bridge.stop(grace=0.2)

    @property
    def token(self) -> str:
        token = admin_token.read(self.data_dir)
        assert token is not None
        return token

    async def give(self, label: str = "pos", rights: Iterable[Right] = TILL, **more: Any) -> tuple[str, str]:
        """A token without pairing: its text and its id. With `origin` it is a page's."""
        minted, _ = await self.server.access.tokens.create(NewToken(label, frozenset(rights), **more), Actor(principal="t"))
        return minted.text, minted.id

    async def socket(self, **options: Any) -> SocketClient:
        """Connected, nothing said yet."""
        client = await SocketClient.open(self.server.url, **options)
        self.clients.append(client)
        return client

    async def session(self, token: str | None = None, token_id: str = "admin", **options: Any) -> SocketClient:
        client = await self.socket(**options)
        client.welcome = await client.sign_in(token or self.token, token_id)
        return client

    async def sell(self, device: str = "d1", **more: Any) -> Any:
        """Through the bridge itself: a finished job."""
        job = await self.bridge.jobs.submit(Actor(principal="t"), device, f"k{next(self.keys)}", {**SALE, **more})
        return await self.bridge.jobs.wait(job.id, 20)

    async def http(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any, Any]:
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, f"{self.server.url}/api/v1{path}", json=body, headers=headers) as response,
        ):
            return response.status, await response.json(content_type=None), response.headers
