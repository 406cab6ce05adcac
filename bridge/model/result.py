"""What a job's `result` holds: the document or payment, its registration, its paper, the evidence."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from bridge.model.base import AnyDecimal, Model, Moment, Money
from bridge.model.payment import Outcome, PaymentResult, Reconciliation


class RegistrationState(StrEnum):
    """Whether a tax authority's server has the document, where a country has one."""

    NONE = "none"
    ONLINE = "online"
    OFFLINE = "offline"
    REGISTERED = "registered"
    REFUSED = "refused"


class Paper(StrEnum):
    PRINTED = "printed"
    PENDING = "pending"
    SUPPRESSED = "suppressed"
    UNKNOWN = "unknown"


class Registration(Model):
    state: RegistrationState = RegistrationState.NONE
    id: str | None = None
    at: Moment | None = None


class RateTotal(Model):
    """What was sold under one rate. `net` and `tax` where the device or its rule gives them; below zero where lines that
    take off outweigh those that add."""

    letter: str
    rate: str
    gross: AnyDecimal
    net: AnyDecimal | None = None
    tax: AnyDecimal | None = None


class KindTotal(Model):
    kind: str
    amount: AnyDecimal
    count: int | None = None


class Report(Model):
    """Figures of a Z, X or period report, as data."""

    number: str | None = None
    currency: str
    totals_by_rate: tuple[RateTotal, ...] = ()
    totals_by_payment: tuple[KindTotal, ...] = ()
    total: AnyDecimal | None = None  # below zero where more was given back than sold
    counts: dict[str, int] = {}
    counters: dict[str, str] = {}
    first_sale_at: Moment | None = None
    last_sale_at: Moment | None = None


class Document(Model):
    """What the device issued. `number` is the device's own; `fiscal_id` the one that is unique beyond the device."""

    number: str | None = None
    shift: str | None = None
    fiscal: bool = False
    fiscal_id: str | None = None
    issued_at: Moment | None = None
    total: Money | None = None
    text: str | None = None
    qr: str | None = None
    report: Report | None = None


class Warning_(Model):
    """Something that was done otherwise than asked, or should be known: never silent."""

    code: str
    message: str
    field: str | None = None


class Result(Model):
    """What came of a job that is done."""

    document: Document | None = None
    payment: PaymentResult | None = None
    reconciliation: Reconciliation | None = None
    registration: Registration = Registration()
    paper: Paper = Paper.UNKNOWN
    confirmed: bool = True
    evidence: dict[str, Any] = {}
    warnings: tuple[Warning_, ...] = ()

    @property
    def success(self) -> bool:
        """Issued, fully approved, or (for effects) confirmed by the device."""
        if self.payment is not None:
            return self.payment.outcome is Outcome.APPROVED
        return self.confirmed
