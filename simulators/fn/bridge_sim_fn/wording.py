"""Words and figures on the paper of Russian registers, the same in all of them. How a line is laid out is each model's own.

Source: protocol-specs/ffd/format.md, "QR code", "Reference values".
"""

from __future__ import annotations

from decimal import Decimal

from bridge_simulators.paper import columns

from bridge_sim_fn.memory import FnDocument

WIDTH = 48  # characters of font 1 on paper of 80 mm
CUT_MARK = "- - - - - - - - - - - - - - - - - - - - - - - -"

METHODS = {
    1: "ПРЕДОПЛАТА 100%", 2: "ПРЕДОПЛАТА", 3: "АВАНС", 4: "ПОЛНЫЙ РАСЧЕТ", 5: "ЧАСТИЧНЫЙ РАСЧЕТ И КРЕДИТ",
    6: "ПЕРЕДАЧА В КРЕДИТ", 7: "ОПЛАТА КРЕДИТА",
}  # fmt: skip
TAX_SYSTEMS = {1: "ОСН", 2: "УСН доход", 4: "УСН доход-расход", 8: "ЕНВД", 16: "ЕСХН", 32: "Патент"}


def money(kopecks: int) -> str:
    return f"{Decimal(kopecks) / 100:.2f}"


def marking(code: str, check: int | None) -> list[str]:
    """Below a marked item: whether the check of its code (tag 2106) found it fine."""
    if not code:
        return []
    return ["  [M+]" if check is not None and check & 2 else "  [M]"]


def conditions(tax_system: int, buyer: str) -> list[str]:
    """The taxation system, and where the receipt goes as well."""
    lines = columns("СНО", TAX_SYSTEMS[tax_system], WIDTH)
    return [*lines, *(columns("ЭЛ. АДР. ПОКУПАТЕЛЯ", buyer, WIDTH) if buyer else [])]


def qr_text(document: FnDocument, fn: str) -> str:
    """What the QR code of a receipt says."""
    at = f"{document.at:%Y%m%dT%H%M}"
    return f"t={at}&s={money(document.total)}&fn={fn}&i={document.number}&fp={document.sign}&n={document.operation}"
