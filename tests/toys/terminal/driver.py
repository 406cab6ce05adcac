"""The driver: a purchase from the first command to the confirmed record; questions, abort; recovery by the last record.

The terminal has the last word: what it decided (a decline too) ends the job as done. The wire is in `conversation.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bridge.model import (
    Capabilities,
    Choice,
    DeviceStatus,
    Identity,
    JobError,
    Operation,
    Outcome,
    Paper,
    PaymentPurchase,
    PaymentRefund,
    PaymentResult,
    PaymentReversal,
    ReceiptCopy,
    Reconciliation,
    Result,
    SchemeTotal,
    TerminalPrompt,
    TerminalReceipt,
    TerminalReconcile,
)
from bridge.plugin import (
    AbortAnswer,
    Aborted,
    Checkpoint,
    DeviceContext,
    DeviceError,
    Driver,
    Issued,
    JobContext,
    NeedsOperator,
    NotIssued,
    Pending,
    Recovery,
)
from bridge.transport import LinkLost, masked_pan
from tests.toys.terminal import messages
from tests.toys.terminal.conversation import Conversation
from tests.toys.terminal.frame import Frame
from tests.toys.terminal.messages import (
    ABORT,
    ANSWER,
    BATCH,
    CONFIRM,
    COUNTER_MODULO,
    GIVEN,
    IDENTIFY,
    LAST,
    PURCHASE,
    SLIP,
    STATUS,
    Batch,
    Purchase,
    Record,
    TerminalStatus,
    Unreadable,
    batch_from,
    last_from,
    purchase_fields,
    record_from,
    status_from,
)

CURRENCIES = ("EUR", "PLN")
LARGEST = Decimal("5000.00")

# What the terminal keeps of our reference.
REFERENCE_LENGTH = 12

# Key of the device's store: which job an approved record belongs to, for a reversal that is told later. The counter wraps,
# so there are never more of them than it has values.
PAYMENT = "payment/"

# Between two looks for reversals while nothing else is to do, and between two questions for a record not decided yet.
LOOK_SECONDS = 5.0
UNDECIDED_SECONDS = 2.0

Charging = PaymentPurchase | PaymentRefund | PaymentReversal

PROMPTS = {"card": TerminalPrompt.PRESENT_CARD, "host": TerminalPrompt.HOST, "remove": TerminalPrompt.REMOVE_CARD}

YES_NO = (Choice(code="yes", text="Signature is right"), Choice(code="no", text="Signature is wrong or missing"))


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds, and whether slips are fetched. `silence`: how long the terminal may say nothing while a customer is at it."""

    answer: float = 5.0
    silence: float = 180.0
    question: float = 30.0
    slips: bool = True


async def identify(conversation: Conversation) -> Identity:
    """Who is at the other end. Raises LinkError."""
    fields = (await conversation.exchange(IDENTIFY)).fields
    return Identity(model=fields.get("model", "?"), serial=fields.get("serial"), fiscal_number=fields.get("terminal"))


