"""An invoice on paper, 40 columns of text. Amounts in grosze.

Source of the layout: the printout that the maker shows beside `trfvinit`. It is printed as a whole at its end, so nothing of it
stands on paper before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bridge_simulators.paper import rule, wrap

from bridge_sim_posnet import render
from bridge_sim_posnet.arithmetic import LETTERS, pln, tax, wire_rate
from bridge_sim_posnet.receipt import Receipt
from bridge_sim_posnet.render import TIMES, WIDTH, centred, quantity_text, row
from bridge_sim_posnet.settings import EXEMPT, INACTIVE
from bridge_sim_posnet.words import amount_in_words

if TYPE_CHECKING:
    from bridge_sim_posnet.printer import Printer


def whole(printer: Printer, receipt: Receipt, number: str) -> list[str]:
    """The original and its copies, cut from each other."""
    assert receipt.invoice is not None
    printed: list[str] = []
    for copy in range(receipt.invoice.copies + 1):
        mark = "ORYGINAŁ" if copy == 0 else "KOPIA"
        printed += head(printer, receipt, mark if receipt.invoice.marked else "")
        printed += lines(receipt, printer.memory.rates)
        printed += _end(printer, receipt, number)
        if copy < receipt.invoice.copies:
            printed += printer.cut_lines()
    return printed


def head(printer: Printer, receipt: Receipt, mark: str = "") -> list[str]:
    invoice, memory = receipt.invoice, printer.memory
    assert invoice is not None
    seller = render.formatted(memory.header_text)
    return [
        "",
        *seller,
        *row(f"{printer.now():%Y-%m-%d}", f"nr wydr. {memory.counters.hn:06d}"),
        *wrap(f"{invoice.title or 'FAKTURA'} {'' if memory.fiscal else 'NIEFISKALNA '}{invoice.number}".rstrip(), WIDTH),
        *(centred(mark) if mark else []),
        *invoice.sections[0],
        "Sprzedawca:",
        *seller,
        *centred(f"NIP: {render.nip_text(printer.settings.nip)}"),
        rule(WIDTH),
    ]


def lines(receipt: Receipt, rates: Sequence[int]) -> list[str]:
    """The lines with their net value and tax, and the advances."""
    printed: list[str] = []
    for line in receipt.lines:
        printed += wrap(line.name, WIDTH)
        printed += [f" {part}" for part in wrap(line.description, WIDTH - 1)] if line.description else []
        printed += row(" PKWiU", line.classification) if line.classification else []
        printed += centred(f"||| {line.code} |||", line.code) if line.code else []
        unit = f" {line.unit}" if line.unit else ""
        printed += row(f"  {quantity_text(line.quantity)}{unit} {TIMES} {pln(line.price)}", pln(line.value))
        if line.discount:
            label = render.reduction_label(line.discount, line.label, line.percent)
            printed += [*row(f"  {label}", render.signed(line.discount)), *row("", pln(line.total))]
        vat = tax(line.total, rates[line.rate])
        rate = "zwolniona" if rates[line.rate] == EXEMPT else f"{wire_rate(rates[line.rate])} %"
        printed += [*row(f"  PTU {LETTERS[line.rate]} {rate}", pln(vat)), *row("  Wartość netto:", pln(line.total - vat))]
    for advance in receipt.advances:
        printed += render.advance(advance)
    return printed


def _end(printer: Printer, receipt: Receipt, number: str) -> list[str]:
    invoice, rates, memory = receipt.invoice, receipt.rates(), printer.memory
    assert invoice is not None
    printed = [rule(WIDTH), _columns("VAT%", "w.netto", "w.VAT", "w.brutto"), rule(WIDTH)]
    sums = [0, 0, 0]
    for index, gross in enumerate(rates):
        percent = memory.rates[index]
        if not gross or percent == INACTIVE:
            continue
        vat = tax(gross, percent)
        name = f"{LETTERS[index]} {'zw' if percent == EXEMPT else wire_rate(percent)}"
        printed.append(_columns(name, pln(gross - vat), pln(vat), pln(gross)))
        sums = [total + part for total, part in zip(sums, (gross - vat, vat, gross), strict=True)]
    printed += [_columns("RAZEM", *map(pln, sums)), rule(WIDTH)]
    printed += invoice.sections[1]
    printed += [*row("Do zapłaty PLN", pln(receipt.total)), "Słownie:", *wrap(amount_in_words(receipt.total), WIDTH)]
    printed += invoice.sections[2]
    printed += render.foot(f"{int(number):07d}", receipt.till, receipt.cashier, printer.now())
    printed += render.identity(printer.settings, memory.fiscal)
    return printed + render.after_foot(
        receipt.system_number, receipt.barcode, receipt.info, receipt.code, above=receipt.code_above
    )


def _columns(name: str, *amounts: str) -> str:
    return name.ljust(10) + "".join(amount.rjust(10) for amount in amounts)
