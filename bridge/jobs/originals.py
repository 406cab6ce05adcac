"""Jobs that name an earlier payment: what that payment must be, and what its result has is filled in for the driver.

Whether the payment may be named by whoever asks (its till, its devices) is decided at the door, as for `retry_of`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from bridge.model import (
    Invoice,
    Job,
    JobState,
    Operation,
    OriginalPayment,
    Outcome,
    PaymentCapture,
    PaymentPreauthorise,
    PaymentRefund,
    PaymentRelease,
    PaymentResult,
    PaymentReversal,
    Receipt,
    ReceiptKind,
    RequestError,
    decimal_string,
    invalid,
)
from bridge.model.payment import FROM_JOURNAL
from bridge.store import Journal, StandingUse

log = logging.getLogger("tillbridge.jobs")

Naming = PaymentRefund | PaymentReversal | PaymentPreauthorise | PaymentCapture | PaymentRelease
"""The operations that may name an earlier payment."""

OF: dict[str, frozenset[str]] = {
    "payment.refund": frozenset({"payment.purchase", "payment.capture"}),
    "payment.reversal": frozenset({"payment.purchase", "payment.refund", "payment.preauthorise", "payment.capture"}),
    "payment.preauthorise": frozenset({"payment.preauthorise"}),
    "payment.capture": frozenset({"payment.preauthorise"}),
    "payment.release": frozenset({"payment.preauthorise"}),
}
"""What the earlier payment may be, by the operation that names it."""

BESIDE: dict[str, frozenset[str]] = {
    "payment.refund": frozenset({"payment.refund"}),
    "payment.reversal": frozenset({"payment.preauthorise"}),
    "payment.preauthorise": frozenset({"payment.preauthorise", "payment.release"}),
    "payment.capture": frozenset({"payment.preauthorise", "payment.release"}),
    "payment.release": frozenset({"payment.preauthorise", "payment.release"}),
}
"""What may have been done with the same payment before: several refunds of parts, a reservation raised or given up in part."""

_NUMBERS = ("receipt_number", "trace_number", "authorisation_code", "transaction_id", "terminal_id")
_NAMING = ("receipt_number", "trace_number", "transaction_id")
_STANDING = frozenset({Outcome.APPROVED, Outcome.PARTIAL})
_GIVING_BACK = frozenset({ReceiptKind.REFUND, ReceiptKind.PURCHASE_REFUND})


@dataclass(frozen=True, slots=True)
class Completed:
    """An operation with the numbers of the payment that it names. `original`: that payment's job; `admits`: why what stands of
    it already leaves no room for this one, told in the very transaction that accepts it."""

    operation: Operation
    original: str | None = None
    admits: Callable[[Sequence[StandingUse]], tuple[str, str] | None] = field(default=lambda standing: None)


def named_payments(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Field and id of each payment's job that a body names, as it was received."""
    found: list[tuple[str, str]] = []
    original = body.get("original")
    if isinstance(original, Mapping) and isinstance(original.get("job"), str):
        found.append(("original.job", original["job"]))
    payments = body.get("payments")
    for number, payment in enumerate(payments if isinstance(payments, list) else ()):
        if isinstance(payment, Mapping) and isinstance(payment.get("payment_job"), str):
            found.append((f"payments.{number}.payment_job", payment["payment_job"]))
    return found


def unknown_payment(name: str, job_id: str) -> RequestError:
    """Of a job that is not there, or not there for whoever asks: the same words."""
    return invalid(name, f"there is no job {job_id!r}", remedy="name the payment's job, or the terminal's own numbers of it")


def completed(operation: Operation, device_id: str, journal: Journal) -> Completed:
    """Raises RequestError (422) naming the field, what is wrong with the payment and what to do."""
    if isinstance(operation, Receipt | Invoice):
        _check_paid(operation, journal)
        return Completed(operation)
    if not isinstance(operation, Naming) or operation.original is None or operation.original.job is None:
        return Completed(operation)
    job = journal.get(operation.original.job)
    if job is None:
        raise unknown_payment("original.job", operation.original.job)
    payment = _payment_of(job, operation, device_id)
    original = _filled(operation.original, payment, job)
    return Completed(
        _with_money(operation, original, payment, job), job.id, lambda standing: _admits(operation, payment, job.id, standing)
    )


def undoes(operation: Operation, journal: Journal) -> str | None:
    """The job whose payment is no more once this operation is approved: it was reversed, or a reservation wholly given up."""
    if not isinstance(operation, PaymentReversal | PaymentRelease) or operation.original.job is None:
        return None
    if isinstance(operation, PaymentRelease) and operation.amount is not None:
        job = journal.get(operation.original.job)
        payment = job.result.payment if job is not None and job.result is not None else None
        if payment is None or operation.amount < payment.approved:
            return None
    return operation.original.job


def _payment_of(job: Job, operation: Naming, device_id: str) -> PaymentResult:
    """The approved payment of this job on this device. Raises RequestError."""
    name, mine = "original.job", operation.op
    if job.op not in OF[mine]:
        limit = ", ".join(sorted(OF[mine]))
        raise invalid(name, f"job {job.id} is {job.op}: {mine} cannot be of it", limit=limit, remedy="name the payment's own job")
    if job.device != device_id:
        raise invalid(name, f"job {job.id} is of another device", remedy=f"send it to {job.device}, which made that payment")
    payment = _approved(name, job)
    return payment


