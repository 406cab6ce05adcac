"""One payment, from the last payment before it to the terminal's last word.

Order and result rule: protocol-specs/zvt, "Authorisation". What is in doubt is found out in `settlement.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from bridge.model import Choice, JobError, Operation, Outcome, PaymentResult, Result, TerminalPrompt
from bridge.plugin import Aborted, DeviceError, JobContext
from bridge.transport import LinkLost
from bridge_zvt import commands, memory
from bridge_zvt.answers import Record, difference, same, shown
from bridge_zvt.commands import Command
from bridge_zvt.errors import FOLLOWS, lookup
from bridge_zvt.errors import Kind as ErrorKind
from bridge_zvt.exchange import Ending, Exchange, Listener
from bridge_zvt.frame import Apdu
from bridge_zvt.open_points import CARD_TIME_OUT_SECONDS
from bridge_zvt.plan import INTENT, RESULT, REVERSING, Intent, Kind
from bridge_zvt.prompts import intermediate, spoken
from bridge_zvt.receipts import Receipts
from bridge_zvt.refusals import Refused
from bridge_zvt.result import evidence_of, needs_signature, payment, payment_result
from bridge_zvt.settings import ZvtSettings
from bridge_zvt.snapshot import Look, look_or_fail

# What finishes a reservation.
_FINISHING = frozenset({Kind.CAPTURE, Kind.RELEASE})

SIGNATURE = (Choice(code="yes", text="The signature is right"), Choice(code="no", text="It is wrong or missing: take it back"))


class PaymentListener(Listener):
    """Writes results down before they are acknowledged, and tells the cashier what the terminal waits for."""

    def __init__(self, context: JobContext, settings: ZvtSettings, intent: Intent, *, administrative: bool = False) -> None:
        self.records: list[Record] = []
        self.receipts = Receipts(
            settings.charset, settings.columns, suffix=settings.print_line_suffix, administrative=administrative
        )
        self.prompt: TerminalPrompt | None = None
        self.silence = 0.0
        """Seconds between the last prompt and the result."""
        self._heard_at = context.device.clock.monotonic()
        self._context = context
        self._settings = settings
        self._intent = intent

    @property
    def last(self) -> Record | None:
        """The terminal's last word: after a wrong PIN it may say several."""
        return self.records[-1] if self.records else None

    async def status_information(self, apdu: Apdu) -> None:
        record = Record.of(apdu)
        self._hear()
        device = self._context.device
        now = device.clock.now()
        if is_old(record, self._intent.baseline):
            device.logger.info("the terminal repeats the result of the payment before this one")
            await memory.keep_stray(device, shown(apdu))
            return
        ahead = difference(record, ZoneInfo(self._settings.zone), now)
        store = await memory.of_result(device, self._context.job_id, record, ahead)
        await self._context.checkpoint(RESULT, {"record": record.model_dump(), "at": now.isoformat()}, store=store)
        self.records.append(record)

    async def receipt(self, apdu: Apdu) -> None:
        self._hear()
        self.receipts.take(apdu)
        self._context.progress("receipt")

    def intermediate(self, status: int, text: str | None) -> None:
        self._hear()
        self.prompt, _ = intermediate(status)
        self._context.attention(self.prompt, text or spoken(status))

    def alive(self) -> None:
        self._context.progress("waiting for the terminal")

    def ended(self) -> None:
        """The command is over."""
        self._hear()

    def _hear(self) -> None:
        now = self._context.device.clock.monotonic()
        if now > self._heard_at + 1:
            self.silence = now - self._heard_at
        self._heard_at = now


