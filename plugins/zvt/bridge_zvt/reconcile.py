"""The end of day, and the totals without one.

Follows protocol-specs/zvt, "End of day" and "Turnover totals". What is in doubt is found out in `settlement.py`.
"""

from __future__ import annotations

from bridge.model import Operation, Paper, Result, TerminalReconcile
from bridge.plugin import Aborted, CommandFate, DeviceError, JobContext
from bridge.transport import LinkLost
from bridge_zvt import commands, memory
from bridge_zvt.answers import Record, shown
from bridge_zvt.errors import FOLLOWS, lookup
from bridge_zvt.exchange import Ending, Exchange
from bridge_zvt.payment import PaymentListener, expect_last
from bridge_zvt.plan import INTENT, Intent, Kind
from bridge_zvt.prompts import READY
from bridge_zvt.refusals import Refused
from bridge_zvt.result import evidence_of, reconciliation
from bridge_zvt.settings import ZvtSettings
from bridge_zvt.snapshot import Look, TerminalBusy, look_or_fail
from bridge_zvt.status import enquire

_POLL_SECONDS = 5.0
_UPDATE_SECONDS = 600.0


class ReconcileProcedure:
    """One end of day on one terminal."""

    def __init__(self, exchange: Exchange, settings: ZvtSettings, context: JobContext) -> None:
        self._exchange = exchange
        self._settings = settings
        self._context = context

    async def carry_out(self, operation: TerminalReconcile) -> Result:
        """Raises DeviceError or Aborted where surely nothing was closed; a LinkError leaves the job in doubt."""
        context, settings = self._context, self._settings
        before = await self._before(operation)
        if context.abort_requested:
            raise Aborted
        kind = Kind.END_OF_DAY if operation.close else Kind.TOTALS
        intent = Intent(
            kind=kind,
            amount=None,
            currency=settings.currency,
            started=context.device.clock.now(),
            baseline=before.record,
            why=before.why,
            empty=before.empty,
            ahead=await memory.clock_ahead(context.device),
        )
        await context.checkpoint(INTENT, intent.model_dump(mode="json"))
        if context.abort_requested:
            raise Aborted
        command = commands.end_of_day(settings) if operation.close else commands.turnover_totals(settings)
        listener = PaymentListener(context, settings, intent, administrative=True)
        try:
            ending = await self._exchange.run(command, listener)
        except Refused as refused:
            raise DeviceError(refused.job_error()) from refused
        finally:
            context.clear_attention()
        record = self._told(command.title, listener.last, ending)
        await self._follow_up(ending)
        receipts = listener.receipts.finished()
        totals = reconciliation(
            settings,
            record,
            closed=operation.close,
            now=context.device.clock.now(),
            receipts=receipts,
        )
        return Result(
            reconciliation=totals,
            paper=Paper.SUPPRESSED if settings.config & 0x04 else Paper.PRINTED,
            evidence=evidence_of(listener.records, ending=shown(ending.message)),
        )

    async def _before(self, operation: Operation) -> Look:
        """The end of day before this one, where the terminal keeps one."""
        if operation.expect is not None:
            expect_last(operation, await look_or_fail(self._exchange, self._settings))
        if not self._settings.repeat_receipt:
            return Look(None, "this terminal does not repeat its last result")
        found = await look_or_fail(self._exchange, self._settings, end_of_day=True)
        if found.record is not None and not found.record.totals:
            return Look(None, "the terminal repeats no end of day", empty=False)
        return found

    def _told(self, title: str, last: Record | None, ending: Ending) -> Record:
        """The totals. Raises DeviceError where the terminal did not do it, LinkLost where it does not tell."""
        if ending.aborted and ((last is not None and last.approved) or lookup(ending.result or 0xFF).fate is CommandFate.UNKNOWN):
            raise LinkLost(f"the terminal ended the command '{title}' with an error that does not tell whether it was done")
        if ending.aborted:
            raise DeviceError(Refused(title, ending.result or 0xFF, said=ending.text, answered=False).job_error())
        if last is None or last.result is None:
            raise LinkLost(f"the terminal ended the command '{title}' without telling what came of it")
        if not last.approved:
            raise DeviceError(Refused(title, last.result, said=ending.text, answered=False).job_error())
        return last

    async def _follow_up(self, ending: Ending) -> None:
        """Some terminals update or restart themselves behind an end of day, and answer nothing meanwhile. The end of day is done by
        then; the next payment waits until the terminal is back."""
        if ending.result not in FOLLOWS or not self._settings.status_enquiry:
            return
        context = self._context
        context.warn("update", "The terminal updates or restarts itself now.")
        context.attention("terminal.wait", "The terminal updates or restarts itself")
        give_up = context.device.clock.monotonic() + _UPDATE_SECONDS
        try:
            while context.device.clock.monotonic() < give_up:
                await context.device.clock.sleep(_POLL_SECONDS)
                context.progress("update")
                try:
                    state = await enquire(self._exchange, self._settings)
                except TerminalBusy:
                    continue
                except OSError:
                    return  # it is restarting: the link is opened anew before anything else is sent
                if state is None or state.code == READY:
                    return
        finally:
            context.clear_attention()
