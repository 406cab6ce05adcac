"""Errors of the device: number -> uniform code, words for the cashier, fate of the command, remedy.

One number space: 01h to 30h come from the FN, the others from the device itself. Follows protocol-specs/shtrih-m, errors.md.
The fate is that of the command; what became of the document is asked of the device. Russian is in `texts/ru.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bridge.plugin import CommandFate


@dataclass(frozen=True, slots=True)
class CommandError:
    """One row: `code` is the uniform code, `text` what happened, `remedy` what to do; empty: the uniform code's own."""

    code: str
    text: str
    fate: CommandFate = CommandFate.NOT_EXECUTED
    remedy: str = ""


_UNKNOWN = CommandFate.UNKNOWN
_SERVICE = "Call the service."
_RESTART = "Switch the device off and on; if it comes again, call the service."
_STORAGE = "The fiscal storage must be replaced: call the service."
_DEFECT = "The bridge and the device do not understand each other: update the bridge, and report the wire log."
_MODEL = "This model or firmware cannot do it."
_AMOUNT = "Check the amounts and send the document again."
_Z = "Close the shift with a Z report, then open a new one."
_WAIT = "Wait until it has printed, then try again."

_R = CommandError

PRINTING_BEFORE = 0x50
WAITS_TO_GO_ON = 0x58
NO_RECEIPT_PAPER = 0x6B
NO_SUCH_DOCUMENT = 0x08
NO_DATA = 0x34

NOT_NOW = frozenset((PRINTING_BEFORE, WAITS_TO_GO_ON, NO_RECEIPT_PAPER, 0x72))
"""What says that the device prints, or waits for paper or a hand. To a command that only prepares a document it means that it was
not taken; what it means for a document is asked of the device [S8]."""

NOT_KNOWN_BY_DEVICE = frozenset((0x01, 0x33, 0x34, 0x36, 0x37, 0x5D, 0x7E))
"""What a device answers to a question that it does not have."""