class PaymentProcedure:
    """One payment on one terminal."""

    def __init__(self, exchange: Exchange, settings: ZvtSettings, context: JobContext) -> None:
        self._exchange = exchange
        self._settings = settings
        self._context = context

    async def carry_out(self, operation: Operation, intent: Intent, command: Command) -> Result:
        """Raises DeviceError or Aborted where surely nothing was paid; a LinkError leaves the job in doubt."""
        context = self._context
        before = await self.before()
        expect_last(operation, before)
        self._check_reversal(intent, before)
        await self._check_number(intent)
        if context.abort_requested:
            raise Aborted
        intent = intent.model_copy(
            update={
                "baseline": before.record,
                "known": await memory.last(context.device),
                "why": before.why,
                "empty": before.empty,
                "ahead": await memory.clock_ahead(context.device),
            }
        )
        store = await memory.finishing(context.device, intent.original_trace) if intent.kind in _FINISHING else None
        await context.checkpoint(INTENT, intent.model_dump(mode="json"), store=store)
        if context.abort_requested:
            raise Aborted
        listener = PaymentListener(context, self._settings, intent)
        try:
            ending = await self._exchange.run(command, listener)
        except Refused as refused:
            raise DeviceError(refused.job_error()) from refused
        finally:
            context.clear_attention()
        listener.ended()
        return await self._conclude(intent, command, listener, ending)

    async def before(self) -> Look:
        """The terminal's last payment; where it was a reversal of its own making, its job is told."""
        device = self._context.device
        if self._settings.snapshot == "stored" or not self._settings.repeat_receipt:
            return Look(await memory.last(device), "no result was received yet")
        seen = await look_or_fail(self._exchange, self._settings)
        if seen.record is not None:
            await memory.note_reversal(device, seen.record)
        return seen

    # --- the result rule

    async def _conclude(self, intent: Intent, command: Command, listener: PaymentListener, ending: Ending) -> Result:
        last = listener.last
        if not ending.aborted and (last is None or last.result is None):
            raise LinkLost(f"the terminal ended the command '{command.title}' without telling what came of it")
        if not ending.aborted and intent.original_receipt is None and told_back(listener.records):
            raise LinkLost("the terminal told that it took the payment back, and ended the command as if it stood")
        if not ending.aborted and last is not None and last.approved:
            _agree(intent, last, ending)
        if ending.aborted or (last is not None and not last.approved):
            number = ending.result if ending.aborted else last.result if last is not None else None
            return await self._not_paid(intent, command, listener, ending, number or 0xFF)
        assert last is not None
        return await self._paid(intent, listener, last, ending)

    async def _not_paid(self, intent: Intent, command: Command, listener: PaymentListener, ending: Ending, number: int) -> Result:
        """Decided by the terminal: surely nothing was charged, whatever it had said before."""
        context, last = self._context, listener.last
        if last is not None and last.approved:
            await memory.forget(context.device, last.trace)
            context.warn("reversed", "The terminal had approved the payment, and took it back itself.")
        row = lookup(number)
        if row.kind is ErrorKind.REFUSED:
            raise DeviceError(Refused(command.title, number, said=ending.text, answered=False).job_error())
        outcome = Outcome.DECLINED
        if row.kind is ErrorKind.STOPPED:
            outcome = self._stopped(listener, ending)
        made = payment(
            self._settings,
            intent,
            last,
            outcome,
            context.device.clock.now(),
            receipts=listener.receipts.finished(),
            number=number,
            text=ending.text,
        )
        return payment_result(self._settings, made, evidence_of(listener.records, ending=shown(ending.message)))

    def _stopped(self, listener: PaymentListener, ending: Ending) -> Outcome:
        """6C is an abort or a time-out [Z4]."""
        if self._context.abort_requested:
            return Outcome.CANCELLED
        words = (ending.text or "").casefold()
        if any(word in words for word in ("timeout", "time-out", "time out", "zeit")):
            return Outcome.TIMED_OUT
        waited = listener.prompt is TerminalPrompt.PRESENT_CARD and listener.silence >= CARD_TIME_OUT_SECONDS
        return Outcome.TIMED_OUT if waited and not words else Outcome.CANCELLED

    async def _paid(self, intent: Intent, listener: PaymentListener, last: Record, ending: Ending) -> Result:
        context, settings = self._context, self._settings
        wrong = wrong_original(intent, last)
        outcome = outcome_of(intent, last)
        made = payment(settings, intent, last, outcome, context.device.clock.now(), receipts=listener.receipts.finished())
        evidence = evidence_of(listener.records, ending=shown(ending.message))
        if wrong is not None:
            context.device.alert("terminal.wrong_reversal", wrong)
            await memory.forget(context.device, last.trace)
            await memory.note_reversal(context.device, last)  # the payment that it was has a job of its own, perhaps
            made = made.model_copy(update={"outcome": Outcome.DECLINED, "approved": intent.shown(0), "reason_text": wrong})
            return payment_result(settings, made, evidence)
        if intent.kind is Kind.REVERSAL:
            await memory.forget(context.device, last.original_trace or intent.original_trace)
        if intent.kind is Kind.PURCHASE and settings.signature == "ask" and needs_signature(made):
            return await self._signed(intent, last, made, evidence)
        return payment_result(settings, made, evidence)

    # --- the signature

    async def _signed(self, intent: Intent, last: Record, made: PaymentResult, evidence: dict[str, Any]) -> Result:
        """A no takes the payment back. It stands until the terminal says that it does not."""
        context, settings = self._context, self._settings
        slip = next((receipt.text for receipt in made.receipts if receipt.signature), None)
        prompt = "Is the customer's signature right? Compare it with the card."
        if slip is not None:
            prompt += f"\n\n{slip}"
        choice = await context.ask(prompt, SIGNATURE, timeout=settings.timeouts.question, default="yes")
        if choice == "yes" or last.receipt is None:
            if choice != "yes":
                context.warn("not_reversed", "The terminal gave the payment no receipt number: it could not be taken back.")
            return payment_result(settings, made, evidence)
        back = Intent(
            kind=Kind.REVERSAL,
            amount=last.amount if last.amount is not None else intent.amount,
            currency=intent.currency,
            started=context.device.clock.now(),
            baseline=last,
            ahead=intent.ahead,
            original_receipt=last.receipt,
            original_trace=last.trace,
        )
        await context.checkpoint(REVERSING, back.model_dump(mode="json"))
        command = commands.reversal(settings, last.receipt, back.amount, back.currency)
        listener = PaymentListener(context, settings, back)
        try:
            ending = await self._exchange.run(command, listener)
        except Refused as refused:
            context.warn("not_reversed", f"The signature was refused, and the payment stands: {refused}.")
            return payment_result(settings, made, evidence)
        finally:
            context.clear_attention()
        reversal = listener.last
        evidence["reversal"] = evidence_of(listener.records, ending=shown(ending.message))
        if not ending.aborted and (reversal is None or reversal.result is None):
            raise LinkLost("the terminal ended the reversal without telling what came of it")
        made = made.model_copy(update={"receipts": (*made.receipts, *listener.receipts.finished())})
        if ending.aborted or reversal is None or not reversal.approved or wrong_original(back, reversal):
            context.warn("not_reversed", f"The signature was refused, and the payment stands: {ending.text or 'not reversed'}.")
            return payment_result(settings, made, evidence)
        await memory.forget(context.device, last.trace)
        return payment_result(settings, signature_refused(made), evidence)

    async def _check_number(self, intent: Intent) -> None:
        """A terminal finds the original by its receipt number, and some begin that anew each day, all behind 9999: where it is by now
        that of a later payment of ours, that one would be taken back."""
        if intent.original_trace is None or intent.original_receipt is None or self._context.device.shared:
            return
        trace = await memory.trace_of(self._context.device, intent.original_receipt)
        if trace is not None and trace.lstrip("0") != intent.original_trace.lstrip("0"):
            detail = (
                f"Receipt {intent.original_receipt} is another payment of the terminal by now (trace {trace}, not "
                f"{intent.original_trace}): give the money back with a refund."
            )
            raise DeviceError(JobError.of("request.conflict", detail, field="original.receipt_number"))

    def _check_reversal(self, intent: Intent, before: Look) -> None:
        """A terminal that takes back its last payment whatever receipt is named is not asked for another one."""
        if intent.kind is not Kind.REVERSAL or self._settings.reversal != "last":
            return
        last = before.record
        if last is None or last.receipt is None or last.receipt[-4:] != str(intent.original_receipt)[-4:]:
            detail = f"This terminal can take back its last payment alone, and that is not receipt {intent.original_receipt}."
            raise DeviceError(JobError.of("request.conflict", detail, field="original.receipt_number"))


