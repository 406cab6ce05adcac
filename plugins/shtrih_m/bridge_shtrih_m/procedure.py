"""How every document is made: wait until the device is ready, read the baseline, write the intent, send, read back.

Follows protocol-specs/shtrih-m, "Power loss and lost answers". The commands come from a `Plan`; what is done when the answer to
one of them is lost is in `settlement.py`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bridge_ffd.fn import FoundDocument
from bridge_ffd.new_documents import new_numbers
from bridge_ffd.outstanding import PAPER, expected
from bridge_ffd.register import Kind

from bridge.model import JobError, Operation, Paper, Result
from bridge.plugin import BASELINE, INTENT, Aborted, DeviceError, JobContext, Json, Verdict, usual, wait_until_ready
from bridge.transport import LinkLost
from bridge_shtrih_m import commands
from bridge_shtrih_m.answers import Closed, Mode, error_of, values_of
from bridge_shtrih_m.errors import NOT_NOW
from bridge_shtrih_m.exchange import HELD, Exchange
from bridge_shtrih_m.facts import FactReader, Facts
from bridge_shtrih_m.marking import Judged, Negative, judge
from bridge_shtrih_m.plan import ANSWERED, DECIDING, TELLS_NUMBER, Intent, Plan, Step
from bridge_shtrih_m.recovery import decide, in_storage, is_ours
from bridge_shtrih_m.refusals import Refused, checked
from bridge_shtrih_m.result import document_result
from bridge_shtrih_m.sale import print_next
from bridge_shtrih_m.settings import ShtrihSettings
from bridge_shtrih_m.texts import own

_CHECKS_CODE = 0xFF61
_BINDS_CODE = 0xFF67

# How often a deciding command is sent that the device was too busy for, each time proved not to have been carried out.
_TRIES = 5

MakePlan = Callable[[Facts], Awaitable[Plan]]


class Procedure:
    """One document on one device."""

    def __init__(self, exchange: Exchange, settings: ShtrihSettings, context: JobContext) -> None:
        self._exchange = exchange
        self._settings = settings
        self._context = context

    async def carry_out(self, operation: Operation, kind: Kind, make_plan: MakePlan) -> Result:
        """Raises DeviceError or Aborted where surely nothing was issued; a LinkError leaves the job in doubt."""
        context = self._context
        resumes = await self.wait_until_ready()
        try:
            facts = await self._reader().facts(kind)
            self._check_state(kind, facts)
            usual.expect_last_document(operation, facts.last if facts.last is not None else facts.document_number)
            plan = await make_plan(facts)
        except Refused as refused:
            raise DeviceError(refused.job_error()) from refused
        if facts.document_open:
            usual.may_cancel_leftover(shared=context.device.shared, allowed=self._settings.cancel_leftover)
        if context.abort_requested:
            raise Aborted
        intent = Intent.of(plan, facts)
        store: dict[str, Json] = {HELD: None, **_awaited(intent, context.job_id)}
        await context.checkpoint(INTENT, intent.model_dump(mode="json"), store=store)
        if resumes:
            await self._exchange.idle(context)
        if facts.document_open:
            intent = await self._clear_leftover(intent)
        answer = await self._send(plan, intent)
        if answer is not None and (context.device.shared or not in_storage(intent)):
            # No document of the FN will ever prove this again: there is none, or others use the device and have such ones too.
            await context.checkpoint(ANSWERED, {"answer": answer.hex()})
        for warning in plan.warnings:
            context.warn(warning.code, warning.message, warning.field)
        paper = await self._paper()
        return await self._read_back(intent, answer, paper)

    async def wait_until_ready(self) -> bool:
        """A device that prints or waits for a person is waited for; nothing is sent to it meanwhile. True where it only waits to
        be told to go on with what it printed before, and the settings allow to tell it.

        Raises DeviceError at the job's deadline, Aborted after an abort.
        """
        exchange = self._exchange
        left = await wait_until_ready(
            self._context,
            exchange.trouble,
            poll=exchange.timeouts.poll,
            person=exchange.timeouts.person,
            enough=lambda found: found.resumes and self._settings.continue_printing,
        )
        return left is not None

    # --- before

    def _reader(self) -> FactReader:
        return FactReader(self._exchange, self._settings.zone)

    def _check_state(self, kind: Kind, facts: Facts) -> None:
        """What the device would refuse, said before anything is written down."""
        match facts.mode:
            case Mode.DATE_TO_CONFIRM:
                raise own.DATE_TO_CONFIRM.error()
            case Mode.SHIFT_CLOSED if kind is Kind.SHIFT_CLOSE:
                raise usual.SHIFT_CLOSED.error()
            case Mode.SHIFT_CLOSED if kind in (Kind.RECEIPT, Kind.CORRECTION):
                raise usual.SHIFT_CLOSED.error()
            case Mode.SHIFT_EXPIRED if kind not in (Kind.SHIFT_CLOSE, Kind.X_REPORT, Kind.SHIFT_OPEN):
                raise usual.SHIFT_EXPIRED.error()
            case Mode.SHIFT_OPEN | Mode.SHIFT_EXPIRED if kind is Kind.SHIFT_OPEN:
                raise usual.SHIFT_OPEN.error()
            case _:
                pass

    async def _clear_leftover(self, intent: Intent) -> Intent:
        """Cancel what somebody left open, and write down a new baseline: the later one counts."""
        context = self._context
        try:
            facts = await cancel_open(self._exchange, self._reader(), intent, context)
            if not facts.document_open:
                self._check_state(intent.kind, facts)
        except Refused as refused:
            raise DeviceError(refused.job_error()) from refused
        if facts.document_open:
            raise usual.STAYS_OPEN.error()
        await context.checkpoint(BASELINE, facts.model_dump(mode="json"))
        context.warn("leftover_cancelled", "A receipt that was left open on the device was cancelled first.")
        return intent.model_copy(update={"baseline": facts})

    # --- the commands

    async def _send(self, plan: Plan, intent: Intent) -> bytes | None:
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
            context.commit_point()
            decided = True
            if context.device.shared and self._exchange.next_number is not None:
                # By it alone an answer that the device still holds can be told from that of another program.
                await context.checkpoint(DECIDING, {"number": self._exchange.next_number})
            return await self._decide(plan.steps[-1], intent)
        except Refused as refused:
            issued = await self._make_sure(intent, decided=decided)
            if issued:
                return None
            await self._forget_codes(plan)
            raise DeviceError(self._told(refused)) from refused
        except Negative as negative:
            await self._make_sure(intent, decided=False)
            await self._forget_codes(plan)
            raise DeviceError(negative.error) from negative
        except Aborted:
            await self._make_sure(intent, decided=False)
            await self._forget_codes(plan)
            raise

    async def _forget_codes(self, plan: Plan) -> None:
        """Codes that were checked for this receipt are not kept for the next one. Refused where nothing is kept."""
        if any(step.command.code in (_CHECKS_CODE, _BINDS_CODE) for step in plan.steps):
            await self._exchange.send(commands.take_code(2))

    async def _step(self, step: Step) -> None:
        answer = checked(step.command, await self._exchange.send_printing(step.command, self._context), step.field)
        if step.command.code == _CHECKS_CODE:
            await self._take_code(step, answer)
        elif step.command.code == _BINDS_CODE and values_of(answer).get("check"):
            # The device had not checked it (any more), did so now, and took it whatever came of it.
            self._judge(judge(answer), step)

    async def _take_code(self, step: Step, answer: bytes) -> None:
        """The check of a marking code was answered: it is accepted for the receipt, or rejected with the receipt."""
        judged = judge(answer)
        command = commands.take_code(1 if judged.acceptable else 0)
        checked(command, await self._exchange.send(command), step.field)
        self._judge(judged, step)

    def _judge(self, judged: Judged, step: Step) -> None:
        """Raises Negative."""
        if not judged.acceptable:
            raise Negative(judged, step.field)
        if judged.warning is not None:
            self._context.warn("marking_not_checked", judged.warning, step.field)

    async def _decide(self, step: Step, intent: Intent) -> bytes | None:
        """Sent again only where the device was busy and then proves that it did nothing."""
        for _ in range(_TRIES):
            answer = await self._exchange.send(step.command)
            if error_of(answer) not in NOT_NOW:
                return checked(step.command, answer, step.field)
            await self._exchange.idle(self._context)
            facts, found = await self._look(intent)
            decision = decide(intent, facts, found, shared=self._context.device.shared)
            if decision.verdict is Verdict.ISSUED:
                return None
            if decision.verdict is Verdict.UNKNOWN:
                raise LinkLost(f"the device was busy, and does not prove what became of the document: {decision.reason}")
        raise Refused(step.command, error_of(answer), step.field)

    def _told(self, refused: Refused) -> JobError:
        error = refused.job_error()
        if refused.command.code in (0xFF46, 0xFF45) and refused.number == 0x37:
            return error.model_copy(update={"remedy": 'The device makes receipts by older commands: set "commands": "classic".'})
        return error

    async def _make_sure(self, intent: Intent, *, decided: bool) -> bool:
        """Cancel what we opened, and prove that nothing was issued; True where it was all the same. Raises LinkLost where neither
        is proved: then the job is in doubt, and recovery decides.

        `decided`: the deciding command was sent. Before it nothing of ours can have been issued, whatever others do.
        """
        try:
            await self._exchange.idle(self._context, seconds=self._exchange.timeouts.paper)
            facts = await cancel_open(self._exchange, self._reader(), intent, self._context)
            if facts.document_open:
                raise LinkLost("after an error a document is still open on the device")
            if not decided:
                return False
            facts, found = await self._look(intent)
        except Refused as error:
            raise LinkLost(f"the device does not say what became of the document: {error}") from error
        decision = decide(intent, facts, found, shared=self._context.device.shared)
        if decision.verdict is Verdict.UNKNOWN:
            raise LinkLost(f"after an error the device does not prove what became of the document: {decision.reason}")
        return decision.verdict is Verdict.ISSUED

    async def _look(self, intent: Intent) -> tuple[Facts, list[FoundDocument]]:
        return await look(self._reader(), intent)

    # --- after

    async def _paper(self) -> Paper:
        """The document exists by now. Paper that is missing is waited for a while; then the job ends, and the paper follows."""
        context = self._context
        trouble = await self._exchange.idle(context, seconds=self._exchange.timeouts.paper)
        if trouble is None:
            return Paper.PRINTED
        await context.device.store.set(PAPER, {"job": context.job_id})
        context.warn("paper_pending", f"The document was made, but is not printed yet. {trouble.text}")
        return Paper.PENDING

    async def _read_back(self, intent: Intent, answer: bytes | None, paper: Paper) -> Result:
        """The number, time and sign of what was issued. That it was is certain by now."""
        reader = self._reader()
        if answer is not None:
            reader.answers[f"{intent.decides:02X}"] = answer.hex()
        try:
            facts = await reader.facts(intent.kind)
            found = await self._document(reader, intent, facts, answer)
            issued_at = reader.moment(found.at) if found is not None else await reader.now()
        except Refused as refused:
            raise LinkLost(f"reading the document back failed: {refused}") from refused
        return document_result(intent, facts, found, issued_at, paper, reader.answers)

    async def _document(self, reader: FactReader, intent: Intent, facts: Facts, answer: bytes | None) -> FoundDocument | None:
        if not in_storage(intent):
            return None
        if answer is not None and intent.decides in TELLS_NUMBER:
            found = await reader.found(Closed.of(answer).document)
            if found is None or not is_ours(intent, found):
                raise LinkLost("the fiscal storage shows another document under the number that the device told")
            return found
        _, documents = await look(reader, intent, facts)
        ours = [document for document in documents if is_ours(intent, document)]
        if len(ours) != 1:
            raise LinkLost(f"the fiscal storage shows {len(ours)} documents like this one")
        return ours[0]


async def look(reader: FactReader, intent: Intent, facts: Facts | None = None) -> tuple[Facts, list[FoundDocument]]:
    """The state now, and what the FN has made since the baseline. Raises Refused."""
    facts = facts or await reader.facts(intent.kind)
    numbers = new_numbers(intent.kind, intent.baseline, facts)
    return facts, [found for number in numbers if (found := await reader.found(number)) is not None]


async def cancel_open(exchange: Exchange, reader: FactReader, intent: Intent, context: JobContext) -> Facts:
    """Cancel an open receipt, and whatever the FN has half made; the next document goes on paper again. The state afterwards.

    A cancellation may be refused itself: what counts is what the device says then.
    """
    facts = await reader.facts(intent.kind)
    if facts.mode == Mode.DOCUMENT_OPEN:
        await exchange.send_printing(commands.cancel_receipt(), context)
        await exchange.printed()
        facts = await reader.facts(intent.kind)
    if facts.current and facts.mode != Mode.DOCUMENT_OPEN:
        await exchange.send(commands.cancel_storage_document())
        facts = await reader.facts(intent.kind)
        if facts.mode == Mode.DOCUMENT_OPEN:
            # The half made document hid one that is open at the register too.
            await exchange.send_printing(commands.cancel_receipt(), context)
            await exchange.printed()
            facts = await reader.facts(intent.kind)
    if not intent.paper:
        await exchange.send(print_next(paper=True))
    return facts


def _awaited(intent: Intent, job_id: str) -> Mapping[str, Json]:
    """What the operator (OFD) will confirm one day: receipts and corrections."""
    confirmed = intent.kind in (Kind.RECEIPT, Kind.CORRECTION) and intent.online
    return expected(intent.baseline.last if confirmed else None, intent.baseline.fn, job_id)
