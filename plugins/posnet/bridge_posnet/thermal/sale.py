"""A sale as commands: lines, discounts, payments, end. Pure: no printer is asked.

Follows protocol-specs/posnet/thermal.md, "Commands". What is refused here is refused before anything is stored or sent; the
same code runs again on the printer's live tax table before the intent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from bridge.model import (
    Adjustment,
    Figures,
    Line,
    LineFigures,
    LineKind,
    PaymentKind,
    Receipt,
    ReceiptKind,
    TaxRate,
    compute,
    decimal_string,
    find_rate,
    invalid,
    spread,
    unsupported,
)
from bridge_posnet.fitting import Fitting
from bridge_posnet.settings import ARITHMETIC, ZERO, PosnetSettings
from bridge_posnet.text import goods_key
from bridge_posnet.thermal import commands, texts
from bridge_posnet.thermal.commands import LETTERS, RATES, BadValue
from bridge_posnet.thermal.facts import Kind
from bridge_posnet.thermal.open_points import DISPLAY_SHOWS_REST, SPREAD_TOLERANCE_PER_RATE
from bridge_posnet.thermal.plan import Plan, Step
from bridge_posnet.unsupported import refuse_unsupported

T = TypeVar("T")

# The uniform kinds in the printer's numbers, and what stands beside the amount where the till names nothing: the printer has
# a name of its own for some kinds only, and an empty text is not told to be allowed.
_PAYMENTS = {
    PaymentKind.CARD: (commands.PaymentKind.CARD, "Karta"),
    PaymentKind.TRANSFER: (commands.PaymentKind.OTHER, "Przelew"),
    PaymentKind.VOUCHER: (commands.PaymentKind.VOUCHER, "Bon"),
    PaymentKind.PREPAID: (commands.PaymentKind.OTHER, "Przedpłata"),
    PaymentKind.CREDIT: (commands.PaymentKind.CREDIT, "Kredyt"),
    PaymentKind.EXCHANGE: (commands.PaymentKind.OTHER, "Wymiana"),
    PaymentKind.OTHER: (commands.PaymentKind.OTHER, "Inna"),
}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What of the printer and the job a sale depends on. `rates` None: not known yet, taxes are not looked at; empty: the
    printer does not tell them. `reference` is for when the till's own does not fit."""

    settings: PosnetSettings
    rates: tuple[TaxRate, ...] | None
    reference: str


def plan_sale(receipt: Receipt, now: Circumstances) -> Plan:
    """The commands of a sale. Raises RequestError naming the field."""
    return _Sale(receipt, now).plan()


