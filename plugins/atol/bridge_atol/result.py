"""What the job says of a document that was issued: number, time, sign, registration, evidence."""

from __future__ import annotations

from datetime import datetime

from bridge_ffd.fn import FoundDocument
from bridge_ffd.register import FISCAL, WITH_TOTAL, Kind, qr_of, registration_of
from bridge_ffd.signs import fiscal_id

from bridge.model import Document, Paper, Report, Result
from bridge_atol.facts import Facts
from bridge_atol.plan import Intent


def document_result(
    intent: Intent,
    now: Facts,
    found: FoundDocument | None,
    issued_at: datetime | None,
    paper: Paper,
    evidence: dict[str, str],
) -> Result:
    """`found`: the document as the FN keeps it; None for what it does not keep: slips and X reports have no number."""
    shift = found.shift if found is not None and found.shift is not None else now.shift
    return Result(
        document=Document(
            number=str(found.number) if found is not None else None,
            shift=str(shift),
            fiscal=intent.kind in FISCAL,
            fiscal_id=fiscal_id(intent.baseline.fn, found.number, found.sign) if found is not None else None,
            issued_at=issued_at,
            total=intent.total if intent.kind in WITH_TOTAL else None,
            qr=qr_of(intent.kind, found, intent.baseline.fn, intent.total, intent.settlement),
            report=_numbered(intent, shift),
        ),
        registration=registration_of(found),
        paper=paper if intent.paper else Paper.SUPPRESSED,
        evidence=evidence,
    )


def _numbered(intent: Intent, shift: int) -> Report | None:
    if intent.report is None or intent.kind is not Kind.SHIFT_CLOSE:
        return intent.report
    return intent.report.model_copy(update={"number": str(shift)})
