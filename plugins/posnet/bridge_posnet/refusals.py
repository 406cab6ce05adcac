"""Refusals: an error answer as an exception inside the driver, and as the JobError that the till reads.

The tables of errors are in `errors.py`.
"""

from __future__ import annotations

from bridge.plugin import CommandRefused
from bridge_posnet.answers import error_of
from bridge_posnet.errors import lookup_command_error, lookup_frame_error
from bridge_posnet.frame import Frame
from bridge_posnet.texts import polish, remedy


class Refused(CommandRefused):
    def __init__(self, request: Frame, answer: Frame, field: str | None = None) -> None:
        self.request = request
        self.answer = answer
        self.number = error_of(answer) or 0
        of_frame = answer.is_frame_error
        row = (lookup_frame_error if of_frame else lookup_command_error)(self.number)
        super().__init__(
            request.mnemonic,
            row,
            f"ERR {self.number}" if of_frame else str(self.number),
            said=f"The printer refused {_PEOPLE.get(request.mnemonic, request.mnemonic)}: {row.text}.",
            field=field,
            remedy=None if of_frame else remedy(self.number, row),
            device_text=f"{row.mnemonic}: {row.text}",
            texts={"pl": polish(None if of_frame else self.number, row, request.mnemonic)},
        )


_PEOPLE = {
    "trinit": "to open a receipt",
    "trfvinit": "to open an invoice",
    "trfvbuyer": "the buyer",
    "trfvnumber": "the number of the invoice",
    "trfvfreedata": "a line of the invoice",
    "tradvance": "an advance",
    "trpack": "packaging",
    "trpaymentcurr": "a payment in another currency",
    "trftrln": "a line below the receipt",
    "qrcode": "the 2D code",
    "formbarcode": "the bar code",
    "formbarcode2d": "the 2D code",
    "login": "to log the cashier in",
    "packret": "the return of packaging",
    "shiftrep": "the shift report",
    "monthlyrep": "the monthly report",
    "periodicrepbydates": "the report of a period",
    "periodicrepbynumbers": "the report of a period",
    "dsptxtline": "the text on the display",
    "ecprndoc": "a copy",
    "eclastprintouts": "a copy",
    "eparagonidznext": "the e-document",
    "eparagonidzprev": "the e-document",
    "trline": "a line",
    "trnipset": "the tax number of the customer",
    "trdiscntbill": "the discount or surcharge of the receipt",
    "trpayment": "a payment",
    "trend": "the end of the document",
    "ftrcfg": "the text below the receipt",
    "stocash": "the goods return",
    "cash": "the cash movement",
    "dailyrep": "the daily report",
    "opendrwr": "to open the drawer",
    "prncancel": "to cancel what is open",
}


def checked(request: Frame, answer: Frame, field: str | None = None) -> Frame:
    """The answer, where it is a success."""
    if error_of(answer) is not None:
        raise Refused(request, answer, field)
    return answer
