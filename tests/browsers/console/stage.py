"""A shop with devices in every condition: a simulated printer, card terminals, and fake devices that fail, ask and lie as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from bridge.model import Actor, Choice, Result
from bridge.plugin import JobContext, PluginRegistry
from bridge.transport import Cable, Link, LinkOpener, NullModemBoard, WireLog
from tests.browsers import shop as shops
from tests.browsers.shop import SETTER_UP, Shop, eventually
from tests.core.fake_family import FakeDevice, FakeDriver, FakePlugin
from tests.station import LoopFamily
from tests.toys import terminal as terminal_plugin
from tests.toys.cables import plug_in
from tests.toys.terminal.simulator import Switches, Terminal

SALE: dict[str, Any] = {
    "op": "receipt",
    "currency": "PLN",
    "lines": [
        {"name": "Chleb żytni", "quantity": "2", "price": "4.50", "vat": "8%"},
        {"name": "Kawa ziarnista", "price": "18.00", "vat": "23%"},
    ],
    "payments": [{"kind": "cash", "amount": "30.00"}],
}
TILL = Actor(principal="web:https://pos.example.com", label="kasa 1")
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
    cables: dict[str, Cable] = field(default_factory=dict)
    """Of the terminals; one that is broken stays so until there is another."""

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

    async def terminal(self, name: str, **switches: Any) -> Terminal:
        """A card terminal whose customers are quick, connected."""
        terminal = Terminal(f"T-{name}", Switches(**{"card": 0.02, "acquirer": 0.02, "unknown": 0.02, **switches}))
        self.cables[name] = Cable()

        async def connect(wire_log: WireLog) -> Link:
            return await plug_in(terminal.connect, self.cables[name], wire_log)

        self.board.plug(name, connect)
        await self.shop.bridge.devices.configure(SETTER_UP, name, {"family": "toy-terminal", "url": f"null://{name}"})
        await eventually(lambda: self.shop.bridge.devices.runtime(name).capabilities_fresh)
        return terminal

    async def pay(self, device: str, key: str, **more: Any) -> Any:
        """A card payment at its end; `more` may be another operation."""
        body = {"op": "payment.purchase", "amount": "12.50", "currency": "EUR", **more}
        submitted = await self.shop.bridge.jobs.submit(TILL, device, key, {name: v for name, v in body.items() if v is not None})
        return await self.shop.bridge.jobs.wait(submitted.id, 20)

    async def ready(self, name: str) -> None:
        await eventually(lambda: self.shop.bridge.devices.runtime(name).state == "ready")

    async def submit(self, device: str, key: str, **more: Any) -> Any:
        """A job as it was accepted."""
        return await self.shop.bridge.jobs.submit(TILL, device, key, {**SALE, **more})

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
        await self._card_day()
        self.shop.printer.device.load_paper(False)
        await self.shop.call("GET", "/devices/till-1/status")

    async def _card_day(self) -> None:
        """Payments that ended in every way, at a terminal whose line then breaks in the middle of one."""
        terminal = await self.terminal("card-1", available=Decimal("1000.00"))
        paid = await self.pay("card-1", "card-1", amount="32.50", tip="2.50", reference="WEB-2001")
        await self.pay("card-1", "card-2", amount="1400.00", allow_partial=True, reference="WEB-2002")
        await self.pay("card-1", "card-3", amount="2400.00", reference="WEB-2003")
        back = {"op": "payment.reversal", "amount": None, "currency": None, "original": {"job": paid.id}}
        await self.pay("card-1", "card-4", reference="WEB-2001", **back)
        sold = await self.pay("card-1", "card-5", amount="48.00", reference="WEB-2004")
        await self.pay("card-1", "card-6", op="payment.refund", amount="8.00", original={"job": sold.id})
        terminal.switches.card = 600
        job = await self.shop.bridge.jobs.submit(
            TILL, "card-1", "card-7", {"op": "payment.purchase", "amount": "7.20", "currency": "EUR", "reference": "WEB-2005"}
        )
        await eventually(lambda: self._waits(job.id))
        terminal.power(False)
        await eventually(lambda: self._is(job.id, "unresolved"))

    async def _waits(self, job_id: str) -> bool:
        return (await self.shop.bridge.jobs.get(job_id)).attention is not None


@asynccontextmanager
async def opened(data_dir: Path) -> AsyncIterator[Stage]:
    family, board = LoopFamily(), NullModemBoard()
    registry = PluginRegistry.installed()
    registry.add(FakePlugin(family), "fake")
    registry.add(terminal_plugin, "terminal")
    async with shops.opened(data_dir, registry=registry, opener=LinkOpener(board)) as shop:
        yield Stage(shop, family, board, registry)
