"""One transaction as the printer holds it: lines, discounts, packaging, payments, totals per rate, the checks of `trend`.

Source: protocol-specs/posnet, "Receipt", "Money rules". Amounts in grosze. No paper and no counters here, and no states
(`states.py`); a refused step raises CommandError and leaves the transaction as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from bridge_sim_posnet.arithmetic import MAX_AMOUNT, RATES, line_value, percent_amount, spread
from bridge_sim_posnet.items import Adjustment, Advance, Invoice, Line, Pack, Payment, Settlement
from bridge_sim_posnet.names import goods_key
from bridge_sim_posnet.settings import PosnetSettings

MAX_LINES = 500
MAX_INVOICE_LINES = 120
MAX_FOOTER_LINES = 60
MAX_PACK_KINDS = 100  # kinds of packaging, then 1965; the real figure is not published
ONLINE, BLOCK, INVOICE, PACKAGING = 16, 17, 33, 48  # `scomm ts`, `strns ts`
CASH = 0
PAYMENT_TYPES = frozenset((0, 2, 3, 4, 5, 6, 7, 8))

Phase = Literal["lines", "closing", "footer"]
Kind = Literal["receipt", "invoice", "packaging"]


class CommandError(Exception):
    """The command is refused: answered with `?<code>`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Reduction:
    """`rd`, `rp`, `rw`, `na` or `rn` of a command: a discount (or surcharge) before it is computed."""

    discount: bool
    percent: int | None
    amount: int | None
    label: str

    def signed(self, base: int, rules: PosnetSettings) -> int:
        """Signed grosze on `base`. 1983, 1984, 1985, 2601, 2801."""
        if base <= 0:
            raise CommandError(1983)
        if self.percent is not None:
            computed = percent_amount(base, self.percent, discount=self.discount, kind=rules.discount_type)
            if self.amount is not None and self.amount != computed:
                raise CommandError(2801)
        elif self.amount is not None:
            computed = self.amount
        else:
            raise CommandError(1984)
        if computed == 0:
            raise CommandError(1984)
        after = base - computed if self.discount else base + computed
        if after <= 0:
            raise CommandError(1985)
        if after > MAX_AMOUNT:
            raise CommandError(1981)
        return -computed if self.discount else computed


