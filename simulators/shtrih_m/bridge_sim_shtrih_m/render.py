"""What stands on paper, beside the words that all registers have.

How a line is laid out is each model's own; names and figures are the document's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bridge_sim_fn.memory import FnDocument
from bridge_sim_fn.wording import METHODS, WIDTH, marking, money
from bridge_simulators.paper import centre, columns, rule, wrap

from bridge_sim_shtrih_m.memory import Item, Totals
from bridge_sim_shtrih_m.vat import Rate

KIND_NAMES = ("ПРИХОД", "РАСХОД", "ВОЗВРАТ ПРИХОДА", "ВОЗВРАТ РАСХОДА")
_PAYMENTS = {1: "НАЛИЧНЫМИ", 14: "АВАНС", 15: "КРЕДИТ", 16: "ВСТРЕЧНОЕ ПРЕДОСТАВЛЕНИЕ"}


def payment_name(number: int) -> str:
    return _PAYMENTS.get(number, f"БЕЗНАЛИЧНЫМИ ({number})")


def header(shop: str, at: datetime, number: int, title: str) -> list[str]:
    lines = [centre(line, WIDTH) for line in shop.split("|") if line]
    return [*lines, *columns(f"{at:%d.%m.%y %H:%M}", f"ДОК {number:08d}", WIDTH), centre(title, WIDTH)]


def item(line: Item, rate: Rate) -> list[str]:
    """One line of a receipt."""
    quantity = f"{line.quantity.normalize():f}"
    lines = [] if line.name.startswith("//") else wrap(line.name, WIDTH)
    lines += columns(f"{quantity} X {money(line.price)}", f"≡{money(line.amount)}", WIDTH)
    lines += columns(f"  {METHODS.get(line.method, '')}", rate.name, WIDTH)
    return [*lines, *marking(line.code, line.check)]


def sums(total: int, rounding: int, payments: Sequence[int], change: int, taxes: Sequence[tuple[Rate, int]]) -> list[str]:
    """What follows the lines of a receipt."""
    lines = [rule(WIDTH), *columns("ИТОГ", f"≡{money(total)}", WIDTH)]
    if rounding:
        lines += columns("ОКРУГЛЕНИЕ", money(rounding), WIDTH)
    for number, amount in enumerate(payments, 1):
        if amount:
            lines += columns(payment_name(number), f"≡{money(amount)}", WIDTH)
    if change:
        lines += columns("СДАЧА", f"≡{money(change)}", WIDTH)
    for rate, amount in taxes:
        lines += columns(f"СУММА {rate.name}" if not rate.untaxed else rate.name, f"≡{money(amount)}", WIDTH)
    return lines


def requisites(document: FnDocument, *, inn: str, rnm: str, fn: str, receipt: int | None = None) -> list[str]:
    """The numbers below every fiscal document."""
    lines = columns(f"ИНН {inn}", f"{document.at:%d.%m.%y %H:%M}", WIDTH)
    lines += columns(f"РН ККТ {rnm}", f"СМЕНА {document.shift}", WIDTH)
    lines += columns(f"ФН {fn}", f"ЧЕК {receipt}" if receipt is not None else "", WIDTH)
    lines += columns(f"ФД {document.number}", f"ФП {document.sign}", WIDTH)
    return lines


def qr(text: str) -> list[str]:
    """A code as text, since there are no dots here."""
    return [f"[QR] {line}" for line in wrap(text, WIDTH - 5)]


def aligned(line: str, place: int) -> str:
    """0 left, 1 in the middle, 2 right."""
    return (line, centre(line, WIDTH), line.rjust(WIDTH))[place]


def report(totals: Totals, cash: int, rates: Sequence[Rate], grand: Sequence[int]) -> list[str]:
    """The figures of X and Z reports."""
    lines: list[str] = []
    for kind, name in enumerate(KIND_NAMES):
        lines += columns(f"{name} {totals.receipts[kind]:04d}", money(totals.sums[kind]), WIDTH)
        for number, amounts in enumerate(totals.payments, 1):
            if amounts[kind]:
                lines += columns(f"  {payment_name(number)}", money(amounts[kind]), WIDTH)
        for rate in rates:
            turnover, tax = totals.turnover[rate.row - 1][kind], totals.taxes[rate.row - 1][kind]
            if turnover:
                lines += columns(f"  {rate.name} ОТ {money(turnover)}", "" if rate.untaxed else money(tax), WIDTH)
    for kind, name in enumerate(KIND_NAMES):
        if totals.corrections[kind]:
            lines += columns(f"КОРРЕКЦИЯ {name} {totals.corrections[kind]:04d}", money(totals.correction_sums[kind]), WIDTH)
    lines += columns(f"ВНЕСЕНО {totals.cash_ins:04d}", money(totals.cash_in), WIDTH)
    lines += columns(f"ВЫПЛАЧЕНО {totals.cash_outs:04d}", money(totals.cash_out), WIDTH)
    lines += columns("АННУЛИРОВАНО ЧЕКОВ", f"{totals.cancelled:04d}", WIDTH)
    lines += columns("НАЛ. В КАССЕ", f"≡{money(cash)}", WIDTH)
    for kind, name in enumerate(KIND_NAMES):
        lines += columns(f"НЕОБНУЛ. {name}", money(grand[kind]), WIDTH)
    return lines
