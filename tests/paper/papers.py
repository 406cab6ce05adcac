"""Jobs to draw: what tills sell in several countries, and what people with bad intentions would."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from bridge.jobs.drawing import drawing_of_job, operation_of
from bridge.model import (
    Actor,
    Document,
    Job,
    KindTotal,
    Outcome,
    Paper,
    PaymentResult,
    RateTotal,
    Registration,
    Report,
    Result,
    class_of,
)
from bridge.paper import Drawing, Sheet, of_job

MOMENT = datetime(2026, 11, 20, 10, 0, 5, tzinfo=timezone(timedelta(hours=1)))

POLISH: dict[str, Any] = {
    "op": "receipt",
    "currency": "PLN",
    "reference": "WEB-1001",
    "lines": [
        {"name": "Chleb żytni", "quantity": "2", "unit": "szt", "price": "4.50", "total": "9.00", "vat": "5%"},
        {
            "name": "Kawa ziarnista",
            "quantity": "0.250",
            "unit": "kg",
            "price": "80.00",
            "vat": "23%",
            "discount": {"amount": "2.00", "text": "Rabat"},
            "code": "5901234123457",
        },
    ],
    "payments": [{"kind": "cash", "amount": "30.00"}],
    "customer": {"ids": [{"type": "nip", "value": "1234563218"}], "name": "Jan"},
    "operator": {"name": "Anna"},
}

RUSSIAN: dict[str, Any] = {
    "op": "receipt",
    "currency": "RUB",
    "lines": [
        {"name": "Хлеб «Бородинский» нарезной в упаковке 400 г", "quantity": "2", "price": "54.90", "vat": "10%"},
        {"name": "Услуга доставки", "price": "250.00", "taxes": [{"rate": "20/120"}]},
    ],
    "payments": [
        {
            "kind": "card",
            "amount": "359.80",
            "card": {"scheme": "MIR", "masked_pan": "220070******1234", "authorisation_code": "A12345", "terminal_id": "T7"},
        }
    ],
}

FULL: dict[str, Any] = {
    "op": "receipt",
    "currency": "EUR",
    "lines": [
        {"name": "Ελληνικός καφές", "quantity": "3", "price": "2.80", "vat": "24%"},
        {"name": "Service", "price": "10.00", "vat": "24%", "surcharge": {"percent": "5", "text": "night"}},
        {"name": "Returned cup", "kind": "return", "price": "1.10", "vat": "24%", "original": {"document": "71"}},
        {"name": "Bottle", "kind": "deposit", "quantity": "4", "price": "0.25"},
    ],
    "discount": {"percent": "10", "text": "regular"},
    "payments": [
        {"kind": "cash", "amount": "7.13"},
        {
            "kind": "exchange",
            "amount": "20.00",
            "label": "Dollars",
            "foreign": {"currency": "USD", "amount": "25.00", "rate": "0.8"},
        },
    ],
}

INVOICE: dict[str, Any] = {
    "op": "invoice",
    "currency": "PLN",
    "number": "FV/2026/11/17",
    "buyer": {
        "name": "Firma Jan Kowalski i Wspólnicy spółka z ograniczoną odpowiedzialnością",
        "ids": [{"type": "nip", "value": "1234563218"}],
        "address": ["ul. Polna 1", "00-001 Warszawa"],
    },
    "lines": [{"name": "Kawa ziarnista", "unit": "kg", "price": "80.00", "vat": "23%"}],
    "due_on": "2026-12-04",
    "bank_account": "PL61 1090 1014 0000 0712 1981 2874",
    "remarks": ["cash_accounting"],
    "notes": ["Dziękujemy"],
}

ISSUED = Result(
    document=Document(
        number="12", fiscal=True, issued_at=MOMENT, total=Decimal("27.00"), fiscal_id="F-9/12", qr="https://paragony.example/12?ż"
    ),
    registration=Registration(state="registered", id="KSeF-77", at=MOMENT),
    paper=Paper.PRINTED,
)

REPORT = Report(
    number="57",
    currency="PLN",
    totals_by_rate=(
        RateTotal(letter="A", rate="23%", gross=Decimal("127.00"), net=Decimal("103.25"), tax=Decimal("23.75")),
        RateTotal(letter="B", rate="8%", gross=Decimal("-4.00"), net=Decimal("-3.70"), tax=Decimal("-0.30")),
    ),
    totals_by_payment=(
        KindTotal(kind="cash", amount=Decimal("100.00"), count=7),
        KindTotal(kind="card", amount=Decimal("23.00")),
    ),
    total=Decimal("123.00"),
    counts={"receipts": 9, "cancelled": 1},
    counters={"grand_total": "1234567.89"},
    first_sale_at=MOMENT,
    last_sale_at=MOMENT,
)


def job(body: dict[str, Any], state: str = "done", result: Result | None = None, **more: Any) -> Job:
    created = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    facts: dict[str, Any] = {
        "id": "01JD0000000000000000000001",
        "device": "till-1",
        "op": body["op"],
        "class_": class_of(body["op"]),
        "state": state,
        "created_at": created,
        "deadline": created,
        "actor": Actor(principal="till"),
        "operation": body,
        "result": result,
        "reference": body.get("reference"),
    }
    return Job(**{**facts, **more})


def drawn(of: Job) -> Sheet:
    """As the host draws it where the device is not configured any more."""
    operation = operation_of(of)
    return of_job(of, operation, drawing_of_job(operation, None) if operation is not None else Drawing())


def receipt(*names: str, qr: str | None = None) -> Sheet:
    """A receipt of things with these names."""
    body = {"op": "receipt", "currency": "PLN", "lines": [{"name": name, "price": "1.00", "vat": "23%"} for name in names]}
    return drawn(job(body, result=Result(document=Document(number="1", fiscal=True, qr=qr), paper=Paper.PRINTED)))


def payment(outcome: str, approved: str = "27.00", **more: Any) -> Sheet:
    said = PaymentResult(outcome=Outcome(outcome), requested=Decimal("27.00"), approved=Decimal(approved), currency="PLN", **more)
    asked = {"op": "payment.purchase", "amount": "27.00", "currency": "PLN"}
    return drawn(job(asked, result=Result(payment=said, paper=Paper.PRINTED)))
