"""The driver on a simulated register: for what depends on how a whole device behaves."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bridge_sim_shtrih_m.register import Register
from bridge_sim_shtrih_m.settings import ShtrihSettings
from shtrih_bench import FAMILY, Device, Job, Outcome

from bridge.model import Operation
from bridge.plugin import Aborted, DeviceError, Driver
from bridge.transport import Cable, LinkError, NullLink, WireLog, null_modem


class _Plug:
    """Joins one end of a null modem to the register."""

    def __init__(self, register: Register, link: NullLink) -> None:
        self._link = link
        self._out: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._session = register.connect(self)
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


class RegisterBench:
    """A register and the host's part of one device."""

    def __init__(self, *, settings: Mapping[str, Any] | None = None, **register: Any) -> None:
        self.device = Device()
        self.register = Register(ShtrihSettings(**{"measure_missing": "refuse", **register}), clock=self.device.clock.now)
        self.settings = FAMILY.settings_from(settings or {})
        self.driver: Driver | None = None
        self.link: NullLink | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def connect(self) -> Driver:
        self.link, far = null_modem(Cable(), lambda: WireLog(lambda: datetime.now(UTC)))
        self._tasks += _Plug(self.register, far).tasks
        self.driver = await FAMILY.open(self.settings, self.link, self.device)
        return self.driver

    async def run(self, wanted: Operation, job: Job | None = None) -> Outcome:
        """One job; a lost link is not settled here."""
        job = job or Job(self.device)
        driver = self.driver or await self.connect()
        capabilities = await driver.capabilities()
        FAMILY.check(wanted, self.settings, capabilities)
        try:
            return Outcome("done", job, result=await driver.execute(job, wanted))
        except Aborted:
            return Outcome("aborted", job)
        except DeviceError as error:
            return Outcome("failed", job, error=error.error)

    def issued(self, kind: str | None = None) -> list[Any]:
        return [d for d in self.register.documents() if d.origin == "pc" and (kind is None or d.kind == kind)]

    async def close(self) -> None:
        if self.driver is not None:
            await self.driver.close()
        if self.link is not None:
            await self.link.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
