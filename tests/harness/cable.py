"""One case: a fresh bridge and a fresh device, one operation, one disturbance; then the verdict against the documents.

Everything runs in virtual time over a cable in this process. What makes a case right:
done and successful <=> exactly one document, of the right kind and total; failed, or done without success <=> none;
unresolved only where the bench says that the device cannot tell; nothing is left open; the next sale goes through.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Literal

from bridge.jobs.bridge import Bridge
from bridge.model import Actor, Job, JobState
from bridge.plugin import PluginRegistry
from bridge.store import StorageError
from bridge.transport import LinkError, LinkOpener, LoopClock, NullModemBoard, run_virtual
from tests.harness.bench import Aftermath, DeviceUnderTest, FamilyBench, Scenario, Truth, Variant
from tests.toys.cables import Spoiling, TestCable

ACTOR = Actor(principal="test")
DEVICE = "device"
START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

# Virtual seconds.
OFF_SECONDS = 3.0
RESTART_SECONDS = 1.0
LONGEST = 3600.0
LOOK = 5.0

# What others do at the device may come as late as in the next sale, where the device was not free for it before.
_OTHER_HANDS = ("foreign", "foreign_equal", "report")

Direction = Literal["to_device", "to_host"]


@dataclass(frozen=True, slots=True)
class Cut:
    """The cable breaks when `position` bytes have passed in `direction`, and `aftermath` happens at that moment."""

    direction: Direction
    position: int
    aftermath: Aftermath

    @property
    def name(self) -> str:
        return self.aftermath

    def __str__(self) -> str:
        return f"cut {self.direction} after {self.position}, then {self.aftermath}"


@dataclass(frozen=True, slots=True)
class Spoilt:
    """Answer number `answer` arrives spoilt."""

    answer: int
    how: Spoiling

    @property
    def name(self) -> str:
        return self.how

    def __str__(self) -> str:
        return f"answer {self.answer} {self.how}"


Disturbance = Cut | Spoilt


@dataclass(frozen=True, slots=True)
class Measured:
    """The undisturbed run: bytes in each direction, where transfers ended, answers."""

    to_device: int
    to_host: int
    edges_to_device: tuple[int, ...]
    edges_to_host: tuple[int, ...]
    answers: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case. `struck`: the disturbance really happened. `reason`: why unresolved is right."""

    verdict: Literal["done", "failed", "unresolved", "lost"]
    violations: tuple[str, ...]
    struck: bool
    reason: str | None = None
    seconds: float = 0.0


