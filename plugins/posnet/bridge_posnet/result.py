"""What the job says of a document that was issued: number, time, totals, evidence."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from bridge.model import Document, Paper, Registration, Result, Warning_
from bridge_posnet.answers import EDocumentRecord
from bridge_posnet.edocument import paper as paper_of
from bridge_posnet.edocument import registration
from bridge_posnet.facts import Facts, Kind
from bridge_posnet.plan import Intent

_FISCAL = frozenset((Kind.SALE, Kind.INVOICE, Kind.DAILY_REPORT))


class Written(Enum):
    """How we know: the printer answered the command, or its counters say so afterwards."""

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
    edocument: int | None = None,
    record: EDocumentRecord | None = None,
) -> Result:
    """`number`: where it is known otherwise than by what the counters say now. `edocument`: number of the e-document, and what
    the printer's buffer says of it."""
    warnings: list[Warning_] = []
    shift = str(intent.baseline.daily_reports + 1)
    fiscal = intent.fiscal and intent.kind in _FISCAL
    fiscal_id = None
    report = intent.report
    match intent.kind:
        case Kind.SALE:
            number = number or number_of_sale(intent.baseline, facts)
            if number is None:
                warnings.append(
                    Warning_(
                        code="number_unknown",
                        message="The receipt was issued, but its number cannot be told from the printer's counters: see the paper.",
                    )
                )
            if fiscal and number is not None and intent.baseline.unique_number is not None:
                fiscal_id = f"{intent.baseline.unique_number}/{shift}/{number}"
        case Kind.INVOICE:
            number = intent.number
            if fiscal and intent.baseline.unique_number is not None:
                fiscal_id = f"{intent.baseline.unique_number}/{shift}/{number}"
        case Kind.DAILY_REPORT:
            number = shift
            if fiscal and intent.baseline.unique_number is not None:
                fiscal_id = f"{intent.baseline.unique_number}/{shift}"
        case _:
            number = number_of_slip(intent.baseline, facts)
    if intent.kind in _FISCAL and not intent.fiscal:
        warnings.append(Warning_(code="not_fiscal", message="The printer is not in fiscal mode: this is a training document."))
    printed = Paper.PRINTED if written is Written.SEEN else Paper.UNKNOWN
    told = Registration()
    if intent.binds is not None and edocument is None:
        warnings.append(
            Warning_(
                code="edocument_unknown",
                message="The receipt was issued, but the number of its e-document is lost: the printer sends it all the same.",
            )
        )
    elif edocument is not None:
        told = registration(edocument, record)
        if not intent.paper:
            printed = paper_of(record)
            if printed is Paper.PRINTED:
                warnings.append(
                    Warning_(
                        code="printed_after_all",
                        message="The e-document could not be sent in time, so the printer printed the receipt: give it to the customer.",
                        field="delivery.paper",
                    )
                )
    return Result(
        document=Document(
            number=number,
            shift=shift,
            fiscal=fiscal,
            fiscal_id=fiscal_id,
            issued_at=issued_at,
            total=intent.total if intent.kind is not Kind.REPORT else None,
            report=report,
        ),
        registration=told,
        paper=printed,
        evidence=dict(evidence),
        warnings=tuple(warnings),
    )


def number_of_sale(before: Facts, after: Facts) -> str | None:
    """`bt`, where exactly one receipt was issued since: then it is ours. None where the counters tell nothing certain.

    Old models have no `bt`; their receipts are numbered by `bn`.
    """
    if after.daily_reports != before.daily_reports or after.receipts != before.receipts + 1:
        return None
    if after.last_receipt is None or before.last_receipt is None:
        return str(after.receipts)
    return str(after.last_receipt) if after.last_receipt == before.last_receipt + 1 else None


def number_of_slip(before: Facts, after: Facts) -> str | None:
    """Slips have the number of their header; the counter is that of the next one."""
    if before.header is None or after.header != before.header + 1:
        return None
    return str(before.header)
