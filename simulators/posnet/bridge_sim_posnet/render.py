"""The paper of a Polish online printer, 40 columns of text. Amounts in grosze, comma as decimal mark.

Only how things look; what is printed when, the handlers decide. Source of the layout: the ministry's rules for cash
registers as any Polish till receipt shows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from bridge_simulators.paper import centre, columns, rule, wrap

from bridge_sim_posnet.arithmetic import LETTERS, pln, tax, wire_rate
from bridge_sim_posnet.memory import Report
from bridge_sim_posnet.receipt import CASH, Adjustment, Line, Receipt, Settlement
from bridge_sim_posnet.settings import EXEMPT, INACTIVE, PosnetSettings

WIDTH = 40
TIMES = "\N{MULTIPLICATION SIGN}"
CUT_MARK = "- " * (WIDTH // 2 - 3) + "8<" + " -" * 2

PAYMENT_NAMES = {
    0: "Gotówka",
    2: "Karta",
    3: "Czek",
    4: "Bon",
    5: "Kredyt",
    6: "Inna",
    7: "Voucher",
    8: "Przelew",
}


def _row(left: str, right: str) -> list[str]:
    return columns(left, right, WIDTH)


def _centred(*texts: str) -> list[str]:
    return [centre(line, WIDTH) for text in texts for line in wrap(text, WIDTH)]


def header(rules: PosnetSettings, number: int, at: datetime) -> list[str]:
    """Head of every document: the shop, its NIP, date and printout number."""
    nip = rules.nip
    dashed = f"{nip[:3]}-{nip[3:6]}-{nip[6:8]}-{nip[8:]}" if len(nip) == 10 else nip
    return [
        "",
        *_centred(*(line for line in rules.shop.split("|") if line), f"NIP {dashed}"),
        *_row(f"{at:%Y-%m-%d}", f"nr wydr. {number:06d}"),
    ]


def title(text: str, fiscal: bool) -> list[str]:
    """The title; on a printer that is not fiscal every document says so."""
    marked = text if fiscal else text.replace("FISKALNY", "NIEFISKALNY")
    return [*_centred(" ".join(marked) if len(marked) <= WIDTH // 2 else marked), rule(WIDTH)]


def quantity_text(quantity: Decimal) -> str:
    """2.000 -> "2", 0.250 -> "0,25"."""
    text = f"{quantity:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def line(item: Line) -> list[str]:
    """A sold line and its discount; a storno is marked and negative."""
    letter = LETTERS[item.rate]
    sign = -1 if item.storno else 1
    unit = f" {item.unit}" if item.unit else ""
    figures = f"{quantity_text(item.quantity)}{unit} {TIMES} {pln(item.price)} {pln(sign * item.value):>8}{letter}"
    name = f"STORNO {item.name}" if item.storno else item.name
    printed = _row(name, figures)
    printed += [f"   {part}" for part in wrap(item.description, WIDTH - 3)] if item.description else []
    if item.discount:
        label = reduction_label(item.discount, item.label, item.percent)
        printed += _row(f"   {label}", signed(sign * item.discount) + letter)
        printed += _row("", pln(sign * item.total) + letter)
    elif item.label:
        printed += [f"   {item.label}"]
    return printed


def signed(amount: int) -> str:
    return f"+{pln(amount)}" if amount > 0 else pln(amount)


def reduction_label(amount: int, label: str, percent: int | None) -> str:
    """ "Rabat stały klient 15,00 %"; a surcharge is "Narzut"."""
    word = "Rabat" if amount < 0 else "Narzut"
    named = label if label.lower().startswith(word.lower()) else f"{word} {label}".strip()
    return f"{named} {wire_rate(percent)} %" if percent is not None else named


def adjustment(item: Adjustment, subtotal: int) -> list[str]:
    """A discount to one rate, the subtotal or the bill; `subtotal` is what stands after it."""
    touched = [LETTERS[index] for index, change in enumerate(item.changes) if change]
    letter = touched[0] if item.kind in ("line", "rate") and touched else ""
    printed = _row(f"   {reduction_label(item.amount, item.label, item.percent)}", signed(item.amount) + letter)
    if item.kind in ("subtotal", "bill"):
        before = _row("Suma przed", pln(subtotal - item.amount))
        printed = [*before, *printed, *_row("Suma po", pln(subtotal))]
    return printed


def undone(amount: int) -> list[str]:
    """An earlier discount (negative) or surcharge is taken back."""
    return _row(f"   STORNO {'rabatu' if amount < 0 else 'narzutu'}", signed(-amount))


def subtotal(amount: int) -> list[str]:
    return _row("PODSUMA", pln(amount))


def non_fiscal_title(text: str) -> list[str]:
    return [*_centred("N I E F I S K A L N Y", *([text] if text else [])), rule(WIDTH)]


def tax_block(gross: Sequence[int], rates: Sequence[int]) -> list[str]:
    """Sales and tax per rate, and the sum of tax."""
    printed: list[str] = []
    for index, value in enumerate(gross):
        if value:
            word = "SPRZEDAŻ ZWOLNIONA" if rates[index] == EXEMPT else "SPRZEDAŻ OPODATKOWANA"
            printed += _row(f"{word} {LETTERS[index]}", pln(value))
    for index, value in enumerate(gross):
        if value and rates[index] not in (EXEMPT, INACTIVE):
            printed += _row(f"PTU {LETTERS[index]} {wire_rate(rates[index])} %", pln(tax(value, rates[index])))
    total_tax = sum(tax(value, rate) for value, rate in zip(gross, rates, strict=True))
    return [*printed, *_row("SUMA PTU", pln(total_tax))]


def payments(receipt: Receipt, settlement: Settlement) -> list[str]:
    """How it was paid, and what was given back."""
    printed: list[str] = []
    for payment in receipt.payments:
        if not payment.change:
            printed += _row(_payment_name(payment.type, payment.name), pln(payment.amount))
    if not any(not payment.change for payment in receipt.payments):
        printed += _row(PAYMENT_NAMES[CASH], pln(settlement.paid))
    if settlement.change:
        declared = [payment for payment in receipt.payments if payment.change]
        name = _payment_name(declared[0].type, "") if declared else PAYMENT_NAMES[CASH]
        printed += _row(f"RESZTA {name}", pln(settlement.change))
    return printed


def _payment_name(kind: int, name: str) -> str:
    known = PAYMENT_NAMES.get(kind, "Inna")
    return known if kind == CASH or not name or name == known else f"{known} {name}"


def closing(receipt: Receipt, settlement: Settlement, rates: Sequence[int]) -> list[str]:
    """From the last line down to the payments."""
    return [
        rule(WIDTH),
        *tax_block(receipt.rates(), rates),
        rule(WIDTH),
        *_row("SUMA PLN", pln(settlement.total)),
        rule(WIDTH),
        *payments(receipt, settlement),
    ]


def cancelled() -> list[str]:
    return [rule(WIDTH), *_centred("A N U L O W A N Y")]


def buyer(receipt: Receipt) -> list[str]:
    return _row(receipt.buyer_label or "NIP NABYWCY", receipt.buyer) if receipt.buyer else []


def foot(number: str, till: str, cashier: str, at: datetime) -> list[str]:
    """Receipt number, till, cashier, time."""
    left = " ".join(part for part in (number, f"#{till}" if till else "", cashier) if part)
    return [rule(WIDTH), *_row(left, f"{at:%Y-%m-%d %H:%M}")]


def identity(rules: PosnetSettings, fiscal: bool) -> list[str]:
    """The fiscal logo and the unique number; a non-fiscal printout has neither."""
    return _centred(f"⟨PL⟩ {rules.unique_number}") if fiscal else _centred("N I E F I S K A L N Y")


def after_foot(system_number: str, barcode: str, info: Sequence[str]) -> list[str]:
    """Reference, bar code and free lines behind the fiscal part."""
    printed = _row("Nr sys.", system_number) if system_number else []
    printed += _centred(f"||| {barcode} |||") if barcode else []
    return printed + [part for text in info for part in _centred(text)]


def slip(name: str, amounts: Sequence[tuple[str, int]]) -> list[str]:
    """A non-fiscal slip: title and amounts."""
    printed = non_fiscal_title(name)
    for label, amount in amounts:
        printed += _row(label, pln(amount))
    return printed


def daily_report(report: Report, counters: Sequence[tuple[str, str]]) -> list[str]:
    """The figures of a daily report, per rate and in sum."""
    gross, rates = report.daily.receipts, report.rates
    printed = _row("Nr raportu", f"{report.number:04d}")
    for index, rate in enumerate(rates):
        shown = "zwolniona" if rate == EXEMPT else "nieaktywna" if rate == INACTIVE else f"{wire_rate(rate)} %"
        printed += _row(f"PTU {LETTERS[index]}", shown)
    printed.append(rule(WIDTH))
    taxes = [tax(value, rate) for value, rate in zip(gross, rates, strict=True)]
    for index, rate in enumerate(rates):
        if rate == INACTIVE:
            continue
        printed += _row(f"SPRZEDAŻ NETTO {LETTERS[index]}", pln(gross[index] - taxes[index]))
        if rate != EXEMPT:
            printed += _row(f"KWOTA PTU {LETTERS[index]}", pln(taxes[index]))
        printed += _row(f"SPRZEDAŻ BRUTTO {LETTERS[index]}", pln(gross[index]))
    printed.append(rule(WIDTH))
    printed += _row("ŁĄCZNA KWOTA PTU", pln(sum(taxes)))
    printed += _row("ŁĄCZNA SPRZEDAŻ BRUTTO PLN", pln(sum(gross)))
    printed.append(rule(WIDTH))
    for label, value in counters:
        printed += _row(label, value)
    return printed
