"""Parameters of slips about money, of the drawer and the cashier.

Follows protocol-specs/posnet, "Reports, cash, drawer, display, non-fiscal".
"""

from __future__ import annotations

from bridge_posnet.fields import ONLINE
from bridge_posnet.vocabulary.makers import Table, amount, flag, text

FIELDS: Table = {
    "cash": {"kw": amount("amount"), "wp": flag("in")},
    "stocash": {"kw": amount("amount")},
    "opendrwr": {},
    "login": {"na": text("cashier", ONLINE.cashier), "nk": text("till", ONLINE.till), "dr": flag("print")},
    "logout": {},
    "packret": {"kw": amount("amount")},
}

MUTATING = frozenset(("cash", "stocash", "packret", "opendrwr", "login", "logout"))
