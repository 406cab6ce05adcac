"""The driver on a simulated register: for what depends on how a whole device behaves, and for what the FN keeps in the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from atol_bench import FAMILY, Device, other, sale
from bridge_sim_atol.register import Register
from bridge_sim_atol.settings import RegisterSettings

from bridge.model import Operation
from bridge.plugin import Driver
from bridge.transport import Cable, NullLink, WireLog
from tests.one_job import Job, Outcome, attempt
from tests.toys.cables import plug_in


class AtolRegisterBench:
    """A register and the host's part of one device."""

    def __init__(self, *, settings: Mapping[str, Any] | None = None, **register: Any) -> None:
        self.device = Device()
        self.register = Register(RegisterSettings(**{"measure_missing": "refuse", **register}), clock=self.device.clock.now)
        self.register.mechanism.start()
        self.settings = FAMILY.settings_from(settings or {})
        self.driver: Driver | None = None
        self.link: NullLink | None = None

    async def connect(self) -> Driver:
        self.link = await plug_in(partial(self.register.connect, port=""), Cable(), WireLog(lambda: datetime.now(UTC)))
        self.driver = await FAMILY.open(self.settings, self.link, self.device)
        return self.driver

    async def run(self, wanted: Operation, job: Job | None = None) -> Outcome:
        """One job; a lost link is not settled here."""
        job = job or Job(self.device)
        driver = self.driver or await self.connect()
        FAMILY.check(wanted, self.settings, await driver.capabilities())
        outcome = await attempt(job, lambda: driver.execute(job, wanted))
        assert outcome is not None, "the link was lost"
        return outcome

    async def sold(self, **form: Any) -> Outcome:
        outcome = await self.run(sale(**{"payments": [], **form}))
        assert outcome.state == "done", outcome
        return outcome

    async def problems(self) -> str:
        driver = self.driver or await self.connect()
        return " ".join((await driver.status()).problems)

    def archive(self, document: str | int) -> bytes:
        """The tags of this document as the FN tells them by A4 45 and A4 46, past the driver."""
        head = self._ask(f"A4 45 {int(document).to_bytes(4, 'little').hex()}")
        data = b""
        while (block := self.register.perform(bytes.fromhex("A4 46")))[1] == 0:
            data += block[2:]
        assert len(data) == int.from_bytes(head[2:4], "little")
        return data

    def _ask(self, command: str) -> bytes:
        answer = self.register.perform(bytes.fromhex(command))
        assert answer[:2] == b"\x55\0", answer.hex(" ")
        return answer[2:]

    def issued(self, kind: str | None = None) -> list[Any]:
        return [d for d in self.register.documents() if d.origin == "pc" and (kind is None or d.kind == kind)]

    async def close(self) -> None:
        if self.driver is not None:
            await self.driver.close()
        if self.link is not None:
            await self.link.close()


async def opened(**register: Any) -> AtolRegisterBench:
    """With its shift open."""
    bench = AtolRegisterBench(**register)
    assert (await bench.run(other("shift.open"))).state == "done"
    return bench
