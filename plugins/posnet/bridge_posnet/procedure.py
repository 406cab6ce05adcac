"""How every document is made: wait until the printer is ready, read the baseline, write the intent, send, read back.

Follows protocol-specs/posnet, "Lost answers, power loss". The commands come from a `Plan`; what is done when the answer to
one of them is lost is in `settlement.py`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bridge.model import JobError, Operation, Result
from bridge.plugin import BASELINE, INTENT, Aborted, DeviceError, JobContext, usual, wait_until_ready
from bridge.transport import LinkLost
from bridge_posnet import commands
from bridge_posnet.answers import EDocumentNumber, FormState, GeneralStatus
from bridge_posnet.edocument import outstanding, read_record
from bridge_posnet.exchange import Exchange
from bridge_posnet.facts import TRANSACTIONS, FactReader, Facts, Kind, verbatim
from bridge_posnet.fields import Rate
from bridge_posnet.frame import Frame
from bridge_posnet.plan import ANSWERED, EDOCUMENT, Intent, Plan, Step
from bridge_posnet.recovery import nothing_issued
from bridge_posnet.refusals import Refused, checked
from bridge_posnet.result import Written, document_result
from bridge_posnet.settings import PosnetSettings
from bridge_posnet.tokens import Tokens, token_at

_BOUND_ALREADY = 4258  # a customer is named for the next document already


@dataclass(frozen=True, slots=True)
class Start:
    """The printer as it stands before the first command. `leftover`: something is open that is not ours. `rates`: its tax
    table of this moment, empty where it does not tell it with its state."""

    general: GeneralStatus
    facts: Facts
    leftover: bool
    rates: tuple[Rate, ...]


MakePlan = Callable[[Start, FactReader], Awaitable[Plan]]


class Procedure:
    """One document on one printer."""

    def __init__(self, exchange: Exchange, settings: PosnetSettings, context: JobContext, tokens: Tokens) -> None:
        self._exchange = exchange
        self._settings = settings
        self._context = context
        self._tokens = tokens
        self._edocument: int | None = None

    async def carry_out(self, operation: Operation, kind: Kind, currency: str, make_plan: MakePlan) -> Result:
        """Raises DeviceError or Aborted where surely nothing was issued; a LinkError leaves the job in doubt."""
        context = self._context
        await self.wait_until_ready()
        try:
            start = await self._start(kind)
            last = start.facts.last_receipt
            usual.expect_last_document(operation, last if last is not None else start.facts.receipts)
            plan = await make_plan(start, self._reader())
        except Refused as refused:
            raise DeviceError(refused.job_error()) from refused
        if start.leftover:
            usual.may_cancel_leftover(shared=context.device.shared, allowed=self._settings.cancel_leftover)
        if context.abort_requested:
            raise Aborted
        first = await self._tokens.next()
        intent = Intent.of(plan, start.facts, first, fiscal=start.general.fiscal, currency=currency)
        await context.checkpoint(INTENT, intent.model_dump(mode="json"), store=self._tokens.taken(first, intent.tokens))
        if start.leftover:
            intent = await self._clear_leftover(intent, token_at(first, intent.tokens - 2))
        answer = await self._send(plan, intent)
        if context.device.shared:
            # Where others use the printer no counter will ever prove this again.
            await context.checkpoint(ANSWERED, {"answer": verbatim(answer, self._settings.code_page)})
        for warning in plan.warnings:
            context.warn(warning.code, warning.message, warning.field)
        await self._send_closing(plan, intent)
        return await self._read_back(intent, answer)

    async def wait_until_ready(self) -> None:
        """A printer that waits for a person is waited for; nothing is sent to it meanwhile."""
        poll = self._exchange.timeouts.poll
        await wait_until_ready(self._context, self._exchange.trouble, poll=poll, person=poll)

    # --- before

    def _reader(self) -> FactReader:
        return FactReader(self._exchange, self._settings.code_page, self._settings.zone, self._context)

    async def _start(self, kind: Kind) -> Start:
        reader = self._reader()
        facts = await reader.facts(kind, commands.scomm(), commands.formisstarted())
        general = GeneralStatus.from_frame(await reader.ask(commands.scomm()))
        if general.read_only:
            raise DeviceError(
                JobError.of("device.memory_full", "The fiscal memory of the printer is closed: it can only be read.")
            )
        if general.header is False and kind in TRANSACTIONS:
            raise DeviceError(
                JobError.of("device.sale_blocked", "The printer has no header.", remedy="Program the shop's name and address.")
            )
        form = await reader.ask_if_known(commands.formisstarted())
        form_open = form is not None and FormState.from_frame(form).started
        leftover = form_open or bool(general.document) or facts.open or bool(facts.footer_open)
        return Start(general, facts, leftover, reader.rates)

    async def _clear_leftover(self, intent: Intent, token: int) -> Intent:
        """Cancel what somebody left open, and write down a new baseline: the later one counts."""
        context = self._context
        try:
            await self._close(commands.trftrend() if intent.baseline.footer_open else commands.prncancel(), token)
            facts = await self._reader().facts(intent.kind)
        except Refused as refused:
            raise DeviceError(refused.job_error()) from refused
        if facts.open:
            raise usual.STAYS_OPEN.error()
        await context.checkpoint(BASELINE, facts.model_dump(mode="json"))
        context.warn("leftover_cancelled", "A receipt or printout that was left open on the printer was cancelled first.")
        return intent.model_copy(update={"baseline": facts})

    # --- the commands

    async def _send(self, plan: Plan, intent: Intent) -> Frame:
        """The answer to the deciding command. An error before or at it: cancel, make sure, say so."""
        context = self._context
        decided = False
        try:
            for index, step in enumerate(plan.steps[:-1]):
                if context.abort_requested:
                    raise Aborted
                if index == intent.binds:
                    await self._bind(step, token_at(intent.token, index), intent)
                else:
                    await self._command(step, token_at(intent.token, index), self._exchange.timeouts.command)
            context.commit_point()
            decided = True
            return await self._command(plan.steps[-1], intent.decisive, self._seconds(plan.kind))
        except Refused as refused:
            await self._make_sure(intent, not_decided=not decided or refused.surely_not_executed)
            raise DeviceError(refused.job_error()) from refused
        except Aborted:
            await self._make_sure(intent, not_decided=True)
            raise

    def _seconds(self, kind: Kind) -> float:
        match kind:
            case Kind.DAILY_REPORT:
                return self._exchange.timeouts.report
            case Kind.REPORT:
                return self._exchange.timeouts.period
            case _:
                return self._exchange.timeouts.end

    async def _bind(self, step: Step, token: int, intent: Intent) -> None:
        """The next document goes to a customer. Its number is written down at once: nothing else tells it later.

        An older binding that nobody used (4258) is taken back first, as an open receipt would be; it is not ours, for ours
        are taken back in recovery.
        """
        context = self._context
        try:
            answer = await self._command(step, token, self._exchange.timeouts.command)
        except Refused as refused:
            if refused.number != _BOUND_ALREADY or context.device.shared or not self._settings.cancel_leftover:
                raise
            await self._close(commands.eparagonidzcancel(), token_at(intent.token, intent.tokens - 2))
            answer = await self._command(step, token_at(intent.token, intent.tokens - 1), self._exchange.timeouts.command)
            context.warn("leftover_cancelled", "An e-document was waiting for a receipt on the printer and was taken back first.")
        self._edocument = EDocumentNumber.from_frame(answer).number
        store = outstanding(self._edocument, context.job_id, context.device.clock.now(), on_paper=intent.paper)
        await context.checkpoint(EDOCUMENT, {"number": self._edocument}, store=store)

    async def _send_closing(self, plan: Plan, intent: Intent) -> None:
        """What stands below a receipt that is fiscal already. A refusal there costs a line, never the receipt; the footer is
        ended in any case, or the printer stays blocked."""
        refused: Refused | None = None
        last = len(plan.closing) - 1
        for index, step in enumerate(plan.closing):
            if refused is not None and index < last:
                continue
            try:
                await self._command(step, token_at(intent.token, intent.steps + index), self._exchange.timeouts.command)
            except Refused as error:
                refused = error
        if refused is not None:
            self._context.warn("footer_incomplete", f"Lines below the receipt are missing: {refused.row.text}.", refused.field)

    async def _command(self, step: Step, token: int, seconds: float) -> Frame:
        request = commands.with_token(step.frame, token)
        return checked(request, await self._exchange.send(request, seconds, self._context), step.field)

    async def _make_sure(self, intent: Intent, *, not_decided: bool) -> None:
        """Cancel what we opened, and prove that nothing was issued. Raises LinkLost where that cannot be: then the job is
        in doubt, and recovery decides.

        `not_decided`: the deciding command was not sent, or was refused by an answer that is surely its own. Then no
        receipt that came out meanwhile is ours; but only where others use the printer may one have come out at all.
        """
        try:
            if intent.kind in TRANSACTIONS:
                await self._close(commands.prncancel(), token_at(intent.token, intent.tokens - 2))
            if intent.binds is not None:
                await self._close(commands.eparagonidzcancel(), token_at(intent.token, intent.tokens - 1))
            facts = await self._reader().facts(intent.kind)
        except Refused as error:
            raise LinkLost(f"the printer does not say what became of the document: {error}") from error
        before = intent.baseline
        unmoved = (facts.receipts, facts.invoices) == (before.receipts, before.invoices) or self._context.device.shared
        proven = nothing_issued(intent, facts) or (not_decided and unmoved)
        if facts.open or facts.footer_open or not proven:
            raise LinkLost("after an error the printer does not prove that nothing was issued")

    async def _close(self, frame: Frame, token: int) -> None:
        """Cancel what is open, or end a footer. That may be refused itself: with nothing open some printers answer OK and
        some 2064 [open point 3]; what counts is what they say afterwards."""
        await self._exchange.send(commands.with_token(frame, token), self._exchange.timeouts.command, self._context)

    # --- after

    async def _read_back(self, intent: Intent, answer: Frame) -> Result:
        """The number and time of what was issued. That it was is certain by now."""
        reader = self._reader()
        reader.answers[answer.mnemonic] = verbatim(answer, self._settings.code_page)
        try:
            facts = await reader.facts(intent.kind, commands.rtcget())
            issued_at = await reader.now()
            record = await read_record(reader, self._edocument) if self._edocument is not None else None
        except Refused as refused:
            raise LinkLost(f"reading the document's number back failed: {refused}") from refused
        if facts.footer_open and intent.closing:
            raise LinkLost("the footer of the receipt is still open")
        return document_result(
            intent, facts, issued_at, Written.SEEN, evidence=reader.answers, edocument=self._edocument, record=record
        )
