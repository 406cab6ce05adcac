"""What goes along with documents: till, cashier, the sale's reference.

Follows protocol-specs/posnet/thermal.md, "Commands" (`$y`, `#i`). Other than with the newer protocol there is a place for
till and cashier in each command, so nothing has to be set ahead and nothing of one document can show on the next.
"""

from __future__ import annotations

import contextlib
import string

from bridge.model import Receipt
from bridge.model.operations import Common
from bridge_posnet.fitting import Fitting
from bridge_posnet.settings import PosnetSettings
from bridge_posnet.text import TextError, encode
from bridge_posnet.thermal import commands

# The reference may have ten letters at most (more are printed as spaces); digits have no such limit.
REFERENCE_ALPHABET = string.digits


def cashier(operation: Common, fit: Fitting, settings: PosnetSettings) -> bytes:
    """The operator's name as far as it fits, else the one of the settings. A name is no reason to refuse a document."""
    operator = operation.operator
    name = operator.name if operator is not None and operator.name else settings.thermal.cashier
    return _lenient("operator.name", name, commands.CASHIER, fit)


def till(fit: Fitting, settings: PosnetSettings) -> bytes:
    return _lenient("till", settings.thermal.till, commands.TILL, fit)


def _lenient(field: str, text: str, limit: int, fit: Fitting) -> bytes:
    lenient = Fitting(fit.code_page, lenient=True)
    data = lenient.text(field, text, limit)
    fit.warnings += lenient.warnings
    return data


def reference(receipt: Receipt, fit: Fitting, settings: PosnetSettings, own: str) -> bytes | None:
    """The till's own where the printer prints it as it is; a cut or changed one would name another order."""
    if not settings.print_reference:
        return None
    wanted = receipt.reference
    if wanted is not None:
        with contextlib.suppress(TextError):
            data = encode(wanted, fit.code_page)
            letters = sum(character.isalpha() for character in wanted)
            if len(data) <= commands.SYSTEM_NUMBER and letters <= commands.SYSTEM_NUMBER_LETTERS:
                return data
        fit.warn("reference_replaced", "It does not fit the receipt: the bridge's own is printed instead.", "reference")
    return own.encode("ascii")