class _Sale:
    def __init__(self, receipt: Receipt, now: Circumstances) -> None:
        self._receipt = receipt
        self._now = now
        self._fit = Fitting(now.settings.code_page, lenient=receipt.fit == "lenient")

    def plan(self) -> Plan:
        receipt = self._receipt
        refuse(receipt, self._fit)
        if self._now.rates == ():
            raise unsupported("lines", "this printer's firmware does not tell its tax rates by letter: it is too old for sales")
        figures = compute(receipt, ARITHMETIC)
        if len(receipt.lines) > commands.LINES:
            raise invalid("lines", f"{len(receipt.lines)} lines", limit=f"{commands.LINES} lines", remedy="split the sale")
        lines = [self._line(i, line, of) for i, (line, of) in enumerate(zip(receipt.lines, figures.lines, strict=True))]
        if figures.total <= 0:
            raise invalid("total", "the printer ends no receipt at zero", limit="more than 0.00")
        amount("total", figures.total)
        amount("total", figures.subtotal)
        sold = tuple((rate, of.total) for (rate, _), of in zip(lines, figures.lines, strict=True))
        gross, tolerance = self._gross(sold, figures)
        steps = (
            Step(commands.start()),
            *(step for _, step in lines),
            *self._discount(figures),
            self._end(figures),
        )
        return Plan(
            kind=Kind.SALE,
            steps=steps,
            total=figures.total,
            gross=gross,
            tolerance=tolerance,
            sold=sold,
            warnings=tuple(self._fit.warnings),
        )

    # --- lines

    def _line(self, index: int, line: Line, figures: LineFigures) -> tuple[int, Step]:
        where = f"lines.{index}"
        if line.kind is not LineKind.ITEM:
            raise unsupported(f"{where}.kind", f"lines of the kind {line.kind.value} are not possible over this protocol")
        if line.discount is not None and line.surcharge is not None:
            raise unsupported(f"{where}.surcharge", "a line of this printer has a discount or a surcharge, not both")
        if line.price <= 0 or line.quantity <= 0 or figures.gross <= 0 or figures.total <= 0:
            raise invalid(f"{where}.total", "the line comes to 0.00, the printer refuses it", limit="more than 0.00")
        for what, value in (("price", line.price), ("total", figures.gross), ("total", figures.total)):
            amount(f"{where}.{what}", value)
        if not goods_key(line.name[: commands.NAME]):
            remedy = "give the goods a name"
            raise invalid(f"{where}.name", f"no letter or digit is in its first {commands.NAME} characters", remedy=remedy)
        unit = self._optional(f"{where}.unit", line.unit, commands.UNIT)
        quantity = _built(f"{where}.quantity", lambda: commands.quantity(line.quantity, unit))
        rate = self._rate(where, line)
        command = _built(
            where,
            lambda: commands.line(
                index + 1,
                self._fit.text(f"{where}.name", line.name, commands.NAME),
                quantity,
                rate,
                line.price,
                figures.gross,
                reduction=self._reduction(where, line.discount or line.surcharge, figures, surcharge=line.surcharge is not None),
                description=self._optional(f"{where}.description", line.description, commands.DESCRIPTION),
            ),
        )
        return rate, Step(command, where)

    def _rate(self, where: str, line: Line) -> int:
        """Index of the line's rate in the printer's own table."""
        field = f"{where}.vat" if line.vat is not None else f"{where}.taxes"
        if not line.taxes:
            raise invalid(field, "a line needs a tax rate", remedy='e.g. "vat": "23%"')
        if len(line.taxes) > 1:
            raise unsupported(field, "a line of this printer has one tax")
        if self._now.rates is None:
            return 0
        try:
            return LETTERS.index(find_rate(self._now.rates, line.taxes[0]).letter)
        except LookupError as error:
            raise invalid(field, str(error)) from None

    def _reduction(
        self, where: str, wanted: Adjustment | None, figures: LineFigures | Figures, *, surcharge: bool
    ) -> commands.Reduction | None:
        """As an amount, whatever the till gave: a percentage would be rounded by one of two methods, and the protocol does
        not tell which one is set. What comes to nothing is left out."""
        measure = figures.surcharge if surcharge else figures.discount
        if wanted is None or not measure:
            return None
        field = "surcharge" if surcharge else "discount"
        name = self._optional(f"{where}.{field}.text" if where else f"{field}.text", wanted.text, commands.DISCOUNT_NAME)
        return commands.Reduction(measure, name, surcharge)

    # --- the whole receipt

    def _gross(self, sold: tuple[tuple[int, Decimal], ...], figures: Figures) -> tuple[tuple[Decimal, ...], Decimal]:
        """What the receipt adds to each rate after its own discount or surcharge, and how sure that is."""
        sums = [ZERO] * RATES
        for rate, total in sold:
            sums[rate] += total
        change = figures.surcharge - figures.discount
        if not change:
            return tuple(sums), ZERO
        rates = sum(1 for total in sums if total)
        tolerance = Decimal(rates * SPREAD_TOLERANCE_PER_RATE).scaleb(-2) if rates > 1 else ZERO  # one rate takes all
        return spread(sums, change, ARITHMETIC), tolerance

    def _discount(self, figures: Figures) -> list[Step]:
        receipt = self._receipt
        if receipt.discount is not None and receipt.surcharge is not None:
            raise unsupported("surcharge", "a receipt of this printer has a discount or a surcharge, not both")
        surcharge = receipt.surcharge is not None
        reduction = self._reduction("", receipt.surcharge or receipt.discount, figures, surcharge=surcharge)
        if reduction is None:
            return []
        field = "surcharge" if surcharge else "discount"
        return [Step(_built(field, lambda: commands.subtotal_discount(figures.subtotal, reduction)), field)]

    def _end(self, figures: Figures) -> Step:
        receipt = self._receipt
        cash = ZERO
        payments: list[commands.Payment] = []
        for index, payment in enumerate(receipt.payments):
            field = f"payments.{index}"
            if payment.kind is PaymentKind.CASH:
                cash += payment.amount
                if payment.label is not None:
                    self._fit.warn("not_shown", "The printer has a name of its own for cash.", f"{field}.label")
                continue
            kind, usual = _PAYMENTS[payment.kind]
            name = (
                self._fit.text(f"{field}.label", payment.label, commands.PAYMENT_NAME)
                if payment.label
                else Fitting(self._fit.code_page, lenient=True).text(field, usual, commands.PAYMENT_NAME)
            )
            payments.append(commands.Payment(kind, payment.amount, name))
        if not receipt.payments:
            cash = figures.payments
        for index, change in enumerate(receipt.change or ()):
            if change.kind is not PaymentKind.CASH:
                raise unsupported(f"change.{index}.kind", "this printer gives change in cash only")
        if len(payments) > commands.PAYMENTS:
            raise invalid(
                "payments",
                f"{len(payments)} payments beside cash",
                limit=f"{commands.PAYMENTS} payments",
                remedy="add up those of one kind",
            )
        rest = figures.total - figures.payments if DISPLAY_SHOWS_REST else figures.total
        settings = self._now.settings
        end = _built(
            "payments",
            lambda: commands.end(
                figures.total,
                till=texts.till(self._fit, settings),
                cashier=texts.cashier(receipt, self._fit, settings),
                system_number=texts.reference(receipt, self._fit, settings, self._now.reference),
                cash=cash,
                payments=payments,
                change=figures.change,
                shown=rest,
            ),
        )
        return Step(end, "total")

    def _optional(self, field: str, text: str | None, limit: int) -> bytes | None:
        return self._fit.text(field, text, limit) if text else None


def refuse(receipt: Receipt, fit: Fitting) -> None:
    """What of a receipt has no place here. The buyer's NIP is refused, not left out: without it no invoice can follow."""
    refuse_unsupported(receipt, fit)
    for index, given in enumerate(receipt.customer.ids if receipt.customer is not None else ()):
        if given.type == "nip" and receipt.kind is ReceiptKind.SALE:
            raise unsupported(
                f"customer.ids.{index}",
                "the Thermal protocol has no place for the buyer's NIP",
                remedy="leave it out and write an invoice elsewhere, or switch the printer to the POSNET protocol",
            )


def amount(field: str, value: Decimal) -> None:
    """An amount of a receipt."""
    if value > commands.MAX_AMOUNT:
        limit = decimal_string(commands.MAX_AMOUNT)
        raise invalid(field, f"{decimal_string(value)} is more than the printer takes", limit=limit)


def _built(field: str, build: Callable[[], T]) -> T:
    """A command of values that were not all checked by name: what the protocol cannot carry is the request's fault."""
    try:
        return build()
    except BadValue as error:
        raise invalid(field, f"{error.field} {error.reason}") from None
