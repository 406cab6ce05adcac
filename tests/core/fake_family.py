"""A family small enough to see through: a counter that issues documents over a null modem, and fails as it is told.

Commands are lines: `who`, `count`, `issue <total> <reference>`, `find <reference>`, `ping`. It exists to test the host.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal

from pydantic import SecretStr

from bridge.model import (
    Capabilities,
    Choice,
    DeviceStatus,
    Document,
    Identity,
    JobError,
    Operation,
    Paper,
    Receipt,
    Result,
    TaxRate,
    compute,
)
from bridge.plugin import (
    Checked,
    Checkpoint,
    DeviceContext,
    DeviceError,
    DeviceFamily,
    Driver,
    EndpointKind,
    FamilySettings,
    Issued,
    JobContext,
    NeedsOperator,
    NotIssued,
    Pending,
    Recovery,
    VectorCheck,
    hookimpl,
)
from bridge.transport import ByteLink, Cable, Link, LinkLost, NotConnected, WireLog, null_modem


class FakeSettings(FamilySettings):
    colour: str = "grey"
    password: SecretStr | None = None


@dataclass
class FakeDevice:
    """The device's side: what it issued, and how it misbehaves."""

    serial: str = "F-1"
    issued: list[tuple[str, str]] = field(default_factory=list)
    cable: Cable = field(default_factory=Cable)
    off: bool = False
    lose_answer_of: str | None = None
    deaf_to: str | None = None
    refuse: str | None = None
    drawer: int = 0
    seen: list[str] = field(default_factory=list)
    gate: asyncio.Event | None = None
    gate_of: str = "issue"
    connections: int = 0

    async def connect(self, wire_log: WireLog) -> Link:
        if self.off:
            raise NotConnected("it is switched off")
        self.connections += 1
        logs = iter((wire_log, WireLog(lambda: datetime.now(UTC))))  # what the device reads is no answer of its own
        host, device = null_modem(self.cable, lambda: next(logs))
        self._task = asyncio.ensure_future(self._serve(device))
        return host

    async def _serve(self, link: ByteLink) -> None:
        buffer = b""
        try:
            while True:
                buffer += await link.read()
                while b"\n" in buffer:
                    line, _, buffer = buffer.partition(b"\n")
                    command = line.decode()
                    self.seen.append(command)
                    word = command.split()[0]
                    if self.deaf_to == word:
                        continue
                    answer = self._execute(command)
                    if self.gate is not None and word == self.gate_of:
                        await self.gate.wait()
                    if self.lose_answer_of == word:
                        self.lose_answer_of = None
                        self.cable.break_now()
                        return
                    await link.write(answer.encode() + b"\n")
        except LinkLost:
            return

    def _execute(self, command: str) -> str:
        word, *rest = command.split()
        if word == "who":
            return self.serial
        if word == "count":
            return str(len(self.issued))
        if word == "issue":
            if self.refuse is not None:
                return f"refused {self.refuse}"
            self.issued.append((rest[0], rest[1]))
            return str(len(self.issued))
        if word == "find":
            return next((str(n) for n, (_, ref) in enumerate(self.issued, 1) if ref == rest[0]), "none")
        if word == "kick":
            self.drawer += 1
        return "ok"

    def cut(self) -> None:
        self.cable.break_now()
        self.cable = Cable()


Behaviour = Callable[[JobContext, "FakeDriver"], Awaitable[Result | None]]


