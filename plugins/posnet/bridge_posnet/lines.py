"""The lines of a sale or invoice as commands: goods, voids, packaging, advances. Pure: no printer is asked.

Follows protocol-specs/posnet, "Receipt" and "Arithmetic".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bridge.model import Adjustment, ArithmeticProfile, Line, LineFigures, LineKind, TaxRate, find_rate, invalid, unsupported
from bridge_posnet import commands
from bridge_posnet.commands import BadValue
from bridge_posnet.extras import LineExtras, read_extras
from bridge_posnet.fields import LETTERS, RATES
from bridge_posnet.fitting import Fitting
from bridge_posnet.frame import Frame
from bridge_posnet.plan import Step
from bridge_posnet.settings import ZERO, PosnetSettings
from bridge_posnet.text import goods_key
from bridge_posnet.unsupported import amount

SALE_KINDS = frozenset(
    (
        LineKind.ITEM,
        LineKind.RETURN,
        LineKind.DEPOSIT,
        LineKind.DEPOSIT_RETURN,
        LineKind.ADVANCE,
        LineKind.ADVANCE_SETTLEMENT,
    )
)
INVOICE_KINDS = frozenset((LineKind.ITEM, LineKind.ADVANCE, LineKind.ADVANCE_SETTLEMENT))
DEPOSITS = frozenset((LineKind.DEPOSIT, LineKind.DEPOSIT_RETURN))

# What a line that takes another off must repeat of it, word for word.
_REPEATED = ("name", "quantity", "unit", "price", "taxes", "discount", "surcharge")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What of the printer and the job a document depends on. `rates` None: not known yet, taxes are not looked at.

    `percents_known`: the printer said how it rounds percentages. `reference` is for when the till's own does not fit.
    `cashier`: who was last logged in at the printer.
    """

    settings: PosnetSettings
    rates: tuple[TaxRate, ...] | None
    profile: ArithmeticProfile
    percents_known: bool
    reference: str
    cashier: str | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """The commands, and what they come to: `sold` what each adds to which rate (signed), in order."""

    steps: tuple[Step, ...]
    sold: tuple[tuple[int, Decimal], ...]
    deposits_issued: Decimal = ZERO
    deposits_returned: Decimal = ZERO

    @property
    def gross(self) -> list[Decimal]:
        sums = [ZERO] * RATES
        for rate, total in self.sold:
            sums[rate] += total
        return sums


def plan_lines(
    lines: Sequence[Line], figures: Sequence[LineFigures], now: Circumstances, fit: Fitting, *, invoice: bool
) -> Lines:
    """Raises RequestError naming the line and the field."""
    return _Lines(lines, figures, now, fit, invoice).plan()


