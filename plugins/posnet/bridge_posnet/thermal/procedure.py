"""How every document is made: wait until the printer is ready, read the baseline, write the intent, send, read back.

Follows protocol-specs/posnet/thermal.md, "Lost answers". The commands come from a `Plan`; what is done when the answer to one
of them is lost is in `settlement.py`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from bridge.model import Operation, Result
from bridge.plugin import BASELINE, INTENT, Aborted, DeviceError, JobContext, Verdict, usual, wait_until_ready
from bridge.transport import LinkLost
from bridge_posnet.settings import PosnetSettings
from bridge_posnet.thermal import commands
from bridge_posnet.thermal.answers import BadAnswer
from bridge_posnet.thermal.errors import Refused
from bridge_posnet.thermal.exchange import Exchange
from bridge_posnet.thermal.facts import FactReader, Facts, Kind
from bridge_posnet.thermal.frame import Sequence
from bridge_posnet.thermal.plan import ANSWERED, Intent, Plan, Step
from bridge_posnet.thermal.recovery import confirmed, decide
from bridge_posnet.thermal.result import Written, document_result

MakePlan = Callable[[Facts, FactReader], Awaitable[Plan]]

_REPORTS = (Kind.DAILY_REPORT, Kind.PERIOD_REPORT)


class Procedure:
    """One document on one printer."""

    def __init__(self, exchange: Exchange, settings: PosnetSettings, context: JobContext) -> None:
        self._exchange = exchange
        self._settings = settings
        self._context = context

    async def carry_out(self, operation: Operation, kind: Kind, currency: str, make_plan: MakePlan) -> Result:
        """Raises DeviceError or Aborted where surely nothing was issued; a LinkError leaves the job in doubt."""
        context = self._context
        await self.wait_until_ready()
        reader = self._reader()
        try:
            facts = await reader.facts(daily=kind is Kind.DAILY_REPORT)
            usual.expect_last_document(operation, facts.receipts)
            plan = await make_plan(facts, reader)
        except Refused as refused:
            raise DeviceError(refused.job_error()) from refused
        except BadAnswer as error:
            raise usual.UNREADABLE.error(problem=error) from error
        if facts.open:
            usual.may_cancel_leftover(shared=context.device.shared, allowed=self._settings.cancel_leftover)
        if context.abort_requested:
            raise Aborted
        intent = Intent.of(plan, facts, currency)
        await context.checkpoint(INTENT, intent.model_dump(mode="json"))
        if facts.open:
            intent = await self._clear_leftover(intent)
        await self._send(plan, intent)
        if context.device.shared:
            # Where others use the printer no counter will ever prove this again.
            await context.checkpoint(ANSWERED, {"answer": _accepted(plan)})
        for warning in plan.warnings:
            context.warn(warning.code, warning.message, warning.field)
        return await self._read_back(intent, plan)

    async def wait_until_ready(self) -> None:
        """A printer that waits for a person is waited for; nothing is sent to it meanwhile."""
        poll = self._exchange.timeouts.poll
        await wait_until_ready(self._context, self._exchange.trouble, poll=poll, person=poll)
        try:
            await self._exchange.hush(self._context)
        except Refused as refused:
            raise DeviceError(refused.job_error()) from refused

    # --- before

    def _reader(self) -> FactReader:
        return FactReader(self._exchange, self._settings.zone, self._context)

    async def _clear_leftover(self, intent: Intent) -> Intent:
        """Cancel what somebody left open, and write down a new baseline: the later one counts."""
        context = self._context
        try:
            await self._cancel()
            facts = await self._reader().facts()
        except Refused as refused:
            raise DeviceError(refused.job_error()) from refused
        if facts.open:
            raise usual.STAYS_OPEN.error()
        await context.checkpoint(BASELINE, facts.model_dump(mode="json"))
        context.warn("leftover_cancelled", "A receipt that was left open on the printer was cancelled first.")
        return intent.model_copy(update={"baseline": facts})

    # --- the commands

    async def _send(self, plan: Plan, intent: Intent) -> None:
        """All commands. An error before or at the deciding one: cancel, make sure, say so."""
        context = self._context
        sent = 0
        decided = False
        try:
            for step in plan.steps[:-1]:
                if context.abort_requested:
                    raise Aborted
                await self._command(step, self._exchange.timeouts.command)
                sent += 1
            context.commit_point()
            decided = True
            await self._command(plan.steps[-1], self._end_seconds(plan.kind))
        except Refused as refused:
            await self._make_sure(intent, opened=sent > 0, decided=decided)
            raise DeviceError(refused.job_error()) from refused
        except Aborted:
            await self._make_sure(intent, opened=sent > 0, decided=False)
            raise

    def _end_seconds(self, kind: Kind) -> float:
        timeouts = self._exchange.timeouts
        return timeouts.report if kind in _REPORTS else timeouts.end

    async def _command(self, step: Step, seconds: float) -> None:
        number = await self._exchange.send(step.command, seconds, self._context)
        if number != 0:
            raise Refused(step.command, number, step.field)

    async def _make_sure(self, intent: Intent, *, opened: bool, decided: bool) -> None:
        """Cancel what we opened, and prove that nothing was issued. Raises LinkLost where that cannot be: then the job is in
        doubt, and recovery decides.

        `opened`: the printer accepted our first command, so that what is open is ours. `decided`: the deciding command was
        sent. If not, whatever came out meanwhile is not ours; but then only where others use the printer may there be any.
        """
        try:
            if opened:
                await self._cancel()
            facts = await self._reader().facts()
        except (Refused, BadAnswer) as error:
            raise LinkLost(f"the printer does not say what became of the document: {error}") from error
        proven = decide(intent, facts, shared=self._context.device.shared).verdict is Verdict.NOT_ISSUED
        ours_is_open = facts.open and (opened or not self._context.device.shared)
        if ours_is_open or not (proven or (not decided and self._context.device.shared)):
            raise LinkLost("after an error the printer does not prove that nothing was issued")

    async def _cancel(self) -> None:
        """It may be refused itself: with nothing open that is not documented [T2]; what counts is what `23#s` says after."""
        await self._exchange.send(commands.cancel(), self._exchange.timeouts.command, self._context)

    # --- after

    async def _read_back(self, intent: Intent, plan: Plan) -> Result:
        """Whether the printer's figures agree that it was issued, its number and its time."""
        reader = self._reader()
        reader.answers[plan.steps[-1].command.command] = _accepted(plan)
        issued_at: datetime | None
        try:
            facts = await reader.facts()
            issued_at = await reader.clock()
        except (Refused, BadAnswer) as error:
            raise LinkLost(f"reading the document's number back failed: {error}") from error
        if not confirmed(intent, facts):
            raise LinkLost("the printer accepted the document, but its counters do not say so")
        return document_result(intent, facts, issued_at, Written.SEEN, evidence=reader.answers)


def _accepted(plan: Plan) -> str:
    """The accepting answer verbatim."""
    command: Sequence = plan.steps[-1].command
    return f"0#Z{command.command}"
