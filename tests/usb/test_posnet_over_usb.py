"""A Posnet printer over USB, unplugged in the middle of a sale and plugged in again: the bridge follows without a restart.

The whole bridge in real time, with threads, over pyusb's backend interface; the printer is the simulator. Real time costs
nothing here: a cut is noticed at once, and the printer comes back when somebody has looked for it twice.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from bridge_posnet.family import PosnetFamily
from bridge_sim_posnet.printer import Printer
from bridge_sim_posnet.settings import PosnetSettings

from bridge.jobs import Bridge, Patience
from bridge.model import Actor, Job, JobState, RequestError
from bridge.plugin import PluginRegistry, hookimpl
from bridge.transport import LinkOpener
from bridge.transport import usb as usb_module
from tests.usb.fake_backend import FakeBus, FakeDevice

TILL = Actor(principal="till")
SALE = {
    "op": "receipt",
    "currency": "PLN",
    "lines": [
        {"name": "Chleb żytni", "quantity": "2", "unit": "szt", "price": "4.50", "vat": "5%"},
        {"name": "Kawa", "quantity": "0.250", "unit": "kg", "price": "80.00", "vat": "23%", "discount": {"amount": "2.00"}},
    ],
    "payments": [{"kind": "cash", "amount": "30.00"}],
    "operator": {"name": "Anna"},
}
Way = Literal["out", "in"]


class _Plugin:
    TILLBRIDGE_PLUGIN_API = "1.0"

    @hookimpl
    def tillbridge_device_families(self) -> list[PosnetFamily]:
        return [PosnetFamily()]


class UsbPrinter:
    """The simulated printer at the end of a USB cable. USB's threads hand its bytes to the loop that it lives in."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.printer = Printer(PosnetSettings(), clock=lambda: datetime.now(UTC))
        self.device = FakeDevice(vendor=0x1424, product=0x100B)
        self.device.on_open = lambda: self._in_loop(self._connect)
        self.device.on_bytes = lambda data: self._in_loop(self._received, data)
        self.device.on_gone = lambda: self._in_loop(self._gone)
        self.bus = FakeBus(self.device)
        self.bus.on_enumerate = self._looked_for
        self._session: Any = None
        self._looks = 0

    # The wire of the printer.

    def send(self, data: bytes) -> None:
        self.device.send(data)

    def close(self) -> None:
        self.device.unplug()

    # The switch of the bus: absent when it is looked for the first time, there again the second time.

    def _looked_for(self) -> None:
        if not self.device.plugged:
            self._looks += 1
            if self._looks == 2:
                self._looks = 0
                self.device.cut_in = self.device.cut_out = None
                self.device.plug_in()

    def _in_loop(self, what: Any, *arguments: Any) -> None:
        self.loop.call_soon_threadsafe(what, *arguments)

    def _connect(self) -> None:
        self._session = self.printer.connect(self, "")

    def _received(self, data: bytes) -> None:
        if self._session is not None:
            self._session.received(data)

    def _gone(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.disconnected()

    @property
    def receipts(self) -> list[Any]:
        return [document for document in self.printer.documents() if document.kind == "receipt"]


class Stage:
    def __init__(self, bridge: Bridge, usb: UsbPrinter) -> None:
        self.bridge = bridge
        self.usb = usb
        self._keys = itertools.count(1)

    async def sell(self) -> Job:
        job = await self.bridge.jobs.submit(TILL, "till-1", f"k{next(self._keys)}", SALE)
        return await self.bridge.jobs.wait(job.id, 60)


@asynccontextmanager
async def stage(data_dir: Path) -> AsyncIterator[Stage]:
    usb = UsbPrinter()
    registry = PluginRegistry()
    registry.add(_Plugin(), "posnet")
    bridge = await Bridge.open(
        data_dir, registry=registry, opener=LinkOpener(usb_backend=usb.bus), patience=Patience(reconnect=(0.0,))
    )
    await bridge.start()
    try:
        await bridge.devices.configure(
            TILL, "till-1", {"family": "posnet", "url": "usb://1424:100b", "timeouts": {"reconnect": 0.1}}
        )
        yield Stage(bridge, usb)
    finally:
        await bridge.stop(grace=5)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usb_module, "TRANSFER_MS", 5)


async def measured(data_dir: Path) -> tuple[int, int]:
    """Bytes of one sale, in each direction."""
    async with stage(data_dir) as here:
        assert (await here.sell()).success
        device = here.usb.device
        before = len(device.taken), device.given
        assert (await here.sell()).success
        return len(device.taken) - before[0], device.given - before[1]


async def cut_and_follow(here: Stage, way: Way, position: int) -> Job:
    """Unplug after so many bytes of a sale. One receipt or none, as the bridge says."""
    device = here.usb.device
    before = len(here.usb.receipts)
    where = f"cut {way} after {position}"
    if way == "out":
        device.cut_out = len(device.taken) + position
    else:
        device.cut_in = device.given + position
    job = await here.sell()
    assert device.cut_in is device.cut_out is None, f"{where}: that was not in the sale"
    issued = len(here.usb.receipts) - before
    assert job.state in (JobState.DONE, JobState.FAILED), f"{where}: {job.state}, {job.attention}"
    assert issued == (1 if job.success else 0), f"{where}: {job.state}, but {issued} receipts came out"
    assert here.usb.printer.memory.open is None, f"{where}: a receipt is left open"
    return job


async def follow_all(data_dir: Path, cuts: list[tuple[Way, int]]) -> None:
    async with stage(data_dir) as here:
        assert (await here.sell()).success
        jobs = []
        for way, position in cuts:
            jobs.append(await cut_and_follow(here, way, position))
            assert (await here.sell()).success
        recovered = [job for job in jobs if any(step.state is JobState.UNRESOLVED for step in job.history)]
        assert len(recovered) > len(cuts) / 4, "most of a sale is behind its intent"
        assert here.usb.device.opened == 1, "one connection, and none left behind"


async def test_a_sale_goes_through_over_usb(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        job = await here.sell()
        assert job.state is JobState.DONE
        assert job.result is not None
        assert str(here.usb.receipts[0].total) == "27.00"


async def test_unplugged_anywhere_in_a_sale_and_plugged_in_again_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    to_device, to_host = await measured(tmp_path / "measure")
    draw = random.Random(20261120)
    ways: list[tuple[Way, int]] = [("out", to_device), ("in", to_host)]
    cuts = [(way, position) for way, most in ways for position in draw.sample(range(1, most + 1), 12)]
    await follow_all(tmp_path / "cuts", cuts)


@pytest.mark.exhaustive
@pytest.mark.parametrize("way", ["out", "in"])
async def test_unplugged_after_every_byte_of_a_sale_nothing_is_lost_or_doubled(tmp_path: Path, way: Way) -> None:
    to_device, to_host = await measured(tmp_path / "measure")
    most = to_device if way == "out" else to_host
    await follow_all(tmp_path / "cuts", [(way, position) for position in range(1, most + 1)])


async def test_a_printer_that_is_plugged_in_late_is_found_when_a_job_wants_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        assert (await here.sell()).success
        here.usb.device.unplug()
        assert (await here.sell()).success
        assert len(here.usb.receipts) == 2


async def test_one_usb_printer_cannot_be_configured_twice(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        for url in ("usb://1424:100B:XYZ", "usb://1424:100b?interface=1"):
            with pytest.raises(RequestError, match="already the address of till-1"):
                await here.bridge.devices.configure(TILL, "till-2", {"family": "posnet", "url": url})
