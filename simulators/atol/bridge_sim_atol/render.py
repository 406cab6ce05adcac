"""What stands on paper, beside the words that all registers have.

How a line is laid out is each model's own; names and figures are the document's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bridge_sim_fn.memory import FnDocument
from bridge_sim_fn.wording import METHODS, WIDTH, marking, money
from bridge_simulators.paper import centre, columns, rule, wrap

from bridge_sim_atol.memory import CORRECTIONS, TYPES, Item, Totals
from bridge_sim_atol.vat import RATES, Rate

DOTS = 576

NAMES = {1: "ПРИХОД", 2: "ВОЗВРАТ ПРИХОДА", 4: "РАСХОД", 5: "ВОЗВРАТ РАСХОДА"}
NAMES |= {7: NAMES[1], 8: NAMES[2], 9: NAMES[4], 10: NAMES[5]}
PAYMENT_NAMES = (
    "НАЛИЧНЫМИ",
    "БЕЗНАЛИЧНЫМИ",
    "ПРЕДВАРИТЕЛЬНАЯ ОПЛАТА (АВАНС)",
    "ПОСЛЕДУЮЩАЯ ОПЛАТА (КРЕДИТ)",
    "ИНАЯ ФОРМА ОПЛАТЫ",
)


def header(shop: Sequence[str], title: str) -> list[str]:
    return [*(centre(line, WIDTH) for line in shop if line), *heading(title)]


def heading(title: str) -> list[str]:
    return [centre(title, WIDTH)]


def item(line: Item) -> list[str]:
    """One line of a receipt."""
    quantity = f"{line.quantity.normalize():f}"
    lines = wrap(line.name, WIDTH)
    lines += columns(f"{quantity} * {money(line.price)}", f"={money(line.amount)}", WIDTH)
    lines += columns(f"  {METHODS.get(line.method, '')}", RATES[line.vat].name, WIDTH)
    return [*lines, *marking(line.code, line.check)]


def sums(total: int, rounding: int, payments: Sequence[int], change: int, taxes: Sequence[tuple[Rate, int]]) -> list[str]:
    """What follows the lines of a receipt."""
    lines = [rule(WIDTH)]
    if rounding:
        lines += columns("ОКРУГЛЕНИЕ", money(rounding), WIDTH)
    lines += columns("ИТОГ", f"={money(total)}", WIDTH)
    for name, amount in zip(PAYMENT_NAMES, payments, strict=True):
        if amount:
            lines += columns(name, f"={money(amount)}", WIDTH)
    if change:
        lines += columns("СДАЧА", f"={money(change)}", WIDTH)
    for rate, amount in taxes:
        lines += columns(f"СУММА {rate.name}" if not rate.untaxed else rate.name, f"={money(amount)}", WIDTH)
    return lines


def requisites(document: FnDocument, *, inn: str, rnm: str, fn: str, receipt: int | None = None) -> list[str]:
    """The numbers below every fiscal document."""
    lines = columns(f"{document.at:%d.%m.%y %H:%M}", f"СМЕНА {document.shift}", WIDTH)
    lines += columns(f"РН ККТ:{rnm}", f"ЧЕК {receipt}" if receipt is not None else "", WIDTH)
    lines += columns(f"ИНН:{inn}", f"ФН:{fn}", WIDTH)
    lines += columns(f"ФД:{document.number}", f"ФП:{document.sign}", WIDTH)
    return lines


def code(kind: str, text: str) -> list[str]:
    """A code as text, since there are no dots here."""
    return [f"[{kind}] {line}" for line in wrap(text, WIDTH - len(kind) - 3)]


def slip(at: datetime, number: int) -> list[str]:
    return columns(f"{at:%d.%m.%y %H:%M}", f"ДОК {number:06d}", WIDTH)


def report(totals: Totals, cash: int, grand: dict[str, list[int]]) -> list[str]:
    """The figures of X and Z reports."""
    lines: list[str] = []
    for kind in (*TYPES, *CORRECTIONS):
        found = totals.of(kind)
        if kind in CORRECTIONS and not found.receipts:
            continue
        title = f"КОРРЕКЦИЯ {NAMES[kind]}" if kind in CORRECTIONS else NAMES[kind]
        lines += columns(f"{title} {found.receipts:04d}", f"={money(found.sum)}", WIDTH)
        for name, amount in zip(PAYMENT_NAMES, found.payments, strict=True):
            if amount:
                lines += columns(f"  {name}", money(amount), WIDTH)
        for rate in RATES.values():
            turnover, tax = found.turnover[rate.code - 1], found.taxes[rate.code - 1]
            if turnover:
                lines += columns(f"  {rate.name} ОТ {money(turnover)}", "" if rate.untaxed else money(tax), WIDTH)
    lines += columns(f"ВНЕСЕНИЯ {totals.cash_ins:04d}", money(totals.cash_in), WIDTH)
    lines += columns(f"ВЫПЛАТЫ {totals.cash_outs:04d}", money(totals.cash_out), WIDTH)
    lines += columns("НАЛИЧНОСТЬ В КАССЕ", f"={money(cash)}", WIDTH)
    for kind in TYPES:
        lines += columns(f"НЕОБН. СУММА {NAMES[kind]}", money(sum(grand.get(str(kind), []))), WIDTH)
    return lines
