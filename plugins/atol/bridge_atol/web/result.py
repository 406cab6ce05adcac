"""What the job says of a document that was issued: number, time, sign, registration, evidence."""

from __future__ import annotations

from typing import Any

from bridge_ffd.register import FISCAL, WITH_TOTAL, Kind, qr_of
from bridge_ffd.signs import fiscal_id

from bridge.model import Document, Paper, Registration, RegistrationState, Result
from bridge_atol.web.answers import FiscalParams, Kept
from bridge_atol.web.plan import Intent


def fiscal_result(intent: Intent, told: FiscalParams | Kept, paper: Paper, evidence: dict[str, Any]) -> Result:
    """Of a document that the FN keeps, told by the task that made it or by the archive."""
    shift = told.shift if isinstance(told, FiscalParams) and told.shift is not None else intent.baseline.shift
    receipts = told.receipts if isinstance(told, FiscalParams) else None
    return Result(
        document=Document(
            number=str(told.number) if told.number is not None else None,
            shift=str(shift),
            fiscal=True,
            fiscal_id=_fiscal_id(intent, told.number, told.sign),
            issued_at=told.at,
            total=intent.total if intent.kind in WITH_TOTAL else None,
            qr=qr_of(intent.kind, told, intent.baseline.fn, intent.total, intent.settlement),
            report=_report(intent, shift, receipts),
        ),
        registration=Registration(state=RegistrationState.OFFLINE),
        paper=paper if intent.paper else Paper.SUPPRESSED,
        evidence=evidence,
    )


def slip_result(intent: Intent, paper: Paper, evidence: dict[str, Any]) -> Result:
    """Of what the FN does not keep: slips of cash and X reports have no number."""
    return Result(
        document=Document(
            shift=str(intent.baseline.shift),
            fiscal=intent.kind in FISCAL,
            total=intent.total if intent.kind in WITH_TOTAL else None,
            report=intent.report,
        ),
        paper=paper,
        evidence=evidence,
    )


def _fiscal_id(intent: Intent, number: int | None, sign: int | None) -> str | None:
    return fiscal_id(intent.baseline.fn, number, sign) if number is not None and sign is not None else None


def _report(intent: Intent, shift: int, receipts: int | None) -> Any:
    if intent.report is None or intent.kind is not Kind.SHIFT_CLOSE:
        return intent.report
    counts = {**intent.report.counts, **({"receipts": receipts} if receipts is not None else {})}
    return intent.report.model_copy(update={"number": str(shift), "counts": counts})
