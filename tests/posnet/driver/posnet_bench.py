"""The bench of the driver's tests: a simulated printer at the other end of a null modem, and a small host around it.

The host does what `bridge.jobs` does, in a page: it executes, and after a lost link it opens a new one and recovers until
there is a verdict. What the printer really issued is what verdicts are compared with.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from bridge_posnet.family import PosnetFamily
from bridge_sim_posnet.printer import Printer
from bridge_sim_posnet.settings import PosnetSettings as PrinterSettings

from bridge.model import Choice, DeviceStatus, JobError, Operation, Result, Warning_, operation_adapter
from bridge.plugin import (
    Aborted,
    Checkpoint,
    DeviceError,
    Driver,
    Issued,
    NeedsOperator,
    NotIssued,
    Pending,
)
from bridge.transport import Cable, LinkError, LoopClock, NotConnected, NullLink, WireLog, null_modem

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


class Store:
    """The device's store, in memory. It outlives links, as the journal does."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self.values: dict[str, Any] = dict(values or {})

    async def get(self, key: str) -> Any:
        return self.values.get(key)

    async def set(self, key: str, value: Any) -> None:
        self.values[key] = value

    async def delete(self, key: str) -> None:
        self.values.pop(key, None)

    async def items(self, prefix: str = "") -> Mapping[str, Any]:
        return {key: value for key, value in self.values.items() if key.startswith(prefix)}

    async def allocate(self, name: str, count: int = 1, *, modulo: int | None = None) -> int:
        first = int(self.values.get(f"#{name}", 0))
        self.values[f"#{name}"] = (first + count) % modulo if modulo else first + count
        return first


class Device:
    """DeviceContext."""

    def __init__(self, *, shared: bool = False) -> None:
        self.device_id = "till-1"
        self.shared = shared
        self.store = Store({"token": 42})
        self.clock = LoopClock(START)
        self.logger = logging.getLogger("tests.posnet")
        self.emitted: list[DeviceStatus] = []
        self.alerts: list[str] = []
        self.amendments: list[tuple[str, dict[str, Any]]] = []

    def emit(self, status: DeviceStatus) -> None:
        self.emitted.append(status)

    def alert(self, code: str, text: str) -> None:
        self.alerts.append(code)

    async def amend(self, job_id: str, **changes: Any) -> None:
        self.amendments.append((job_id, changes))

    async def open_link(self, url: str) -> Any:
        raise AssertionError("no auxiliary link is opened here")


class Job:
    """JobContext. `on_attention` is the person at the till."""

    def __init__(self, device: Device, seconds: float = 120.0, number: int = 1) -> None:
        self.job_id = f"JOB{number:05d}"
        self.device = device
        self.created_at = device.clock.now()
        self.deadline = self.created_at + timedelta(seconds=seconds)
        self.abort_requested = False
        self.checkpoints: list[Checkpoint] = []
        self.attentions: list[str] = []
        self.attentive = False
        self.warnings: list[Warning_] = []
        self.committed = False
        self.on_attention: Callable[[str], None] | None = None
        self.on_checkpoint: Callable[[str], None] | None = None

    def reference(self, max_length: int, alphabet: str = "") -> str:
        return self.job_id[:max_length]

    async def checkpoint(
        self, name: str, data: Mapping[str, Any] | None = None, *, store: Mapping[str, Any] | None = None
    ) -> None:
        kept = json.loads(json.dumps(data or {}))  # as the journal gives it back
        self.checkpoints.append(Checkpoint(name, kept, self.device.clock.now()))
        self.device.store.values.update(store or {})
        if self.on_checkpoint is not None:
            self.on_checkpoint(name)

    def commit_point(self) -> None:
        if self.abort_requested:
            raise Aborted
        self.committed = True

    def attention(self, code: str, text: str) -> None:
        self.attentive = True
        if not self.attentions or self.attentions[-1] != code:
            self.attentions.append(code)
            if self.on_attention is not None:
                self.on_attention(code)

    def clear_attention(self) -> None:
        self.attentive = False

    def progress(self, text: str) -> None:
        pass

    def warn(self, code: str, message: str, field: str | None = None) -> None:
        self.warnings.append(Warning_(code=code, message=message, field=field))

    async def ask(self, prompt: str, choices: Sequence[Choice], *, timeout: float, default: str) -> str:
        return default


@dataclass
class Outcome:
    """How a job ended: done, failed, aborted or operator; and whether it had to be recovered."""

    state: str
    job: Job
    result: Result | None = None
    error: JobError | None = None
    answer: Any = None
    recovered: int = 0
    pending: list[str] = field(default_factory=list)

    @property
    def document(self) -> Any:
        assert self.result is not None
        return self.result.document


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
        return Job(self.device, seconds, self._jobs)

    async def run(self, wanted: Operation, job: Job | None = None, *, give_up: float = 3600.0) -> Outcome:
        """One job, to its verdict."""
        job = job or self.job()
        try:
            driver = self.driver or await self.connect()
            result = await driver.execute(job, wanted)
            merged = result.model_copy(update={"warnings": (*result.warnings, *job.warnings)})
            return Outcome("done", job, result=merged)
        except Aborted:
            return Outcome("aborted", job)
        except DeviceError as error:
            return Outcome("failed", job, error=error.error)
        except LinkError as error:
            if not job.checkpoints:
                return Outcome("failed", job, answer=error)
        return await self.recover(wanted, job, give_up=give_up)

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
                    match answer:
                        case Issued(result):
                            outcome.state, outcome.result = "done", result
                            return outcome
                        case NotIssued(_, error):
                            outcome.state, outcome.error, outcome.answer = "failed", error, answer
                            return outcome
                        case NeedsOperator():
                            outcome.state, outcome.answer = "operator", answer
                            return outcome
                        case Pending(retry_after, code, _):
                            outcome.pending.append(code)
                            if job.on_attention is not None:
                                job.on_attention(code)
                            await asyncio.sleep(retry_after)
            except LinkError:
                await asyncio.sleep(1)
        return outcome

    def issued(self, kind: str | None = None, origin: str = "pc1") -> list[Any]:
        return [d for d in self.printer.documents() if d.origin == origin and (kind is None or d.kind == kind)]
