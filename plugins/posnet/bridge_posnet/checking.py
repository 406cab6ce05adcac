"""Whether this printer could take an operation, told without asking it: the same plans that are carried out later.

What a plan refuses stands with the plan (`sale.py`, `money_slips.py`, `printout.py`, `unsupported.py`).
"""

from __future__ import annotations

from bridge.model import (
    Capabilities,
    CashIn,
    CashOut,
    DrawerOpen,
    Operation,
    Print,
    Receipt,
    ReceiptKind,
    ShiftClose,
    Warning_,
)
from bridge_posnet.money_slips import plan_cash, plan_goods_return
from bridge_posnet.printout import plan_printout
from bridge_posnet.sale import Circumstances, plan_sale
from bridge_posnet.settings import ARITHMETIC, PosnetSettings
from bridge_posnet.status import OPERATIONS
from bridge_posnet.unsupported import CURRENCY, currency, unsupported


def check(operation: Operation, settings: PosnetSettings, capabilities: Capabilities | None) -> tuple[Warning_, ...]:
    """The warnings. Raises RequestError."""
    allowed = capabilities.operations if capabilities is not None else OPERATIONS
    if operation.op not in allowed:
        raise unsupported("op", f"{operation.op} is not possible on this printer")
    currencies = (capabilities.currencies if capabilities is not None else ()) or (CURRENCY,)
    profile = (capabilities.arithmetic if capabilities is not None else None) or ARITHMETIC
    # The host's own reference comes with the job; any text of its length stands for it here.
    reference = "0" * settings.limits.system_number
    match operation:
        case Receipt():
            currency("currency", operation.currency, currencies)
            if operation.kind is ReceiptKind.REFUND:
                return plan_goods_return(operation, settings, profile, reference).warnings
            rates = capabilities.taxes if capabilities is not None else None
            now = Circumstances(settings, rates, profile, percents_known=True, reference=reference)
            return plan_sale(operation, now).warnings
        case CashIn() | CashOut():
            return plan_cash(operation, currencies, settings, reference).warnings
        case Print():
            return tuple(plan_printout(operation, settings.code_page)[1].warnings)
        case ShiftClose() | DrawerOpen():
            return ()
        case _:
            raise unsupported("op", f"{operation.op} is not possible on this printer")
