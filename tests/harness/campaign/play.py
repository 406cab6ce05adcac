"""One campaign: its operations in turn, and after each the verdicts against what came out.

What makes it right: of all jobs the ones that are done and successful, in their order, are the documents of the device, in theirs, with
kind and total; all others made none; no key makes a second job; a person is asked only where the bench says that the device cannot tell;
nothing is left open; and at the end a sale goes through.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from bridge.jobs.originals import OF
from bridge.model import Job, JobState, Outcome, RequestError
from bridge.transport import run_virtual
from tests.harness.bench import FamilyBench, Scenario, Truth
from tests.harness.benches import bench_named
from tests.harness.cable import ACTOR, told_wrongly
from tests.harness.campaign.plan import Plan, Step
from tests.harness.campaign.stage import CampaignStage

# Virtual seconds until whatever was under way has come to its end, at the device and behind it.
_AFTERWARDS = 60.0

# So often a job may need a person before that counts as never coming to an end.
_DECISIONS = 12

_TAKING_BACK = frozenset({"payment.reversal", "payment.release"})

_SHIFT_OPENING = "shift opening"


class Wrong(Exception):
    """The first violation ends a campaign: what comes behind it follows from it."""


@dataclass(slots=True)
class Report:
    """What became of a campaign. `verdicts`: of its jobs, where they came by themselves; `by_hand`: why a person had to decide."""

    violation: str | None = None
    verdicts: Counter[str] = field(default_factory=Counter)
    by_hand: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    operations: int = 0
    seconds: float = 0.0
    story: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Sent:
    """A job of the campaign, and the scenario that it is."""

    key: str
    step: Step
    scenario: Scenario
    job: Job


def play(plan: Plan) -> Report:
    """In a loop and a data directory of its own."""
    started = time.perf_counter()
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="tillbridge-", dir=memory if memory.is_dir() else None) as directory:
        report: Report = run_virtual(_Campaign(plan, Path(directory)).run())
    report.seconds = time.perf_counter() - started
    return report


class _Campaign:
    def __init__(self, plan: Plan, directory: Path) -> None:
        self.plan = plan
        self.bench: FamilyBench = bench_named(plan.bench)
        self.variant = next(variant for variant in self.bench.variants() if variant.name == plan.variant)
        self.scenarios = {scenario.name: scenario for scenario in self.bench.scenarios()}
        self.directory = directory
        self.report = Report()
        self.expected: list[tuple[str, Decimal | None]] = []
        self.standing: list[Job] = []
        """Payments that may be taken back or finished."""
        self.made: list[Job] = []
        self.undone: set[str] = set()
        """Payments that were made, and those of them that a job of ours took back."""
        self.told: dict[tuple[Any, ...], str] = {}
        """Documents and payments, by the numbers that jobs told of them."""
        self.number = 0

    async def run(self) -> Report:
        self.stage = stage = CampaignStage(self.bench, self.variant, self.directory)
        stage.again = self._an_earlier_key
        asyncio.get_running_loop().set_exception_handler(stage.note_exception)
        await stage.open()
        await stage.configure()
        try:
            await self._opening()
            group: list[_Sent] = []
            for step in self.plan.steps:
                await asyncio.sleep(step.pause)
                sent = await self._send(step)
                group += [sent] if sent is not None else []
                if not step.at_once:
                    await self._settle_all(group)
                    group = []
            await self._settle_all(group)
            await self._end()
        except Wrong as wrong:
            self.report.violation = str(wrong)
        self.report.struck = stage.struck
        return self.report

    # --- operations

    async def _opening(self) -> None:
        first = self.bench.opening(self.bench.scenarios()[0])
        sent = await self._submit(Step(first.name), first, first.body)
        if sent is not None:
            await self._settle([sent])

    async def _send(self, step: Step) -> _Sent | None:
        scenario = self.scenarios[step.scenario]
        body = dict(scenario.body)
        for name in ("reference", "number"):  # which the till never uses twice
            if name in body:
                body[name] = f"{body[name]}-{self.number}"
        if "original" in body:
            fitting = [job for job in self.standing if job.op in OF[body["op"]]]
            if not fitting:
                scenario = self.bench.opening(scenario)
                body = dict(scenario.body)
            else:
                job = fitting[step.pick % len(fitting)]
                self.standing.remove(job)
                body["original"] = {"job": job.id}
        self.stage.total = scenario.total
        self.stage.cable.put(step.faults)
        return await self._submit(step, scenario, body)

    async def _submit(self, step: Step, scenario: Scenario, body: Mapping[str, Any]) -> _Sent | None:
        self.number += 1
        key = f"{self.number} {scenario.name}"
        answer = await self.stage.accepted(key, body)
        if isinstance(answer, RequestError):
            self._tell(f"{key}: refused, {answer}")
            self.report.verdicts["refused"] += 1
            return None
        self.stage.sent[key] = body, answer.id
        self.report.operations += 1
        return _Sent(key, step, scenario, answer)

    def _an_earlier_key(self) -> str | None:
        keys = list(self.stage.sent)
        return keys[(7 * self.number) % len(keys)] if keys else None

    # --- verdicts

    async def _settle_all(self, group: list[_Sent]) -> None:
        """And open the shift, where the device asked for that."""
        if not group:  # it was refused: its faults go with it
            self.stage.cable.disarm()
            return
        closed = self.report.codes["device.shift_closed"]
        await self._settle(group)
        if self.report.codes["device.shift_closed"] > closed and _SHIFT_OPENING in self.scenarios:
            sent = await self._send(Step(_SHIFT_OPENING))
            await self._settle([sent] if sent is not None else [])

    async def _settle(self, group: list[_Sent]) -> None:
        """Until all of them are final and nothing happens any more; then compare."""
        for sent in group:
            await self._settle_one(sent)
        self.stage.quiet()
        await self.stage.bridge()
        await asyncio.sleep(_AFTERWARDS)
        await self.stage.bridge()
        self._compare("afterwards")
        left = self.stage.device.left_open()
        if left is not None:
            raise Wrong(f"left open: {left}")

    async def _settle_one(self, sent: _Sent) -> None:
        rechecks = 1 if sent.step.recheck else 0
        for _ in range(_DECISIONS):
            job = await self.stage.settle(sent.job, sent.scenario.choice)
            if job.state.final:
                break
            attention = job.attention
            if job.state is not JobState.UNRESOLVED or attention is None or attention.code != "resolve":
                raise Wrong(f"{sent.key} is open for ever: {job.state}, {attention}")
            reason = self.stage.reason(sent.scenario)
            if reason is None:
                raise Wrong(f"{sent.key} is unresolved: {attention.text} (faults: {', '.join(self.stage.names) or 'none'})")
            await self._decide(sent, recheck=rechecks > 0, reason=reason)
            rechecks -= 1
        else:
            raise Wrong(f"{sent.key} is asked about again and again")
        self._note(sent, job)

    async def _decide(self, sent: _Sent, *, recheck: bool, reason: str) -> None:
        """The operator looks at the paper, after a while."""
        await asyncio.sleep(_AFTERWARDS)
        own = self._own()
        new = len(own) - len(self.expected)
        if new not in (0, 1):
            raise Wrong(f"{sent.key} is unresolved: {new} documents more than there should be: {own[len(self.expected) :]}")
        verdict = "recheck" if recheck else "issued" if new else "not_issued"
        try:
            await self.stage.on_bridge(lambda bridge: bridge.jobs.resolve(ACTOR, sent.job.id, verdict, "compared with the paper"))
        except RequestError as error:
            if error.code != "request.conflict":
                raise
            return  # the device has told meanwhile, or is being asked
        if not recheck:
            self.report.by_hand[reason] += 1
            self._tell(f"{sent.key}: by hand, {verdict}")

    def _note(self, sent: _Sent, job: Job) -> None:
        """A job is final: what the device should have now."""
        won = job.state is JobState.DONE and job.success
        self.report.verdicts[job.state.value if won or job.state is JobState.FAILED else "done without success"] += 1
        if job.error is not None:
            self.report.codes[job.error.code] += 1
        self._tell(f"{sent.key}: {job.state}{'' if won else f', {job.error or (job.result and job.result.payment)}'}")
        if not won:
            return
        self.expected.append((sent.scenario.kind, sent.scenario.total))
        assert job.result is not None
        if job.result.payment is not None:
            self.standing.append(job)
            self.made.append(job)
        original = (job.operation.get("original") or {}).get("job")
        if original is not None and job.op in _TAKING_BACK:
            self.undone.add(original)
        self._numbers(sent, job)
        own = self._own()
        if len(own) < len(self.expected):
            raise Wrong(f"{sent.key} is done, but there is no document of it: {own} for {self.expected}")
        document = own[len(self.expected) - 1]
        for lie in told_wrongly(job, document):
            raise Wrong(f"{sent.key}: {lie}")

    def _numbers(self, sent: _Sent, job: Job) -> None:
        """No two jobs may tell of one document."""
        assert job.result is not None
        document, payment = job.result.document, job.result.payment
        told: tuple[Any, ...] = ()
        if payment is not None and payment.receipt_number is not None:
            told = ("payment", payment.receipt_number, payment.trace_number)
        elif document is not None and document.fiscal_id is not None:
            told = ("document", document.fiscal_id)
        if told and told in self.told and not self.stage.struck["clear"]:  # behind which numbers begin again
            raise Wrong(f"{sent.key} and {self.told[told]} tell of the same one: {told}")
        self.told[told] = sent.key

    def _own(self) -> list[Truth]:
        return [document for document in self.stage.device.documents() if document.own]

    def _compare(self, when: str) -> None:
        """All that came out, and nothing else."""
        if self.stage.violations:
            raise Wrong("; ".join(self.stage.violations))
        own = self._own()
        if len(own) != len(self.expected):
            raise Wrong(f"{when} there are {len(own)} documents instead of {len(self.expected)}: {_listed(own[-3:])}")
        for number, (document, (kind, total)) in enumerate(zip(own, self.expected, strict=True)):
            if document.kind != kind or (None not in (total, document.total) and document.total != total):
                raise Wrong(f"{when} document {number} is {_listed([document])}, not {kind} {total}")

    # --- the end

    async def _end(self) -> None:
        for key in list(self.stage.sent):
            await self.stage.repeat(key)
        closing = self.bench.closing()
        for attempt in (1, 2):
            sent = await self._submit(Step("closing"), closing, closing.body)
            if sent is None:
                raise Wrong("the closing sale is refused")
            await self._settle([sent])
            last = await self.stage.on_bridge(lambda bridge, job=sent.job.id: bridge.jobs.get(job))  # type: ignore[misc]
            if last.state is JobState.DONE and last.success:
                break
            if attempt == 2:
                raise Wrong(f"the closing sale is {last.state}: {last.error}")
        bridge = await self.stage.bridge()
        if bridge.jobs.active:
            raise Wrong(f"still active: {list(bridge.jobs.active)}")
        for job in self.made:
            now = await bridge.jobs.get(job.id)
            assert now.result is not None
            assert now.result.payment is not None
            if (now.result.payment.outcome is Outcome.REVERSED) != (job.id in self.undone):
                raise Wrong(f"the payment of {job.op} {job.id} is {now.result.payment.outcome} in the end, {now.amendments}")
        await self.stage.close()
        self._compare("in the end")

    def _tell(self, line: str) -> None:
        self.report.story.append(f"{asyncio.get_running_loop().time():10.2f} {line}")


def _listed(documents: list[Truth]) -> str:
    return ", ".join(f"{document.kind} {document.total} ({document.key})" for document in documents)
