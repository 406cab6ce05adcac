"""A receipt as plain text, for previews of families that do not know their paper: every figure, in no device's layout."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bridge.model import Adjustment, Figures, Line, LineFigures, RateTotal, Receipt, decimal_string
from bridge.model.text_layout import columns, wrap

WIDTH = 40


def sketch(receipt: Receipt, figures: Figures, taxes: Sequence[RateTotal]) -> tuple[str, ...]:
    """Lines of at most WIDTH characters."""
    drawn: list[str] = []
    for line, of in zip(receipt.lines, figures.lines, strict=True):
        drawn += _line(line, of)
    drawn.append("-" * WIDTH)
    if figures.discount or figures.surcharge:
        drawn += _row("Subtotal", figures.subtotal)
        drawn += _row(_named("Discount", receipt.discount), -figures.discount) if figures.discount else []
        drawn += _row(_named("Surcharge", receipt.surcharge), figures.surcharge) if figures.surcharge else []
    for rate in taxes:
        if rate.tax is not None:
            drawn += _row(f"Tax {rate.letter} {rate.rate}".replace("  ", " "), rate.tax)
    drawn += columns("TOTAL", f"{receipt.currency} {decimal_string(figures.total)}", WIDTH)
    if figures.deposits:
        drawn += _row("Packaging", figures.deposits)
    if figures.rounding:
        drawn += _row("Rounding", figures.rounding)
    drawn.append("-" * WIDTH)
    for payment in receipt.payments:
        drawn += _row(payment.label or payment.kind.value.capitalize(), payment.amount)
    if not receipt.payments:
        drawn += _row("Cash", figures.payments)
    if figures.change:
        drawn += _row("Change", figures.change)
    return tuple(drawn)


def _line(line: Line, of: LineFigures) -> list[str]:
    quantity = f"{line.quantity.normalize():f} {line.unit}".strip() if line.unit else f"{line.quantity.normalize():f}"
    drawn = columns(line.name, f"{quantity} x {decimal_string(line.price)}  {decimal_string(of.gross * of.sign)}", WIDTH)
    if line.description:
        drawn += [f"  {part}" for part in wrap(line.description, WIDTH - 2)]
    if of.discount:
        drawn += _row(_named("  Discount", line.discount), -of.discount * of.sign)
    if of.surcharge:
        drawn += _row(_named("  Surcharge", line.surcharge), of.surcharge * of.sign)
    return drawn


def _named(what: str, adjustment: Adjustment | None) -> str:
    return f"{what} {adjustment.text}" if adjustment is not None and adjustment.text else what


def _row(left: str, amount: Decimal) -> list[str]:
    return columns(left, decimal_string(amount), WIDTH)
