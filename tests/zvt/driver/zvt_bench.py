"""The bench of the driver's tests: a terminal that says what its script says, byte for byte, and a small host around the driver.

A script is a list of steps in the order of the dialogue: what the till must send, what the terminal says then, and where the link
breaks. The host does what `bridge.jobs` does: it executes, and after a lost link opens a new one, identifies and recovers.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bridge_zvt.family import ZvtFamily
from bridge_zvt.frame import Apdu, Control, SerialDecoder, StreamDecoder, framed

from bridge.model import Operation, operation_adapter
from bridge.plugin import Aborted, DeviceError, Driver, Pending
from bridge.transport import Cable, LinkError, NullLink, WireLog, null_modem
from tests import one_job

START = datetime(2026, 12, 24, 9, 15, tzinfo=UTC)  # 10:15 at the terminal
FAMILY = ZvtFamily()

OK = "80 00 00"
TID = "29 29 00 10 06"
REGISTERED = f"06 0F 0A 19 00 {TID} 49 09 78"
READY = "06 0F 01 00"
DONE = "06 0F 00"


def operation(op: str, **form: Any) -> Operation:
    """An operation from the JSON of the API."""
    return operation_adapter.validate_python({"op": op, **form})


def purchase(amount: str = "12.34", **more: Any) -> Operation:
    return operation("payment.purchase", amount=amount, currency="EUR", **more)


def result(
    amount: int | None = 1234,
    *,
    code: int = 0,
    receipt: str = "0042",
    trace: str = "000123",
    time: str = "101502",
    date: str = "1224",
    original: str | None = None,
    more: str = "",
) -> str:
    """A 04 0F by the table of the reference; `more`: further fields in hexadecimal."""
    data = f"27 {code:02X}"
    if amount is not None:
        data += f" 04 {amount:012d}"
    data += f" 0B {trace} 0C {time} 0D {date} {TID}"
    if original is not None:
        data += f" 37 {original}"
    data += f" 87 {receipt} {more}"
    return message("04 0F", data)


def message(code: str, data: str = "") -> str:
    return Apdu(int(code.replace(" ", ""), 16), bytes.fromhex(data)).to_bytes().hex(" ").upper()


BEFORE = result(500, receipt="0041", trace="000122", time="095500")


@dataclass(frozen=True, slots=True)
class Till:
    """The till must send this; None: anything."""

    hex: str | None


@dataclass(frozen=True, slots=True)
class Says:
    """The terminal says this. `after`: seconds of silence before."""

    hex: str
    after: float = 0.0


class Cut:
    """The link breaks here."""


class Silence:
    """The terminal says nothing more, and does not hang up."""


@dataclass(frozen=True, slots=True)
class Aborts:
    """The till asks for an abort here."""


Step = Till | Says | Cut | Silence | Aborts


def script(text: str) -> list[Step]:
    """Lines as the reference prints them: "ECR→PT hex" and "PT→ECR hex"; also "cut", "silence", "abort", "wait 12"."""
    steps: list[Step] = []
    after = 0.0
    for line in text.strip().splitlines():
        written = line.split(";")[0].strip()
        match written.split():
            case ["cut"]:
                steps.append(Cut())
            case ["silence"]:
                steps.append(Silence())
            case ["abort"]:
                steps.append(Aborts())
            case ["wait", seconds]:
                after = float(seconds)
            case ["ECR→PT", *hexes]:
                steps.append(Till(" ".join(hexes).upper() or None))
            case ["PT→ECR", *hexes]:
                steps.append(Says(" ".join(hexes).upper(), after))
                after = 0.0
            case []:
                continue
            case hexes:  # a long message goes on
                last = steps[-1]
                more = f"{last.hex} {' '.join(hexes).upper()}"  # type: ignore[union-attr]
                steps[-1] = Till(more) if isinstance(last, Till) else Says(more, last.after)  # type: ignore[union-attr]
    return steps


def says(*messages: str) -> list[Step]:
    """Messages of the terminal, each acknowledged by the till."""
    return [step for each in messages for step in (Says(each), Till(OK))]


def run_of(command: str | None, *messages: str) -> list[Step]:
    """A command that the terminal accepts, and what it says until its end."""
    return [Till(command), Says(OK), *says(*messages)]


ENQUIRY = "05 01 03 00 00 00"
READINESS = "05 01 05 00 00 00 03 02"
REGISTRATION = "06 00 0A 00 00 00 38 09 78 03 01 06 00"
REPEAT = "06 20 05 00 00 00 03 03"
CONNECT: list[Step] = [*run_of(ENQUIRY, READY), *run_of(REGISTRATION, REGISTERED)]


def snapshot(record: str = BEFORE) -> list[Step]:
    return run_of(REPEAT, record, DONE)


class Mismatch(AssertionError):
    """The till said something else than the script has."""


class Terminal:
    """The far end: plays the steps, over any number of links."""

    def __init__(self, steps: Sequence[Step], *, serial: bool) -> None:
        self.steps = list(steps)
        self.serial = serial
        self.wrong: str | None = None
        self.heard: list[str] = []
        self.on_abort: Callable[[], None] | None = None
        self._unacknowledged = False

    @property
    def left(self) -> list[Step]:
        return self.steps

    async def serve(self, link: NullLink) -> None:
        decoder: StreamDecoder | SerialDecoder = SerialDecoder() if self.serial else StreamDecoder()
        inbox: list[str] = []
        with contextlib.suppress(LinkError):
            while True:
                if not await self._play(link, inbox):
                    return
                for event in decoder.feed(await link.read()):
                    if isinstance(event, Apdu):
                        self.heard.append(event.to_bytes().hex(" ").upper())
                        inbox.append(self.heard[-1])
                        if self.serial:
                            await link.write(b"\x06")
                    elif event is Control.ACK:
                        self._unacknowledged = False
                    else:
                        self.wrong = self.wrong or f"the till sent {event}"

    async def _play(self, link: NullLink, inbox: list[str]) -> bool:
        """As far as the script goes without the till; False where the link is broken."""
        while self.steps and not self._unacknowledged:
            match self.steps[0]:
                case Till(wanted):
                    if not inbox:
                        return True
                    got = inbox.pop(0)
                    if wanted is not None and bytes.fromhex(wanted) != bytes.fromhex(got):
                        self.wrong = self.wrong or f"the till sent {got} instead of {wanted}"
                        await link.close()
                        return False
                case Says(text, after):
                    if after:
                        await asyncio.sleep(after)
                    raw = bytes.fromhex(text)
                    await link.write(framed(raw) if self.serial else raw)
                    self._unacknowledged = self.serial
                case Cut():
                    self.steps.pop(0)
                    await link.close()
                    return False
                case Aborts():
                    assert self.on_abort is not None
                    self.on_abort()
                case Silence():
                    self.steps.pop(0)
                    await asyncio.sleep(3600)
            self.steps.pop(0)
        return True


class Device(one_job.Device):
    def __init__(self, *, shared: bool = False) -> None:
        super().__init__(START, shared=shared)


class Job(one_job.Job):
    def __init__(self, device: Device, job_id: str = "JOB1", choice: str | None = None) -> None:
        super().__init__(device, 30, job_id, choice)


@dataclass
class Outcome(one_job.Outcome):
    abort: Any = None

    @property
    def payment(self) -> Any:
        assert self.result is not None
        return self.result.payment

    @property
    def warnings(self) -> list[str]:
        return self.codes


class Bench:
    """A scripted terminal, a cable, and the host's part of one device."""

    def __init__(self, steps: Sequence[Step], *, shared: bool = False, serial: bool = False, **settings: Any) -> None:
        self.device = Device(shared=shared)
        self.terminal = Terminal(steps, serial=serial)
        self.settings = FAMILY.settings_from({"framing": "serial" if serial else "stream", **settings})
        self.driver: Driver | None = None
        self.log: list[bytes] = []
        self._links: list[NullLink] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def connect(self) -> Driver:
        host, far = null_modem(Cable(), lambda: WireLog(lambda: datetime.now(UTC)))
        host.wire_log = WireLog(lambda: datetime.now(UTC), FAMILY.masker(), tap=lambda entry: self.log.append(entry.data))
        self._links += [host, far]
        self._tasks.append(asyncio.create_task(self.terminal.serve(far)))
        self.driver = await FAMILY.open(self.settings, host, self.device)
        return self.driver

    async def disconnect(self) -> None:
        if self.driver is not None:
            await self.driver.close()
            self.driver = None
        for link in self._links:
            await link.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._links.clear()
        self._tasks.clear()

    async def run(self, wanted: Operation, job: Job | None = None) -> Outcome:
        """One job, to its verdict; the script must be played to its end and nothing else be said."""
        outcome = await self._run(wanted, job or Job(self.device))
        await self.check()
        return outcome

    async def check(self) -> None:
        await asyncio.sleep(0.01)  # the terminal takes in what was sent last
        assert self.terminal.wrong is None, self.terminal.wrong
        assert self.terminal.left == [], f"the script has still {self.terminal.left[:3]}"

    async def _run(self, wanted: Operation, job: Job) -> Outcome:
        outcome = Outcome("done", job)
        try:
            driver = self.driver or await self.connect()

            def abort() -> None:
                job.abort_requested = True

                async def ask() -> None:
                    outcome.abort = await driver.abort(job)

                self._tasks.append(asyncio.create_task(ask()))

            self.terminal.on_abort = abort
            outcome.result = await driver.execute(job, wanted)
            return outcome
        except Aborted:
            outcome.state = "aborted"
            return outcome
        except DeviceError as error:
            outcome.state, outcome.error = "failed", error.error
            return outcome
        except LinkError as error:
            if not job.checkpoints:
                outcome.state, outcome.answer = "failed", error
                return outcome
            outcome.answer = error
        await self.recover(wanted, job, outcome)
        return outcome

    async def recover(self, wanted: Operation, job: Job, outcome: Outcome | None = None) -> Outcome:
        outcome = outcome or Outcome("unresolved", job)
        outcome.state = "unresolved"
        await asyncio.sleep(0.01)
        await self.disconnect()
        for _ in range(20):
            try:
                if self.driver is None:
                    await (await self.connect()).identify()
                assert self.driver is not None
                answer = await self.driver.recover(job, wanted, tuple(job.checkpoints))
            except LinkError as error:
                if self.terminal.wrong is not None or not self.terminal.left:
                    outcome.answer = error
                    return outcome
                await self.disconnect()
                continue
            if outcome.settled(answer):
                return outcome
            assert isinstance(answer, Pending)
            await asyncio.sleep(answer.retry_after)
        return outcome
