"""A device that does every operation there is a model for, so that each has an example that really ran.

It answers at once, asks where the reference begins with ASK, and loses its link behind the commit point where it begins with
LOST: a person must settle that one. HOLD, and the answer to a question, keep the device busy until the
test lets it go on (`held`, `thinking`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import ClassVar

from bridge.model import (
    Capabilities,
    Choice,
    Document,
    KindTotal,
    LineKind,
    Operation,
    Outcome,
    Paper,
    PaymentKind,
    RateTotal,
    Report,
    Result,
    TaxRate,
    operation_adapter,
)
from bridge.plugin import Checkpoint, DeviceContext, Driver, EndpointKind, JobContext, NeedsOperator, Recovery
from bridge.transport import ByteLink, Link, LinkLost
from tests.api.desk_payments import paid
from tests.core.fake_family import FakeDriver, FakeFamily, FakeSettings

OPERATIONS = frozenset(operation_adapter.json_schema()["discriminator"]["mapping"])

_REPORT = Report(
    number="57",
    currency="PLN",
    totals_by_rate=(RateTotal(letter="A", rate="23%", gross=Decimal("27.00"), net=Decimal("21.95"), tax=Decimal("5.05")),),
    totals_by_payment=(KindTotal(kind="cash", amount=Decimal("27.00"), count=1),),
    total=Decimal("27.00"),
    counts={"receipts": 1, "cancelled": 0},
    first_sale_at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
    last_sale_at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
)


class DeskDriver(FakeDriver):
    family: DeskFamily

    async def capabilities(self) -> Capabilities:
        return Capabilities(
            operations=OPERATIONS,
            receipt_kinds=frozenset({"sale", "refund"}),
            invoice_kinds=frozenset({"invoice"}),
            line_kinds=frozenset(LineKind),
            payment_kinds=frozenset(PaymentKind),
            currencies=("PLN",),
            taxes=(TaxRate(letter="A", percent=Decimal(23)), TaxRate(letter="B", percent=Decimal(8))),
            limits={"lines": 500},
            max_amount=Decimal("99999999.99"),
            shift="explicit",
            abort_via="same_link",
            print_items=frozenset({"text", "bold", "double", "qr", "ean13", "code128", "feed", "cut.full", "cut.partial"}),
            copies=frozenset({"last", "document"}),
        )

    async def execute(self, context: JobContext, operation: Operation) -> Result:
        reference = operation.reference or ""
        if reference.startswith("HOLD"):
            await self.family.held.wait()
        if reference.startswith("ASK"):
            choices = (Choice(code="yes", text="Yes, it matches"), Choice(code="no", text="No"))
            await context.ask("Does the signature match?", choices, timeout=3600, default="no")
            await self.family.thinking.wait()
        if reference.startswith("LOST"):
            await context.checkpoint("intent")
            raise LinkLost("the cable was pulled")
        decided = paid(operation)
        if decided is not None:
            await context.checkpoint("intent")
            return decided
        match operation.op:
            case "receipt":
                return await super().execute(context, operation)
            case "shift.close" | "report.x" | "report.period":
                await context.checkpoint("intent")
                return Result(document=Document(number="57", fiscal=True, report=_REPORT), paper=Paper.PRINTED)
            case "shift.open" | "invoice" | "cash.in" | "cash.out":
                await context.checkpoint("intent")
                return Result(document=Document(number="58"), paper=Paper.PRINTED)
            case _:
                await context.checkpoint("intent")
                return Result(paper=Paper.SUPPRESSED, evidence={"answer": "ok"})

    async def look_again(self, context: JobContext, operation: Operation, result: Result) -> Outcome | None:
        return result.payment.outcome if result.payment is not None else None

    async def recover(self, context: JobContext, operation: Operation, checkpoints: Sequence[Checkpoint]) -> Recovery:
        choices = (Choice(code="issued", text="It lies before me"), Choice(code="not_issued", text="There is none"))
        return NeedsOperator({"last_document": "12"}, "Look at the last receipt: is it this one?", choices)


class DeskFamily(FakeFamily):
    id: ClassVar[str] = "desk"
    title: ClassVar[str] = "A desk with everything"
    endpoint_kinds: ClassVar[Mapping[str, EndpointKind]] = {"null": EndpointKind(example="null://desk")}
    isolation = "loop"

    def __init__(self) -> None:
        super().__init__()
        self.held = asyncio.Event()
        self.thinking = asyncio.Event()

    async def open(self, settings: FakeSettings, link: Link, device: DeviceContext) -> Driver:
        assert isinstance(link, ByteLink)
        return DeskDriver(self, link, device)
