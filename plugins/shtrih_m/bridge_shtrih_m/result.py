"""What the job says of a document that was issued: number, time, sign, registration, evidence."""

from __future__ import annotations

from datetime import datetime

from bridge_ffd.fn import FoundDocument
from bridge_ffd.qr import CheckQr
from bridge_ffd.signs import fiscal_id
from bridge_ffd.versions import Settlement

from bridge.model import Document, Paper, Registration, RegistrationState, Report, Result
from bridge_shtrih_m.facts import FISCAL, Facts, Kind
from bridge_shtrih_m.plan import Intent

_WITH_TOTAL = frozenset((Kind.RECEIPT, Kind.CORRECTION, Kind.CASH_IN, Kind.CASH_OUT))


def document_result(
    intent: Intent,
    now: Facts,
    found: FoundDocument | None,
    issued_at: datetime | None,
    paper: Paper,
    evidence: dict[str, str],
    *,
    alone: bool = True,
) -> Result:
    """`found`: the document as the FN keeps it; None for what the FN does not keep, and for devices without one. `alone`: no other
    document came after it, so that what the device counts now is its own."""
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
            total=intent.total if intent.kind in _WITH_TOTAL else None,
            qr=_qr(intent, found),
            report=_numbered(intent, shift),
        ),
        registration=_registration(found) if intent.online else Registration(),
        paper=paper if intent.paper else Paper.SUPPRESSED,
        evidence=evidence,
    )


def _qr(intent: Intent, found: FoundDocument | None) -> str | None:
    """The code that stands on the paper of a receipt."""
    if found is None or found.at is None or intent.baseline.fn is None or intent.kind not in (Kind.RECEIPT, Kind.CORRECTION):
        return None
    settlement = Settlement(intent.settlement) if intent.settlement else None
    return CheckQr(found.at, intent.total, intent.baseline.fn, found.number, found.sign, settlement).text


def _registration(found: FoundDocument | None) -> Registration:
    """Whether the OFD has confirmed it: not at once, but soon; `maintain` tells when."""
    if found is None:
        return Registration()
    return Registration(state=RegistrationState.REGISTERED if found.ticket else RegistrationState.OFFLINE)


def _numbered(intent: Intent, shift: int | None) -> Report | None:
    if intent.report is None:
        return None
    number = str(shift) if shift is not None and intent.kind is Kind.SHIFT_CLOSE else intent.report.number
    return intent.report.model_copy(update={"number": number})
