"""Hot-plug for real: pseudo-terminals and sockets, the Posnet plugin, and a simulated printer that knows what it issued."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bridge_sim_posnet.family import PosnetSimulator
from bridge_simulators.faults import Step

from bridge.devices import DeviceFile
from bridge.devices.discovery import SerialPort, Surroundings
from bridge.jobs import Bridge, Patience
from bridge.model import Actor, DeviceState, Job
from bridge.plugin import PluginRegistry
from tests.discovery.usb_printer import Hand, UsbPrinter

TILL = Actor(principal="till")

# The moments of a sale: while the baseline is read, at its first byte, in its middle, and around its point of no return.
MOMENTS: tuple[tuple[str, Step], ...] = (
    ("scnt", "answer"),
    ("trinit", "before"),
    ("trinit", "answer"),
    ("trline", "after"),
    ("trpayment", "before"),
    ("trend", "before"),
    ("trend", "after"),
    ("trend", "answer"),
)


@dataclass
class Shop:
    bridge: Bridge
    printers: list[UsbPrinter]

    async def sell(self, key: str = "k1", device: str = "till-1") -> Job:
        body = {
            "op": "receipt",
            "currency": "PLN",
            "lines": [
                {"name": "Kawa", "quantity": "2", "price": "9.99", "vat": "8%"},
                {"name": "Chleb", "price": "4.50", "vat": "5%"},
            ],
            "payments": [{"kind": "cash", "amount": "30.00"}],
        }
        return await self.bridge.jobs.submit(TILL, device, key, body)

    async def settled(self, job: Job) -> Job:
        """Within a minute of real time, which nothing here comes near to; the job tells what it waits for if not."""
        done = await self.bridge.jobs.wait(job.id, 60)
        assert done.state.final, done.attention
        return done

    async def ready(self, device: str = "till-1") -> None:
        async with asyncio.timeout(20):
            while not self.bridge.devices.runtime(device).capabilities_fresh:
                await asyncio.sleep(0.01)

    def urls(self) -> dict[str, str]:
        return {device: runtime.config.url for device, runtime in self.bridge.devices.runtimes.items()}

    async def moves(self) -> list[dict[str, Any]]:
        return [row["detail"] for row in await self.bridge.devices.audit(0, 500) if row["action"] == "device.moved"]


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    printers: list[UsbPrinter] = []

    def listed() -> list[SerialPort]:
        return [port for printer in printers for port in printer.ports()]

    bridge = await Bridge.open(
        tmp_path / "data",
        registry=PluginRegistry.installed(),
        patience=Patience(reconnect=(0.01, 0.02, 0.05)),
        surroundings=Surroundings(ports=listed, holders=lambda port: []),
    )
    await bridge.start()
    yield Shop(bridge, printers)
    await bridge.stop(grace=1)
    for printer in printers:
        await printer.close()


async def configured(shop: Shop, directory: Path, number: int = 1) -> UsbPrinter:
    """A printer at ttyUSB<number>, configured as till-<number>, with an option in its URL."""
    printer = UsbPrinter(directory, {"unique_number": f"ZBF 210100000{number}", "rates": "23/8/5/0/-/-/-"})
    shop.printers.append(printer)
    printer.plug_in(f"ttyUSB{number}")
    url = f"serial://{printer.port}?baudrate=19200"
    await shop.bridge.devices.configure(TILL, f"till-{number}", {"family": "posnet", "url": url})
    await shop.ready(f"till-{number}")
    return printer


def assert_honest(job: Job, printer: UsbPrinter) -> None:
    """The verdict is what the printer really did, once."""
    sales = printer.sales()
    assert len(sales) == (1 if job.success else 0), (job.state, job.error, sales)
    if job.success:
        assert job.result is not None
        assert job.result.document is not None
        assert Decimal(sales[0].total) == job.result.document.total == Decimal("24.48")


@pytest.mark.parametrize(("command", "step"), MOMENTS)
async def test_a_printer_replugged_in_the_middle_of_a_sale_is_followed_and_the_sale_neither_lost_nor_doubled(
    shop: Shop, tmp_path: Path, command: str, step: Step
) -> None:
    printer = await configured(shop, tmp_path)

    def replug() -> None:
        printer.pull_out()
        printer.plug_in("ttyUSB7")

    printer.device.faults.arm(Hand(command=command, step=step, act=replug))
    job = await shop.settled(await shop.sell())
    assert_honest(job, printer)
    assert job.success or (command, step) != ("trend", "answer")
    new = f"serial://{tmp_path / 'ttyUSB7'}?baudrate=19200"
    assert DeviceFile(tmp_path / "data").load()["till-1"].url == new
    assert [move["to"] for move in await shop.moves()] == [new]
    second = await shop.settled(await shop.sell("k2"))
    assert second.success
    assert len(printer.sales()) == (2 if job.success else 1)


@pytest.mark.parametrize(("command", "step"), [("trline", "after"), ("trend", "answer")])
async def test_a_printer_that_comes_back_later_elsewhere_and_after_a_power_cut_is_followed(
    shop: Shop, tmp_path: Path, command: str, step: Step
) -> None:
    printer = await configured(shop, tmp_path)

    def fail() -> None:
        printer.pull_out()
        asyncio.get_running_loop().call_soon(printer.device.power, False)

    printer.device.faults.arm(Hand(command=command, step=step, act=fail))
    job = await shop.sell()
    runtime = shop.bridge.devices.runtime("till-1")
    async with asyncio.timeout(20):
        while runtime.state is not DeviceState.OFFLINE:
            await asyncio.sleep(0.01)
    assert not (await shop.bridge.jobs.get(job.id)).state.final
    printer.device.power(True)
    printer.plug_in("ttyACM3")
    job = await shop.settled(job)
    assert_honest(job, printer)
    assert [Path(move["to"].removeprefix("serial://").partition("?")[0]).name for move in await shop.moves()] == ["ttyACM3"]


async def test_an_idle_printer_that_is_replugged_is_noticed_and_followed_before_anybody_asks_it(
    shop: Shop, tmp_path: Path
) -> None:
    printer = await configured(shop, tmp_path)
    printer.pull_out()
    printer.plug_in("ttyUSB5")
    async with asyncio.timeout(20):  # the driver asks an idle printer every half minute
        while not shop.urls()["till-1"].startswith(f"serial://{tmp_path / 'ttyUSB5'}"):
            await asyncio.sleep(0.01)
    await shop.ready()
    assert (await shop.settled(await shop.sell())).success


async def test_two_printers_that_come_back_under_each_others_names_keep_their_own_sales(shop: Shop, tmp_path: Path) -> None:
    first, second = [await configured(shop, tmp_path, number) for number in (1, 2)]

    def exchange() -> None:
        for printer in (first, second):
            printer.pull_out()
        first.plug_in("ttyUSB2")
        second.plug_in("ttyUSB1")

    first.device.faults.arm(Hand(command="trend", step="answer", act=exchange))
    jobs = [await shop.sell("a", "till-1"), await shop.sell("b", "till-2")]
    settled = [await shop.settled(job) for job in jobs]
    for job, printer in zip(settled, (first, second), strict=True):
        assert_honest(job, printer)
    assert settled[0].success, "its answer alone was lost"
    assert (await shop.settled(await shop.sell("c", "till-2"))).success
    assert len(second.sales()) == (2 if settled[1].success else 1)
    assert {device: Path(url.removeprefix("serial://").partition("?")[0]).name for device, url in shop.urls().items()} == {
        "till-1": "ttyUSB2",
        "till-2": "ttyUSB1",
    }


@pytest.mark.parametrize(("command", "step"), [("trline", "after"), ("trend", "before"), ("trend", "answer")])
async def test_a_tcp_printer_switched_off_and_on_in_the_middle_of_a_sale_is_served_by_the_ordinary_reconnect(
    shop: Shop, command: str, step: Step
) -> None:
    running = await PosnetSimulator().start(listen="tcp://127.0.0.1:0", pace="fast", settings={"rates": "23/8/5/0/-/-/-"})
    try:
        await shop.bridge.devices.configure(TILL, "till-1", {"family": "posnet", "url": running.url})
        await shop.ready()
        loop = asyncio.get_running_loop()
        running.device.faults.arm(Hand(command=command, step=step, act=lambda: loop.call_soon(running.device.power, False)))
        job = await shop.sell()
        runtime = shop.bridge.devices.runtime("till-1")
        async with asyncio.timeout(20):
            while runtime.state is not DeviceState.OFFLINE:
                await asyncio.sleep(0.01)
        running.device.power(True)
        job = await shop.settled(job)
        issued = [document for document in running.device.documents() if document.kind == "receipt"]
        assert len(issued) == (1 if job.success else 0)
        assert job.success or (command, step) != ("trend", "answer")
        assert (runtime.config.url, await shop.moves()) == (running.url, [])
        assert (await shop.settled(await shop.sell("k2"))).success
    finally:
        await running.close()
