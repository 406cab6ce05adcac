"""The state machine of the printer as a table: which command is legal in which state, and with what error it is refused.

Source: protocol-specs/posnet, "State machine"; the error of a command that is out of place, "Command error codes". Whether
the printer is read-only (2036) or blocked by paper, cover or a key is decided before this table is asked.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from bridge_sim_posnet.receipt import CommandError

if TYPE_CHECKING:
    from bridge_sim_posnet.printer import Printer


class State(Enum):
    """What is open. The value is the column of the table below."""

    IDLE = 0
    LINES = 1  # receipt, selling
    CLOSING = 2  # receipt, behind the first payment or discount to the bill
    FOOTER = 3  # the receipt counts already, lines are added below it
    INVOICE = 4
    PACKAGING = 5  # packaging alone
    SETTLING = 6  # packaging alone, behind the first payment
    FORM = 7


OK = None
PAID = -1  # the error is an open point: setting `sale_after_payment_error`

Row = tuple[int | None, ...]

#                     IDLE  LINES CLOSING FOOTER INVOICE PACKAGING SETTLING FORM
ANY: Row = (OK, OK, OK, OK, OK, OK, OK, OK)
OPENS: Row = (OK, 2038, 2038, 2038, 2038, 2038, 2038, 2062)
GOODS: Row = (2005, OK, PAID, 2005, OK, 2060, 2060, 2005)
PACKS: Row = (2005, OK, PAID, 2005, 2060, OK, PAID, 2005)
BUYER: Row = (2005, OK, OK, 2005, 2060, 2060, 2060, 2005)
REDUCES: Row = (2005, OK, 1991, 2005, 1991, 1991, 1991, 2005)
REDUCES_BILL: Row = (2005, OK, OK, 2005, 1991, 1991, 1991, 2005)
PAYS: Row = (2005, OK, OK, 2005, 2060, OK, OK, 2005)
SHOWS: Row = (2005, OK, 2060, 2005, OK, OK, 2060, 2005)
ENDS: Row = (2005, OK, OK, 2005, OK, OK, OK, 2005)
INVOICES: Row = (2005, 2060, 2060, 2005, OK, 2060, 2060, 2005)
FOOTERS: Row = (2066, 2066, 2066, OK, 2066, 2066, 2066, 2066)
STARTS_FORM: Row = (OK, 2038, 2038, 2038, 2038, 2038, 2038, 2506)
FORMS: Row = (2505, 2505, 2505, 2505, 2505, 2505, 2505, OK)
BINDS: Row = (OK, OK, OK, 2060, OK, 2060, 2060, OK)


def state_of(printer: Printer) -> State:
    """The state that the printer is in now."""
    receipt = printer.memory.open
    if receipt is None:
        return State.FORM if printer.form is not None else State.IDLE
    if receipt.phase == "footer":
        return State.FOOTER
    closing = receipt.phase == "closing"
    if receipt.kind == "packaging":
        return State.SETTLING if closing else State.PACKAGING
    if receipt.kind == "invoice":
        return State.INVOICE
    return State.CLOSING if closing else State.LINES


def check_state(printer: Printer, row: Row) -> None:
    """Raises the error of `row` for the state that the printer is in."""
    code = row[state_of(printer).value]
    if code is not OK:
        raise CommandError(printer.settings.sale_after_payment_error if code == PAID else code)
