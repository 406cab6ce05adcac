"""The stage of a campaign: a cable that breaks again and again, a bridge that crashes while it starts, a till that repeats itself."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from bridge.jobs.bridge import Bridge
from bridge.model import Job, RequestError
from tests.harness.bench import FamilyBench, Scenario, Variant
from tests.harness.cable import ACTOR, DEVICE, Stage
from tests.harness.campaign.plan import Fault
from tests.toys.cables import TestCable

# How long a bridge that is stopped lets the job that runs come to its end.
_GRACE_SECONDS = 0.5


@dataclass(slots=True)
class CampaignCable(TestCable):
    """Plays faults in a row: each is armed when the one before has struck. `strike`: what happens beside a cut."""

    strike: Callable[[Fault], None] = lambda fault: None
    waiting: list[Fault] = field(default_factory=list)
    armed: Fault | None = None
    timer: asyncio.TimerHandle | None = None

    def put(self, faults: tuple[Fault, ...]) -> None:
        self.waiting += faults
        if self.armed is None:
            self._arm()

    def disarm(self) -> None:
        self.waiting.clear()
        self.armed = None
        self._loose()

    def _loose(self) -> None:
        self.cut_to_device = self.cut_to_host = self.on_cut = self.spoiling = None
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def _arm(self) -> None:
        self._loose()
        self.cut = False
        self.armed = fault = self.waiting.pop(0) if self.waiting else None
        if fault is None:
            return
        match fault.when:
            case "to_device":
                self.cut_to_device = self.to_device + int(fault.count)
            case "to_host":
                self.cut_to_host = self.to_host + int(fault.count)
            case "answer":
                self.spoiling, self.spoil_answer = fault.what, self.answers + int(fault.count)  # type: ignore[assignment]
                self.late = fault.lasts
            case "seconds":
                self.timer = asyncio.get_running_loop().call_later(fault.count, self._time_has_come)
        self.on_cut = lambda: self.strike(fault)

    def _next(self) -> None:
        # Not in this very moment: another transfer may reach the same break in it.
        asyncio.get_running_loop().call_soon(self._arm)

    def _time_has_come(self) -> None:
        assert self.armed is not None
        if self.armed.what == "reconnect":
            self.break_now()
            return
        self.strike(self.armed)
        self._next()

    def break_now(self) -> None:
        if self.armed is None or self.cut or self.armed.when == "answer":
            return  # it was disarmed in this very moment
        TestCable.break_now(self)
        self._next()

    def spoil(self) -> bool:
        spoilt = TestCable.spoil(self)
        if spoilt and self.armed is not None:
            self.strike(self.armed)
            self._next()
        return spoilt


class CampaignStage(Stage):
    """`struck`: faults that happened, by name; `recent`: their names since the last quiet moment, and the one before it."""

    def __init__(self, bench: FamilyBench, variant: Variant, directory: Path) -> None:
        super().__init__(bench, variant, directory)
        self.cable: CampaignCable = CampaignCable(corrupt=bench.corrupt, late=bench.late, strike=self._strike)
        self._board.plug(bench.name, lambda log: self.device.open(self.cable, log))
        self.struck: Counter[str] = Counter()
        self.recent: list[list[str]] = [[], []]
        self.total: Decimal | None = None
        self.sent: dict[str, tuple[Mapping[str, Any], str]] = {}
        """Requests that were accepted: key, body, job."""
        self.again: Callable[[], str | None] = lambda: None
        """Which of them is sent once more."""
        self._off = False
        self._down = False
        self._starting: asyncio.Task[None] | None = None

    # --- faults

    def _strike(self, fault: Fault) -> None:
        self.struck[fault.what] += 1
        self.recent[-1].append(fault.what)
        loop = asyncio.get_running_loop()
        match fault.what:
            case "restart" | "stop":
                self._end_and_start(fault.lasts, orderly=fault.what == "stop")
            case "power":
                self._power_cut(fault.lasts)
            case "abort" | "again":
                self._tasks.append(loop.create_task(self._abort() if fault.what == "abort" else self._again()))
            case "foreign" | "foreign_equal" | "report" | "clear":
                self.at_cut(fault.what, self.total)
            case _:
                pass

    def _power_cut(self, seconds: float) -> None:
        if self._off:
            return
        self._off = True
        self.device.power(False)

        def on() -> None:
            self._off = False
            self.device.power(True)

        asyncio.get_running_loop().call_later(seconds, on)

    def _end_and_start(self, seconds: float, *, orderly: bool) -> None:
        if self._down:
            return
        self._down = True
        self._up.clear()
        self._tasks.append(asyncio.get_running_loop().create_task(self._ended_and_started(seconds, orderly)))

    async def _ended_and_started(self, seconds: float, orderly: bool) -> None:
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.wait({self._starting})
        ended, self._bridge = self._bridge, None
        if ended is not None:
            await (ended.stop(_GRACE_SECONDS) if orderly else ended.crash())
        await asyncio.sleep(seconds)
        self._down = False
        self._starting = asyncio.get_running_loop().create_task(self.open())
        self._starting.add_done_callback(self._started)

    def _started(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.violations.append(f"the bridge does not start: {type(error).__name__}: {error}")

    async def _abort(self) -> None:
        bridge = self._bridge
        for job in list(bridge.jobs.active) if bridge is not None else ():
            assert bridge is not None
            try:
                await bridge.jobs.abort(ACTOR, job)
            except Exception:  # whatever a bridge says that has crashed meanwhile
                if self._bridge is bridge:
                    raise

    async def _again(self) -> None:
        """The till sends an earlier request once more."""
        key = self.again()
        if key is not None:
            await self.repeat(key)

    async def repeat(self, key: str) -> None:
        body, job = self.sent[key]
        answer = await self.accepted(key, body)
        if not isinstance(answer, Job) or answer.id != job:
            self.violations.append(f"{key}, sent again, gave {answer if isinstance(answer, RequestError) else answer.id}")

    # --- the till

    async def accepted(self, key: str, body: Mapping[str, Any]) -> Job | RequestError:
        """The job, however often the bridge crashes before it answers; or why there is none."""
        while True:
            bridge = await self.bridge()
            try:
                return await bridge.jobs.submit(ACTOR, DEVICE, key, dict(body))
            except Exception as error:  # whatever a bridge says that has crashed meanwhile
                if self._bridge is bridge:
                    if isinstance(error, RequestError):
                        return error
                    raise

    async def on_bridge(self, act: Callable[[Bridge], Any]) -> Any:
        """The same for what the till or the operator does with a job. Raises RequestError."""
        while True:
            bridge = await self.bridge()
            try:
                return await act(bridge)
            except Exception:
                if self._bridge is bridge:
                    raise

    # --- quiet

    def quiet(self) -> None:
        """No more faults until new ones are put on."""
        self.cable.disarm()
        self.recent = [*self.recent[1:], []]

    @property
    def names(self) -> list[str]:
        """Of the faults that may have a part in what is now, each as often as it happened."""
        return sorted(name for names in self.recent for name in names)

    def reason(self, scenario: Scenario) -> str | None:
        """Why a job may stay unresolved."""
        names = self.names or ["undisturbed"]
        reasons = [self.bench.may_stay_open(self.variant, scenario, name) for name in names]
        together = self.bench.may_stay_open_together(self.variant, scenario, names)
        return next((reason for reason in (*reasons, together) if reason is not None), None)
