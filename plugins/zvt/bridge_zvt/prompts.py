"""What a terminal says while a command runs (04 FF), and of itself when it is asked (05 01): codes to words.

Follows protocol-specs/zvt, "Intermediate status texts" and "Terminal status codes". The terminal's own text counts before these.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bridge.model import TerminalPrompt

_P = TerminalPrompt
REVERSING = 0x05

INTERMEDIATE: Mapping[int, tuple[TerminalPrompt, str]] = MappingProxyType(
    {
        0x00: (_P.CONFIRM_AMOUNT, "Waiting for the amount to be confirmed"),
        0x01: (_P.PIN, "Watch the PIN pad"),
        0x02: (_P.PIN, "Watch the PIN pad"),
        0x03: (_P.CUSTOMER, "Not accepted"),
        0x04: (_P.HOST, "Waiting for the host"),
        0x05: (_P.REVERSING, "The terminal takes the payment back"),
        0x06: (_P.WAIT, "Late bookings are sent"),
        0x07: (_P.CUSTOMER, "Card not admitted"),
        0x08: (_P.CUSTOMER, "Card unknown"),
        0x09: (_P.CUSTOMER, "Card expired"),
        0x0A: (_P.PRESENT_CARD, "Insert or present the card"),
        0x0B: (_P.REMOVE_CARD, "Remove the card"),
        0x0C: (_P.CUSTOMER, "Card not readable"),
        0x0D: (_P.CUSTOMER, "Processing error"),
        0x0E: (_P.WAIT, "Please wait"),
        0x0F: (_P.WAIT, "The automatic end of day starts"),
        0x10: (_P.CUSTOMER, "Invalid card"),
        0x11: (_P.CUSTOMER, "Balance"),
        0x12: (_P.CUSTOMER, "Malfunction"),
        0x13: (_P.CUSTOMER, "Payment not possible"),
        0x14: (_P.CUSTOMER, "Credit too low"),
        0x15: (_P.PIN, "Wrong PIN"),
        0x16: (_P.CUSTOMER, "Limit too low"),
        0x17: (_P.WAIT, "Please wait"),
        0x18: (_P.CUSTOMER, "Too many wrong PINs"),
        0x19: (_P.CUSTOMER, "Card data wrong"),
        0x1A: (_P.WAIT, "Service mode"),
        0x1B: (_P.CUSTOMER, "Approved, fill up"),
        0x1C: (_P.CUSTOMER, "Approved, take the goods"),
        0x1D: (_P.CUSTOMER, "Declined"),
        0x26: (_P.CUSTOMER, "Enter the mobile number"),
        0x27: (_P.CUSTOMER, "Repeat the mobile number"),
        0x28: (_P.CHOOSE, "Choose the currency"),
        0x29: (_P.CHOOSE, "Choose the language"),
        0x2A: (_P.PRESENT_CARD, "Insert the card to load"),
        0x2B: (_P.WAIT, "Emergency mode, offline"),
        0x2C: (_P.CHOOSE, "Choose debit or credit"),
        0x66: (_P.REMOVE_CARD, "Please remove the card"),
        0x67: (_P.REMOVE_CARD, "Please remove the card"),
        0x68: (_P.WAIT, "Card inserted"),
        0x69: (_P.CHOOSE, "Choose the currency of the card or the shop's"),
        0xC7: (_P.CUSTOMER, "Enter the mileage"),
        0xC8: (_P.CASHIER, "Waiting for the cashier"),
        0xC9: (_P.WAIT, "Automatic diagnosis"),
        0xCA: (_P.WAIT, "Automatic initialisation"),
        0xCB: (_P.WAIT, "The journal is full"),
        0xCC: (_P.PIN, "Direct debit not possible, PIN needed"),
        0xD2: (_P.HOST, "Dialling"),
        0xD3: (_P.HOST, "Connected"),
        0xE0: (_P.CHOOSE, "Choose the application"),
        0xE1: (_P.CHOOSE, "Choose the language"),
        0xE2: (_P.CASHIER, "Insert the cleaning card"),
        0xF1: (_P.WAIT, "Offline"),
        0xF2: (_P.HOST, "Online"),
        0xF3: (_P.WAIT, "Offline transaction"),
        0xFF: (_P.CUSTOMER, "See the terminal"),
    }
)

_AND_REMOVE = range(0x41, 0x5E)

# Where the terminal sends no text, these say no more than the host's own sentence for their code, which is in the till's language.
_SAID_BY_HOST = frozenset((0x00, 0x01, 0x02, 0x04, 0x05, 0x0A, 0x0B, 0x0E, 0x17, 0x66, 0x67, 0xC8, 0xE0, 0xFF))


def spoken(status: int) -> str:
    """What the person at the till is told of a status that has no text of its own; empty for the host's sentence."""
    return "" if status in _SAID_BY_HOST else intermediate(status)[1]


def intermediate(status: int) -> tuple[TerminalPrompt, str]:
    """The uniform code and English words of an intermediate status. Of one that is not listed the number is told."""
    if status in _AND_REMOVE:
        _, text = INTERMEDIATE.get(status - 0x40, (_P.CUSTOMER, f"Status {status - 0x40:02X}"))
        return _P.REMOVE_CARD, f"{text}. Please remove the card"
    return INTERMEDIATE.get(status, (_P.CUSTOMER, f"The terminal is at status {status:02X}"))


READY = 0x00
BUSY = 0x9C
MAINTAINED = 0xE0

TERMINAL: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        0x00: ("ready", ""),
        0x51: ("must be initialised", "Register anew (terminal.login)."),
        0x62: ("has a wrong clock", "Set its clock (clock.set)."),
        0x9C: ("is busy", "Wait."),
        0x9D: ("waits after goods were issued in part", "Wait."),
        0xB1: ("has a full memory", "Make its end of day (terminal.reconcile)."),
        0xB2: ("has a full journal", "Make its end of day (terminal.reconcile)."),
        0xBF: ("has too little power", "Call its service."),
        0xC0: ("has a defective card lock", "Call its service."),
        0xC1: ("has a locked merchant card", "Let it check itself (terminal.diagnose)."),
        0xC2: ("needs a diagnosis", "Let it check itself (terminal.diagnose)."),
        0xC4: ("has a wrong card profile", "Call its service."),
        0xCC: ("has a printer that is not ready", "Put paper in."),
        0xDC: ("holds a card", "Remove the card."),
        0xDF: ("is out of order", "Call its service."),
        0xE0: ("is being maintained or updated", "Wait."),
        0xE1: ("holds a card that was not removed whole", "Remove the card."),
        0xE2: ("has a defective reader", "Call its service."),
        0xE3: ("has a closed shutter", "Call its service."),
        0xE4: ("must be activated", "Call its service."),
        0xF0: ("is due for its end of day", "Make it (terminal.reconcile)."),
        0xF6: ("lacks data", "Call its service."),
    }
)
"""What a terminal of this status is, and what cures it."""


def terminal(status: int) -> tuple[str, str]:
    """The words of a terminal's status, and what to do."""
    return TERMINAL.get(status, (f"is at status {status:02X}", ""))