class TerminalDriver(Driver):
    """One connection to one terminal."""

    def __init__(self, conversation: Conversation, device: DeviceContext, timings: Timings) -> None:
        self._talk = conversation
        self._device = device
        self._timings = timings
        self._charging = False

    # -- who and how it is -------------------------------------------------------------------------------------------

    async def identify(self) -> Identity:
        return await identify(self._talk)

    async def capabilities(self) -> Capabilities:
        return Capabilities(
            operations=frozenset({"payment.purchase", "payment.refund", "payment.reversal", "terminal.reconcile"}),
            currencies=CURRENCIES,
            max_amount=LARGEST,
            status_during_job="parallel",
            abort_via="same_link",
        )

    async def status(self) -> DeviceStatus:
        status = await self._status()
        return DeviceStatus(as_of=self._device.clock.now(), busy=status.busy, last_document=str(status.counter))

    # -- charging ----------------------------------------------------------------------------------------------------

    async def execute(self, context: JobContext, operation: Operation) -> Result:
        if isinstance(operation, TerminalReconcile):
            return await self._reconcile(context, operation)
        if not isinstance(operation, Charging):
            raise DeviceError(JobError.of("request.unsupported"))
        before = await self._status()
        if before.busy:
            raise DeviceError(JobError.of("terminal.busy"))
        expected = operation.expect.last_document if operation.expect is not None else None
        if expected is not None and expected != str(before.counter):
            raise DeviceError(JobError.of("request.conflict", f"Record {before.counter} is the last one, not {expected}."))
        purchase = _wanted(operation, context.reference(REFERENCE_LENGTH))
        self._talk.forget_messages()
        await context.checkpoint("charge", {"counter": before.counter, "memory": before.memory})
        if context.abort_requested:
            raise Aborted
        self._charging = True
        try:
            await self._talk.exchange(PURCHASE, purchase_fields(purchase))
            record = await self._follow(context, (before.counter + 1) % COUNTER_MODULO)
        finally:
            self._charging = False
        return await self._confirmed(context, operation, record)

    async def _follow(self, context: JobContext, counter: int) -> Record:
        """Until the terminal has decided: pass on what it says, let the cashier answer what it asks."""
        question: asyncio.Task[None] | None = None
        try:
            while True:
                frame = await self._talk.message(self._timings.silence)
                match frame.kind:
                    case messages.MESSAGE:
                        prompt = PROMPTS.get(frame.fields.get("code", ""), TerminalPrompt.CUSTOMER)
                        context.attention(prompt, frame.fields.get("text", ""))
                    case messages.QUESTION:
                        question = asyncio.create_task(self._put(context, frame))
                    case messages.RECORD:
                        record = _record(frame)
                        if record.counter == counter:  # any other one is a repetition of an earlier one
                            context.clear_attention()
                            return record
        finally:
            if question is not None:
                question.cancel()
                await asyncio.gather(question, return_exceptions=True)

    async def _put(self, context: JobContext, frame: Frame) -> None:
        """A question to the cashier. The terminal goes on by itself when no answer comes in its own time."""
        choice = await context.ask(frame.fields.get("text", "?"), YES_NO, timeout=self._timings.question, default="no")
        await self._talk.exchange(ANSWER, {"question": frame.fields.get("question", ""), "choice": choice})

    async def _reconcile(self, context: JobContext, operation: TerminalReconcile) -> Result:
        before = await self._totals(close=False)
        await context.checkpoint("reconcile", {"number": before.number})
        totals = await self._totals(close=True) if operation.close else before
        return Result(reconciliation=_reconciled(totals, closed=operation.close), paper=Paper.SUPPRESSED)

    async def _totals(self, *, close: bool) -> Batch:
        try:
            return batch_from(await self._talk.exchange(BATCH, {"close": "1" if close else "0"}))
        except Unreadable as error:
            raise LinkLost(f"the terminal's totals are not readable: {error}") from error

    async def abort(self, context: JobContext) -> AbortAnswer:
        if not self._charging:
            return AbortAnswer.REQUESTED  # nothing was sent yet, and `execute` sees the flag before it sends
        answer = await self._talk.exchange(ABORT)
        return AbortAnswer.REQUESTED if answer.fields.get("taken") == "1" else AbortAnswer.TOO_LATE

    # -- recovering --------------------------------------------------------------------------------------------------

    async def recover(self, context: JobContext, operation: Operation, checkpoints: Sequence[Checkpoint]) -> Recovery:
        baseline = checkpoints[0].data
        if isinstance(operation, TerminalReconcile):
            now = await self._totals(close=False)
            if now.number == baseline["number"]:
                return NotIssued({"batch": now.number})
            # It was closed; what its totals were the terminal no longer tells.
            return Issued(Result(reconciliation=Reconciliation(number=str(baseline["number"]), closed=True), paper=Paper.UNKNOWN))
        assert isinstance(operation, Charging)
        answer = await self._talk.exchange(LAST)
        try:
            last = last_from(answer)
        except Unreadable as error:
            return Pending(UNDECIDED_SECONDS, "terminal.undecided", f"The terminal's answer is not readable: {error}.")
        evidence = {"before": dict(baseline), "last": dict(answer.fields)}
        if last.state == "busy":
            return Pending(UNDECIDED_SECONDS, "terminal.busy", "The terminal is still busy with the payment.")
        if last.state == "unknown":
            return Pending(UNDECIDED_SECONDS, "terminal.undecided", "The terminal does not know yet how the payment ended.")
        if last.memory != baseline["memory"]:
            return NeedsOperator(evidence, "The terminal lost its records. Look at its receipts and decide.")
        if last.record is None:
            return NotIssued(evidence)
        record, moved = last.record, (last.record.counter - int(baseline["counter"])) % COUNTER_MODULO
        if moved == 0:
            return NotIssued(evidence)
        wanted = _wanted(operation, context.reference(REFERENCE_LENGTH))
        alike = record.kind == wanted.kind and operation.amount in (None, record.amount)
        ours = record.reference == wanted.reference if record.reference else alike
        if moved == 1 and not ours:  # the only transaction since then is somebody else's
            return NotIssued(evidence)
        if ours and (record.reference or (moved == 1 and not self._device.shared)):
            return Issued(await self._confirmed(context, operation, record))
        return NeedsOperator(evidence, "Other payments were made at the terminal meanwhile. Compare its receipts and decide.")

    async def look_again(self, context: JobContext, operation: Operation, result: Result) -> Outcome | None:
        """The record by its counter: the acquirer may have reversed it since."""
        assert result.payment is not None
        if result.payment.receipt_number is None:
            return None
        try:
            answer = await self._talk.exchange(GIVEN, {"counter": result.payment.receipt_number})
        except DeviceError:  # its records were cleared since
            return None
        return Outcome(_record(answer).decision)

    # -- afterwards --------------------------------------------------------------------------------------------------

    async def maintain(self, context: DeviceContext) -> float | None:
        """Look for payments that the terminal reversed after it had approved them."""
        told = self._talk.reversals | set((await self._status()).reversed)
        for counter in sorted(told):
            job_id = await context.store.get(f"{PAYMENT}{counter}")
            if job_id is None:
                context.alert("terminal.reversed", f"The terminal reversed its record {counter}, which no job of ours made.")
            else:
                await context.amend(job_id, outcome=Outcome.REVERSED)
            await self._talk.exchange(CONFIRM, {"counter": str(counter)})
        self._talk.reversals.clear()
        return LOOK_SECONDS

    async def close(self) -> None:
        await self._talk.close()

    # -- inside ------------------------------------------------------------------------------------------------------

    async def _status(self) -> TerminalStatus:
        try:
            return status_from(await self._talk.exchange(STATUS))
        except Unreadable as error:
            raise LinkLost(f"the terminal's status is not readable: {error}") from error

    async def _slips(self, counter: int) -> tuple[TerminalReceipt, ...]:
        slips = []
        for copy in (ReceiptCopy.MERCHANT, ReceiptCopy.CUSTOMER) if self._timings.slips else ():
            try:
                answer = await self._talk.exchange(SLIP, {"counter": str(counter), "copy": copy.value})
            except DeviceError:  # it has none of it any more, which changes nothing of the payment
                continue
            text = answer.fields.get("text", "").replace("|", "\n")
            slips.append(TerminalReceipt(copy_for=copy, text=text, signature="Signature" in text))
        return tuple(slips)

    async def _confirmed(self, context: JobContext, operation: Charging, record: Record) -> Result:
        """Take the record in. Its answer is the last word: an approval may have been reversed meanwhile."""
        if record.decision == "approved":
            await self._device.store.set(f"{PAYMENT}{record.counter}", context.job_id)
        try:
            answer = await self._talk.exchange(CONFIRM, {"counter": str(record.counter)})
        except DeviceError as error:  # it has moved on meanwhile: that is doubt, not a refusal of the payment
            raise LinkLost(f"the terminal no longer knows record {record.counter}") from error
        final = _record(answer)
        if final.counter != record.counter:
            raise LinkLost(f"the terminal answered with record {final.counter} instead of {record.counter}")
        approved = final.amount if final.decision == "approved" else Decimal("0.00")
        requested = operation.amount or final.amount
        less = final.decision == "approved" and final.amount < requested
        payment = PaymentResult(
            outcome=Outcome.PARTIAL if less else Outcome(final.decision),
            requested=requested,
            approved=approved,
            currency=operation.currency or CURRENCIES[0],
            reason_text=final.reason or None,
            authorisation_code=final.authorisation or None,
            receipt_number=str(final.counter),
            original=operation.original.receipt_number if isinstance(operation, PaymentReversal) else None,
            masked_pan=masked_pan(final.card) if final.card else None,
            tip=final.tip if final.decision == "approved" else None,
            receipts=await self._slips(final.counter),
        )
        return Result(payment=payment, paper=Paper.SUPPRESSED, evidence={"record": dict(answer.fields)})


