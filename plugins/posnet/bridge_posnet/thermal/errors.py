"""Errors of the printer by the number Pe: uniform code, words for the cashier, fate of the command, remedy.

Follows protocol-specs/posnet/thermal.md, "Errors". The answer that carries the number (`#Z`) has no check byte, so a row says
what happened and never, alone, what became of a document: that is asked of the printer.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bridge.plugin import CommandFate, CommandRefused
from bridge_posnet.command_errors import CommandError
from bridge_posnet.thermal.frame import Sequence

_NO = CommandFate.NOT_EXECUTED
_UNKNOWN = CommandFate.UNKNOWN
_DEFECT = "The bridge and the printer do not understand each other: update the bridge, and report the wire log."
_SERVICE = "Call the service."
_RESTART = "Switch the printer off and on; if it comes again, call the service."
_LINE = "The line disturbs the data: check cable, speed, parity and flow control. It may be sent again."
_REPORT = "Make the daily report."


def _row(code: str, text: str, fate: CommandFate = _NO, remedy: str = "") -> CommandError:
    return CommandError(code, "", text, fate, remedy)


ERRORS: Mapping[int, CommandError] = MappingProxyType(
    {
        1: _row("device.clock", "the clock is not set", remedy=_SERVICE),
        2: _row("device.rejected", "wrong check byte", remedy=_LINE),
        3: _row("request.invalid", "wrong number of parameters", remedy=_DEFECT),
        4: _row("request.invalid", "a parameter is wrong", remedy="Check the figures and texts against the limits."),
        5: _row("device.clock", "the clock cannot be read or set", _UNKNOWN, _SERVICE),
        6: _row("device.fault", "the fiscal memory or the totals cannot be accessed", _UNKNOWN, _SERVICE),
        7: _row("device.clock", "the date is not the printer's, or earlier than its last record", remedy="Check its clock."),
        8: _row("request.conflict", "the totals of the day are not zero", remedy=_REPORT),
        9: _row("device.fault", "input or output error", _UNKNOWN, _RESTART),
        10: _row("device.fault", "input or output error: the goods base was not sent", remedy=_SERVICE),
        11: _row("request.invalid", "wrong number or values of the tax rates", remedy=_SERVICE),
        12: _row("device.sale_blocked", "the header is wrong or missing", remedy=_SERVICE),
        13: _row("request.conflict", "the printer is in fiscal mode already"),
        14: _row("request.invalid", "wrong programming", remedy=_SERVICE),
        16: _row("request.invalid", "the name is empty or too long", remedy="Give the goods another name."),
        17: _row("request.invalid", "the quantity is missing or too long", remedy="Use fewer digits or a shorter unit."),
        18: _row(
            "request.invalid",
            "the tax rate is wrong or inactive, or the goods are locked at a lower rate",
            remedy="Sell at the goods' present rate, or under another name.",
        ),
        19: _row("request.invalid", "the price is wrong or too large", remedy="Check the price."),
        20: _row("request.invalid", "the value or the discount does not fit price and quantity", remedy=_DEFECT),
        21: _row("device.rejected", "no receipt is open", remedy="Send it again: the printer has given the receipt up."),
        22: _row("request.invalid", "cancelling a line or a discount would go below zero"),
        23: _row("request.invalid", "the receipt has no lines, or another number than announced"),
        24: _row("device.rejected", "the print buffer is full", remedy="Split the sale."),
        25: _row("request.invalid", "the till's or cashier's name is wrong", remedy="Shorten it, or use letters and digits."),
        26: _row("request.invalid", "an amount of the payments or the discount is wrong", remedy="Check the payments."),
        27: _row("device.rejected", "the printer has another total", remedy=_DEFECT),
        28: _row("device.sale_blocked", "a total of the day would overflow", remedy=_REPORT),
        29: _row("device.rejected", "no receipt is open", remedy="Send it again: the printer has given the receipt up."),
        30: _row("request.invalid", "the amount is wrong", remedy="Check the amount."),
        31: _row(
            "request.invalid", "the cash would overflow; the printer's cash state is wrong now", _UNKNOWN, "Check the cash."
        ),
        32: _row(
            "request.conflict",
            "the printer thinks that less cash is in the drawer, and has set its cash state to 0",
            _UNKNOWN,
            "Check the drawer and the slip.",
        ),
        33: _row("request.invalid", "a text is too long or has wrong characters", remedy="Shorten it."),
        34: _row("request.invalid", "the cashier's name or an amount is wrong", remedy="Shorten the name."),
        35: _row("request.conflict", "there is nothing to report: the totals are zero", remedy="Sell something first."),
        36: _row("request.conflict", "there is a daily report of this date already, and nothing was sold since"),
        37: _row("request.aborted", "somebody stopped it at the keypad"),
        38: _row("request.invalid", "the name is wrong", remedy="Give the goods another name."),
        39: _row("request.invalid", "the tax rate is wrong"),
        40: _row("device.sale_blocked", "the printer has no header, or its fiscal mode is blocked", remedy=_SERVICE),
        **{number: _row("request.invalid", "a field of the card slip is wrong") for number in range(41, 52)},
        80: _row("device.rejected", "the goods base does not allow it", remedy=_SERVICE),
        81: _row("device.rejected", "not allowed in this state", remedy="Wait until the printer is idle."),
        82: _row("device.rejected", "not allowed in this state", remedy="Wait until the printer is idle."),
        83: _row("request.invalid", "wrong packaging value"),
        84: _row("device.rejected", "no more texts for the display until the daily report", remedy=_REPORT),
        90: _row("device.rejected", "a receipt of packaging takes no goods"),
        91: _row("device.rejected", "the payments do not fit those before", remedy=_DEFECT),
        92: _row("device.memory_full", "the goods base is full", remedy=_SERVICE),
        93: _row("device.rejected", "the payment cannot be taken back"),
        94: _row("request.invalid", "the receipt comes to more than 999999.99", remedy="Split the sale."),
        95: _row("device.busy", "a receipt is open already", remedy="Wait until it is finished."),
        96: _row("device.rejected", "the receipt took longer than 20 minutes, the printer gave it up", remedy="Send it again."),
        97: _row("device.sale_blocked", "the battery is low", remedy="Charge it, or connect the power supply."),
        98: _row("device.sale_blocked", "the service jumper is set", remedy=_SERVICE),
        99: _row("device.sale_blocked", "the printer is blocked", remedy=_SERVICE),
        255: _row("request.unsupported", "the printer does not know this command", remedy="This model or firmware cannot do it."),
    }
)

_PEOPLE = {
    "#e": "to report its errors",
    "#s": "to tell its figures",
    "#c": "to tell its time",
    "#v": "to tell its type",
    "$h": "to open a receipt",
    "$l": "a line",
    "$Y": "the discount or surcharge of the receipt",
    "$y": "the end of the receipt",
    "$e": "to cancel the receipt",
    "#i": "the cash movement",
    "#d": "the cash movement",
    "#z": "the goods return",
    "#r": "the daily report",
    "#o": "the report",
    "#p": "the cashier",
    "$d": "it",
}


def lookup(number: int) -> CommandError:
    """The row of an error. A number that is not in the table has fate UNKNOWN: asking once more costs a second."""
    return ERRORS.get(number) or _row(
        "device.rejected",
        f"it refused with error {number}, which is not known here",
        _UNKNOWN,
        "Look the number up in the printer's manual. What became of the document is asked of the printer.",
    )


class Refused(CommandRefused):
    def __init__(self, request: Sequence, number: int, field: str | None = None) -> None:
        self.request = request
        self.number = number
        row = lookup(number)
        said = f"The printer refused {_PEOPLE.get(request.command, request.command)}: {row.text}."
        super().__init__(request.command, row, str(number), said=said, field=field)