def signature_refused(made: PaymentResult) -> PaymentResult:
    """The payment whose signature was wrong, taken back."""
    zero = made.approved - made.approved
    return made.model_copy(
        update={"outcome": Outcome.REVERSED, "approved": zero, "tip": None, "cashback": None, "reason_text": "signature refused"}
    )


def outcome_of(intent: Intent, record: Record) -> Outcome:
    """Of a record that says approved."""
    asked, told = intent.amount, record.amount
    if intent.kind in (Kind.PURCHASE, Kind.RESERVATION) and asked is not None and told is not None and told < asked:
        return Outcome.PARTIAL
    return Outcome.APPROVED


def _agree(intent: Intent, last: Record, ending: Ending) -> None:
    """An approval and the end behind it must not contradict each other. Raises LinkLost: then the terminal is asked."""
    if ending.result not in (None, 0, *FOLLOWS):
        raise LinkLost(f"the terminal approved the payment, and ended the command with result {ending.result:02X}")
    if last.amount == 0 and intent.amount and intent.kind in (Kind.PURCHASE, Kind.REFUND, Kind.RESERVATION, Kind.CAPTURE):
        raise LinkLost("the terminal approved the payment over nothing")


def told_back(records: Sequence[Record]) -> bool:
    """Whether the last result of a command is the reversal of one that it had told before."""
    if not records or not records[-1].approved:
        return False
    original = (records[-1].original_trace or "").lstrip("0")
    return bool(original) and any((record.trace or "").lstrip("0") == original for record in records[:-1])


