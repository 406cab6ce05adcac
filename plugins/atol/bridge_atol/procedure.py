"""How every document is made: wait until the device is ready, read the baseline, write the intent, send, read back.

Follows protocol-specs/atol, "Power loss and lost answers". The commands come from a `Plan`; what is done when the answer to one of
them is lost is in `settlement.py`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bridge_ffd.fn import FoundDocument
from bridge_ffd.new_documents import new_numbers
from bridge_ffd.outstanding import PAPER, expected
from bridge_ffd.register import FISCAL, Kind

from bridge.model import Operation, Paper, Receipt, Result
from bridge.plugin import BASELINE, INTENT, Aborted, BadAnswer, DeviceError, JobContext, Json, Verdict, usual, wait_until_ready
from bridge.transport import LinkLost
from bridge_atol import commands
from bridge_atol.condition import reporting, trouble
from bridge_atol.errors import BUSY
from bridge_atol.exchange import DECIDING, DECIDING_COUNT, HELD, TASK, TASK_COUNT, Exchange, Reply
from bridge_atol.facts import FactReader, Facts, ShiftState
from bridge_atol.plan import ANSWERED, Intent, Plan, Step
from bridge_atol.recovery import decide, is_ours, may_be_ours, surely_refused
from bridge_atol.refusals import Refused
from bridge_atol.result import document_result
from bridge_atol.settings import AtolSettings
from bridge_atol.vocabulary import Mode

# How often a deciding command is sent that the device was too busy for, each time proved not to have been carried out.
_TRIES = 5

MakePlan = Callable[[Facts], Awaitable[Plan]]


class Procedure:
    """One document on one device."""

    def __init__(self, exchange: Exchange, settings: AtolSettings, context: JobContext) -> None:
        self._exchange = exchange
        self._settings = settings
        self._context = context
        self._mode = Mode.ANY  # that was entered last

    async def carry_out(self, operation: Operation, kind: Kind, make_plan: MakePlan) -> Result:
        """Raises DeviceError or Aborted where surely nothing was issued; a LinkError leaves the job in doubt."""
        context = self._context
        await self.wait_until_ready(
            prints=self._settings.paper and (not isinstance(operation, Receipt) or operation.delivery.paper)
        )
        try:
            facts = await self._reader().facts(kind)
            self._check_state(kind, facts)
            usual.expect_last_document(operation, facts.last)
            plan = await make_plan(facts)
        except Refused as refused:
            raise DeviceError(refused.job_error()) from refused
        except BadAnswer as error:
            raise usual.UNREADABLE.error(problem=error) from error
        if facts.document_open:
            usual.may_cancel_leftover(shared=context.device.shared, allowed=self._settings.cancel_leftover)
        if context.abort_requested:
            raise Aborted
        # The id of the deciding task is used by no other until 61 more documents were begun, whatever becomes of this one.
        task = DECIDING + await context.device.store.allocate(TASK_COUNT, modulo=DECIDING_COUNT)
        intent = Intent.of(plan, facts, task)
        kept = {"task": task, "code": intent.decides, "fn": facts.fn}
        store: dict[str, Json] = {HELD: None, TASK: kept, **_awaited(intent, context.job_id)}
        await context.checkpoint(INTENT, intent.model_dump(mode="json"), store=store)
        if facts.document_open:
            intent = await self._clear_leftover(intent)
        answer = await self._send(plan, intent)
        for warning in plan.warnings:
            context.warn(warning.code, warning.message, warning.field)
        paper = await self._paper(intent)
        result = await self._read_back(intent, answer, paper)
        if paper is Paper.UNKNOWN and result.document is not None and result.document.number is not None:
            waits = {"job": context.job_id, "fn": intent.baseline.fn, "number": int(result.document.number)}
            await context.device.store.set(PAPER, waits)
        return result

    async def wait_until_ready(self, *, prints: bool = True) -> None:
        """A device that is at work or waits for a person is waited for; nothing is sent to it meanwhile. Where nothing is to be printed
        its printing mechanism does not matter: some have none.

        Raises DeviceError at the job's deadline, Aborted after an abort.
        """
        exchange = self._exchange
        await wait_until_ready(
            self._context,
            exchange.trouble,
            poll=exchange.timeouts.poll,
            person=exchange.timeouts.person,
            enough=lambda found: not prints and not found.working,
        )

    # --- before

    def _reader(self) -> FactReader:
        return FactReader(self._exchange, self._settings.zone)

    def _check_state(self, kind: Kind, facts: Facts) -> None:
        """What the device would refuse, said before anything is written down."""
        match facts.shift_state:
            case ShiftState.CLOSED if kind in (Kind.SHIFT_CLOSE, Kind.RECEIPT, Kind.CORRECTION):
                raise usual.SHIFT_CLOSED.error()
            case ShiftState.EXPIRED if kind not in (Kind.SHIFT_CLOSE, Kind.X_REPORT, Kind.SHIFT_OPEN):
                raise usual.SHIFT_EXPIRED.error()
            case ShiftState.OPEN | ShiftState.EXPIRED if kind is Kind.SHIFT_OPEN:
                raise usual.SHIFT_OPEN.error()
            case _:
                pass

    async def _clear_leftover(self, intent: Intent) -> Intent:
        """Cancel what somebody left open, and write down a new baseline: the later one counts."""
        context = self._context
        try:
            facts = await cancel_open(self._exchange, self._reader(), intent)
        except Refused as refused:
            raise DeviceError(refused.job_error()) from refused
        if facts.document_open:
            raise usual.STAYS_OPEN.error()
        self._check_state(intent.kind, facts)
        await context.checkpoint(BASELINE, facts.model_dump(mode="json"))
        context.warn("leftover_cancelled", "A receipt that was left open on the device was cancelled first.")
        return intent.model_copy(update={"baseline": facts})

    # --- the commands

    async def _send(self, plan: Plan, intent: Intent) -> Reply | None:
        """The answer to the deciding command; None where it was an error, and the device says that the document is there.

        A refusal before or at it: cancel, make sure, say so.
        """
        context = self._context
        decided = False
        try:
            for step in plan.steps[:-1]:
                if context.abort_requested:
                    raise Aborted
                await self._step(step)
            await self._enter(plan.steps[-1].command.shape.mode)
            context.commit_point()
            decided = True
            return await self._decide(plan.steps[-1], intent)
        except Refused as refused:
            if await self._make_sure(intent, decided=decided, refused=refused):
                return None
            raise DeviceError(refused.job_error()) from refused
        except Aborted:
            await self._make_sure(intent, decided=False)
            raise

    async def _enter(self, mode: Mode) -> None:
        """Modes are this device's own affair; nobody changes them while a document is made."""
        if mode not in (Mode.ANY, self._mode):
            await self._exchange.enter(mode)
            self._mode = mode

    async def _step(self, step: Step) -> None:
        try:
            await self._enter(step.command.shape.mode)
            (await self._exchange.send_when_idle(step.command)).checked(step.field)
        except Refused as refused:
            if refused.number not in step.passes:
                raise
            if step.field is not None:
                self._context.warn("not_told", f"The device did not take it: {refused.row.text}.", step.field)

    async def _decide(self, step: Step, intent: Intent) -> Reply | None:
        """Sent again only where the device was busy and then proves that it did nothing."""
        for _ in range(_TRIES):
            reply = await self._exchange.decide(step.command, intent.task)
            if reply.error != BUSY and (intent.kind not in FISCAL or self._context.device.shared):
                # No document of the FN will ever prove this, so the answer is written down before the device forgets it.
                await self._context.checkpoint(ANSWERED, {"answer": reply.data.hex(), "error": reply.error})
            await self._exchange.release()
            if reply.error != BUSY:
                reply.checked(step.field)
                await self._exchange.finished()
                return reply
            await self._over()
            facts, found = await look(self._reader(), intent)
            decision = decide(intent, facts, found, shared=self._context.device.shared)
            if decision.verdict is Verdict.ISSUED:
                return None
            if decision.verdict is Verdict.UNKNOWN and intent.kind in FISCAL:
                raise LinkLost(f"the device was busy, and does not prove what became of the document: {decision.reason}")
        raise Refused(step.command.shape, BUSY, step.field)

    async def _make_sure(self, intent: Intent, *, decided: bool, refused: Refused | None = None) -> bool:
        """Cancel what we opened, and prove that nothing was issued; True where it was all the same. Raises LinkLost where neither
        is proved: then the job is in doubt, and recovery decides.

        `decided`: the deciding command was sent. Before it nothing of ours can have been issued, whatever others do.
        """
        try:
            await self._over()
            facts = await cancel_open(self._exchange, self._reader(), intent)
            if facts.document_open:
                raise LinkLost("after an error a document is still open on the device")
            if not decided or (refused is not None and surely_refused(intent, refused)):
                return False
            facts, found = await look(self._reader(), intent)
        except (Refused, BadAnswer) as error:
            raise LinkLost(f"the device does not say what became of the document: {error}") from error
        decision = decide(intent, facts, found, shared=self._context.device.shared)
        if decision.verdict is Verdict.UNKNOWN:
            raise LinkLost(f"after an error the device does not prove what became of the document: {decision.reason}")
        return decision.verdict is Verdict.ISSUED

    async def _over(self) -> None:
        """No report is being made any more. One that stands still behind an error, for want of paper say, still comes out when somebody
        sees to it, so that nothing is proved before: raises LinkLost."""
        if reporting(await self._exchange.finished()):
            raise LinkLost("the device is still at a report")

    # --- after

    async def _paper(self, intent: Intent) -> Paper:
        """The document exists by now. Whether one that ran out of paper is printed later nobody tells [A6]."""
        found = trouble(await self._exchange.state())
        if found is None or not intent.paper:
            return Paper.PRINTED
        self._context.warn("paper_unknown", f"The document was made, but perhaps not printed. {found.text}")
        return Paper.UNKNOWN

    async def _read_back(self, intent: Intent, answer: Reply | None, paper: Paper) -> Result:
        """The number, time and sign of what was issued. That it was is certain by now."""
        reader = self._reader()
        if answer is not None:
            reader.answers[answer.command.body.hex(" ").upper()] = answer.data.hex()
        try:
            facts, documents = await look(reader, intent)
        except (Refused, BadAnswer) as error:
            raise LinkLost(f"reading the document back failed: {error}") from error
        if intent.kind not in FISCAL:
            return document_result(intent, facts, None, await reader.now(), paper, reader.answers)
        ours = [document for document in documents if is_ours(intent, document)]
        if not ours and answer is not None and len(documents) == 1 and may_be_ours(intent, documents[0]):
            ours = documents  # of corrections the FN may tell less than of receipts
        if len(ours) != 1:
            raise LinkLost(f"the fiscal storage shows {len(ours)} documents like this one")
        return document_result(intent, facts, ours[0], reader.moment(ours[0].at), paper, reader.answers)


