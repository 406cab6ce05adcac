"""What is printed below the next document: the till's reference and the cashier's name.

Follows protocol-specs/posnet, "Receipt" (`ftrcfg`). The printer keeps it until its next document, whichever that is: so
every document brings its own, and none carries the reference of an earlier one that never came out.
"""

from __future__ import annotations

import contextlib

from bridge.model import CashIn, CashOut, Receipt, invalid
from bridge_posnet import commands
from bridge_posnet.commands import BadValue
from bridge_posnet.fitting import Fitting
from bridge_posnet.plan import Step
from bridge_posnet.settings import PosnetSettings
from bridge_posnet.text import TextError, encode


def footer(operation: Receipt | CashIn | CashOut, fit: Fitting, settings: PosnetSettings, own_reference: str) -> list[Step]:
    """`own_reference`: the bridge's, for when the till gave none or one that the printer cannot print."""
    operator = operation.operator
    name = operator.name if operator is not None and operator.name else None
    cashier = fit.text("operator.name", name, settings.limits.cashier) if name is not None else None
    reference = _reference(operation.reference, fit, settings, own_reference) if settings.print_reference else None
    if cashier is None and reference is None:
        return []
    try:
        return [Step(commands.ftrcfg(cashier=cashier, system_number=reference), "reference")]
    except BadValue as error:
        raise invalid("reference", f"{error.field} {error.reason}") from None


def _reference(wanted: str | None, fit: Fitting, settings: PosnetSettings, own_reference: str) -> bytes:
    """The till's own where it fits as it is; a cut or changed one would name another order."""
    if wanted is not None:
        with contextlib.suppress(TextError):
            data = encode(wanted, fit.code_page)
            if len(data) <= settings.limits.system_number:
                return data
        fit.warn("reference_replaced", "It does not fit the receipt: the bridge's own is printed instead.", "reference")
    return own_reference.encode("ascii")
