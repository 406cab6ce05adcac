"""What drivers of every family have to say: told here once, in all the languages of the host (`bridge/model/texts`)."""

from __future__ import annotations

from bridge.model import Copy, Operation
from bridge.plugin.errors import DeviceError
from bridge.plugin.refusals import Refusal

UNSUPPORTED = Refusal("request.unsupported", "This device has no {op}.")
UNREADABLE = Refusal("device.fault", "The device gives an answer that cannot be read: {problem}.")

# --- the shift and the clock

SHIFT_CLOSED = Refusal("device.shift_closed")
SHIFT_EXPIRED = Refusal("device.shift_expired")
SHIFT_OPEN = Refusal("request.conflict", "A shift is open already.", "Close it first.")
CLOCK_IN_SHIFT = Refusal("request.conflict", "The clock is set while the shift is closed.", "Close the shift first.")

# --- what is open

RECEIPT_OPEN = Refusal("device.busy", "A receipt is open on the device.", "Finish or cancel it, then try again.")
OTHERS_RECEIPT = Refusal("device.busy", "Another program has a receipt or printout open on the device.")
LEFTOVER = Refusal(
    "device.busy",
    "A receipt or printout was left open on the device, and the settings forbid to cancel it.",
    "Finish or cancel it at the device, or allow cancel_leftover in the device's settings.",
)
STAYS_OPEN = Refusal(
    "device.busy", "A receipt is open on the device and cannot be cancelled from here.", "Finish or cancel it at the device."
)

# --- copies

NO_DOCUMENT = Refusal(
    "request.not_found",
    "The device has no document {number}.",
    "Check its number (and day); documents of an earlier fiscal memory are not in this one.",
)
NO_LAST_DOCUMENT = Refusal(
    "request.not_found", "The device has no such document among its last ones.", "Give the number of the document."
)
OTHER_KIND = Refusal(
    "request.not_found", "Document {number} of the device is of another kind.", "Check its number, or leave kind out."
)
NO_TEXT = Refusal(
    "request.not_found",
    "The device keeps no text of document {number} any more.",
    "Its number and total can still be had: ask with delivery.paper false.",
)

# --- what the till expects

OTHER_DOCUMENT = Refusal("request.conflict", "The till expects that document {wanted} was the last one; the device says {last}.")

ALL = (
    UNSUPPORTED,
    UNREADABLE,
    SHIFT_CLOSED,
    SHIFT_EXPIRED,
    SHIFT_OPEN,
    CLOCK_IN_SHIFT,
    RECEIPT_OPEN,
    OTHERS_RECEIPT,
    LEFTOVER,
    STAYS_OPEN,
    NO_DOCUMENT,
    NO_LAST_DOCUMENT,
    OTHER_KIND,
    NO_TEXT,
    OTHER_DOCUMENT,
)


def expect_last_document(operation: Operation, last: object) -> None:
    """What the till believes of the device, as an optimistic lock. Raises DeviceError."""
    wanted = operation.expect.last_document if operation.expect else None
    if wanted is not None and wanted != str(last):
        raise OTHER_DOCUMENT.error(field="expect.last_document", wanted=wanted, last=last)


def not_found(operation: Copy) -> DeviceError:
    """The document that a copy asks for is not there."""
    if operation.document is None:
        return NO_LAST_DOCUMENT.error(field="document")
    return NO_DOCUMENT.error(field="document", number=operation.document)


def may_cancel_leftover(*, shared: bool, allowed: bool) -> None:
    """Before a receipt that somebody left open is cancelled: where other programs use the device it may be theirs. Raises DeviceError."""
    if shared:
        raise OTHERS_RECEIPT.error()
    if not allowed:
        raise LEFTOVER.error()
