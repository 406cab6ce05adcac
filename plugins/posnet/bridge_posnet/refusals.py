"""Refusals: an error answer as an exception inside the driver, and as the JobError that the till reads.

The tables of errors are in `errors.py`.
"""

from __future__ import annotations

from bridge.model import Fate as DocumentFate
from bridge.model import JobError
from bridge_posnet.answers import error_of
from bridge_posnet.errors import CommandError, Fate, lookup_command_error, lookup_frame_error
from bridge_posnet.frame import Frame
from bridge_posnet.texts import polish, remedy


class Refused(Exception):
    """The printer answered a command with an error. `field` is what of the request that command carried."""

    def __init__(self, request: Frame, answer: Frame, field: str | None = None) -> None:
        self.request = request
        self.answer = answer
        self.field = field
        super().__init__(f"{request.mnemonic}: {self.row.mnemonic} ({self.row.text})")

    @property
    def number(self) -> int:
        return error_of(self.answer) or 0

    @property
    def row(self) -> CommandError:
        lookup = lookup_frame_error if self.answer.is_frame_error else lookup_command_error
        return lookup(self.number)

    @property
    def surely_not_executed(self) -> bool:
        return self.row.fate is Fate.NOT_EXECUTED

    def job_error(self) -> JobError:
        """With fate `not_issued`: whoever raises it has made sure of that."""
        row = self.row
        number = f"ERR {self.number}" if self.answer.is_frame_error else str(self.number)
        return JobError.of(
            row.code,
            f"The printer refused {_PEOPLE.get(self.request.mnemonic, self.request.mnemonic)}: {row.text}.",
            fate=DocumentFate.NOT_ISSUED,
            remedy=remedy(self.number, row) if not self.answer.is_frame_error else row.remedy or None,
            device_code=number,
            device_text=f"{row.mnemonic}: {row.text}",
            field=self.field,
            texts={"pl": polish(None if self.answer.is_frame_error else self.number, row, self.request.mnemonic)},
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