class Stage:
    """The bridge of one case, which may crash and come back."""

    def __init__(self, bench: FamilyBench, variant: Variant, directory: Path) -> None:
        self.bench = bench
        self.variant = variant
        self.clock = LoopClock(START)
        self.device: DeviceUnderTest = bench.create(variant, self.clock.now)
        self.cable = TestCable(corrupt=bench.corrupt, late=bench.late)
        self.violations: list[str] = []
        self._directory = directory
        self._registry = PluginRegistry()
        for plugin, name in bench.plugins():
            report = self._registry.add(plugin, name)
            if report.problem is not None:
                raise RuntimeError(f"plugin {name}: {report.problem}")
        self._board = NullModemBoard()
        self._board.plug(bench.name, partial(self.device.open, self.cable))
        self._bridge: Bridge | None = None
        self._up = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def note_exception(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What was raised where nobody waited for it. A lost link or, after a crash, a closed journal is no news there."""
        error = context.get("exception")
        if not isinstance(error, LinkError | StorageError):
            self.violations.append(f"{context.get('message')}: {type(error).__name__}: {error}")

    async def open(self) -> None:
        self._bridge = await Bridge.open(
            self._directory, registry=self._registry, clock=self.clock, opener=LinkOpener(self._board), inline=True
        )
        await self._bridge.start()
        self._up.set()

    async def bridge(self) -> Bridge:
        await self._up.wait()
        assert self._bridge is not None
        return self._bridge

    async def configure(self) -> None:
        bridge = await self.bridge()
        settings = {
            "family": self.bench.family,
            "url": f"null://{self.bench.name}",
            "settings": self.bench.settings(self.variant),
            "shared": self.variant.shared,
        }
        await bridge.devices.configure(ACTOR, DEVICE, settings)

    def at_cut(self, aftermath: Aftermath, total: Decimal | None) -> None:
        """Called at the break, before either end hears of it."""
        loop = asyncio.get_running_loop()
        match aftermath:
            case "restart":
                self._up.clear()
                self._tasks.append(loop.create_task(self._crash_and_restart()))
            case "power":
                self.device.power(False)
                loop.call_later(OFF_SECONDS, self.device.power, True)
            case "foreign":
                self.device.foreign((total or Decimal(0)) + Decimal("0.10"))
            case "foreign_equal":
                self.device.foreign(total or Decimal("1.00"))
            case "report":
                self.device.report()
            case "clear":
                self.device.clear()
            case "reconnect":
                pass

    async def _crash_and_restart(self) -> None:
        assert self._bridge is not None
        crashed, self._bridge = self._bridge, None
        await crashed.crash()
        await asyncio.sleep(RESTART_SECONDS)
        await self.open()

    async def submit(self, key: str, scenario: Scenario) -> Job:
        return await (await self.bridge()).jobs.submit(ACTOR, DEVICE, key, dict(scenario.body))

    async def settle(self, job: Job, choice: str | None) -> Job:
        """Until the job is final, or only a person can settle it."""
        loop = asyncio.get_running_loop()
        until = loop.time() + LONGEST
        seen = job
        while loop.time() < until:
            bridge = await self.bridge()
            try:
                seen = await bridge.jobs.wait(job.id, LOOK if choice is None else 1.0)
                await self._answer(bridge, seen, choice)
            except Exception:  # whatever a bridge says that has crashed meanwhile
                if self._bridge is bridge:
                    raise
                continue
            if seen.state.final or (seen.attention is not None and seen.attention.code == "resolve"):
                break
        return seen

    async def _answer(self, bridge: Bridge, job: Job, choice: str | None) -> None:
        attention = job.attention
        if choice is not None and attention is not None and attention.prompt_id is not None:
            await bridge.jobs.answer(ACTOR, job.id, attention.prompt_id, choice)

    async def close(self) -> None:
        await asyncio.gather(*self._tasks)
        await (await self.bridge()).stop()


def measure(bench: FamilyBench, variant: Variant, scenario: Scenario) -> Measured:
    """Play the scenario undisturbed. Raises AssertionError where already that goes wrong."""
    measured: list[Measured] = []
    outcome = play(bench, variant, scenario, None, measured)
    if outcome.violations or outcome.verdict != "done":
        raise AssertionError(f"{bench.name}, {variant.name}, {scenario.name}, undisturbed: {outcome}")
    return measured[0]


def play(
    bench: FamilyBench,
    variant: Variant,
    scenario: Scenario,
    disturbance: Disturbance | None,
    measured: list[Measured] | None = None,
) -> Outcome:
    """One case in a loop and a data directory of its own."""
    started = time.perf_counter()
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="tillbridge-", dir=memory if memory.is_dir() else None) as directory:
        outcome: Outcome = run_virtual(_play(bench, variant, scenario, disturbance, Path(directory), measured))
    return Outcome(outcome.verdict, outcome.violations, outcome.struck, outcome.reason, time.perf_counter() - started)


async def _play(
    bench: FamilyBench,
    variant: Variant,
    scenario: Scenario,
    disturbance: Disturbance | None,
    directory: Path,
    measured: list[Measured] | None,
) -> Outcome:
    stage = Stage(bench, variant, directory)
    asyncio.get_running_loop().set_exception_handler(stage.note_exception)
    await stage.open()
    await stage.configure()
    first = bench.opening(scenario)
    opening = await stage.settle(await stage.submit("opening", first), first.choice)
    if opening.state is not JobState.DONE or not opening.success:
        raise AssertionError(
            f"{bench.name}, {variant.name}: the opening sale already fails: {opening.error or opening.attention}"
        )
    await asyncio.sleep(1)
    before = len(stage.device.documents())
    cable = stage.cable
    cable.start_counting()
    _arm(stage, scenario, disturbance)
    job = await stage.submit("scenario", scenario)
    settled = await stage.settle(job, scenario.choice)
    if measured is not None:
        edges = tuple(cable.edges_to_device), tuple(cable.edges_to_host)
        measured.append(Measured(cable.to_device, cable.to_host, *edges, cable.answers))
    cable.cut_to_device = cable.cut_to_host = None
    cable.spoiling = None
    await asyncio.sleep(0.01)  # a break in this very moment still happens
    struck = cable.cut or cable.spoilt
    name = disturbance.name if disturbance is not None else "undisturbed"
    violations = _repeated(job, await stage.submit("scenario", scenario))
    reason = None
    if settled.state is JobState.UNRESOLVED:
        reason = bench.may_stay_open(variant, scenario, name)
        why = settled.attention.text if settled.attention is not None else "no attention"
        if reason is None or settled.attention is None or settled.attention.code != "resolve":
            violations.append(f"unresolved: {why}")
        await asyncio.sleep(60)  # what another program wants to do at the device, it has done by now
    elif not settled.state.final:
        violations.append(f"still {settled.state} after {LONGEST:g} s: {settled.attention}")
    mine = [document for document in stage.device.documents()[before:] if document.own]
    violations += _verdict(settled, scenario, mine)
    violations += await _goes_on(stage, settled, mine, before, name in _OTHER_HANDS)
    await stage.close()
    violations += stage.violations
    verdict: Literal["done", "failed", "unresolved", "lost"] = "lost"
    if settled.state in (JobState.DONE, JobState.FAILED, JobState.UNRESOLVED):
        verdict = "done" if settled.state is JobState.DONE else "failed" if settled.state is JobState.FAILED else "unresolved"
    return Outcome(verdict, tuple(violations), struck, reason)


def _arm(stage: Stage, scenario: Scenario, disturbance: Disturbance | None) -> None:
    match disturbance:
        case Cut(direction, position, aftermath):
            if direction == "to_device":
                stage.cable.cut_to_device = position
            else:
                stage.cable.cut_to_host = position
            stage.cable.on_cut = partial(stage.at_cut, aftermath, scenario.total)
        case Spoilt(answer, how):
            stage.cable.spoiling, stage.cable.spoil_answer = how, answer


def _repeated(first: Job, again: Job) -> list[str]:
    return [] if again.id == first.id else ["the same key gave another job"]


def _verdict(job: Job, scenario: Scenario, mine: Sequence[Truth]) -> list[str]:
    """Does what the bridge says agree with what came out?"""
    if job.state is JobState.UNRESOLVED:
        return [] if len(mine) <= 1 else [f"{len(mine)} documents came out"]
    expected = 1 if job.state is JobState.DONE and job.success else 0
    violations = []
    if len(mine) != expected:
        violations.append(f"the job is {job.state} (success {job.success}), but {len(mine)} documents came out")
    for document in mine[:1]:
        if document.kind != scenario.kind or (scenario.total is not None and document.total != scenario.total):
            violations.append(f"a {document.kind} of {document.total} came out, not a {scenario.kind} of {scenario.total}")
        violations += told_wrongly(job, document)
    return violations


def told_wrongly(job: Job, document: Truth) -> list[str]:
    """Where what a job tells of its document is not what stands on it."""
    if job.result is None:
        return []
    told, payment = job.result.document, job.result.payment
    violations = []
    if told is not None and None not in (told.total, document.total) and told.total != document.total:
        violations.append(f"the job says {told.total}, the document {document.total}")
    if payment is not None and document.total is not None and payment.approved != document.total:
        violations.append(f"the job says that {payment.approved} was approved, the document {document.total}")
    number = told.number if told is not None else payment.receipt_number if payment is not None else None
    if number and document.number and number != document.number:
        violations.append(f"the job says number {number}, the document {document.number}")
    return violations


async def _goes_on(stage: Stage, job: Job, mine: Sequence[Truth], before: int, other_hands: bool) -> list[str]:
    """Settle by hand what is open, then sell once more; again where other hands came between, as a cashier would."""
    bridge = await stage.bridge()
    violations = []
    if not job.state.final:
        await bridge.jobs.resolve(ACTOR, job.id, "issued" if mine else "not_issued", "compared with the paper")
    left = stage.device.left_open()
    if left is not None and job.state.final:
        violations.append(f"left open: {left}")
    closing = stage.bench.closing()
    last = await stage.settle(await stage.submit("closing", closing), closing.choice)
    if other_hands and last.state is JobState.FAILED:
        last = await stage.settle(await stage.submit("closing, again", closing), closing.choice)
    if last.state is not JobState.DONE or not last.success:
        violations.append(f"the next sale is {last.state}: {last.error or last.attention}")
    own = [document for document in stage.device.documents()[before:] if document.own]
    if len(own) != len(mine) + 1 or own[: len(mine)] != list(mine):
        violations.append(f"after the next sale there are {len(own)} documents instead of {len(mine) + 1}")
    left = stage.device.left_open()
    if left is not None:
        violations.append(f"left open after the next sale: {left}")
    return violations


__all__ = [
    "ACTOR",
    "DEVICE",
    "Cut",
    "Direction",
    "Disturbance",
    "Measured",
    "Outcome",
    "Spoilt",
    "Stage",
    "measure",
    "play",
    "told_wrongly",
]