class _Lines:
    def __init__(
        self, lines: Sequence[Line], figures: Sequence[LineFigures], now: Circumstances, fit: Fitting, invoice: bool
    ) -> None:
        self._lines = lines
        self._figures = figures
        self._now = now
        self._fit = fit
        self._invoice = invoice
        self._limits = now.settings.limits
        self._running = [ZERO] * RATES
        self._voided: set[int] = set()

    def plan(self) -> Lines:
        limit = self._limits.invoice_lines if self._invoice else self._limits.receipt_lines
        if len(self._lines) > limit:
            raise invalid("lines", f"{len(self._lines)} lines", limit=f"{limit} lines", remedy="split the sale")
        steps: list[Step] = []
        sold: list[tuple[int, Decimal]] = []
        issued = returned = ZERO
        for index, (line, figures) in enumerate(zip(self._lines, self._figures, strict=True)):
            if line.kind not in (INVOICE_KINDS if self._invoice else SALE_KINDS):
                what = "invoice" if self._invoice else "receipt"
                raise unsupported(f"lines.{index}.kind", f"lines of the kind {line.kind.value} are not possible on this {what}")
            if line.kind in DEPOSITS:
                steps.append(self._deposit(index, line, figures))
                issued += figures.total if line.kind is LineKind.DEPOSIT else ZERO
                returned += figures.total if line.kind is LineKind.DEPOSIT_RETURN else ZERO
                continue
            rate, step = self._sold(index, line, figures)
            steps.append(step)
            sold.append((rate, figures.signed))
            self._running[rate] += figures.signed
        if issued or returned:
            amount("lines", issued)
            amount("lines", returned)
        return Lines(tuple(steps), tuple(sold), issued, returned)

    def _sold(self, index: int, line: Line, figures: LineFigures) -> tuple[int, Step]:
        where = f"lines.{index}"
        extras = read_extras(line.extras, LineExtras, f"{where}.extras", self._fit)
        if line.kind is LineKind.RETURN:
            self._check_void(index, line, extras.voids)
        elif extras.voids is not None:
            raise invalid(f"{where}.extras.posnet.voids", "only a line of the kind return takes another off", remedy="set kind")
        if extras.classification is not None and not self._invoice:
            self._fit.warn(
                "not_shown", "The classification is printed on invoices only.", f"{where}.extras.posnet.classification"
            )
        rate = self._rate(where, line)
        if line.kind is LineKind.ADVANCE_SETTLEMENT:
            return rate, self._advance(where, line, figures, rate)
        return rate, self._goods(where, line, figures, rate, extras)

    # --- goods, and goods taken off again

    def _goods(self, where: str, line: Line, figures: LineFigures, rate: int, extras: LineExtras) -> Step:
        if line.price == 0:
            raise invalid(f"{where}.price", "the printer sells nothing at 0.00", limit="more than 0.00")
        if line.discount is not None and line.surcharge is not None:
            raise unsupported(f"{where}.surcharge", "a line of this printer has a discount or a surcharge, not both")
        if figures.total <= 0:
            raise invalid(f"{where}.total", "the line comes to 0.00, the printer refuses it", limit="more than 0.00")
        amount(f"{where}.total", figures.gross)
        amount(f"{where}.total", figures.total)
        name = self._name(where, line)
        adjustment, measure = (line.discount, figures.discount) if line.discount else (line.surcharge, figures.surcharge)
        has_quantity = line.quantity != 1 or line.unit is not None
        return Step(
            built(
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
                        f"{where}.{'surcharge' if line.surcharge else 'discount'}",
                        adjustment,
                        measure,
                        line.surcharge is not None,
                    ),
                    storno=line.kind is LineKind.RETURN,
                    classification=self._classification(where, extras),
                    code=self._optional(f"{where}.code", line.code, self._limits.goods_code) if self._invoice else None,
                ),
            ),
            where,
        )

    def _name(self, where: str, line: Line) -> bytes:
        if not goods_key(line.name):
            raise invalid(
                f"{where}.name",
                "no letter or digit is in it, the printer would take it for empty",
                remedy="give the goods a name",
            )
        name = self._fit.text(f"{where}.name", line.name, self._limits.name)
        if not goods_key(line.name[: self._limits.name]):
            raise invalid(f"{where}.name", f"no letter or digit is in the first {self._limits.name} characters")
        return name

    def _classification(self, where: str, extras: LineExtras) -> bytes | None:
        field = f"{where}.extras.posnet.classification"
        return self._optional(field, extras.classification, self._limits.classification) if self._invoice else None

    def _check_void(self, index: int, line: Line, voids: int | None) -> None:
        """The printer takes off what it finds again: the earlier line must be repeated as it was, discount and all."""
        where = f"lines.{index}"
        if voids is None:
            raise unsupported(
                f"{where}.kind",
                "a receipt of this printer takes back only what it has just sold",
                remedy='name the earlier line in extras.posnet.voids, or send a receipt of the kind "refund"',
            )
        field = f"{where}.extras.posnet.voids"
        if voids >= index or self._lines[voids].kind not in (LineKind.ITEM, LineKind.ADVANCE):
            raise invalid(field, "names no earlier line with goods", limit=f"0 to {index - 1}")
        if voids in self._voided:
            raise invalid(field, f"line {voids} was taken off already")
        earlier = self._lines[voids]
        for name in _REPEATED:
            if getattr(line, name) != getattr(earlier, name):
                raise invalid(
                    f"{where}.{name}", f"differs from line {voids}, which it takes off", remedy="repeat the line as it was"
                )
        self._voided.add(voids)

    def _adjustment(self, where: str, wanted: Adjustment | None, measure: Decimal, surcharge: bool) -> commands.Adjustment | None:
        """A percentage goes along with its amount, which the printer verifies; alone where it may be computed otherwise.

        What comes to nothing (a percentage of a small amount) is left out: the printer refuses a discount of zero.
        """
        if wanted is None or measure == 0:
            return None
        name = self._optional(f"{where}.text", wanted.text, self._limits.discount_name)
        percent = wanted.percent if self._now.percents_known and wanted.percent is not None and wanted.percent < 100 else None
        return commands.Adjustment(percent=percent, amount=measure, name=name, surcharge=surcharge)

    # --- advances

    def _advance(self, where: str, line: Line, figures: LineFigures, rate: int) -> Step:
        """Taken from what this rate has sold by now, which therefore stands before it."""
        self._plain(where, line, "an advance")
        if figures.total <= 0:
            raise invalid(f"{where}.total", "an advance of 0.00", limit="more than 0.00")
        sale = self._running[rate]
        if figures.total > sale and self._now.rates is not None:
            raise invalid(
                f"{where}.total",
                f"the advance of {figures.total} is more than the lines before it sold in this tax rate",
                limit=f"{sale}",
                remedy="put the goods first, in the same tax rate",
            )
        name = self._fit.text(f"{where}.name", line.name, self._limits.name)
        return Step(built(where, lambda: commands.tradvance(rate, figures.total, max(sale, figures.total), name=name)), where)

    # --- packaging

    def _deposit(self, index: int, line: Line, figures: LineFigures) -> Step:
        """Outside the total and without tax. The printer names packaging by a number and an own description."""
        where = f"lines.{index}"
        read_extras(line.extras, LineExtras, f"{where}.extras", self._fit)
        self._plain(where, line, "packaging")
        if line.quantity % 1:
            raise invalid(f"{where}.quantity", "packaging comes in whole pieces", limit="a whole number")
        if figures.total <= 0:
            raise invalid(f"{where}.price", "packaging at 0.00", limit="more than 0.00")
        amount(f"{where}.total", figures.total)
        if line.taxes:
            self._fit.warn("not_shown", "Packaging has no tax on this printer.", f"{where}.vat")
        number = self._packaging_number(where, line.code)
        description = self._fit.text(f"{where}.name", line.name, self._limits.packaging_description)
        return Step(
            built(
                where,
                lambda: commands.trpack(
                    line.price,
                    returned=line.kind is LineKind.DEPOSIT_RETURN,
                    number=number,
                    quantity=int(line.quantity),
                    value=figures.gross,
                    description=description,
                ),
            ),
            where,
        )

    def _packaging_number(self, where: str, code: str | None) -> bytes | None:
        if code is None:
            return None
        limit = self._limits.packaging_number
        if not (code.isascii() and code.isdigit()) or len(code) > limit:
            raise invalid(
                f"{where}.code", f"the number of packaging has digits only, at most {limit}", limit=f"{limit} digits",
                remedy="leave it out",
            )  # fmt: skip
        return code.encode("ascii")

    def _plain(self, where: str, line: Line, what: str) -> None:
        for name in ("discount", "surcharge"):
            if getattr(line, name) is not None:
                raise unsupported(f"{where}.{name}", f"{what} has none on this printer")

    # --- small parts

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

    def _optional(self, field: str, text: str | None, limit: int) -> bytes | None:
        return self._fit.text(field, text, limit) if text else None


def built(field: str, build: Callable[[], Frame]) -> Frame:
    """A command of values that were not all checked by name: what the protocol cannot carry is the request's fault."""
    try:
        return build()
    except BadValue as error:
        raise invalid(field, f"{error.field} {error.reason}") from None
