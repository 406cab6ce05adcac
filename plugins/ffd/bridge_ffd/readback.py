"""A document of the FN read back, as the result of a copy: number, sign, figures, text, QR code, and whether the OFD has it.

How a family asks for its parts is its own; what they mean is the same for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from bridge.model import Document, Paper, Registration, RegistrationState, Result
from bridge_ffd.archive import ArchivedDocument, tags_as_data
from bridge_ffd.archive_paper import archived_lines
from bridge_ffd.fn import FoundDocument
from bridge_ffd.qr import CheckQr
from bridge_ffd.signs import fiscal_id
from bridge_ffd.tlv import Tlv
from bridge_ffd.versions import DocumentKind, Settlement

RECEIPTS = frozenset(
    (DocumentKind.RECEIPT, DocumentKind.STRICT_FORM, DocumentKind.CORRECTION, DocumentKind.STRICT_FORM_CORRECTION)
)


@dataclass(frozen=True, slots=True)
class ReadBack:
    """`document`: its tags, None where the FN has them no more; `ticket`: the OFD's confirmation, where the FN shows it."""

    fn: str
    found: FoundDocument
    document: ArchivedDocument | None = None
    ticket: tuple[Tlv, ...] | None = None

    @property
    def kind(self) -> DocumentKind | int:
        """As its tags were told, else as the FN found it: the two number corrections otherwise on some devices."""
        if self.document is not None and self.document.kind is not None:
            return self.document.kind
        return self.found.kind

    @property
    def is_receipt(self) -> bool:
        return self.kind in RECEIPTS

    @property
    def qr(self) -> str | None:
        """The code that stands on the paper of a receipt."""
        found = self.found
        total = found.total if found.total is not None else (self.document.total if self.document is not None else None)
        settlement = found.settlement if isinstance(found.settlement, Settlement) else None
        if settlement is None and self.document is not None:
            settlement = self.document.settlement
        if not self.is_receipt or found.at is None or total is None:
            return None
        return CheckQr(found.at, total, self.fn, found.number, found.sign, settlement).text

    def lines(self, width: int) -> list[str]:
        """Its text; none where the FN has its tags no more."""
        return archived_lines(self.document, width) if self.document is not None else []

    def result(self, *, zone: ZoneInfo, online: bool, paper: Paper, width: int) -> Result:
        """`zone`: of the device's clock; `online`: documents of this device go to an OFD."""
        found, document = self.found, self.document
        shift = found.shift if found.shift is not None else (document.shift if document is not None else None)
        total = found.total if found.total is not None else (document.total if document is not None else None)
        lines = self.lines(width)
        return Result(
            document=Document(
                number=str(found.number),
                shift=str(shift) if shift is not None else None,
                fiscal=True,
                fiscal_id=fiscal_id(self.fn, found.number, found.sign),
                issued_at=found.at.replace(tzinfo=zone) if found.at is not None else None,
                total=total if self.is_receipt else None,
                text="".join(f"{line}\n" for line in lines) or None,
                qr=self.qr,
            ),
            registration=self._registration(online),
            paper=paper,
            evidence=self._evidence(),
        )

    def _registration(self, online: bool) -> Registration:
        if self.found.ticket:
            return Registration(state=RegistrationState.REGISTERED)
        return Registration(state=RegistrationState.OFFLINE if online else RegistrationState.NONE)

    def _evidence(self) -> dict[str, Any]:
        kind = self.kind
        evidence: dict[str, Any] = {
            "kind": kind.name.lower() if isinstance(kind, DocumentKind) else kind,
            "fn": self.fn,
            "sign": str(self.found.sign),
            "ofd_ticket": self.found.ticket,
        }
        if self.document is not None:
            evidence["tags"] = tags_as_data(self.document.items, hide=True)
        if self.ticket is not None:
            evidence["ticket"] = tags_as_data(self.ticket, hide=True)
        return evidence
