"""What the job says of a document that was issued: number, time, totals, evidence."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from bridge.model import Document, Paper, Result, Warning_
from bridge_posnet.thermal.facts import Facts, Kind
from bridge_posnet.thermal.plan import Intent
from bridge_posnet.thermal.recovery import number_of_sale, number_of_slip


class Written(Enum):
    """How we know: the printer accepted the command, or its counters say so afterwards."""

    SEEN = "seen"
    INFERRED = "inferred"


def document_result(
    intent: Intent,
    facts: Facts,
    issued_at: datetime | None,
    written: Written,
    *,
    evidence: dict[str, str],
    number: str | None = None,
) -> Result:
    """`number`: where it is known otherwise than by what the counters say now."""
    before = intent.baseline
    warnings: list[Warning_] = []
    shift = str(before.reports + 1) if before.reports is not None else None
    fiscal_kind = intent.kind in (Kind.SALE, Kind.DAILY_REPORT) or (intent.kind is Kind.PERIOD_REPORT and not intent.summary)
    fiscal = before.fiscal and fiscal_kind
    fiscal_id = None
    match intent.kind:
        case Kind.SALE:
            number = number or number_of_sale(before, facts)
            if number is None:
                message = "The receipt was issued, but its number cannot be told from the printer's counters: see the paper."
                warnings.append(Warning_(code="number_unknown", message=message))
            if fiscal and number is not None and shift is not None:
                fiscal_id = f"{before.unique_number}/{shift}/{number}"
        case Kind.DAILY_REPORT:
            number = shift
            if fiscal and shift is not None:
                fiscal_id = f"{before.unique_number}/{shift}"
        case _:
            number = number_of_slip(before, facts)
    if fiscal_kind and not before.fiscal:
        warnings.append(Warning_(code="not_fiscal", message="The printer is not in fiscal mode: this is a training document."))
    return Result(
        document=Document(
            number=number,
            shift=shift if intent.kind is not Kind.PERIOD_REPORT else None,
            fiscal=fiscal,
            fiscal_id=fiscal_id,
            issued_at=issued_at,
            total=intent.total if intent.kind is not Kind.PERIOD_REPORT else None,
            report=intent.report,
        ),
        paper=Paper.PRINTED if written is Written.SEEN else Paper.UNKNOWN,
        evidence=dict(evidence),
        warnings=tuple(warnings),
    )
