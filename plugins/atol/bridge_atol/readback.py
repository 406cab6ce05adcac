"""Documents of the FN read back for copies: found by A4 40, their tags read by A4 45 and A4 46.

Nothing here changes the device. Follows protocol-specs/atol, "The FN"; how the blocks end is told by no source [A11].
"""

from __future__ import annotations

from bridge_ffd.archive import ArchivedDocument
from bridge_ffd.fn import FnStatus, FoundDocument
from bridge_ffd.readback import RECEIPTS, ReadBack
from bridge_ffd.tlv import TlvError
from bridge_ffd.versions import DocumentKind

from bridge.model import Copy, JobError, Print, PrintLine, PrintQr
from bridge.model.printing import PrintItem
from bridge.plugin import DeviceError
from bridge_atol import commands
from bridge_atol.answers import values_of
from bridge_atol.exchange import Exchange
from bridge_atol.facts import FactReader

KINDS: dict[str, frozenset[DocumentKind]] = {"receipt": RECEIPTS, "report": frozenset(DocumentKind) - RECEIPTS}
_MOST_BYTES = 0x10000
_MOST_LOOKED_AT = 100  # documents of other kinds behind the last one of a kind
_TITLE = "КОПИЯ"


async def read(exchange: Exchange, reader: FactReader, storage: FnStatus, operation: Copy) -> ReadBack:
    """The document that a copy asks for. Raises DeviceError `request.not_found`, and Refused."""
    found = await _find(reader, storage, operation)
    if "kind" in operation.model_fields_set and found.kind not in KINDS[operation.kind]:
        raise _not_found(
            f"Document {found.number} of the fiscal storage is of another kind.", "Check its number, or leave kind out.", "kind"
        )
    return ReadBack(storage.fn_number, found, await _document(exchange, found.number))


def as_printout(copy: ReadBack, columns: int) -> Print | None:
    """What is printed of it where the device does not print it itself; None where its text was not read."""
    lines = copy.lines(columns)
    if not lines:
        return None
    items: list[PrintItem] = [PrintLine(text=line) for line in lines]
    if copy.qr is not None:
        items.append(PrintQr(qr=copy.qr))
    return Print(op="print", title=_TITLE, lines=tuple(items), fit="lenient")


def no_text(number: int) -> DeviceError:
    return _not_found(
        f"The device tells no text of document {number}.",
        "Its number and total can still be had: ask with delivery.paper false.",
        "document",
    )


async def _find(reader: FactReader, storage: FnStatus, operation: Copy) -> FoundDocument:
    if operation.document is None:
        for number in range(storage.last_document, max(storage.last_document - _MOST_LOOKED_AT, 0), -1):
            found = await reader.found(number)
            if found is not None and found.kind in KINDS[operation.kind]:
                return found
        raise _not_found(
            "The fiscal storage has no such document among its last ones.", "Give the number of the document.", "document"
        )
    number = int(operation.document)
    found = await reader.found(number) if number else None
    if found is None or (operation.issued_on is not None and found.at is not None and found.at.date() != operation.issued_on):
        raise _not_found(
            f"The fiscal storage has no document {operation.document}.",
            "Check its number (and day); documents of an earlier fiscal storage are not in this one.",
            "document",
        )
    return found


async def _document(exchange: Exchange, number: int) -> ArchivedDocument | None:
    """None where the device does not show it, or not in a way that is understood: its head is known then, and no tags."""
    chosen = await exchange.send(commands.choose_document(number))
    if chosen.error:
        return None
    head = values_of(chosen.command.shape, chosen.data)["head"]
    kind, size = int.from_bytes(head[:2], "little"), int.from_bytes(head[2:4], "little")
    data = b""
    while len(data) < min(size, _MOST_BYTES):
        block = await exchange.send(commands.next_block())
        if block.error:
            break
        more = values_of(block.command.shape, block.data)["tags"]
        if not more:
            break
        data += more
    try:
        return ArchivedDocument.decode(data, kind) if data else None
    except TlvError:
        return None


def _not_found(text: str, remedy: str, field: str) -> DeviceError:
    return DeviceError(JobError.of("request.not_found", text, field=field, remedy=remedy))