@dataclass(slots=True)
class Receipt:
    """The open transaction. `owner` is the PC interface it belongs to; `start` the line of paper that it begins at."""

    owner: str
    block: bool
    opened_at: datetime
    kind: Kind = "receipt"
    phase: Phase = "lines"
    start: int = 0
    lines: list[Line] = field(default_factory=list)
    advances: list[Advance] = field(default_factory=list)
    packs: list[Pack] = field(default_factory=list)
    invoice: Invoice | None = None
    edocument: int | None = None  # the e-document that it becomes
    adjustments: list[Adjustment] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    buyer: str = ""
    buyer_label: str = ""
    footer_lines: int = 0
    cashier: str = ""
    till: str = ""
    system_number: str = ""
    barcode: str = ""
    info: list[str] = field(default_factory=list)
    code: str = ""  # what the 2D code says
    code_above: bool = False  # above the bar code
    ending: int = 0  # `ftrcfg fe`
    buffer: list[str] = field(default_factory=list)  # paper of block mode, printed at the end

    @property
    def type(self) -> int:
        if self.kind == "receipt":
            return BLOCK if self.block else ONLINE
        return INVOICE if self.kind == "invoice" else PACKAGING

    def rates(self, *, bill: bool = True) -> list[int]:
        """Gross per rate; without the discounts to the bill where `bill` is false."""
        gross = [0] * RATES
        for line in self.lines:
            gross[line.rate] += -line.total if line.storno else line.total
        for advance in self.advances:
            gross[advance.rate] += advance.amount if advance.storno else -advance.amount
        for adjustment in self.adjustments:
            if bill or adjustment.kind != "bill":
                gross = [value + change for value, change in zip(gross, adjustment.changes, strict=True)]
        return gross

    @property
    def total(self) -> int:
        return sum(self.rates())

    @property
    def packs_issued(self) -> int:
        return sum(pack.signed for pack in self.packs if not pack.returned)

    @property
    def packs_returned(self) -> int:
        return sum(pack.signed for pack in self.packs if pack.returned)

    @property
    def buffers(self) -> bool:
        """Its paper waits: block mode until the end, an e-document until it is known whether paper is needed."""
        return self.block and (self.phase != "footer" or self.edocument is not None)

    @property
    def due(self) -> int:
        """What is to be paid: the fiscal value with the packaging. Negative: what is to be given back."""
        return self.total + self.packs_issued - self.packs_returned

    @property
    def empty(self) -> bool:
        return not self.lines and not self.packs

    @property
    def paid(self) -> int:
        return sum(payment.amount for payment in self.payments if not payment.change)

    @property
    def change(self) -> int:
        return sum(payment.amount for payment in self.payments if payment.change)

    # --- lines

    def priced(self, price: int, quantity: Decimal, stated: int | None, rules: PosnetSettings) -> int:
        """The value of a line, verified against `wa`. 2006, 2007, 2009, 2802 or 2008."""
        if price <= 0:
            raise CommandError(2006)
        if quantity <= 0:
            raise CommandError(2007)
        value = line_value(price, quantity)
        if stated is not None and stated != value:
            raise CommandError(int(rules.line_total_error))
        if value == 0:
            raise CommandError(2009)
        if value > MAX_AMOUNT:
            raise CommandError(1956)
        return value

    def add(self, line: Line) -> None:
        """Takes a line or a storno in. 2052, 1956, 2851, 2852."""
        if len(self.lines) >= (MAX_INVOICE_LINES if self.kind == "invoice" else MAX_LINES):
            raise CommandError(2052)
        if line.storno:
            self._check_storno(line)
        elif self.total + line.total > MAX_AMOUNT:
            raise CommandError(1956)
        self.lines.append(line)

    def _check_storno(self, line: Line) -> None:
        wanted = (goods_key(line.name), line.rate, line.price)
        same = [sold for sold in self.lines if (goods_key(sold.name), sold.rate, sold.price) == wanted]
        quantity = sum((-sold.quantity if sold.storno else sold.quantity for sold in same), Decimal(0))
        value = sum(-sold.value if sold.storno else sold.value for sold in same)
        if line.quantity > quantity:
            raise CommandError(2851)
        if line.value > value or self.rates()[line.rate] < line.total:
            raise CommandError(2852)

    def advance(self, advance: Advance) -> None:
        """Takes an advance off, or a part of it back. 1966, 1964, 2852."""
        if advance.amount == 0:
            raise CommandError(1966)
        given = sum(-a.amount if a.storno else a.amount for a in self.advances if a.rate == advance.rate)
        if advance.storno:
            if advance.amount > given:
                raise CommandError(2852)
        elif advance.base > self.rates()[advance.rate] or advance.amount > advance.base:
            raise CommandError(1964)
        self.advances.append(advance)

    # --- packaging

    def pack(self, pack: Pack) -> None:
        """Takes packaging in, or a part of it back. 1965, 2853, 1959, 1958."""
        same = [p for p in self.packs if (p.name, p.price, p.returned) == (pack.name, pack.price, pack.returned)]
        if pack.storno:
            if not same:
                raise CommandError(2853)
            if pack.quantity > sum(-p.quantity if p.storno else p.quantity for p in same):
                raise CommandError(1959)
        else:
            if not same and len({(p.name, p.price, p.returned) for p in self.packs}) >= MAX_PACK_KINDS:
                raise CommandError(1965)
            if (self.packs_returned if pack.returned else self.packs_issued) + pack.value > MAX_AMOUNT:
                raise CommandError(1958)
        self.packs.append(pack)

    # --- discounts

    def discount_line(self, name: str, rate: int, base: int, reduction: Reduction, rules: PosnetSettings) -> int:
        """A discount to an earlier line, which is found by name, rate and value."""
        self._discountable()
        wanted = (goods_key(name), rate, base)
        if not any((goods_key(sold.name), sold.rate, sold.total) == wanted for sold in self.lines if not sold.storno):
            raise CommandError(1991)
        return self._adjust("line", reduction, rate, reduction.signed(base, rules))

    def undo_discount_line(self, rate: int, base: int, reduction: Reduction, rules: PosnetSettings) -> int:
        """Takes back an earlier discount of the same rate and amount."""
        self._discountable()
        signed = reduction.signed(base, rules)
        for adjustment in self.adjustments:
            if adjustment.kind == "line" and adjustment.changes[rate] == signed:
                return self._adjust("line", reduction, rate, -signed, undone=adjustment)
        raise CommandError(1991)

    def discount_rate(self, rate: int, base: int | None, reduction: Reduction, rules: PosnetSettings) -> int:
        self._discountable()
        gross = self.rates()[rate]
        if base is not None and base != gross:
            raise CommandError(2801)
        return self._adjust("rate", reduction, rate, reduction.signed(gross, rules))

    def discount_promotion(self, rate: int, amount: int, label: str, undo: bool, rules: PosnetSettings) -> int:
        """`trdiscntpromo`: an amount off one rate, or with `undo` such an amount back."""
        reduction = Reduction(not undo, None, amount, label)
        if undo:
            return self.undo_discount_line(rate, MAX_AMOUNT, Reduction(True, None, amount, label), rules)
        self._discountable()
        return self._adjust("line", reduction, rate, reduction.signed(self.rates()[rate], rules))

    def discount_total(self, kind: Literal["subtotal", "bill"], reduction: Reduction, rules: PosnetSettings) -> int:
        """To the subtotal (selling may go on) or to the bill (closes the lines), spread over the rates."""
        if not self.lines:
            raise CommandError(1992)
        gross = self.rates()
        signed = reduction.signed(sum(gross), rules)
        changes = spread(gross, abs(signed), discount=signed < 0, method=rules.discount_spread)
        self.adjustments.append(Adjustment(kind, reduction.label, reduction.percent, changes))
        if kind == "bill":
            self.phase = "closing"
        return signed

    def _discountable(self) -> None:
        if not self.lines:
            raise CommandError(1992)

    def _adjust(
        self,
        kind: Literal["line", "rate"],
        reduction: Reduction,
        rate: int,
        signed: int,
        undone: Adjustment | None = None,
    ) -> int:
        after = self.rates()[rate] + signed
        if after < 0:
            raise CommandError(1985)
        if undone is not None:
            self.adjustments.remove(undone)
            return signed
        changes = [0] * RATES
        changes[rate] = signed
        self.adjustments.append(Adjustment(kind, reduction.label, reduction.percent, changes))
        return signed

    def cancel_subtotal(self) -> None:
        """`trsubtotcanc`: drops the bill discounts and all payments; lines may be sold again."""
        self.adjustments = [adjustment for adjustment in self.adjustments if adjustment.kind != "bill"]
        self.payments.clear()
        self.phase = "lines"

    # --- payments

    def pay(self, payment: Payment, rules: PosnetSettings) -> None:
        """1992, 2705, 1962, 2094, 1961, 1953, 1952."""
        if self.empty:
            raise CommandError(1992)
        if payment.type not in PAYMENT_TYPES and not payment.currency:
            raise CommandError(2705)
        if payment.amount == 0:
            raise CommandError(1962)
        if payment.change:
            if any(other.change for other in self.payments) and rules.change_kinds == "one":
                raise CommandError(2094)
            if payment.amount > self.paid - self.due - self.change:
                raise CommandError(1961)
        elif self.paid >= self.due:
            raise CommandError(1953)
        elif self.paid + payment.amount > MAX_AMOUNT:
            raise CommandError(1952)
        self.payments.append(payment)
        self.phase = "closing"

    def unpay(self, payment: Payment) -> None:
        """Removes one payment of that kind, amount and direction. 2063."""
        for other in self.payments:
            if _same_payment(other, payment):
                self.payments.remove(other)
                break
        else:
            raise CommandError(2063)
        self._reopen()

    def unpay_all(self) -> None:
        self.payments.clear()
        self._reopen()

    def _reopen(self) -> None:
        if not self.payments and not any(adjustment.kind == "bill" for adjustment in self.adjustments):
            self.phase = "lines"

    # --- end

    def settle(self, stated: dict[str, int]) -> Settlement:
        """The verification of `trend`: every value that the host states must be the printer's own.

        No payment at all is cash for the whole amount; without a declared change the printer computes it. 1992, 2810,
        2041, 1956, 2805, 2806, 2807, 2054, 2808, 2809.
        """
        total, due = self.total, self.due
        if self.kind == "packaging":
            if not self.packs:
                raise CommandError(2810)
        elif self.empty:
            raise CommandError(1992)
        elif total == 0 and not self.advances:
            raise CommandError(2041)
        if any(value < 0 for value in self.rates()):
            raise CommandError(1956)
        for name, own, code in (("to", total, 2805), ("op", self.packs_issued, 2806), ("om", self.packs_returned, 2807)):
            if stated.get(name, own) != own:
                raise CommandError(code)
        paid = self.paid if self.payments else max(due, 0)
        change = self.change or max(paid - due, 0)
        if paid - change != due:
            raise CommandError(2054)
        if stated.get("fp", paid) != paid:
            raise CommandError(2808)
        if stated.get("re", change) != change:
            raise CommandError(2809)
        return Settlement(total, paid, change)


def _same_payment(one: Payment, other: Payment) -> bool:
    if one.change != other.change or one.currency != other.currency:
        return False
    if one.currency:
        return (one.foreign, one.rate) == (other.foreign, other.rate)
    return (one.type, one.amount) == (other.type, other.amount)
