"""A sale as commands: lines, discounts, payments, tax number, footer. Pure: no printer is asked.

Follows protocol-specs/posnet, "Receipt" and "Money rules". What is refused here is refused before anything is stored or
sent; the same code runs again on the printer's live tax table before the intent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from bridge.model import (
    Adjustment,
    ArithmeticProfile,
    Figures,
    Line,
    LineFigures,
    LineKind,
    PaymentKind,
    Receipt,
    TaxRate,
    compute,
    find_rate,
    invalid,
    spread,
)
from bridge_posnet import commands
from bridge_posnet.commands import BadValue
from bridge_posnet.facts import Kind
from bridge_posnet.fields import LETTERS, RATES
from bridge_posnet.fitting import Fitting
from bridge_posnet.footer import footer
from bridge_posnet.frame import Frame
from bridge_posnet.plan import Plan, Step
from bridge_posnet.settings import ZERO, PosnetSettings
from bridge_posnet.text import goods_key
from bridge_posnet.unsupported import amount, refuse_unsupported, unsupported

# The uniform kinds in the printer's numbers. Where it has no number of its own, the kind is printed by name.
_PAYMENTS = {
    PaymentKind.CASH: (commands.PaymentKind.CASH, None),
    PaymentKind.CARD: (commands.PaymentKind.CARD, None),
    PaymentKind.TRANSFER: (commands.PaymentKind.TRANSFER, None),
    PaymentKind.VOUCHER: (commands.PaymentKind.VOUCHER, None),
    PaymentKind.PREPAID: (commands.PaymentKind.OTHER, "Przedpłata"),
    PaymentKind.CREDIT: (commands.PaymentKind.CREDIT, None),
    PaymentKind.EXCHANGE: (commands.PaymentKind.OTHER, "Wymiana"),
    PaymentKind.OTHER: (commands.PaymentKind.OTHER, None),
}

_NIP_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What of the printer and the job a sale depends on. `rates` None: not known yet, taxes are not looked at.

    `percents_known`: the printer said how it rounds percentages. `reference` is for when the till's own does not fit.
    """

    settings: PosnetSettings
    rates: tuple[TaxRate, ...] | None
    profile: ArithmeticProfile
    percents_known: bool
    reference: str


def plan_sale(receipt: Receipt, now: Circumstances) -> Plan:
    """The commands of a sale. Raises RequestError naming the field."""
    return _Sale(receipt, now).plan()


