"""The driver on a simulated register: for what depends on how a whole device behaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bridge_sim_shtrih_m.register import Register
from bridge_sim_shtrih_m.settings import ShtrihSettings
from shtrih_bench import FAMILY, Device

from bridge.model import Operation
from bridge.plugin import Driver
from bridge.transport import Cable, NullLink, WireLog
from tests.one_job import Job, Outcome, attempt
from tests.toys.cables import plug_in


class RegisterBench:
    """A register and the host's part of one device."""

    def __init__(self, *, settings: Mapping[str, Any] | None = None, **register: Any) -> None:
        self.device = Device()
        self.register = Register(ShtrihSettings(**{"measure_missing": "refuse", **register}), clock=self.device.clock.now)
        self.settings = FAMILY.settings_from(settings or {})
        self.driver: Driver | None = None
        self.link: NullLink | None = None

    async def connect(self) -> Driver:
        self.link = await plug_in(self.register.connect, Cable(), WireLog(lambda: datetime.now(UTC)))
        self.driver = await FAMILY.open(self.settings, self.link, self.device)
        return self.driver

    async def run(self, wanted: Operation, job: Job | None = None) -> Outcome:
        """One job; a lost link is not settled here."""
        job = job or Job(self.device)
        driver = self.driver or await self.connect()
        capabilities = await driver.capabilities()
        FAMILY.check(wanted, self.settings, capabilities)
        outcome = await attempt(job, lambda: driver.execute(job, wanted))
        assert outcome is not None, "the link was lost"
        return outcome

    def issued(self, kind: str | None = None) -> list[Any]:
        return [d for d in self.register.documents() if d.origin == "pc" and (kind is None or d.kind == kind)]

    async def close(self) -> None:
        if self.driver is not None:
            await self.driver.close()
        if self.link is not None:
            await self.link.close()