def _reconciled(totals: Batch, *, closed: bool) -> Reconciliation:
    return Reconciliation(
        number=str(totals.number),
        currency=CURRENCIES[0],
        total=totals.amount,
        totals=(SchemeTotal(scheme="TOY", count=totals.count, amount=totals.amount),),
        first_receipt=None if totals.first is None else str(totals.first),
        last_receipt=None if totals.last is None else str(totals.last),
        closed=closed,
    )


def _wanted(operation: Charging, reference: str) -> Purchase:
    """What the terminal is to do. Raises DeviceError where a reversal names no record of it."""
    currency = operation.currency or CURRENCIES[0]
    match operation:
        case PaymentReversal():
            number = operation.original.receipt_number or ""
            if not number.isdigit():
                said = "The terminal finds a payment by its receipt number alone."
                raise DeviceError(JobError.of("request.invalid", said, field="original.receipt_number"))
            return Purchase(operation.amount or Decimal("0.00"), currency, reference, "reversal", int(number))
        case PaymentRefund():
            return Purchase(operation.amount, currency, reference, "refund")
        case PaymentPurchase():
            return Purchase(operation.amount, currency, reference, tip=operation.tip, partial=operation.allow_partial)


def _record(frame: Frame) -> Record:
    try:
        return record_from(frame)
    except Unreadable as error:
        raise LinkLost(f"the terminal's record is not readable: {error}") from error
