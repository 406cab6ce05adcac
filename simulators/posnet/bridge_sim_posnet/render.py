"""The paper of a Polish online printer, 40 columns of text. Amounts in grosze, comma as decimal mark.

Only how things look; what is printed when, the handlers decide. Source of the layout: the ministry's rules for cash
registers as any Polish till receipt shows them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from bridge_simulators.paper import centre, columns, rule, wrap

from bridge_sim_posnet.arithmetic import LETTERS, pln, tax, wire_rate
from bridge_sim_posnet.items import Adjustment, Advance, Line, Pack, Payment, Settlement
from bridge_sim_posnet.receipt import CASH, Receipt
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


NO_CASHIER, NO_TILL = "KIEROWNIK", "001"  # what stands on paper where `ftrcfg` and `login` said nothing

_MARKS = re.compile(r"&(.)", re.DOTALL)


def row(left: str, right: str) -> list[str]:
    return columns(left, right, WIDTH)


def centred(*texts: str) -> list[str]:
    return [centre(line, WIDTH) for text in texts for line in wrap(text, WIDTH)]


def plain(text: str) -> str:
    """`text` without its `&` marks, `&&` as `&`."""
    return _MARKS.sub(lambda mark: "&" if mark[1] == "&" else "", text)


def formatted(text: str) -> list[str]:
    """Lines with `&` marks as they stand on paper: centred where a `&c` is in the line."""
    printed = []
    for part in text.split("\n"):
        shown = plain(part)
        printed += centred(shown.strip()) if "&c" in part.replace("&&", "") else wrap(shown, WIDTH)
    return printed


def nip_text(nip: str) -> str:
    return f"{nip[:3]}-{nip[3:6]}-{nip[6:8]}-{nip[8:]}" if len(nip) == 10 else nip


def header(rules: PosnetSettings, text: str, number: int, at: datetime) -> list[str]:
    """Head of every document: the programmed header, the NIP, date and printout number."""
    return [
        "",
        *formatted(text),
        *centred(f"NIP {nip_text(rules.nip)}"),
        *row(f"{at:%Y-%m-%d}", f"nr wydr. {number:06d}"),
    ]


def title(text: str, fiscal: bool) -> list[str]:
    """The title; on a printer that is not fiscal every document says so."""
    marked = text if fiscal else text.replace("FISKALNY", "NIEFISKALNY")
    return [*centred(" ".join(marked) if len(marked) <= WIDTH // 2 else marked), rule(WIDTH)]


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
    printed = row(name, figures)
    printed += [f"   {part}" for part in wrap(item.description, WIDTH - 3)] if item.description else []
    if item.discount:
        label = reduction_label(item.discount, item.label, item.percent)
        printed += row(f"   {label}", signed(sign * item.discount) + letter)
        printed += row("", pln(sign * item.total) + letter)
    elif item.label and not item.description:
        printed += wrap(f"   uwzględnia {'narzut' if item.surcharge else 'rabat'}: {item.label}", WIDTH)
    return printed


def advance(item: Advance) -> list[str]:
    """An advance taken off, or with storno a part of it put back."""
    printed = centred("#STORNO#") if item.storno else []
    name = f"{item.name or 'ZALICZKA'} {pln(item.base)}"
    letter = LETTERS[item.rate]
    return [*printed, *row(name, signed(item.amount if item.storno else -item.amount) + letter)]


def packs(items: Sequence[Pack]) -> list[str]:
    """Packaging lines by direction, each direction with its sum. Returned ones are negative."""
    printed: list[str] = []
    for returned, title_text in ((False, "WYDANIA"), (True, "PRZYJĘCIA")):
        sign = -1 if returned else 1
        chosen = [pack for pack in items if pack.returned is returned]
        if not chosen:
            continue
        printed.append(f"OPAKOWANIA ZWROTNE {title_text}")
        for pack in chosen:
            name = " ".join(part for part in (pack.description[:40], f"({pack.name})" if pack.name.strip("0") else "") if part)
            mark = "STORNO " if pack.storno else ""
            amounts = f"{pack.quantity} {TIMES} {pln(pack.price)} {pln(sign * pack.signed):>8}"
            printed += row(f" {mark}{name or 'Opakowanie zwr.'}", amounts)
        printed += row("OPAKOWANIA ZWROTNE SUMA", pln(sign * sum(pack.signed for pack in chosen)))
    return printed


def pack_note(item: Pack) -> list[str]:
    """What is printed at once when packaging is taken in; the sums follow at the end."""
    word = "zwrot" if item.returned else "wydanie"
    mark = "STORNO " if item.storno else ""
    return row(f"   {mark}opak. {word} {item.quantity} {TIMES} {pln(item.price)}", f"({pln(item.signed)})")


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
    printed = row(f"   {reduction_label(item.amount, item.label, item.percent)}", signed(item.amount) + letter)
    if item.kind in ("subtotal", "bill"):
        before = row("Suma przed", pln(subtotal - item.amount))
        printed = [*before, *printed, *row("Suma po", pln(subtotal))]
    return printed


def undone(amount: int) -> list[str]:
    """An earlier discount (negative) or surcharge is taken back."""
    return row(f"   STORNO {'rabatu' if amount < 0 else 'narzutu'}", signed(-amount))


def subtotal(amount: int) -> list[str]:
    return row("PODSUMA", pln(amount))


def non_fiscal_title(text: str) -> list[str]:
    return [*centred("N I E F I S K A L N Y", *([text] if text else [])), rule(WIDTH)]


def tax_block(gross: Sequence[int], rates: Sequence[int]) -> list[str]:
    """Sales and tax per rate, and the sum of tax."""
    printed: list[str] = []
    for index, value in enumerate(gross):
        if value:
            word = "SPRZEDAŻ ZWOLNIONA" if rates[index] == EXEMPT else "SPRZEDAŻ OPODATKOWANA"
            printed += row(f"{word} {LETTERS[index]}", pln(value))
    for index, value in enumerate(gross):
        if value and rates[index] not in (EXEMPT, INACTIVE):
            printed += row(f"PTU {LETTERS[index]} {wire_rate(rates[index])} %", pln(tax(value, rates[index])))
    total_tax = sum(tax(value, rate) for value, rate in zip(gross, rates, strict=True))
    return [*printed, *row("SUMA PTU", pln(total_tax))]


def payments(receipt: Receipt, settlement: Settlement) -> list[str]:
    """How it was paid, and what was given back."""
    printed: list[str] = []
    for payment in receipt.payments:
        if not payment.change:
            printed += _foreign(payment, "WPŁATA") if payment.currency else row(_payment_name(payment), pln(payment.amount))
    if not any(not payment.change for payment in receipt.payments) and settlement.paid:
        printed += row(PAYMENT_NAMES[CASH], pln(settlement.paid))
    declared = [payment for payment in receipt.payments if payment.change]
    for payment in declared:
        if payment.currency:
            printed += _foreign(payment, "RESZTA")
        else:
            printed += row(f"RESZTA {PAYMENT_NAMES.get(payment.type, 'Inna')}", pln(payment.amount))
    if settlement.change and not declared:
        printed += row(f"RESZTA {PAYMENT_NAMES[CASH]}", pln(settlement.change))
    return printed


def _foreign(payment: Payment, word: str) -> list[str]:
    rate = f"{payment.rate // 10000},{payment.rate % 10000:04d}"
    return [
        *row("WALUTA OBCA", payment.name),
        *row(f" PRZELICZNIK 1 {payment.currency}", f"{rate} PLN"),
        *row(f" {word} {pln(payment.foreign)} {payment.currency}", pln(payment.amount)),
    ]


def _payment_name(payment: Payment) -> str:
    known = PAYMENT_NAMES.get(payment.type, "Inna")
    return known if payment.type == CASH or not payment.name or payment.name == known else f"{known} {payment.name}"


def closing(receipt: Receipt, settlement: Settlement, rates: Sequence[int]) -> list[str]:
    """From the last line down to the payments."""
    reductions = sum(adjustment.amount for adjustment in receipt.adjustments if adjustment.amount < 0)
    reductions += sum(item.discount * (-1 if item.storno else 1) for item in receipt.lines if item.discount < 0)
    printed = [rule(WIDTH)]
    if reductions:
        printed += [*row("OPUSTY ŁĄCZNIE", pln(reductions)), rule(WIDTH)]
    printed += [*tax_block(receipt.rates(), rates), rule(WIDTH), *row("SUMA PLN", pln(settlement.total)), rule(WIDTH)]
    return [*printed, *packaging(receipt), *settling(receipt, settlement)]


def packaging(receipt: Receipt) -> list[str]:
    """The packaging and what is to be paid with it; nothing where there is none."""
    if not receipt.packs:
        return []
    due = receipt.due
    last = row("DO ZAPŁATY PLN", pln(due)) if due >= 0 else row("DO ZWROTU PLN", pln(-due))
    return [*packs(receipt.packs), *last, rule(WIDTH)]


def settling(receipt: Receipt, settlement: Settlement) -> list[str]:
    printed = payments(receipt, settlement)
    return ["ROZLICZENIE PŁATNOŚCI", *printed] if printed else []


def cancelled() -> list[str]:
    return [rule(WIDTH), *centred("A N U L O W A N Y")]


def buyer(receipt: Receipt) -> list[str]:
    return row(receipt.buyer_label or "NIP NABYWCY", receipt.buyer) if receipt.buyer else []


def foot(number: str, till: str, cashier: str, at: datetime) -> list[str]:
    """Receipt number, till, cashier, time."""
    left = " ".join(part for part in (number, f"#{till or NO_TILL}", cashier or NO_CASHIER) if part)
    return [rule(WIDTH), *row(left, f"{at:%Y-%m-%d %H:%M}")]


def identity(rules: PosnetSettings, fiscal: bool) -> list[str]:
    """The fiscal logo and the unique number; a non-fiscal printout has neither."""
    return centred(f"⟨PL⟩ {rules.unique_number}") if fiscal else centred("N I E F I S K A L N Y")


def after_foot(system_number: str, barcode: str, info: Sequence[str], code: str = "", *, above: bool = False) -> list[str]:
    """Reference, bar code, 2D code and free lines behind the fiscal part."""
    printed = row("Nr sys.", system_number) if system_number else []
    bars = centred(f"||| {barcode} |||") if barcode else []
    square = code_block(code) if code else []
    printed += [*square, *bars] if above else [*bars, *square]
    return printed + [part for text in info for part in (formatted(text) if "&" in text else centred(text))]


def code_block(text: str) -> list[str]:
    """A 2D code: its frame and what it says."""
    inside = WIDTH - 12
    lines = wrap(text, inside) or [""]
    frame = "+" + "-" * (inside + 2) + "+"
    return centred(frame, *(f"# {line.ljust(inside)} #" for line in lines), frame)


def wide(text: str) -> str:
    """Double width: each character takes two columns."""
    return " ".join(text) if len(text) * 2 - 1 <= WIDTH else text


def slip(name: str, amounts: Sequence[tuple[str, int]]) -> list[str]:
    """A non-fiscal slip: title and amounts."""
    printed = non_fiscal_title(name)
    for label, amount in amounts:
        printed += row(label, pln(amount))
    return printed
