"""A shop with devices in every condition: a simulated printer, and fake devices that fail, ask and lie as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bridge.model import Actor, Choice, Result
from bridge.plugin import JobContext, PluginRegistry
from bridge.transport import LinkOpener, NullModemBoard
from tests.browsers import shop as shops
from tests.browsers.shop import SETTER_UP, Shop, eventually
from tests.core.fake_family import FakeDevice, FakeDriver, FakePlugin
from tests.station import LoopFamily

SALE: dict[str, Any] = {
    "op": "receipt",
    "currency": "PLN",
    "lines": [
        {"name": "Chleb żytni", "quantity": "2", "price": "4.50", "vat": "8%"},
        {"name": "Kawa ziarnista", "price": "18.00", "vat": "23%"},
    ],
    "payments": [{"kind": "cash", "amount": "30.00"}],
}
MARKUP = '<img src=x onerror="window.taken=1">'


class BrokenPlugin:
    """Of another age of the plugin API."""

    TILLBRIDGE_PLUGIN_API = "99.0"


@dataclass
class Stage:
    shop: Shop
    family: LoopFamily
    board: NullModemBoard
    registry: PluginRegistry
    fakes: dict[str, FakeDevice] = field(default_factory=dict)

    async def link(self) -> str:
        return str((await self.shop.call("POST", "/console/link", {}))["link"])

    async def fake(self, name: str, serial: str | None = None, **how: Any) -> FakeDevice:
        """Another fake device, connected (unless it is off)."""
        self.fakes[name] = FakeDevice(serial=serial or f"F-{name}", **how)
        self.board.plug(name, self.fakes[name].connect)
        await self.shop.bridge.devices.configure(SETTER_UP, name, {"family": "fake", "url": f"null://{name}"})
        if not self.fakes[name].off:
            await self.ready(name)
        return self.fakes[name]

    async def ready(self, name: str) -> None:
        await eventually(lambda: self.shop.bridge.devices.runtime(name).state == "ready")

    async def submit(self, device: str, key: str, **more: Any) -> Any:
        """A job as it was accepted."""
        return await self.shop.bridge.jobs.submit(
            Actor(principal="web:https://pos.example.com", label="kasa 1"), device, key, {**SALE, **more}
        )

    async def sell(self, device: str, key: str, **more: Any) -> Any:
        job = await self.submit(device, key, **more)
        return await self.shop.bridge.jobs.wait(job.id, 20)

    async def doubt(self, name: str, key: str, **more: Any) -> Any:
        """A sale whose answer gets lost, on a device whose cable then stays out."""
        device = self.fakes[name]
        device.lose_answer_of = "issue"
        job = await self.submit(name, key, **more)
        device.off = True
        await eventually(lambda: self._is(job.id, "unresolved"))
        return job

    async def exchange(self, name: str, serial: str) -> None:
        """Another machine is put in its place."""
        self.fakes[name].serial = serial
        self.fakes[name].cut()
        await self.shop.call("GET", f"/devices/{name}/status")  # an idle line is not looked at: now it is
        await eventually(lambda: self.shop.bridge.devices.runtime(name).state == "wrong_device")

    async def _is(self, job_id: str, state: str) -> bool:
        return bool((await self.shop.bridge.jobs.get(job_id)).state == state)

    def asks(self, text: str, *, timeout: float = 600) -> asyncio.Future[str]:
        """From now on each job of a fake device asks; the first answer comes here."""
        answered: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        async def behaviour(context: JobContext, driver: FakeDriver) -> Result | None:
            choices = (Choice(code="yes", text="Podpis się zgadza"), Choice(code="no", text="Podpis się nie zgadza"))
            given = await context.ask(text, choices, timeout=timeout, default="no")
            if not answered.done():
                answered.set_result(given)
            return None

        self.family.behaviour = behaviour
        return answered

    async def page_asks(self, origin: str = "https://pos.example.com") -> str:
        """A page asks to be let in. The id of its pairing."""
        body = {"origin": origin, "app_name": "Kasa sklepu", "scopes": ["devices:read", "fiscal", "cash"]}
        async with self.shop.session.post(self.shop.url + "/pairing", json=body, headers={"Origin": origin}) as answer:
            assert answer.status == 202, await answer.text()
            return str((await answer.json())["pairing_id"])

    async def fill(self) -> None:
        """Everything that the console has a view of."""
        self.registry.add(BrokenPlugin(), "elsewhere")
        await self.sell("till-1", "order-1", reference="WEB-1001")
        await self.sell(
            "till-1", "order-2", reference="WEB-1002", lines=[{"name": "Herbata", "price": "12.30", "vat": "23%"}], payments=[]
        )
        await self.shop.call("POST", "/tokens", {"label": "erp", "scopes": ["devices:read", "fiscal"]})
        await self.shop.give("https://till.example.com")
        await self.fake("bar")
        self.fakes["bar"].refuse = "E-17"
        await self.sell("bar", "order-3", reference="BAR-7")
        self.fakes["bar"].refuse = None
        await self.fake("kitchen")
        await self.doubt("kitchen", "order-4", reference="KIT-12")
        await self.fake("spare", off=True)
        await self.fake("swapped", serial="F-old")
        await self.exchange("swapped", "F-new")
        await self.fake("signature")
        self.asks("Czy podpis klienta zgadza się z podpisem na karcie?")
        asked = await self.submit("signature", "order-5", reference="SIG-3")
        await eventually(lambda: self._waits(asked.id))
        await self.page_asks()
        self.shop.printer.device.load_paper(False)
        await self.shop.call("GET", "/devices/till-1/status")

    async def _waits(self, job_id: str) -> bool:
        return (await self.shop.bridge.jobs.get(job_id)).attention is not None


@asynccontextmanager
async def opened(data_dir: Path) -> AsyncIterator[Stage]:
    family, board = LoopFamily(), NullModemBoard()
    registry = PluginRegistry.installed()
    registry.add(FakePlugin(family), "fake")
    async with shops.opened(data_dir, registry=registry, opener=LinkOpener(board)) as shop:
        yield Stage(shop, family, board, registry)
