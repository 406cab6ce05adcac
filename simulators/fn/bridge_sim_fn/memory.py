"""What the fiscal storage keeps when the power is cut. Amounts in kopecks, bytes in hexadecimal.

Source: protocol-specs/ffd, "The FN". What a register keeps of its own is in the memory of its family's simulator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

# Current document, as the FN's status tells it.
NO_DOCUMENT, REGISTERING, OPENING, RECEIPT, CLOSING = 0x00, 0x01, 0x02, 0x04, 0x08
FN_CLOSING, CORRECTION, SETTLEMENTS = 0x10, 0x14, 0x17

FISCAL_MODE = 0x03  # life phase: configured, fiscal mode open


@dataclass(slots=True)
class FnDocument:
    """A document in the FN's archive. `form`: form code; `operation`: tag 1054, 0 for what is no receipt."""

    number: int
    form: int
    at: datetime
    sign: int
    tlv: str
    operation: int = 0
    total: int = 0
    shift: int = 0
    ticket: bool = False


@dataclass(slots=True)
class Started:
    """A document that was begun in the FN, with the tags for it."""

    kind: int
    tlv: str = ""


@dataclass(slots=True)
class Registration:
    """What the register is registered with."""

    inn: str
    rnm: str
    tax_systems: int
    mode: int
    at: datetime
    number: int
    sign: int
    reasons: int = 0


@dataclass(slots=True)
class CheckedCode:
    """A marking code that was checked."""

    code: str
    check: int
    accepted: bool = False


@dataclass(slots=True)
class Fn:
    """The fiscal storage."""

    serial: str
    expires: datetime
    life: int
    format: str
    last: int = 0
    shift: int = 0
    shift_opened: datetime | None = None
    receipts: int = 0  # in this shift
    current: Started | None = None
    documents: list[FnDocument] = field(default_factory=list)
    registrations: list[Registration] = field(default_factory=list)
    codes: list[CheckedCode] = field(default_factory=list)
    notifications: int = 0

    @property
    def shift_open(self) -> bool:
        return self.shift_opened is not None

    @property
    def queue(self) -> list[FnDocument]:
        """What the OFD has not confirmed."""
        return [document for document in self.documents if not document.ticket]

    def find(self, number: int) -> FnDocument | None:
        if 1 <= number <= len(self.documents):
            return self.documents[number - 1]
        return None
