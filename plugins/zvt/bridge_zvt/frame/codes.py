"""The two-byte codes of commands, messages and answers, as the specification numbers them.

Follows protocol-specs/zvt, "Commands" and "Messages from the PT". What each carries is in `layout.py`.
"""

from __future__ import annotations

from enum import IntEnum


class Code(IntEnum):
    """CLASS and INSTR, or CCRC and APRC, as one number."""

    SET_CLOCK_OF_TILL = 0x0401
    STATUS_INFORMATION = 0x040F
    INTERMEDIATE_STATUS = 0x04FF
    STATUS_ENQUIRY = 0x0501
    REGISTRATION = 0x0600
    AUTHORISATION = 0x0601
    LOG_OFF = 0x0602
    COMPLETION = 0x060F
    TURNOVER_TOTALS = 0x0610
    REPRINT = 0x0612
    RESET_TERMINAL = 0x0618
    PRINT_CONFIGURATION = 0x061A
    SET_TERMINAL_ID = 0x061B
    ABORT = 0x061E
    """From the terminal: the command has failed."""
    REPEAT_RECEIPT = 0x0620
    TELEPHONE_AUTHORISATION = 0x0621
    RESERVATION = 0x0622
    PARTIAL_REVERSAL = 0x0623
    BOOK_TOTAL = 0x0624
    RESERVATION_REVERSAL = 0x0625
    EXTERNAL_RESERVATION_REVERSAL = 0x0626
    REVERSAL = 0x0630
    REFUND = 0x0631
    END_OF_DAY = 0x0650
    SEND_OFFLINE = 0x0651
    DIAGNOSIS = 0x0670
    SELF_TEST = 0x0679
    SET_CLOCK = 0x0691
    INITIALISATION = 0x0693
    CHANGE_PASSWORD = 0x0695
    ABORT_COMMAND = 0x06B0
    """From the till: give up what is under way."""
    READ_CARD = 0x06C0
    PRINT_LINE = 0x06D1
    PRINT_BLOCK = 0x06D3
    DISPLAY_TEXT = 0x06E0
    DISPLAY_TEXT_KEY = 0x06E1
    DISPLAY_TEXT_NUMBER = 0x06E2
    CHANGE_CONFIGURATION = 0x0813
    CHANGE_BAUD = 0x0840
    ACTIVATE_READER = 0x0850
    POSITIVE = 0x8000


NEGATIVE_CLASS = 0x84
"""CCRC of an answer whose APRC is an error; 84 00 is positive all the same."""

NOT_SUPPORTED = 0x83
NOT_FINISHED = 0x9C
PARTIAL_ISSUE = 0x9D
PRINTER_NOT_READY = 0xCC


def is_answer(code: int) -> bool:
    """80 xx and 84 xx: the other side's word on the message before, not one of its own."""
    return code >> 8 in (0x80, NEGATIVE_CLASS)


def is_positive(code: int) -> bool:
    return code in (Code.POSITIVE, NEGATIVE_CLASS << 8)