class _Sale:
    def __init__(self, receipt: Receipt, now: Circumstances) -> None:
        self._receipt = receipt
        self._now = now
        self._limits = now.settings.limits
        self._fit = Fitting(now.settings.code_page, lenient=receipt.fit == "lenient")

    def plan(self) -> Plan:
        receipt = self._receipt
        refuse_unsupported(receipt, self._fit)
        figures = compute(receipt, self._now.profile)
        if len(receipt.lines) > self._limits.receipt_lines:
            raise invalid(
                "lines", f"{len(receipt.lines)} lines", limit=f"{self._limits.receipt_lines} lines", remedy="split the sale"
            )
        lines = [self._line(i, line, of) for i, (line, of) in enumerate(zip(receipt.lines, figures.lines, strict=True))]
        if figures.total <= 0:
            raise invalid("total", "the printer ends no receipt at zero", limit="more than 0.00")
        amount("total", figures.total)
        sold = tuple((rate, of.total) for (rate, _), of in zip(lines, figures.lines, strict=True))
        gross, tolerance = self._gross(sold, figures)
        steps = [
            *footer(receipt, self._fit, self._now.settings, self._now.reference),
            Step(commands.trinit(self._now.settings.block_mode)),
            *(step for _, step in lines),
            *self._tax_id(),
            *self._bill(figures),
            *self._payments(figures),
            self._end(figures),
        ]
        return Plan(
            kind=Kind.SALE,
            steps=tuple(steps),
            total=figures.total,
            payments=figures.payments,
            change=figures.change,
            gross=gross,
            tolerance=tolerance,
            sold=sold,
            warnings=tuple(self._fit.warnings),
        )

    # --- lines

    def _line(self, index: int, line: Line, figures: LineFigures) -> tuple[int, Step]:
        where = f"lines.{index}"
        if line.kind is not LineKind.ITEM:
            raise unsupported(f"{where}.kind", f"lines of the kind {line.kind.value} are not possible on this printer")
        if line.price == 0:
            raise invalid(f"{where}.price", "the printer sells nothing at 0.00", limit="more than 0.00")
        if line.discount is not None and line.surcharge is not None:
            raise unsupported(f"{where}.surcharge", "a line of this printer has a discount or a surcharge, not both")
        if figures.total <= 0:
            raise invalid(f"{where}.total", "the line comes to 0.00, the printer refuses it", limit="more than 0.00")
        amount(f"{where}.total", figures.gross)
        amount(f"{where}.total", figures.total)
        rate = self._rate(where, line)
        if not goods_key(line.name):
            raise invalid(
                f"{where}.name",
                "no letter or digit is in it, the printer would take it for empty",
                remedy="give the goods a name",
            )
        name = self._fit.text(f"{where}.name", line.name, self._limits.name)
        if not goods_key(line.name[: self._limits.name]):
            raise invalid(f"{where}.name", f"no letter or digit is in the first {self._limits.name} characters")
        adjustment, measure = (line.discount, figures.discount) if line.discount else (line.surcharge, figures.surcharge)
        has_quantity = line.quantity != 1 or line.unit is not None
        frame = _built(
            where,
            lambda: commands.trline(
                name,
                rate,
                line.price,
                quantity=line.quantity if has_quantity else None,
                # Sent always: the printer then verifies our arithmetic, and refuses a line before it prints another sum.
                value=figures.gross,
                unit=self._optional(f"{where}.unit", line.unit, self._limits.unit),
                description=self._optional(f"{where}.description", line.description, self._limits.description),
                discount=self._adjustment(
                    f"{where}.{'surcharge' if line.surcharge else 'discount'}", adjustment, measure, line.surcharge is not None
                ),
            ),
        )
        return rate, Step(frame, where)

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

    def _adjustment(self, where: str, wanted: Adjustment | None, measure: Decimal, surcharge: bool) -> commands.Adjustment | None:
        """A percentage goes along with its amount, which the printer verifies; alone where it may be computed otherwise.

        What comes to nothing (a percentage of a small amount) is left out: the printer refuses a discount of zero.
        """
        if wanted is None or measure == 0:
            return None
        name = self._optional(f"{where}.text", wanted.text, self._limits.discount_name)
        percent = wanted.percent if self._now.percents_known and wanted.percent is not None and wanted.percent < 100 else None
        return commands.Adjustment(percent=percent, amount=measure, name=name, surcharge=surcharge)

    # --- the whole receipt

    def _gross(self, sold: tuple[tuple[int, Decimal], ...], figures: Figures) -> tuple[tuple[Decimal, ...], Decimal]:
        """The printer's totals by rate after the receipt's own discount or surcharge, and how sure they are."""
        sums = [ZERO] * RATES
        for rate, total in sold:
            sums[rate] += total
        change = figures.surcharge - figures.discount
        if not change:
            return tuple(sums), ZERO
        rates = sum(1 for total in sums if total)
        # How an amount is spread over several rates is known from the vendor's words only [open point 7]: one grosz for
        # each rate is what any fair method may differ by. One rate takes all.
        tolerance = Decimal(rates).scaleb(-2) if rates > 1 else ZERO
        return spread(sums, change, self._now.profile), tolerance

    def _tax_id(self) -> list[Step]:
        customer = self._receipt.customer
        found = [(i, given) for i, given in enumerate(customer.ids if customer else ()) if given.type == "nip"]
        if len(found) > 1:
            raise unsupported("customer.ids", "a receipt of this printer has one tax number")
        if not found:
            return []
        field, number = f"customer.ids.{found[0][0]}.value", found[0][1].value
        if not (len(number) == _NIP_DIGITS and number.isascii() and number.isdigit()):
            raise invalid(
                field, "a NIP has exactly ten digits", limit=f"{_NIP_DIGITS} digits", remedy="leave dashes and country out"
            )
        return [Step(commands.trnipset(number.encode("ascii")), field)]

    def _bill(self, figures: Figures) -> list[Step]:
        receipt = self._receipt
        if receipt.discount is not None and receipt.surcharge is not None:
            raise unsupported("surcharge", "a receipt of this printer has a discount or a surcharge, not both")
        field = "surcharge" if receipt.surcharge is not None else "discount"
        wanted = receipt.surcharge or receipt.discount
        measure = figures.surcharge or figures.discount
        if wanted is None or not measure:
            return []
        name = self._optional(f"{field}.text", wanted.text, self._limits.discount_name)
        # As an amount, whatever the till gave: then our total and the printer's are the same by any rounding.
        adjustment = commands.Adjustment(amount=measure, name=name, surcharge=receipt.surcharge is not None)
        return [Step(_built(field, lambda: commands.trdiscntbill(adjustment)), field)]

    # --- payments

    def _payments(self, figures: Figures) -> list[Step]:
        receipt = self._receipt
        if not receipt.payments:
            return [Step(commands.trpayment(commands.PaymentKind.CASH, figures.payments), "payments")]
        # Cash last: once the sum is covered the printer takes no further payment (1953), and only cash may exceed it.
        ordered = sorted(enumerate(receipt.payments), key=lambda numbered: numbered[1].kind is PaymentKind.CASH)
        steps = [self._payment(f"payments.{i}", payment.kind, payment.amount, payment.label) for i, payment in ordered]
        given = receipt.change if receipt.change is not None else ()
        if len(given) > 1:
            raise unsupported("change", "this printer gives change in one kind only")
        if given:
            steps.append(self._payment("change.0", given[0].kind, given[0].amount, given[0].label, change=True))
        elif figures.change:
            steps.append(self._payment("change", PaymentKind.CASH, figures.change, None, change=True))
        return steps

    def _payment(self, field: str, kind: PaymentKind, value: Decimal, label: str | None, *, change: bool = False) -> Step:
        amount(f"{field}.amount", value)
        number, usual = _PAYMENTS[kind]
        name: bytes | None
        if label is not None:
            name = self._fit.text(f"{field}.label", label, self._limits.payment_name)
        else:
            name = Fitting(self._fit.code_page, lenient=True).text(field, usual, self._limits.payment_name) if usual else None
        return Step(_built(field, lambda: commands.trpayment(number, value, name=name, change=change)), field)

    def _end(self, figures: Figures) -> Step:
        return Step(
            commands.trend(figures.total, payments=figures.payments, change=figures.change if figures.change else None), "total"
        )

    def _optional(self, field: str, text: str | None, limit: int) -> bytes | None:
        return self._fit.text(field, text, limit) if text else None


def _built(field: str, build: Callable[[], Frame]) -> Frame:
    """A command of values that were not all checked by name: what the protocol cannot carry is the request's fault."""
    try:
        return build()
    except BadValue as error:
        raise invalid(field, f"{error.field} {error.reason}") from None
