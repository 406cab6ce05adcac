"""Bit masks of reports and registrations: conditions of use (1290), reasons of a change (1205), messages of the OFD (1206).

Source: protocol-specs/ffd, "Masks".
"""

from __future__ import annotations

from enum import IntFlag


class UseCondition(IntFlag):
    """Tag 1290."""

    PRINTER_IN_MACHINE = 1 << 1
    STRICT_FORMS_ONLY = 1 << 2
    INTERNET_ONLY = 1 << 5
    EXCISE_GOODS = 1 << 6
    MARKED_GOODS = 1 << 8
    SERVICES_ONLY = 1 << 9
    GAMBLING = 1 << 10
    LOTTERY = 1 << 11
    PAWNSHOP = 1 << 12
    INSURANCE = 1 << 13
    VENDING_MACHINE = 1 << 14
    CATERING = 1 << 15
    WHOLESALE = 1 << 16


class ChangeReason(IntFlag):
    """Tag 1205."""

    FN_REPLACED = 1 << 0
    OFD_REPLACED = 1 << 1
    USER_RENAMED = 1 << 2
    PLACE_CHANGED = 1 << 3
    FROM_OFFLINE_TO_OFD = 1 << 4
    FROM_OFD_TO_OFFLINE = 1 << 5
    MODEL_VERSION_CHANGED = 1 << 6
    TAXATION_CHANGED = 1 << 7
    MACHINE_NUMBER_CHANGED = 1 << 8
    FROM_AUTOMATIC = 1 << 9
    TO_AUTOMATIC = 1 << 10
    TO_STRICT_FORMS = 1 << 11
    FROM_STRICT_FORMS = 1 << 12
    FROM_INTERNET = 1 << 13
    TO_INTERNET = 1 << 14
    FROM_PAYING_AGENT = 1 << 15
    TO_PAYING_AGENT = 1 << 16
    FROM_GAMBLING = 1 << 17
    TO_GAMBLING = 1 << 18
    FROM_LOTTERY = 1 << 19
    TO_LOTTERY = 1 << 20
    FFD_VERSION_CHANGED = 1 << 21
    OTHER = 1 << 31


class OperatorMessage(IntFlag):
    """Tag 1206. Not the warnings of the FN, which are a byte of their own (`fn.py`)."""

    FORMAT_ERROR = 1 << 1
    CHECK_ACCOUNT = 1 << 2
    UPDATE_FFD = 1 << 3
    TAX_AUDIT = 1 << 4
    CHANGE_OFD_SETTINGS = 1 << 5
    OFD_CLOSES = 1 << 6


class WrongCodes(IntFlag):
    """Tag 2112: since the shift before."""

    IN_RESPONSE = 1 << 1
    IN_TICKET = 1 << 2


class WrongRequests(IntFlag):
    """Tag 2113."""

    REQUEST = 1 << 0
    NOTIFICATION = 1 << 1


def names(words: type[IntFlag], mask: int) -> tuple[str, ...]:
    """The words of a mask, in lower case; bits that have none as "bit 7". No member is made of the mask: Python keeps those."""
    known = {int(word): (word.name or "").lower() for word in words}
    return tuple(known.get(1 << bit, f"bit {bit}") for bit in range(mask.bit_length()) if mask >> bit & 1)