class FakeDriver(Driver):
    def __init__(self, family: FakeFamily, link: ByteLink, device: DeviceContext) -> None:
        self.family, self.link, self.device = family, link, device
        self._buffer = b""

    async def say(self, line: str) -> str:
        async with self.link.lock:
            await self.link.write(line.encode() + b"\n")
            while b"\n" not in self._buffer:
                self._buffer += await self.link.read()
            answer, _, self._buffer = self._buffer.partition(b"\n")
            return answer.decode()

    def stumble(self, where: str) -> None:
        if where in self.family.raise_in:
            raise ZeroDivisionError(f"a bug in {where}")

    async def maintain(self, context: DeviceContext) -> float | None:
        self.stumble("maintain")
        self.family.maintained.append(self.device.device_id)
        while self.family.alerts:
            context.alert("fake.alert", self.family.alerts.pop())
        return self.family.maintain_every

    async def identify(self) -> Identity:
        self.stumble("identify")
        return Identity(model="fake", serial=await self.say("who"), firmware=self.family.firmware)

    async def capabilities(self) -> Capabilities:
        self.stumble("capabilities")
        return Capabilities(
            operations=frozenset({"receipt", "payment.purchase", "drawer.open", "shift.close"}),
            receipt_kinds=frozenset({"sale"}),
            line_kinds=frozenset({"item"}),
            payment_kinds=frozenset({"cash", "card"}),
            currencies=("PLN",),
            taxes=self.family.taxes,
            abort_via="same_link",
            status_during_job=self.family.status_during_job,
        )

    async def status(self) -> DeviceStatus:
        self.stumble("status")
        await self.say("ping")
        return DeviceStatus(as_of=self.device.clock.now(), paper="ok")

    async def execute(self, context: JobContext, operation: Operation) -> Result:
        if self.family.behaviour is not None:
            special = await self.family.behaviour(context, self)
            if special is not None:
                return special
        if operation.op == "drawer.open":
            await context.checkpoint("intent")
            await self.say("kick")
            return Result(paper=Paper.SUPPRESSED)
        total = (
            str(compute(operation, self.family.arithmetic).total)
            if isinstance(operation, Receipt)
            else str(getattr(operation, "amount", 0))
        )
        before = await self.say("count")
        await context.checkpoint("intent", {"before": int(before)}, store={"last": context.job_id})
        context.commit_point()
        answer = await self.say(f"issue {total} {context.reference(40)}")
        if answer.startswith("refused"):
            raise DeviceError(JobError.of("device.rejected", answer, device_code=answer.split()[1]))
        return self._result(answer, total)

    async def recover(self, context: JobContext, operation: Operation, checkpoints: Sequence[Checkpoint]) -> Recovery:
        if self.family.recoveries:
            answer = self.family.recoveries.pop(0)
            if answer == "pending":
                return Pending(5, "device.busy", "it is still thinking")
            if answer == "operator":
                return NeedsOperator(
                    {"seen": "nothing"},
                    "Look at the paper",
                    (Choice(code="issued", text="yes"), Choice(code="not_issued", text="no")),
                )
            if answer == "bug":
                raise ZeroDivisionError("a bug in recovery")
        found = await self.say(f"find {context.reference(40)}")
        return NotIssued({"found": found}) if found == "none" else Issued(self._result(found, "0"))

    @staticmethod
    def _result(number: str, total: str) -> Result:
        return Result(
            document=Document(number=number, fiscal=True, total=Decimal(total)), paper=Paper.PRINTED, evidence={"answer": number}
        )

    async def close(self) -> None:
        return None


class FakeFamily(DeviceFamily[FakeSettings]):
    id: ClassVar[str] = "fake"
    title: ClassVar[str] = "Fake devices"
    settings_model = FakeSettings
    endpoint_kinds: ClassVar[Mapping[str, EndpointKind]] = {
        "null": EndpointKind(example="null://a"),
        "http": EndpointKind(shareable=True, example="http://127.0.0.1:3010"),
    }

    def __init__(self) -> None:
        self.behaviour: Behaviour | None = None
        self.recoveries: list[str] = []
        self.firmware: str | None = None
        self.raise_in: set[str] = set()
        self.alerts: list[str] = []
        self.maintained: list[str] = []
        self.maintain_every: float | None = None
        self.status_during_job: Literal["cached", "between_commands", "parallel"] = "cached"
        self.taxes: tuple[TaxRate, ...] | None = (
            TaxRate(letter="A", percent=Decimal(23)),
            TaxRate(letter="B", percent=Decimal(8)),
        )

    async def probe(self, link: Link) -> Identity | None:
        return None

    async def open(self, settings: FakeSettings, link: Link, device: DeviceContext) -> Driver:
        assert isinstance(link, ByteLink)
        if "open" in self.raise_in:
            raise ZeroDivisionError("a bug in open")
        return FakeDriver(self, link, device)

    def check(self, operation: Operation, settings: FakeSettings, capabilities: Capabilities | None) -> Checked:
        if "check" in self.raise_in:
            raise ZeroDivisionError("a bug in check")
        return Checked()

    def check_vector(self, vector: Mapping[str, Any]) -> VectorCheck:
        return VectorCheck(str(vector.get("name")), ("hex",))


class FakePlugin:
    """What an entry point's module would be."""

    TILLBRIDGE_PLUGIN_API = "1.0"

    def __init__(self, family: FakeFamily) -> None:
        self._family = family

    @hookimpl
    def tillbridge_device_families(self) -> list[FakeFamily]:
        return [self._family]
