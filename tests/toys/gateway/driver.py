"""The driver: one document is one POST under an external id of our own; what became of it is asked for by that id.

A document may be issued off-line: its fiscal id comes minutes later. `maintain` fetches it and amends the job.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from bridge.model import (
    ArithmeticProfile,
    Capabilities,
    CashIn,
    DeviceStatus,
    Document,
    Fate,
    Identity,
    JobError,
    Operation,
    Paper,
    PaymentKind,
    Receipt,
    Registration,
    RegistrationState,
    Report,
    Result,
    ShiftClose,
    TaxKind,
    TaxRate,
    compute,
    decimal_string,
)
from bridge.plugin import (
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
from bridge.transport import HttpAnswer, HttpLink, LinkLost
from tests.toys.gateway.errors import refused
from tests.toys.gateway.messages import (
    VISIBLE_SECONDS,
    Kind,
    Line,
    Record,
    Register,
    Request,
    Unreadable,
    receipt_path,
    record_from_json,
    refusal_from_json,
    register_from_json,
    register_path,
    request_to_json,
)

CURRENCY = "EUR"

TAXES = (
    TaxRate(letter="A", percent=Decimal(20)),
    TaxRate(letter="B", percent=Decimal(10)),
    TaxRate(letter="Z", kind=TaxKind.ZERO),
)

# Keys of the device's store. An open entry is a document whose fiscal id is still to come: external id -> job id.
NUMBERS = "external_id"
OPEN = "open/"

# How often a document that the gateway still works on is asked for, and after how many seconds the job stops waiting and
# leaves the rest to recovery.
PROCESSING_POLL = 1.0
PROCESSING_PATIENCE = 20.0

_STATES = {
    "registered": RegistrationState.REGISTERED,
    "offline": RegistrationState.OFFLINE,
    "refused": RegistrationState.REFUSED,
}


class GatewayDriver(Driver):
    """One register behind one gateway."""

    model: ClassVar[str] = "Toy Gateway"

    def __init__(self, register: str, poll: float, patience: float, link: HttpLink, device: DeviceContext) -> None:
        self._register = register
        self._poll = poll
        self._patience = patience
        self._link = link
        self._device = device

    # -- who and how it is -------------------------------------------------------------------------------------------

    async def identify(self) -> Identity:
        register = await self._ask_register()
        return Identity(model=self.model, serial=register.serial, fiscal_number=register.fiscal_number)

    async def capabilities(self) -> Capabilities:
        return Capabilities(
            operations=frozenset({"receipt", "cash.in", "shift.close"}),
            receipt_kinds=frozenset({"sale", "refund"}),
            line_kinds=frozenset({"item"}),
            payment_kinds=frozenset({PaymentKind.CASH, PaymentKind.CARD}),
            currencies=(CURRENCY,),
            taxes=TAXES,
            arithmetic=ArithmeticProfile(),
            shift="implicit",
        )

    async def status(self) -> DeviceStatus:
        register = await self._ask_register()
        return DeviceStatus(
            as_of=self._device.clock.now(),
            shift="open" if register.shift_open else "closed",
            last_document=str(register.last_number),
            details={"online": register.online},
        )

    # -- issuing -----------------------------------------------------------------------------------------------------

    async def execute(self, context: JobContext, operation: Operation) -> Result:
        register = await self._ask_register()
        expected = operation.expect.last_document if operation.expect is not None else None
        if expected is not None and expected != str(register.last_number):
            detail = f"Document {register.last_number} is the last one, not {expected}."
            raise DeviceError(JobError.of("request.conflict", detail))
        number = await self._device.store.allocate(NUMBERS)
        # The job's own reference keeps ids apart where a lost journal made the numbers start again.
        external_id = f"{self._register}-{number:06d}-{context.reference(8)}"
        request = _request(self._register, external_id, operation)
        intent = {"external_id": external_id, "kind": request.kind, "total": str(request.total)}
        context.commit_point()
        await context.checkpoint("send", intent)
        answer = await self._ask("POST", "/receipts", request_to_json(request))
        if answer.status == 202:
            return await self._wait_for(context, external_id, request)
        if 400 <= answer.status < 500:
            try:
                raise DeviceError(refused(*refusal_from_json(answer.body)))
            except Unreadable as error:
                raise _doubt(f"it answered {answer.status}: {error}") from error
        if answer.status not in (200, 201):
            raise _doubt(f"it answered {answer.status}")
        record = _record(answer)
        if not _same(record, request.kind, request.total, self._register):
            raise _doubt("it answered with another document")
        return await self._result(context.job_id, record, answer)

    async def _wait_for(self, context: JobContext, external_id: str, request: Request) -> Result:
        """The gateway took the request and works on it."""
        context.attention("device.busy", "The gateway is working on the document.")
        clock = self._device.clock
        until = clock.monotonic() + PROCESSING_PATIENCE
        while clock.monotonic() < until:
            await clock.sleep(PROCESSING_POLL)
            answer = await self._ask_document(external_id)
            if answer.status == 200:
                record = _record(answer)
                if _same(record, request.kind, request.total, self._register):
                    context.clear_attention()
                    return await self._result(context.job_id, record, answer)
        raise _doubt("it is still working on the document")

    # -- recovering --------------------------------------------------------------------------------------------------

    async def recover(self, context: JobContext, operation: Operation, checkpoints: Sequence[Checkpoint]) -> Recovery:
        intent = checkpoints[0].data
        external_id = str(intent["external_id"])
        answer = await self._ask_document(external_id)
        if answer.status == 404:  # the record may appear late: only a second 404 counts
            await self._device.clock.sleep(VISIBLE_SECONDS + 1)
            answer = await self._ask_document(external_id)
        if answer.status == 404:
            return NotIssued({"external_id": external_id, "status": 404, "answer": answer.body.decode("utf-8", "replace")})
        if answer.status != 200:
            return Pending(2.0, "device.busy", "The gateway is still working on the document.")
        try:
            record = record_from_json(answer.body)
        except Unreadable:
            return Pending(5.0, "device.busy", "The gateway gives no readable answer.")
        request = _request(self._register, external_id, operation)
        if not _same(record, request.kind, request.total, self._register):
            text = f"The gateway has another document under our id {external_id}. Compare its number {record.number}."
            return NeedsOperator({"record": _verbatim(answer)}, text)
        return Issued(await self._result(context.job_id, record, answer))

    # -- afterwards --------------------------------------------------------------------------------------------------

    async def maintain(self, context: DeviceContext) -> float | None:
        """Fetch the fiscal ids that are still to come."""
        waiting = await context.store.items(OPEN)
        for key, job_id in waiting.items():
            answer = await self._ask_document(key.removeprefix(OPEN))
            if answer.status != 200:
                continue
            record = _record(answer)
            if record.state == "offline":
                continue
            try:
                await context.amend(job_id, registration=_registration(record))
            except ValueError as error:  # settled by hand otherwise: a person has to look
                context.alert("gateway.registration", f"Document {record.number} is {record.state}, but {error}.")
            await context.store.delete(key)
        return self._poll if waiting else None

    async def close(self) -> None:
        """Nothing beside the link."""

    # -- inside ------------------------------------------------------------------------------------------------------

    async def _ask_register(self) -> Register:
        answer = await self._ask("GET", register_path(self._register))
        if answer.status != 200:
            raise LinkLost(f"the gateway does not show register {self._register} (status {answer.status})")
        try:
            return register_from_json(answer.body)
        except Unreadable as error:
            raise LinkLost(f"the gateway gives no readable answer: {error}") from error

    async def _ask_document(self, external_id: str) -> HttpAnswer:
        return await self._ask("GET", receipt_path(external_id))

    async def _ask(self, method: str, path: str, body: bytes | None = None) -> HttpAnswer:
        async with self._link.lock:
            return await self._link.request(method, path, body=body, headers=_JSON, timeout=self._patience)

    async def _result(self, job_id: str, record: Record, answer: HttpAnswer) -> Result:
        """What the job gets. An off-line document is remembered first, so that its fiscal id is never forgotten."""
        if record.state == "offline":
            await self._device.store.set(OPEN + record.external_id, job_id)
        document = Document(
            number=str(record.number),
            shift=str(record.shift),
            fiscal=record.kind in ("sale", "refund"),
            fiscal_id=record.fiscal_id,
            issued_at=record.issued_at,
            total=record.total,
            report=_report(record),
        )
        return Result(document=document, registration=_registration(record), paper=Paper.SUPPRESSED, evidence=_verbatim(answer))


_JSON = {"Content-Type": "application/json"}


def _request(register: str, external_id: str, operation: Operation) -> Request:
    """The operation in the gateway's words."""
    note = operation.reference or ""
    match operation:
        case Receipt():
            figures = compute(operation, ArithmeticProfile())
            lines = tuple(
                Line(
                    line.name,
                    str(line.quantity),
                    str(line.price),
                    decimal_string(total.total),
                    str(line.taxes[0]) if line.taxes else "",
                )
                for line, total in zip(operation.lines, figures.lines, strict=True)
            )
            payments = tuple((payment.kind.value, str(payment.amount)) for payment in operation.payments)
            kind: Kind = "refund" if operation.kind == "refund" else "sale"
            return Request(register, external_id, kind, figures.total, lines, payments, note)
        case CashIn():
            return Request(register, external_id, "cash_in", operation.amount, note=note)
        case ShiftClose():
            return Request(register, external_id, "closure", Decimal("0.00"), note=note)
        case _:
            raise DeviceError(JobError.of("request.unsupported"))


def _same(record: Record, kind: Kind, total: Decimal, register: str) -> bool:
    """Whether a record is what was asked for: an external id that was used before gets the old document again."""
    return record.register == register and record.kind == kind and (kind == "closure" or record.total == total)


def _registration(record: Record) -> Registration:
    return Registration(state=_STATES[record.state], id=record.fiscal_id, at=record.registered_at)


def _report(record: Record) -> Report | None:
    if record.kind != "closure":
        return None
    return Report(number=str(record.shift), currency=CURRENCY, total=record.sales, counts={"receipts": record.receipts or 0})


def _record(answer: HttpAnswer) -> Record:
    try:
        return record_from_json(answer.body)
    except Unreadable as error:
        raise _doubt(str(error)) from error


def _doubt(why: str) -> DeviceError:
    return DeviceError(JobError.of("device.busy", f"The gateway's answer is not clear: {why}.", fate=Fate.UNKNOWN))


def _verbatim(answer: HttpAnswer) -> dict[str, Any]:
    return {"status": answer.status, "answer": json.loads(answer.body)}
