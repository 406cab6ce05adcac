"""What goes ahead of a document: who is at the till, what stands below it, and which customer it goes to.

Follows protocol-specs/posnet, "Receipt" (`ftrcfg`, codes) and "E-document". The printer keeps it until its next document,
whichever that is: so every document brings its own, and none carries the reference of an earlier one that never came out.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from bridge.model import Delivery, invalid
from bridge_posnet import commands
from bridge_posnet.commands import BadValue
from bridge_posnet.extras import Code2D, FooterExtras
from bridge_posnet.fields import Limits
from bridge_posnet.fitting import Fitting
from bridge_posnet.frame import Frame
from bridge_posnet.plan import Step
from bridge_posnet.settings import PosnetSettings
from bridge_posnet.text import TextError, encode

if TYPE_CHECKING:
    from bridge.model import CashIn, CashOut, Invoice, Receipt
    from bridge_posnet.lines import Circumstances

_CODES = {
    "qr": commands.qrcode,
    "aztec": commands.azteccode,
    "datamatrix": commands.dmcode,
    "pdf417": commands.pdf417code,
}
_PLACES = {"above": 1, "below": 2}


def footer(
    operation: Receipt | Invoice | CashIn | CashOut, fit: Fitting, now: Circumstances, extras: FooterExtras | None = None
) -> list[Step]:
    """The cashier's login, the code, the texts: in this order, each where there is one."""
    settings = now.settings
    steps: list[Step] = []
    cashier = _cashier(operation, fit, settings)
    till = settings.till.encode("ascii") if settings.till else None
    if settings.cashier == "login" and cashier is not None and cashier_name(operation) != now.cashier:
        # Not printed: a slip of its own would be one more document that recovery has to tell from ours.
        steps.append(Step(commands.login(cashier, till=till, printed=False), "operator"))
    reference = _reference(operation.reference, fit, settings, now.reference) if settings.print_reference else None
    bar_code = code = None
    information: list[bytes] = []
    if extras is not None:
        if extras.bar_code is not None:
            bar_code = fit.text("extras.posnet.bar_code", extras.bar_code, settings.limits.bar_code)
        if extras.code_2d is not None:
            steps.append(Step(_code(extras.code_2d), "extras.posnet.code_2d"))
            code = _PLACES[extras.code_2d.place]
        information = [
            fit.text(f"extras.posnet.information.{index}", line, settings.limits.form_text_visible)
            for index, line in enumerate(extras.information)
        ]
    if all(part is None for part in (cashier, reference, till, bar_code, code)) and not information:
        return steps
    try:
        frame = commands.ftrcfg(
            cashier=cashier,
            till=till,
            system_number=reference,
            bar_code=bar_code,
            code_2d=code,
            information=information or None,
        )
    except BadValue as error:
        raise invalid("reference", f"{error.field} {error.reason}") from None
    return [*steps, Step(frame, "reference")]


def cashier_name(operation: Receipt | Invoice | CashIn | CashOut) -> str | None:
    """The operator as printed: by name, else by id."""
    operator = operation.operator
    return (operator.name or operator.id or None) if operator is not None else None


def binding(delivery: Delivery, fit: Fitting, limits: Limits) -> list[Step]:
    """Binds the next document to the customer's identifier. It comes first: whatever is issued next takes it."""
    wanted = delivery.edocument
    if wanted is None:
        return []
    customer, server = edocument_target(delivery, fit, limits)
    return [Step(commands.eparagonidznext(customer, server=server), "delivery.edocument")]


def edocument_target(delivery: Delivery, fit: Fitting, limits: Limits) -> tuple[bytes, bytes | None]:
    """Customer's identifier and server. A cut one would be another customer's: it is never fitted, only refused."""
    wanted = delivery.edocument
    assert wanted is not None
    strict = Fitting(fit.code_page, lenient=False)
    if not wanted.id.strip():
        raise invalid("delivery.edocument.id", "is empty", remedy="give the customer's identifier (IDZ)")
    customer = strict.text("delivery.edocument.id", wanted.id, limits.customer_id)
    server = None
    if wanted.server is not None:
        server = strict.text("delivery.edocument.server", wanted.server, limits.server)
        if not wanted.server or not all("!" <= character <= "~" for character in wanted.server):
            raise invalid("delivery.edocument.server", "is no address", remedy="e.g. eparag.mf.gov.pl; https is added")
    return customer, server


def _cashier(operation: Receipt | Invoice | CashIn | CashOut, fit: Fitting, settings: PosnetSettings) -> bytes | None:
    name = cashier_name(operation)
    if name is None or operation.operator is None:
        return None
    return fit.text("operator.name" if operation.operator.name else "operator.id", name, settings.limits.cashier)


def _code(code: Code2D) -> Frame:
    try:
        return _CODES[code.kind](code.data.encode("utf-8"), dots=code.dots, correction=code.correction)
    except BadValue as error:
        raise invalid("extras.posnet.code_2d.data", f"{error.reason}") from None


def _reference(wanted: str | None, fit: Fitting, settings: PosnetSettings, own_reference: str) -> bytes:
    """The till's own where it fits as it is; a cut or changed one would name another order."""
    if wanted is not None:
        with contextlib.suppress(TextError):
            data = encode(wanted, fit.code_page)
            if len(data) <= settings.limits.system_number:
                return data
        fit.warn("reference_replaced", "It does not fit the receipt: the bridge's own is printed instead.", "reference")
    return own_reference.encode("ascii")
