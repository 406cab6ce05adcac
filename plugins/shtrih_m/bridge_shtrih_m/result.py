"""What the job says of a document that was issued: number, time, sign, registration, evidence."""

from __future__ import annotations

from datetime import datetime

from bridge_ffd.fn import FoundDocument
from bridge_ffd.register import FISCAL, WITH_TOTAL, Kind, qr_of, registration_of
from bridge_ffd.signs import fiscal_id

from bridge.model import Document, Paper, Registration, Report, Result
from bridge_shtrih_m.facts import Facts
from bridge_shtrih_m.plan import Intent


def document_result(
    intent: Intent,
    now: Facts,
    found: FoundDocument | None,
    issued_at: datetime | None,
    paper: Paper,
    evidence: dict[str, str],
) -> Result:
    """`found`: the document as the FN keeps it; None for what the FN does not keep, and for devices without one."""
    # Where more was made since, at the keys or by another program, or the memory was cleared, the numbers are no longer this one's.
    alone = found.number == now.last if found is not None else now.document_number == intent.baseline.document_number + 1
    fn = intent.baseline.fn
    fiscal = intent.kind in FISCAL and fn is not None
    number = str(found.number) if found is not None else str(now.document_number) if alone else None
    shift = found.shift if found is not None and found.shift is not None else now.shift if alone else None
    if shift is None and fn is None and (alone or intent.kind is Kind.SHIFT_CLOSE):
        shift = now.last_closed_shift + (0 if intent.kind is Kind.SHIFT_CLOSE else 1)
    return Result(
        document=Document(
            number=number,
            shift=str(shift) if shift is not None else None,
            fiscal=fiscal,
            fiscal_id=fiscal_id(fn, found.number, found.sign) if found is not None and fn is not None else None,
            issued_at=issued_at,
            total=intent.total if intent.kind in WITH_TOTAL else None,
            qr=qr_of(intent.kind, found, intent.baseline.fn, intent.total, intent.settlement),
            report=_numbered(intent, shift),
        ),
        registration=registration_of(found) if intent.online else Registration(),
        paper=paper if intent.paper else Paper.SUPPRESSED,
        evidence=evidence,
    )


def _numbered(intent: Intent, shift: int | None) -> Report | None:
    if intent.report is None:
        return None
    number = str(shift) if shift is not None and intent.kind is Kind.SHIFT_CLOSE else intent.report.number
    return intent.report.model_copy(update={"number": number})