def _approved(name: str, job: Job) -> PaymentResult:
    if not job.state.final:
        remedy = "wait until it is settled (POST /payments/{job}/refresh asks the terminal again)"
        raise invalid(name, f"job {job.id} is {job.state}: it is not known yet whether it was paid", remedy=remedy)
    payment = job.result.payment if job.result is not None else None
    if job.state is JobState.DONE and payment is None:
        remedy = "name the payment by the terminal's own numbers instead"
        raise invalid(name, f"of job {job.id} it is not known any more what the terminal said", remedy=remedy)
    if payment is None or payment.outcome not in _STANDING:
        ended = job.state.value if payment is None else payment.outcome.value
        was = "was reversed already" if ended == Outcome.REVERSED else f"was not approved ({ended})"
        raise invalid(name, f"the payment of job {job.id} {was}", remedy="nothing is left to be done with it")
    return payment


def _filled(given: OriginalPayment, payment: PaymentResult, job: Job) -> OriginalPayment:
    """With the payment's own numbers; those that were given beside must be the same. Raises RequestError."""
    numbers: dict[str, Any] = {}
    for name in _NUMBERS:
        ours, theirs = getattr(payment, name), getattr(given, name)
        if ours is not None and theirs is not None and ours != theirs:
            remedy = "leave it out: the job has it"
            raise invalid(f"original.{name}", f"job {job.id} has {ours!r}, not {theirs!r}", limit=ours, remedy=remedy)
        numbers[name] = ours if ours is not None else theirs
    if not any(numbers[name] for name in _NAMING):
        remedy = "give the receipt_number that stands on the terminal's slip beside it"
        raise invalid("original.job", f"job {job.id} has no number of the terminal for its payment", remedy=remedy)
    issued_at = given.issued_at or payment.decided_at
    try:
        return OriginalPayment.model_validate({"job": job.id, **numbers, "issued_at": issued_at}, context=FROM_JOURNAL)
    except ValidationError as error:
        log.warning("the numbers of the payment of job %s cannot be sent again: %s", job.id, error)
        raise RequestError(
            "plugin.error", f"the terminal's numbers of the payment of job {job.id} cannot be sent again; nothing was stored"
        ) from error


def _with_money(operation: Naming, original: OriginalPayment, payment: PaymentResult, job: Job) -> Operation:
    """With amount and currency where they may be left out; where they are given they must fit. Raises RequestError."""
    amount, currency = operation.amount, operation.currency
    if currency is not None and currency != payment.currency:
        raise invalid("currency", f"job {job.id} is in {payment.currency}, not {currency}", limit=payment.currency)
    most = decimal_string(payment.approved)
    if isinstance(operation, PaymentReversal):
        if amount is not None and amount != payment.approved:
            remedy = "leave it out; a part is given back with payment.refund"
            raise invalid("amount", f"job {job.id} is {most}, and a reversal takes all of it back", limit=most, remedy=remedy)
        amount = payment.approved
    elif isinstance(operation, PaymentRefund | PaymentRelease) and amount is not None and amount > payment.approved:
        # What a capture may be of, reservations raised since included, is told by `_admits`.
        raise invalid("amount", f"{decimal_string(amount)} is more than the {most} of job {job.id}", limit=most)
    return operation.model_copy(update={"original": original, "amount": amount, "currency": payment.currency})


def _admits(operation: Naming, payment: PaymentResult, original: str, standing: Sequence[StandingUse]) -> tuple[str, str] | None:
    """None, or the job that stands in the way and why. Called in the journal's thread."""
    returned = Decimal(0)
    for use in standing:
        both_refunds = use.op == operation.op == "payment.refund"
        if both_refunds:
            returned += use.amount or payment.approved
        elif not use.done:
            return use.job, f"the payment of job {original} is being dealt with by another job ({use.op})"
        elif use.op not in BESIDE[operation.op]:
            return use.job, f"the payment of job {original} was dealt with already ({use.op})"
    amount = operation.amount or Decimal(0)
    last = standing[-1].job if standing else original
    if isinstance(operation, PaymentRefund) and returned + amount > payment.approved:
        left = decimal_string(payment.approved - returned)
        return last, f"of the {decimal_string(payment.approved)} of job {original} {left} can still be given back"
    raised = any(use.op == "payment.preauthorise" for use in standing)
    if isinstance(operation, PaymentCapture) and amount > payment.approved and not raised:
        return last, f"job {original} reserved {decimal_string(payment.approved)}, which is less than {decimal_string(amount)}"
    return None


def _check_paid(receipt: Receipt | Invoice, journal: Journal) -> None:
    """The payments that a receipt says it was paid with. Raises RequestError."""
    for number, part in enumerate(receipt.payments):
        if part.payment_job is None:
            continue
        name = f"payments.{number}.payment_job"
        job = journal.get(part.payment_job)
        if job is None:
            raise unknown_payment(name, part.payment_job)
        if not job.op.startswith("payment."):
            raise invalid(name, f"job {job.id} is {job.op} and no payment", remedy="name the job of the card payment")
        back = isinstance(receipt, Receipt) and receipt.kind in _GIVING_BACK
        if isinstance(receipt, Receipt) and back is not (job.op in ("payment.refund", "payment.reversal")):
            raise invalid(name, f"job {job.id} is {job.op}: it is no payment for a receipt of the kind {receipt.kind}")
        payment = _approved(name, job)
        if payment.currency == receipt.currency and part.amount > payment.approved:
            most = decimal_string(payment.approved)
            raise invalid(f"payments.{number}.amount", f"job {job.id} was approved for {most} only", limit=most)