def wrong_original(intent: Intent, record: Record) -> str | None:
    """Why a reversal took back another payment than the one that was meant; None where it did not, or nothing tells."""
    if intent.kind is not Kind.REVERSAL:
        return None
    if intent.original_trace is not None and record.original_trace is not None:
        if intent.original_trace.lstrip("0") != record.original_trace.lstrip("0"):
            return f"The terminal took back trace {record.original_trace} instead of {intent.original_trace}."
        return None
    last = intent.baseline
    if intent.original_trace is None and record.original_trace is not None and last is not None and last.trace is not None:
        named, its = str(intent.original_receipt)[-4:], (last.receipt or "")[-4:]
        if its and its != named and last.trace.lstrip("0") == record.original_trace.lstrip("0"):
            return (
                f"The terminal took back its last payment, receipt {last.receipt}, instead of receipt {intent.original_receipt}."
            )
    if intent.amount is not None and record.amount is not None and intent.amount != record.amount:
        told = intent.shown(record.amount)
        return f"The terminal took back {told} instead of {intent.shown(intent.amount)} {intent.currency}."
    return None


def is_old(record: Record, baseline: Record | None) -> bool:
    """Whether a result is that of the payment before: a repetition that came late."""
    if baseline is None or same(record, baseline) is not True:
        return False
    return (record.result, record.amount, record.moment, record.original_trace) == (
        baseline.result,
        baseline.amount,
        baseline.moment,
        baseline.original_trace,
    )


def expect_last(operation: Operation, before: Look) -> None:
    """What the till believes of the terminal, as an optimistic lock: its last receipt number."""
    wanted = operation.expect.last_document if operation.expect else None
    if wanted is None:
        return
    found = before.record.receipt if before.record is not None else None
    if wanted.lstrip("0") != str(found or "").lstrip("0"):
        detail = f"Receipt {found or 'none'} is the terminal's last one, not {wanted}."
        raise DeviceError(JobError.of("request.conflict", detail, field="expect.last_document"))


def records_of(checkpoints: Sequence[Any], after: str | None = None) -> list[Record]:
    """Results that were written down; `after`: those behind the last checkpoint of this name alone."""
    found: list[Record] = []
    for checkpoint in checkpoints:
        if checkpoint.name == after:
            found.clear()
        elif checkpoint.name == RESULT:
            found.append(Record.model_validate(checkpoint.data["record"]))
    return found
