"""Errors of the device: number -> uniform code, words for the cashier, fate of the command, remedy.

Follows protocol-specs/atol, errors.md. The fate is that of the command; what became of the document is asked of the device.
Russian is in `texts/ru.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bridge.plugin import CommandFate


class Remedy(StrEnum):
    """What to do; NONE: what the uniform code itself says."""

    NONE = ""
    SERVICE = "Call the service."
    RESTART = "Switch the device off and on; if it comes again, call the service."
    STORAGE = "The fiscal storage must be replaced: call the service."
    DEFECT = "The bridge and the device do not understand each other: update the bridge, and report the wire log."
    MODEL = "This model or firmware cannot do it."
    AMOUNT = "Check the amounts and send the document again."
    SPLIT = "Split the sale over several receipts."
    CLOSE_SHIFT = "Close the shift with a Z report, then open a new one."
    CLOSE_FIRST = "Close the shift first."
    STATE = "Look at the state of the shift and of the receipt."
    CLOCK = "Set the clock of the device; the shift must be closed for it."
    PAPER = "Put paper in and close the cover."
    PRINTER = "Look after the printing mechanism; switch the device off and on."
    WAIT = "Wait until it has finished, then try again."
    DATA = "Check the number of the document."
    FIELDS = "Check the fields of the document."
    PASSWORD = "Set the passwords in the settings of this device in Tillbridge."
    REGISTER = "The device must be registered: call the service."
    OPERATOR = "Bring the connection to the operator (OFD) back."
    POWER = "Check the power supply."
    CASH = "Put cash in first, or take out less."
    CHANGE = "Change is given for cash only: lower the other payments."
    SETTINGS = "The settings of the device forbid it: call the service."


@dataclass(frozen=True, slots=True)
class CommandError:
    """One row: `code` is the uniform code, `text` what happened."""

    code: str
    text: str
    remedy: Remedy = Remedy.NONE
    fate: CommandFate = CommandFate.NOT_EXECUTED


DATE_TO_CONFIRM = 0x16
NO_PAPER = 0x67
BUSY = 0x76
WRONG_MODE = 0x66
SHIFT_TOO_OLD = 0x88
RECEIPT_CLOSED = 0x9A
NO_SUCH_DOCUMENT = 0xDA

NOT_KNOWN_BY_DEVICE = frozenset((0x6C, 0x7A, 0x91, 0x92, 0x93, 0xA3, 0xC8))
"""What a device answers to a question that it does not have."""

_R, _U = CommandError, CommandFate.UNKNOWN
_INVALID, _CONFLICT, _REJECTED = "request.invalid", "request.conflict", "device.rejected"
_UNSUPPORTED, _NOT_FOUND, _FAULT, _CLOCK = "request.unsupported", "request.not_found", "device.fault", "device.clock"

# fmt: off
ERRORS: Mapping[int, CommandError] = MappingProxyType({
    0x08: _R(_INVALID, "a price or sum is out of range", Remedy.AMOUNT),
    0x0A: _R(_INVALID, "the quantity is out of range", Remedy.AMOUNT),
    0x0B: _R(_REJECTED, "the cash counter is full", Remedy.CLOSE_SHIFT),
    0x0C: _R(_CONFLICT, "the last operation cannot be taken back", Remedy.STATE),
    0x0D: _R(_CONFLICT, "an operation cannot be taken back by its code", Remedy.STATE),
    0x0E: _R(_CONFLICT, "the last operation cannot be repeated", Remedy.STATE),
    0x0F: _R(_INVALID, "there is a discount on the operation already", Remedy.AMOUNT),
    0x10: _R(_INVALID, "no discount or surcharge is possible here", Remedy.AMOUNT),
    0x11: _R(_INVALID, "there is no such article code", Remedy.FIELDS),
    0x12: _R(_INVALID, "there is no such article barcode", Remedy.FIELDS),
    0x13: _R(_INVALID, "the form of the command is wrong", Remedy.DEFECT),
    0x14: _R(_INVALID, "the length of the command is wrong", Remedy.DEFECT),
    0x15: _R(_CLOCK, "the device waits for its date", Remedy.CLOCK),
    0x16: _R(_CLOCK, "the date must be confirmed", Remedy.CLOCK),
    0x18: _R(_NOT_FOUND, "there are no more data", Remedy.DATA),
    0x19: _R("device.busy", "a sale was neither confirmed nor cancelled", Remedy.STATE),
    0x1A: _R("device.busy", "the report that closes the shift was interrupted", Remedy.RESTART, _U),
    0x1B: _R(_REJECTED, "the control of cash cannot be switched off", Remedy.SETTINGS),
    0x1E: _R(_REJECTED, "entering the mode is blocked", Remedy.RESTART),
    0x1F: _R(_CLOCK, "date and time must be checked", Remedy.CLOCK),
    0x20: _R(_CLOCK, "date and time are earlier than those of the last fiscal document", Remedy.CLOCK),
    0x21: _R(_REJECTED, "the archive cannot be closed", Remedy.STATE),
    0x3D: _R(_NOT_FOUND, "the article is not there", Remedy.FIELDS),
    0x3E: _R(_INVALID, "a weight barcode needs the quantity 1", Remedy.AMOUNT),
    0x3F: _R(_INVALID, "the receipt has too many operations", Remedy.SPLIT),
    0x40: _R(_INVALID, "there is not so much of the article", Remedy.AMOUNT),
    0x41: _R(_INVALID, "more would be taken back than was sold", Remedy.AMOUNT),
    0x42: _R(_NOT_FOUND, "the article is blocked", Remedy.FIELDS),
    0x43: _R(_NOT_FOUND, "the article is not there", Remedy.FIELDS),
    0x46: _R(_FAULT, "a part of the device answered with wrong data", Remedy.RESTART, _U),
    0x66: _R(_CONFLICT, "not possible in this mode of the device", Remedy.STATE),
    0x67: _R("device.paper_out", "the paper is out", Remedy.PAPER, _U),
    0x68: _R(_FAULT, "no connection to the printing mechanism", Remedy.RESTART, _U),
    0x69: _R(_FAULT, "a mechanical fault of the printing mechanism", Remedy.PRINTER, _U),
    0x6A: _R(_INVALID, "the type of the receipt is wrong", Remedy.STATE),
    0x6B: _R(_NOT_FOUND, "there are no more data", Remedy.DATA),
    0x6C: _R(_UNSUPPORTED, "the device does not know this command", Remedy.MODEL),
    0x6D: _R(_INVALID, "there is no such target device", Remedy.MODEL),
    0x6E: _R(_REJECTED, "no memory is left for pictures or barcodes", Remedy.SERVICE),
    0x6F: _R(_NOT_FOUND, "there is no such picture or barcode", Remedy.FIELDS),
    0x70: _R(_INVALID, "more would be taken back than was sold", Remedy.AMOUNT),
    0x71: _R(_INVALID, "payments without cash are more than the total", Remedy.CHANGE),
    0x72: _R(_INVALID, "the receipt is not fully paid", Remedy.AMOUNT),
    0x73: _R(_INVALID, "less was sold than would be given back", Remedy.AMOUNT),
    0x75: _R(_INVALID, "the payments are too large", Remedy.AMOUNT),
    0x76: _R("device.busy", "the operation before has not finished", Remedy.WAIT),
    0x77: _R(_FAULT, "the GSM module reports a fault", Remedy.SERVICE, _U),
    0x7A: _R(_UNSUPPORTED, "this model does not know the command", Remedy.MODEL),
    0x7B: _R(_INVALID, "the discount is wrong", Remedy.AMOUNT),
    0x7C: _R(_INVALID, "not possible behind a discount", Remedy.AMOUNT),
    0x7D: _R(_INVALID, "there is no such department", Remedy.FIELDS),
    0x7E: _R(_INVALID, "there is no such kind of payment", Remedy.FIELDS),
    0x7F: _R(_INVALID, "price times quantity is too large", Remedy.AMOUNT),
    0x80: _R(_REJECTED, "the settings of the device forbid it", Remedy.SETTINGS),
    0x81: _R(_INVALID, "the total of the receipt is too large", Remedy.SPLIT),
    0x82: _R(_CONFLICT, "a receipt that annuls is open", Remedy.STATE),
    0x84: _R(_REJECTED, "the buffer of the journal is full", Remedy.CLOSE_SHIFT),
    0x86: _R(_INVALID, "the receipt is not fully paid", Remedy.AMOUNT),
    0x87: _R(_CONFLICT, "a receipt that gives back is open", Remedy.STATE),
    0x88: _R("device.shift_expired", "the shift is open for more than 24 hours", Remedy.CLOSE_SHIFT),
    0x89: _R(_CONFLICT, "a sale is open", Remedy.STATE),
    0x8A: _R("device.memory_full", "the fiscal memory is full", Remedy.SERVICE),
    0x8C: _R(_REJECTED, "the password is wrong", Remedy.PASSWORD),
    0x8E: _R("device.busy", "the journal is being worked on", Remedy.WAIT),
    0x8F: _R("device.shift_closed", "no shift is open"),
    0x91: _R(_NOT_FOUND, "there is no such table", Remedy.MODEL),
    0x92: _R(_NOT_FOUND, "there is no such row", Remedy.MODEL),
    0x93: _R(_NOT_FOUND, "there is no such field", Remedy.MODEL),
    0x94: _R(_INVALID, "date or time is wrong", Remedy.CLOCK),
    0x95: _R(_INVALID, "date or time is wrong", Remedy.CLOCK),
    0x96: _R(_INVALID, "the sum that is taken back is wrong", Remedy.AMOUNT),
    0x97: _R(_INVALID, "the change cannot be computed", Remedy.AMOUNT),
    0x98: _R(_INVALID, "there is not so much cash in the drawer", Remedy.CASH),
    0x9A: _R(_CONFLICT, "no receipt is open", Remedy.STATE),
    0x9B: _R(_CONFLICT, "a receipt is open", Remedy.STATE),
    0x9C: _R(_CONFLICT, "not possible while the shift is open", Remedy.CLOSE_FIRST),
    0x9E: _R(_CONFLICT, "the serial number is set already", Remedy.SERVICE),
    0x9F: _R(_REJECTED, "no further registration is possible", Remedy.STORAGE),
    0xA2: _R(_INVALID, "the number of the shift is wrong", Remedy.DATA),
    0xA3: _R(_UNSUPPORTED, "the device cannot do this", Remedy.MODEL),
    0xA4: _R(_REJECTED, "the password is wrong", Remedy.PASSWORD),
    0xA5: _R(_REJECTED, "the serial number is wrong", Remedy.SERVICE),
    0xA6: _R(_INVALID, "registration number or INN is wrong", Remedy.FIELDS),
    0xA7: _R(_INVALID, "registration number or INN is wrong", Remedy.FIELDS),
    0xA8: _R("device.sale_blocked", "the device is not registered", Remedy.REGISTER),
    0xA9: _R("device.sale_blocked", "the device has no serial number", Remedy.SERVICE),
    0xAA: _R(_NOT_FOUND, "there are no reports", Remedy.DATA),
    0xAB: _R("device.sale_blocked", "the mode is not activated", Remedy.REGISTER),
    0xAC: _R(_NOT_FOUND, "the data of the document are not there", Remedy.DATA),
    0xAD: _R(_NOT_FOUND, "there are no more data", Remedy.DATA),
    0xAE: _R(_REJECTED, "a code of a licence is wrong", Remedy.SERVICE),
    0xAF: _R(_NOT_FOUND, "there are no more data", Remedy.DATA),
    0xB0: _R(_FAULT, "the device must be set back", Remedy.SERVICE),
    0xB1: _R(_REJECTED, "the licence forbids it", Remedy.SERVICE),
    0xB2: _R(_CONFLICT, "the discount cannot be taken back", Remedy.AMOUNT),
    0xB3: _R(_INVALID, "the receipt cannot be closed with this kind of payment", Remedy.CHANGE),
    0xB4: _R(_INVALID, "there is no such route", Remedy.FIELDS),
    0xB5: _R(_INVALID, "there is no such first zone", Remedy.FIELDS),
    0xB6: _R(_INVALID, "there is no such last zone", Remedy.FIELDS),
    0xB7: _R(_INVALID, "there is no such kind of tariff", Remedy.FIELDS),
    0xB8: _R(_INVALID, "there is no such tariff", Remedy.FIELDS),
    0xBA: _R(_FAULT, "the exchange with the fiscal module failed", Remedy.RESTART, _U),
    0xBE: _R(_FAULT, "the device needs maintenance", Remedy.SERVICE),
    0xBF: _R(_FAULT, "the shifts of the device and of the fiscal storage differ", Remedy.SERVICE),
    0xC8: _R(_UNSUPPORTED, "no part of the device carries this command out", Remedy.MODEL),
    0xC9: _R(_FAULT, "no connection to an external device", Remedy.SERVICE),
    0xCA: _R(_REJECTED, "the dispenser is in a wrong state", Remedy.STATE),
    0xCB: _R(_INVALID, "the receipt has a wrong number of items", Remedy.SPLIT),
    0xCC: _R(_INVALID, "there is no such dispenser", Remedy.FIELDS),
    0xCD: _R(_INVALID, "the divider is wrong", Remedy.FIELDS),
    0xD0: _R(_REJECTED, "this fiscal storage cannot be used in this device", Remedy.STORAGE),
    0xD1: _R(_FAULT, "the print head is too hot", Remedy.WAIT, _U),
    0xD2: _R(_FAULT, "the exchange with the fiscal storage failed", Remedy.RESTART, _U),
    0xD3: _R(_FAULT, "the fiscal storage was told something of a wrong form", Remedy.DEFECT, _U),
    0xD4: _R(_CONFLICT, "the fiscal storage is in another state", Remedy.STATE),
    0xD5: _R(_FAULT, "the fiscal storage is broken", Remedy.STORAGE, _U),
    0xD6: _R(_FAULT, "the cryptography of the fiscal storage is broken", Remedy.STORAGE, _U),
    0xD7: _R("device.memory_full", "the life of the fiscal storage is over", Remedy.STORAGE),
    0xD8: _R("device.memory_full", "the archive of the fiscal storage is full", Remedy.STORAGE),
    0xD9: _R(_CLOCK, "date or time is wrong for the fiscal storage", Remedy.CLOCK),
    0xDA: _R(_NOT_FOUND, "the fiscal storage does not have these data", Remedy.DATA),
    0xDB: _R(_INVALID, "a value is wrong for the fiscal storage, or its totals are full", Remedy.FIELDS),
    0xDC: _R(_INVALID, "the document is too large", Remedy.SPLIT),
    0xDD: _R(_CONFLICT, "a second fiscal copy is not possible", Remedy.STATE),
    0xDE: _R(_FAULT, "the journal must be set back", Remedy.SERVICE),
    0xDF: _R(_INVALID, "the sum of a tax is wrong", Remedy.AMOUNT),
    0xE0: _R(_INVALID, "a tax on the last operation is not possible", Remedy.AMOUNT),
    0xE1: _R(_FAULT, "the number of the fiscal storage is wrong", Remedy.SERVICE),
    0xE4: _R(_INVALID, "the tax that is taken back is too large", Remedy.AMOUNT),
    0xE6: _R(_FAULT, "the power is too low", Remedy.POWER, _U),
    0xE7: _R(_INVALID, "the parameters of a command to the fiscal storage are wrong", Remedy.FIELDS),
    0xE8: _R(_INVALID, "the tags of the document are too long", Remedy.SPLIT),
    0xE9: _R(_REJECTED, "the fiscal storage has no connection to the operator", Remedy.OPERATOR),
    0xEA: _R("device.memory_full", "the cryptographic resource of the fiscal storage is used up", Remedy.STORAGE),
    0xEB: _R("device.memory_full", "the fiscal storage cannot keep more documents", Remedy.STORAGE),
    0xEC: _R(_REJECTED, "the fiscal storage refused a message of the operator", Remedy.OPERATOR),
    0xED: _R(_REJECTED, "documents in the fiscal storage were not sent", Remedy.OPERATOR),
    0xEE: _R(_FAULT, "an internal fault of the device", Remedy.RESTART, _U),
    0xEF: _R(_FAULT, "the fiscal storage did not answer in time", Remedy.RESTART, _U),
    0xF0: _R("device.shift_expired", "the shift of the fiscal storage is open for more than 24 hours", Remedy.CLOSE_SHIFT),
    0xF1: _R(_CLOCK, "too much time between two operations of the fiscal storage", Remedy.CLOCK),
    0xF2: _R(_INVALID, "the form of the command is wrong", Remedy.DEFECT),
    0xF3: _R(_INVALID, "the receipt has a wrong number of items", Remedy.SPLIT),
    0xF4: _R(_INVALID, "the form of the command is wrong", Remedy.DEFECT),
    0xF5: _R(_REJECTED, "excise goods are not allowed", Remedy.REGISTER),
    0xF6: _R(_INVALID, "the receipt has a wrong number of items", Remedy.SPLIT),
})
# fmt: on


def lookup(number: int) -> CommandError:
    """The row of an error. One that is not in the table (newer firmware) has fate UNKNOWN: asking the device once more costs a
    second, a wrong "not executed" could cost a second receipt."""
    return ERRORS.get(number) or CommandError(
        _REJECTED, f"the device refused with error {number:02X}h, which is not known here", Remedy.NONE, CommandFate.UNKNOWN
    )