# fmt: off
ERRORS: Mapping[int, CommandError] = MappingProxyType({
    # --- the FN
    0x01: _R("request.unsupported", "the fiscal storage does not know this command or its form", remedy=_MODEL),
    0x02: _R("device.rejected", "the fiscal storage is in another state", remedy="Look at the state of the shift and of the receipt, then send it again."),
    0x03: _R("device.fault", "the fiscal storage is defective", _UNKNOWN, _STORAGE),
    0x04: _R("device.fault", "the cryptography of the fiscal storage is defective", _UNKNOWN, _STORAGE),
    0x05: _R("device.memory_full", "the life of the fiscal storage is over", remedy=_STORAGE),
    0x06: _R("device.memory_full", "the archive of the fiscal storage is full", remedy=_STORAGE),
    0x07: _R("device.clock", "date or time is wrong for the fiscal storage", remedy="Set the clock of the device; the shift must be closed for that."),
    0x08: _R("request.not_found", "the fiscal storage has no such data"),
    0x09: _R("request.invalid", "a value is wrong for the fiscal storage", remedy="Check the tags and amounts of the document."),
    0x10: _R("request.invalid", "too much data in the tags of the document", remedy="Shorten the texts of the document."),
    0x11: _R("device.rejected", "no transport connection to the operator"),
    0x12: _R("device.memory_full", "the cryptographic resource of the fiscal storage is used up", remedy=_STORAGE),
    0x14: _R("device.memory_full", "the storage resource of the fiscal storage is used up", remedy=_STORAGE),
    0x15: _R("device.sale_blocked", "documents wait for the operator (OFD) for more than 30 days", remedy="Bring the connection to the operator back; selling goes on when the documents are sent."),
    0x16: _R("device.shift_expired", "the shift is open for more than 24 hours", remedy=_Z),
    0x17: _R("device.clock", "the clock differs too much from that of the fiscal storage", remedy="Set the clock of the device; the shift must be closed for that."),
    0x20: _R("device.rejected", "the message of the operator was not taken"),
    0x2F: _R("device.fault", "the fiscal storage did not answer in time", _UNKNOWN, _RESTART),
    0x30: _R("device.fault", "the fiscal storage does not answer", _UNKNOWN, _RESTART),
    # --- the device
    0x33: _R("request.invalid", "wrong parameters of the command", remedy=_DEFECT),
    0x34: _R("request.not_found", "there are no data"),
    0x35: _R("request.invalid", "a parameter does not go with the settings of the device", remedy="Check the settings of the device (its tables)."),
    0x36: _R("request.unsupported", "wrong parameters for this model", remedy=_MODEL),
    0x37: _R("request.unsupported", "the device does not know this command", remedy=_MODEL),
    0x38: _R("device.fault", "the program memory is defective", _UNKNOWN, _RESTART),
    0x39: _R("device.fault", "an internal fault of the program", _UNKNOWN, _RESTART),
    0x3A: _R("device.rejected", "the surcharges of the shift are too large", remedy=_Z),
    0x3B: _R("device.rejected", "the totals of the shift are too large", remedy=_Z),
    0x3C: _R("request.conflict", "not possible while the shift is open", remedy="Close the shift first."),
    0x3D: _R("device.shift_closed", "no shift is open"),
    0x3E: _R("device.rejected", "the totals of a department are too large", remedy=_Z),
    0x3F: _R("device.rejected", "the discounts of the shift are too large", remedy=_Z),
    0x40: _R("request.invalid", "the discount is out of range", remedy=_AMOUNT),
    0x41: _R("request.invalid", "the cash payment is out of range", remedy=_AMOUNT),
    0x42: _R("request.invalid", "payment 2 is out of range", remedy=_AMOUNT),
    0x43: _R("request.invalid", "payment 3 is out of range", remedy=_AMOUNT),
    0x44: _R("request.invalid", "payment 4 is out of range", remedy=_AMOUNT),
    0x45: _R("request.invalid", "the payments are less than the total", remedy=_AMOUNT),
    0x46: _R("request.invalid", "there is not so much cash in the drawer", remedy="Put cash in first, or take out less."),
    0x47: _R("request.invalid", "a tax is too large", remedy=_AMOUNT),
    0x48: _R("request.invalid", "the total is too large", remedy="Split the sale over several receipts."),
    0x49: _R("request.invalid", "the item does not go with the kind of the receipt", remedy="Keep sales and returns on receipts of their own."),
    0x4A: _R("request.conflict", "not possible while a receipt is open", remedy="Finish or cancel the open receipt."),
    0x4B: _R("request.invalid", "the receipt has too many lines", remedy="Split the sale over several receipts."),
    0x4C: _R("request.invalid", "the taxes of the shift are too large", remedy=_Z),
    0x4D: _R("request.invalid", "payments without cash are more than the total", remedy="Change is given for cash only: lower the card payment."),
    0x4E: _R("device.shift_expired", "the shift is open for more than 24 hours", remedy=_Z),
    0x4F: _R("device.rejected", "the password is wrong", remedy="Set the passwords of the operator and of the administrator in the settings of this device in Tillbridge."),
    0x50: _R("device.busy", "the device still prints the command before", _UNKNOWN, _WAIT),
    0x51: _R("device.rejected", "the cash of the shift is too large", remedy=_Z),
    0x52: _R("device.rejected", "payments 2 of the shift are too large", remedy=_Z),
    0x53: _R("device.rejected", "payments 3 of the shift are too large", remedy=_Z),
    0x54: _R("device.rejected", "payments 4 of the shift are too large", remedy=_Z),
    0x55: _R("request.conflict", "not possible while no receipt is open"),
    0x56: _R("request.not_found", "there is no document to repeat"),
    0x57: _R("device.fault", "the shift of the electronic journal differs", _UNKNOWN, _SERVICE),
    0x58: _R("device.busy", "the device waits to go on with printing", _UNKNOWN, "Let it go on (document.continue), or press its key."),
    0x59: _R("device.busy", "another operator opened the document", remedy="Let that operator finish it, or set his password in the settings."),
    0x5A: _R("request.invalid", "the discount is more than the sum before it", remedy=_AMOUNT),
    0x5B: _R("request.invalid", "the surcharge is out of range", remedy=_AMOUNT),
    0x5C: _R("device.fault", "the supply of the printing mechanism is too low", _UNKNOWN, "Check the power supply."),
    0x5D: _R("request.not_found", "there is no such table"),
    0x5E: _R("device.rejected", "the operation is not possible now", remedy="Look at the state of the shift and of the receipt; something may be open."),
    0x5F: _R("request.invalid", "the total would be below zero", remedy=_AMOUNT),
    0x60: _R("request.invalid", "quantity times price is too large", remedy=_AMOUNT),
    0x61: _R("request.invalid", "the price is out of range", remedy=_AMOUNT),
    0x62: _R("request.invalid", "the quantity is out of range", remedy=_AMOUNT),
    0x63: _R("request.invalid", "there is no such department", remedy="Set a department that the device has."),
    0x64: _R("device.fault", "the fiscal memory is missing", _UNKNOWN, _SERVICE),
    0x65: _R("device.rejected", "the department has not so much money"),
    0x66: _R("device.rejected", "the totals of the department are too large", remedy=_Z),
    0x67: _R("device.fault", "no connection to the fiscal memory", _UNKNOWN, _RESTART),
    0x68: _R("device.rejected", "the taxes have not so much money"),
    0x69: _R("device.rejected", "the totals of the taxes are too large", remedy=_Z),
    0x6A: _R("device.fault", "the power failed while the device answered", _UNKNOWN, _RESTART),
    0x6B: _R("device.paper_out", "the receipt paper is out", _UNKNOWN),
    0x6C: _R("device.paper_out", "the journal paper is out", _UNKNOWN),
    0x6D: _R("device.rejected", "the taxes have not so much money"),
    0x6E: _R("device.rejected", "the totals of the taxes are too large", remedy=_Z),
    0x6F: _R("device.rejected", "the payouts of the shift are too large", remedy=_Z),
    0x70: _R("device.memory_full", "the fiscal memory is full"),
    0x71: _R("device.fault", "the cutter is jammed", _UNKNOWN, "Free the cutter, then let the device go on."),
    0x72: _R("device.busy", "not possible while the device waits for paper or prints", _UNKNOWN, "Put paper in and close the cover, then try again."),
    0x73: _R("request.conflict", "not possible in this state of the device", remedy="Look at the state of the shift and of the receipt."),
    0x74: _R("device.fault", "the working memory is defective", _UNKNOWN, _RESTART),
    0x75: _R("device.fault", "the power supply is defective", _UNKNOWN, _SERVICE),
    0x76: _R("device.fault", "the printing mechanism gives no pulses", _UNKNOWN, _SERVICE),
    0x77: _R("device.fault", "the sensors are defective", _UNKNOWN, _SERVICE),
    0x78: _R("device.fault", "the program of the device was changed", _UNKNOWN, _SERVICE),
    0x79: _R("device.fault", "the fiscal memory was changed", _UNKNOWN, _SERVICE),
    0x7A: _R("request.conflict", "the field cannot be changed now", remedy="Close the shift first."),
    0x7B: _R("device.fault", "the hardware is defective", _UNKNOWN, _SERVICE),
    0x7C: _R("device.clock", "the dates do not agree", remedy="Set the clock again: the date is confirmed with the same date."),
    0x7D: _R("request.invalid", "the date is wrong"),
    0x7E: _R("request.invalid", "a value has the wrong length", remedy=_DEFECT),
    0x7F: _R("request.invalid", "the total of the receipt is too large", remedy="Split the sale over several receipts."),
    0x80: _R("device.fault", "no connection to the fiscal memory", _UNKNOWN, _RESTART),
    0x81: _R("device.fault", "no connection to the fiscal memory", _UNKNOWN, _RESTART),
    0x82: _R("device.fault", "no connection to the fiscal memory", _UNKNOWN, _RESTART),
    0x83: _R("device.fault", "no connection to the fiscal memory", _UNKNOWN, _RESTART),
    0x84: _R("device.rejected", "the cash is too large", remedy=_Z),
    0x85: _R("device.rejected", "the sales of the shift are too large", remedy=_Z),
    0x86: _R("device.rejected", "the purchases of the shift are too large", remedy=_Z),
    0x87: _R("device.rejected", "the returns of sales of the shift are too large", remedy=_Z),
    0x88: _R("device.rejected", "the returns of purchases of the shift are too large", remedy=_Z),
    0x89: _R("device.rejected", "the cash put in during the shift is too large", remedy=_Z),
    0x8A: _R("request.invalid", "the surcharges of the receipt are too large", remedy=_AMOUNT),
    0x8B: _R("request.invalid", "the discounts of the receipt are too large", remedy=_AMOUNT),
    0x8C: _R("request.invalid", "the surcharge that is taken back was not there", remedy=_AMOUNT),
    0x8D: _R("request.invalid", "the discount that is taken back was not there", remedy=_AMOUNT),
    0x8E: _R("request.invalid", "the total is zero", remedy="Receipts over nothing are forbidden in the settings of the device (table 1)."),
    0x8F: _R("device.sale_blocked", "the device is not registered", remedy="Register it first, with the service."),
    0x90: _R("request.invalid", "a field is longer than the settings allow", remedy="Shorten the text."),
    0x91: _R("request.invalid", "the text does not fit with these settings", remedy="Shorten the text."),
    0x92: _R("request.invalid", "the text goes beyond the print line", remedy="Shorten the text."),
    0x93: _R("device.rejected", "the working memory was restored", _UNKNOWN, "Look at the state of the shift and of the receipt."),
    0x94: _R("request.invalid", "the receipt has too many operations", remedy="Split the sale over several receipts."),
    0x95: _R("device.fault", "an unknown fault of the electronic journal", _UNKNOWN, _SERVICE),
    0x96: _R("device.shift_expired", "a Z report is needed first", remedy=_Z),
    # --- A0h to A5h: marking in FFD 1.2; on devices of before 2017 the electronic journal
    0xA0: _R("request.unsupported", "marked goods are not allowed on this device", remedy="Register the device for marked goods."),
    0xA1: _R("device.rejected", "marking commands came in the wrong order", remedy="Send the receipt again."),
    0xA2: _R("device.sale_blocked", "the work with marked goods is blocked: notifications were not sent", remedy="Bring the connection to the operator back."),
    0xA3: _R("request.invalid", "too many marking codes in the receipt", remedy="At most 128 codes are possible: split the sale over several receipts."),
    0xA4: _R("request.invalid", "tags that marked goods need are missing", remedy="Give unit and quantity of the marked goods."),
    0xA5: _R("request.invalid", "the marking code was not checked", remedy="Check the code (marking.check), then sell it."),
    0xA6: _R("device.fault", "the electronic journal reports an error", _UNKNOWN, _SERVICE),
    0xA7: _R("device.fault", "the electronic journal reports an error", _UNKNOWN, _SERVICE),
    0xA8: _R("device.fault", "the electronic journal reports an error", _UNKNOWN, _SERVICE),
    0xA9: _R("device.fault", "the electronic journal reports an error", _UNKNOWN, _SERVICE),
    0xAA: _R("device.fault", "the electronic journal reports an error", _UNKNOWN, _SERVICE),
    0xB0: _R("device.memory_full", "the electronic journal is full", remedy=_SERVICE),
    0xB1: _R("device.fault", "the electronic journal reports an error", _UNKNOWN, _SERVICE),
    0xB2: _R("device.fault", "the electronic journal is closed already", _UNKNOWN, _SERVICE),
    0xC0: _R("device.clock", "date and time must be confirmed", remedy="Set the clock (clock.set), then send it again."),
    0xC2: _R("device.fault", "the supply voltage is wrong", _UNKNOWN, "Check the power supply."),
    0xC4: _R("device.fault", "the numbers of the shifts differ", _UNKNOWN, _SERVICE),
    0xC5: _R("device.rejected", "the buffer of the slip is empty"),
    0xC6: _R("device.busy", "the slip is missing", remedy="Put the slip in."),
    0xC7: _R("request.conflict", "the field cannot be changed in this state", remedy="Close the shift first."),
    0xC8: _R("device.fault", "no connection to the printing mechanism", _UNKNOWN, _RESTART),
    0xC9: _R("device.fault", "the print head is too hot", _UNKNOWN, "Wait until it has cooled down."),
    0xCA: _R("device.fault", "the temperature is out of range", _UNKNOWN, "Wait until the device has the temperature of the room."),
    0xCB: _R("request.invalid", "the subtotal is wrong", remedy=_AMOUNT),
    0xCE: _R("device.fault", "the memory was cleared", _UNKNOWN, _SERVICE),
    0xCF: _R("device.clock", "the clock was set back", remedy="Set the clock (clock.set)."),
})
# fmt: on


def lookup(number: int) -> CommandError:
    """The row of an error. One that is not in the table (newer firmware) has fate UNKNOWN: asking the device once more costs a
    second, a wrong "not executed" could cost a second receipt."""
    return ERRORS.get(number) or CommandError(
        "device.rejected",
        f"the device refused with error {number:02X}h, which is not known here",
        CommandFate.UNKNOWN,
        "Look the number up in the manual of the device. What became of the document is asked of the device.",
    )
