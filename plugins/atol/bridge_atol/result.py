"""What the job says of a document that was issued: number, time, sign, registration, evidence."""

from __future__ import annotations

from datetime import datetime

from bridge_ffd.fn import FoundDocument
from bridge_ffd.qr import CheckQr
from bridge_ffd.signs import fiscal_id
from bridge_ffd.versions import Settlement

from bridge.model import Document, Paper, Registration, RegistrationState, Report, Result
from bridge_atol.facts import FISCAL, Facts, Kind
from bridge_atol.plan import Intent

_WITH_TOTAL = frozenset((Kind.RECEIPT, Kind.CORRECTION, Kind.CASH_IN, Kind.CASH_OUT))
_SALES = (Kind.RECEIPT, Kind.CORRECTION)


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
            total=intent.total if intent.kind in _WITH_TOTAL else None,
            qr=_qr(intent, found),
            report=_numbered(intent, shift),
        ),
        registration=_registration(found),
        paper=paper if intent.paper else Paper.SUPPRESSED,
        evidence=evidence,
    )


def _qr(intent: Intent, found: FoundDocument | None) -> str | None:
    """The code that stands on the paper of a receipt."""
    if found is None or found.at is None or intent.kind not in _SALES:
        return None
    settlement = Settlement(intent.settlement) if intent.settlement else None
    return CheckQr(found.at, intent.total, intent.baseline.fn, found.number, found.sign, settlement).text


def _registration(found: FoundDocument | None) -> Registration:
    """Whether the OFD has confirmed it: not at once, but soon; `maintain` tells when."""
    if found is None:
        return Registration()
    return Registration(state=RegistrationState.REGISTERED if found.ticket else RegistrationState.OFFLINE)


def _numbered(intent: Intent, shift: int) -> Report | None:
    if intent.report is None or intent.kind is not Kind.SHIFT_CLOSE:
        return intent.report
    return intent.report.model_copy(update={"number": str(shift)})
