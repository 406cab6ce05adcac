"""The errors that the register answers with. Source: protocol-specs/atol, "Errors" (errors.md)."""

from __future__ import annotations

SUM, QUANTITY, CASH_OVERFLOW = 0x08, 0x0A, 0x0B
NO_DISCOUNT, FORMAT, LENGTH, CONFIRM_DATE = 0x10, 0x13, 0x14, 0x16
MODE, NO_PAPER, NO_PRINTER, PRINTER_FAULT, RECEIPT_TYPE, NO_MORE, UNSUPPORTED = 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C
TARGET, NON_CASH_OVER, TOO_LITTLE, BUSY, UNKNOWN, DISCOUNT = 0x6D, 0x71, 0x72, 0x76, 0x7A, 0x7B
DEPARTMENT, PAYMENT_TYPE, MULTIPLICATION, TOTAL_OVERFLOW = 0x7D, 0x7E, 0x7F, 0x81
SHIFT_EXPIRED, PASSWORD, SHIFT_CLOSED = 0x88, 0x8C, 0x8F
NO_TABLE, NO_ROW, NO_FIELD, DATE, NO_CASH = 0x91, 0x92, 0x93, 0x94, 0x98
RECEIPT_CLOSED, RECEIPT_OPEN, SHIFT_OPEN = 0x9A, 0x9B, 0x9C
OVERHEATED = 0xD1
FN_STATE, FN_EXPIRED, FN_FULL, FN_TIME, FN_NO_DATA = 0xD4, 0xD7, 0xD8, 0xD9, 0xDA
TAX, FN_PARAMETERS, FN_TLV, FN_SHIFT, ITEMS = 0xDF, 0xE7, 0xE8, 0xF0, 0xF3
FN_NO_OFD = 0xE9


class Refusal(Exception):
    """The command is answered with this error."""

    def __init__(self, code: int) -> None:
        super().__init__(f"{code:02X}h")
        self.code = code