async def look(reader: FactReader, intent: Intent) -> tuple[Facts, list[FoundDocument]]:
    """The state now, and what the FN has made since the baseline. Raises Refused, BadAnswer."""
    facts = await reader.facts(intent.kind)
    numbers = new_numbers(intent.kind, intent.baseline, facts)
    return facts, [found for number in numbers if (found := await reader.found(number)) is not None]


async def cancel_open(exchange: Exchange, reader: FactReader, intent: Intent) -> Facts:
    """Cancel an open receipt. The state afterwards: a cancellation may be refused itself, and what counts is what the device says."""
    facts = await reader.facts(intent.kind)
    if facts.document_open:
        await exchange.enter(Mode.REGISTRATION)
        reply = await exchange.send_when_idle(commands.cancel_receipt())
        reader.answers[reply.command.body.hex(" ").upper()] = reply.data.hex()
        await exchange.finished()
        facts = await reader.facts(intent.kind)
    return facts


def _awaited(intent: Intent, job_id: str) -> Mapping[str, Json]:
    """What the operator (OFD) will confirm one day: receipts and corrections."""
    confirmed = intent.kind in (Kind.RECEIPT, Kind.CORRECTION)
    return expected(intent.baseline.last if confirmed else None, intent.baseline.fn, job_id)
