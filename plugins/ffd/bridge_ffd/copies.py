"""Copies: which can be asked for, which document of the FN is meant, and what is printed where the device does not print it itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bridge.model import Copy, Print, PrintLine, PrintQr, invalid, unsupported
from bridge.model.printing import PrintItem
from bridge_ffd.fn import FoundDocument
from bridge_ffd.readback import RECEIPTS, ReadBack
from bridge_ffd.versions import DocumentKind

KINDS: dict[str, frozenset[DocumentKind]] = {"receipt": RECEIPTS, "report": frozenset(DocumentKind) - RECEIPTS}
_DIGITS = 10  # of a document's number
_MOST_LOOKED_AT = 100  # documents of other kinds behind the last one of a kind
_TITLE = "КОПИЯ"


def check_copy(operation: Copy) -> None:
    """Raises RequestError for what no register can."""
    if operation.kind in ("invoice", "slip"):
        raise unsupported("kind", "this device keeps receipts and reports", limit="receipt, report")
    delivery = operation.delivery
    for name, wanted in (("email", delivery.email), ("sms", delivery.sms), ("edocument", delivery.edocument)):
        if wanted is not None:
            raise unsupported(f"delivery.{name}", "a copy of this device is on paper, or data", remedy="leave it out")
    if operation.document is None and operation.issued_on is not None:
        raise unsupported("issued_on", "documents are found by their number", remedy="give document")
    number = operation.document
    if number is not None and not (number.isascii() and number.isdigit() and len(number) <= _DIGITS and int(number) < 1 << 32):
        raise invalid("document", "is no number of a fiscal document", limit=f"at most {_DIGITS} digits")


def repeats_last(operation: Copy) -> bool:
    """What registers themselves have a command for: the last receipt once more, on paper."""
    return operation.kind == "receipt" and operation.document is None and operation.delivery.paper


def is_of_kind(found: FoundDocument, kind: str) -> bool:
    """`kind`: of the operation. A number that is no known kind is none."""
    return isinstance(found.kind, DocumentKind) and found.kind in KINDS[kind]


async def find(
    ask: Callable[[int], Awaitable[FoundDocument | None]],
    last: int,
    operation: Copy,
    of_kind: Callable[[FoundDocument, str], bool] = is_of_kind,
) -> FoundDocument | None:
    """The document that a copy asks for. `ask`: for one by its number; `last`: the FN's last number."""
    if operation.document is None:
        for number in range(last, max(last - _MOST_LOOKED_AT, 0), -1):
            found = await ask(number)
            if found is not None and of_kind(found, operation.kind):
                return found
        return None
    number = int(operation.document)
    found = await ask(number) if number else None
    if found is None or (operation.issued_on is not None and found.at is not None and found.at.date() != operation.issued_on):
        return None
    return found


def as_printout(copy: ReadBack, columns: int) -> Print | None:
    """None where its text was not read."""
    lines = copy.lines(columns)
    if not lines:
        return None
    items: list[PrintItem] = [PrintLine(text=line) for line in lines]
    if copy.qr is not None:
        items.append(PrintQr(qr=copy.qr))
    return Print(op="print", title=_TITLE, lines=tuple(items), fit="lenient")
