"""The bench of the driver's tests: a simulated printer at the other end of a null modem, and a small host around it.

The host does what `bridge.jobs` does, in a page: it executes, and after a lost link it opens a new one and recovers until
there is a verdict. What the printer really issued is what verdicts are compared with.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from bridge_posnet.family import PosnetFamily
from bridge_sim_posnet.printer import Printer
from bridge_sim_posnet.settings import PosnetSettings as PrinterSettings

from bridge.model import Operation, Result, operation_adapter
from bridge.plugin import Driver, Pending
from bridge.transport import Cable, LinkError, NotConnected, NullLink, WireLog, null_modem
from tests import one_job
from tests.one_job import Job, Outcome, attempt

START = datetime(2026, 11, 20, 10, 0, tzinfo=timezone(timedelta(hours=1)))
FAMILY = PosnetFamily()


def operation(**form: Any) -> Operation:
    """An operation from the JSON of the API."""
    return operation_adapter.validate_python({"op": "receipt", "currency": "PLN", **form})


def other(op: str, **form: Any) -> Operation:
    """An operation that is no receipt."""
    return operation_adapter.validate_python({"op": op, **form})


def sale(total: str = "27.00", **more: Any) -> Operation:
    """The receipt of the design document: two rates, a line discount, change."""
    form: dict[str, Any] = {
        "lines": [
            {"name": "Chleb żytni", "quantity": "2", "unit": "szt", "price": "4.50", "vat": "5%"},
            {"name": "Kawa ziarnista", "quantity": "0.250", "unit": "kg", "price": "80.00", "vat": "23%",
             "discount": {"amount": "2.00", "text": "Rabat"}},
        ],
        "total": total,
        "payments": [{"kind": "cash", "amount": "30.00"}],
        "operator": {"name": "Anna"},
        "reference": "ZAM/7",
    }  # fmt: skip
    return operation(**{**form, **more})


def simple_sale(price: str = "9.99", **more: Any) -> Operation:
    return operation(**{"lines": [{"name": "Candies", "price": price, "vat": "8%"}], **more})


class Device(one_job.Device):
    def __init__(self, *, shared: bool = False) -> None:
        super().__init__(START, shared=shared, store={"token": 42})


class _Plug:
    """Joins one end of a null modem to the printer."""

    def __init__(self, printer: Printer, link: NullLink, port: str) -> None:
        self._link = link
        self._out: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._session = printer.connect(self, port)
        self.tasks = [asyncio.create_task(self._receive()), asyncio.create_task(self._transmit())]

    def send(self, data: bytes) -> None:
        self._out.put_nowait(data)

    def close(self) -> None:
        self._out.put_nowait(None)

    async def _receive(self) -> None:
        with contextlib.suppress(LinkError):
            while True:
                self._session.received(await self._link.read())
        self._session.disconnected()

    async def _transmit(self) -> None:
        with contextlib.suppress(LinkError):
            while (data := await self._out.get()) is not None:
                await self._link.write(data)
        await self._link.close()


class Bench:
    """A printer, a cable, and the host's part of one device."""

    def __init__(self, *, shared: bool = False, settings: Mapping[str, Any] | None = None, **printer: Any) -> None:
        self.device = Device(shared=shared)
        self.printer = Printer(PrinterSettings(**printer), clock=self.device.clock.now)
        self.cable = Cable()
        self.settings = FAMILY.settings_from({"protocol": printer.get("protocol", "posnet"), **(settings or {})})
        self.driver: Driver | None = None
        self.link: NullLink | None = None
        self._jobs = 0
        self._tasks: list[asyncio.Task[None]] = []

    async def connect(self) -> Driver:
        host, far = null_modem(self.cable, lambda: WireLog(lambda: datetime.now(UTC)))
        try:
            self._tasks += _Plug(self.printer, far, "").tasks
        except ConnectionError as error:
            await host.close()
            raise NotConnected(str(error)) from error
        self.link = host
        self.driver = await FAMILY.open(self.settings, host, self.device)
        return self.driver

    async def disconnect(self) -> None:
        if self.driver is not None:
            await self.driver.close()
            self.driver = None
        if self.link is not None:
            await self.link.close()
            self.link = None
        await asyncio.sleep(0.01)  # the far end hears of it

    async def close(self) -> None:
        await self.disconnect()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def job(self, seconds: float = 120.0) -> Job:
        self._jobs += 1
        return Job(self.device, seconds, f"JOB{self._jobs:05d}")

    async def run(self, wanted: Operation, job: Job | None = None, *, give_up: float = 3600.0) -> Outcome:
        """One job, to its verdict."""
        job = job or self.job()

        async def execute() -> Result:
            result = await (self.driver or await self.connect()).execute(job, wanted)
            return result.model_copy(update={"warnings": (*result.warnings, *job.warnings)})

        return await attempt(job, execute) or await self.recover(wanted, job, give_up=give_up)

    async def recover(self, wanted: Operation, job: Job, *, give_up: float = 3600.0) -> Outcome:
        outcome = Outcome("unresolved", job)
        until = self.device.clock.monotonic() + give_up
        while self.device.clock.monotonic() < until:
            await self.disconnect()
            try:
                driver = await self.connect()
                await driver.identify()
                while self.device.clock.monotonic() < until:
                    outcome.recovered += 1
                    answer = await driver.recover(job, wanted, tuple(job.checkpoints))
                    if outcome.settled(answer):
                        return outcome
                    assert isinstance(answer, Pending)
                    if job.on_attention is not None:
                        job.on_attention(answer.code)
                    await asyncio.sleep(answer.retry_after)
            except LinkError:
                await asyncio.sleep(1)
        return outcome

    def issued(self, kind: str | None = None, origin: str = "pc1") -> list[Any]:
        return [d for d in self.printer.documents() if d.origin == origin and (kind is None or d.kind == kind)]
