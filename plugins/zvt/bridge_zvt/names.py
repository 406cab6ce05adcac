"""Names that people read in wire logs: of messages, fields and objects.

Follows protocol-specs/zvt, "Commands", "BMP table" and "TLV tags". Nothing is decided by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bridge_zvt.frame import Code, is_answer, is_positive

MESSAGES: Mapping[int, str] = MappingProxyType(
    {
        Code.SET_CLOCK_OF_TILL: "set the till's clock",
        Code.STATUS_INFORMATION: "status information",
        Code.INTERMEDIATE_STATUS: "intermediate status",
        Code.STATUS_ENQUIRY: "status enquiry",
        Code.REGISTRATION: "registration",
        Code.AUTHORISATION: "authorisation",
        Code.LOG_OFF: "log-off",
        Code.COMPLETION: "completion",
        Code.TURNOVER_TOTALS: "turnover totals",
        Code.REPRINT: "reprint receipts",
        Code.RESET_TERMINAL: "reset terminal",
        Code.PRINT_CONFIGURATION: "print configuration",
        Code.SET_TERMINAL_ID: "set terminal id",
        Code.ABORT: "abort",
        Code.REPEAT_RECEIPT: "repeat receipt",
        Code.TELEPHONE_AUTHORISATION: "telephone authorisation",
        Code.RESERVATION: "reservation",
        Code.PARTIAL_REVERSAL: "partial release, or query of reservations",
        Code.BOOK_TOTAL: "booking of a reservation",
        Code.RESERVATION_REVERSAL: "release of a reservation",
        Code.EXTERNAL_RESERVATION_REVERSAL: "release of an external reservation",
        Code.REVERSAL: "reversal",
        Code.REFUND: "refund",
        Code.END_OF_DAY: "end of day",
        Code.SEND_OFFLINE: "send offline payments",
        Code.DIAGNOSIS: "diagnosis",
        Code.SELF_TEST: "self-test",
        Code.SET_CLOCK: "set the terminal's clock",
        Code.INITIALISATION: "initialisation",
        Code.CHANGE_PASSWORD: "change password",
        Code.ABORT_COMMAND: "abort by the till",
        Code.READ_CARD: "read card",
        Code.PRINT_LINE: "print line",
        Code.PRINT_BLOCK: "print block",
        Code.DISPLAY_TEXT: "display text",
        Code.DISPLAY_TEXT_KEY: "display text, with a key",
        Code.DISPLAY_TEXT_NUMBER: "display text, with a number",
        Code.CHANGE_CONFIGURATION: "change configuration",
        Code.CHANGE_BAUD: "change baud rate",
        Code.ACTIVATE_READER: "activate reader",
    }
)

FIELDS: Mapping[int, str] = MappingProxyType(
    {
        0x01: "timeout",
        0x02: "most status informations",
        0x03: "service byte",
        0x04: "amount",
        0x05: "pump number",
        0x06: "TLV",
        0x0B: "trace",
        0x0C: "time",
        0x0D: "date",
        0x0E: "expiry",
        0x17: "card sequence",
        0x19: "status, payment or card type",
        0x22: "PAN",
        0x23: "track 2",
        0x24: "track 3",
        0x27: "result code",
        0x29: "terminal id",
        0x2A: "merchant number",
        0x2D: "track 1",
        0x2E: "chip data",
        0x37: "original trace",
        0x3A: "CVV",
        0x3B: "authorisation",
        0x3C: "additional text",
        0x3D: "password",
        0x49: "currency",
        0x4C: "blocked goods",
        0x60: "totals",
        0x87: "receipt",
        0x88: "turnover number",
        0x8A: "card type",
        0x8B: "card name",
        0x8C: "provider's card type",
        0x9A: "GeldKarte record",
        0xA0: "result code AS",
        0xAA: "date",
        0xBA: "AID parameter",
        0xF0: "seconds",
        0xF9: "beeps",
        **{0xF0 + line: f"line {line}" for line in range(1, 9)},
        **{0xE0 + line: f"second text, line {line}" for line in range(1, 9)},
    }
)

OBJECTS: Mapping[int, str] = MappingProxyType(
    {
        0x07: "text",
        0x08: "receipt",
        0x09: "attribute",
        0x0A: "command",
        0x12: "columns",
        0x14: "character set",
        0x15: "language",
        0x1A: "largest message",
        0x1B: "kind of diagnosis",
        0x23: "open reservations",
        0x24: "display texts",
        0x25: "print texts",
        0x26: "permitted commands",
        0x27: "character sets",
        0x2E: "date and time",
        0x2F: "payment",
        0x41: "card type",
        0x42: "application label",
        0x43: "AID",
        0x44: "application",
        0x46: "customer's EMV data",
        0x47: "merchant's EMV data",
        0x4C: "UID",
        0x60: "application",
        0xE4: "device",
        0xE9: "reference",
        0x1F01: "receipt id",
        0x1F07: "receipt type",
        0x1F0E: "date",
        0x1F0F: "time",
        0x1F10: "verification",
        0x1F11: "online",
        0x1F12: "entry",
        0x1F16: "extended error",
        0x1F17: "error text",
        0x1F25: "cashback",
        0x1F2B: "long trace",
        0x1F36: "tip",
        0x1F37: "receipt information",
        0x1F40: "device name",
        0x1F41: "software",
        0x1F42: "serial number",
        0x1F44: "terminal id",
        0x1F62: "reference id",
        0x1F63: "reference",
        0x1F70: "partial approval",
        0x1F73: "message sequence id",
    }
)


def title(code: int) -> str:
    """A few words for a message."""
    if is_answer(code):
        return "accepted" if is_positive(code) else f"refused with {code & 0xFF:02X}"
    return MESSAGES.get(code, f"command {code >> 8:02X} {code & 0xFF:02X}")
