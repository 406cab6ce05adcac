"""A receipt or invoice as rows, in no device's layout: every figure of it, for devices whose own paper is not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from bridge.model import Adjustment, Customer, Delivery, Invoice, Line, LineFigures, LineKind, Party, Payment, RateTotal, Receipt
from bridge.model.base import decimal_string
from bridge.model.receipt import CustomerId, Original
from bridge.paper.drawing import Drawing
from bridge.paper.model import Barcode, Columns, Qr, Row, Rule, Text

Sale = Receipt | Invoice

REMARKS = {"cash_accounting": "Cash accounting", "self_billing": "Self-billing", "reverse_charge": "Reverse charge"}


def body(sale: Sale, drawing: Drawing) -> list[Row]:
    """Lines, taxes, total, payments, and what stands below them."""
    rows: list[Row] = list(_parties(sale)) if isinstance(sale, Invoice) else []
    figures = drawing.figures
    for number, line in enumerate(sale.lines):
        rows += _line(line, figures.lines[number] if figures is not None else None, drawing.taxes)
    rows.append(Rule())
    if figures is not None and (figures.discount or figures.surcharge):
        rows.append(_amount("Subtotal", figures.subtotal, "subtotal"))
    if sale.discount is not None:
        rows.append(_adjusted("Discount", sale.discount, -figures.discount if figures is not None else None, "discount"))
    if sale.surcharge is not None:
        rows.append(_adjusted("Surcharge", sale.surcharge, figures.surcharge if figures is not None else None, "surcharge"))
    rows += rates(drawing.taxes)
    total = figures.total if figures is not None else sale.total
    if total is not None:
        rows.append(Columns("TOTAL", f"{sale.currency} {decimal_string(total)}", bold=True, double=True, figure="total"))
    if figures is not None:
        rows += [_amount("Packaging", figures.deposits, "deposits")] if figures.deposits else []
        rows += [_amount("Rounding", figures.rounding, "rounding")] if figures.rounding else []
        if figures.due != figures.total:
            rows.append(Columns("TO PAY", f"{sale.currency} {decimal_string(figures.due)}", bold=True, figure="due"))
    rows.append(Rule())
    for payment in sale.payments:
        rows += _payment(payment)
    if not sale.payments and figures is not None:
        rows.append(_amount("Cash", figures.payments, "payment"))
    if sale.change:
        rows += [
            _amount(f"Change {change.label or ('' if change.kind == 'cash' else change.kind)}".rstrip(), change.amount, "change")
            for change in sale.change
        ]
    elif figures is not None and figures.change:
        rows.append(_amount("Change", figures.change, "change"))
    if isinstance(sale, Invoice):
        rows += _below_invoice(sale)
    elif sale.customer is not None:
        rows += [Rule(), *_customer(sale.customer)]
    rows += _original(sale.original)
    rows += _delivery(sale.delivery)
    return [*rows, *below(sale.extras)]


def rates(totals: Iterable[RateTotal]) -> list[Row]:
    """What was sold under each rate, and the tax in it."""
    rows: list[Row] = []
    for total in totals:
        name = f"{total.letter} {total.rate}".strip()
        rows.append(_amount(f"Sold {name}", total.gross, "gross"))
        if total.tax is not None:
            rows += [_amount(f"  net {name}", total.net, "net")] if total.net is not None else []
            rows.append(_amount(f"  tax {name}", total.tax, "tax"))
    return rows


def below(extras: Mapping[str, Any]) -> list[Row]:
    """Codes and lines that a family's extras add, where they have the names that docs/plugins.md has for them."""
    rows: list[Row] = []
    for own in extras.values():
        if not isinstance(own, Mapping):
            continue
        for name in ("information", "footer"):
            lines = own.get(name)
            for line in lines if isinstance(lines, list | tuple) else ():
                shown = line.get("text") if isinstance(line, Mapping) else line
                if isinstance(shown, str):
                    rows.append(Text(shown, "centre"))
        if isinstance(own.get("bar_code"), str):
            rows.append(Barcode("bar code", own["bar_code"]))
        code = own.get("code_2d")
        if isinstance(code, Mapping) and isinstance(code.get("data"), str):
            kind = str(code.get("kind", "qr"))
            rows.append(Qr(code["data"]) if kind == "qr" else Barcode(kind, code["data"]))
        if isinstance(own.get("qr"), str):
            rows.append(Qr(own["qr"]))
    return rows


def ids(found: Iterable[CustomerId]) -> list[Row]:
    return [Columns(one.type.upper(), one.value) for one in found]


def _line(line: Line, of: LineFigures | None, taxes: Iterable[RateTotal]) -> list[Row]:
    quantity = f"{line.quantity.normalize():f} {line.unit or ''}".strip()
    value = f"{quantity} x {decimal_string(line.price)}"
    if of is not None:
        value += f"  {decimal_string(of.gross * of.sign)}"
    elif line.total is not None:
        value += f"  {decimal_string(line.total)}"
    kind = "" if line.kind is LineKind.ITEM else f"({line.kind.value.replace('_', ' ')}) "
    rows: list[Row] = [Columns(kind + line.name, f"{value} {_tax(line, taxes)}".rstrip(), figure="line")]
    rows += [Text(f"  {line.description}")] if line.description else []
    if line.discount is not None:
        rows.append(_adjusted("  Discount", line.discount, -of.discount * of.sign if of else None, "line.discount"))
    if line.surcharge is not None:
        rows.append(_adjusted("  Surcharge", line.surcharge, of.surcharge * of.sign if of else None, "line.surcharge"))
    if of is not None and (line.discount is not None or line.surcharge is not None):
        rows.append(_amount("  after that", of.signed, "line.total"))
    rows += [Text(f"  {line.code}")] if line.code else []
    return [*rows, *_original(line.original, "  ")]


def _tax(line: Line, taxes: Iterable[RateTotal]) -> str:
    """The line's taxes as receipts name them: by the device's letter, where it has one for the rate."""
    letters = {total.rate: total.letter for total in taxes if total.letter}
    return "+".join(tax.letter or letters.get(str(tax)) or str(tax) for tax in line.taxes)


def _payment(payment: Payment) -> list[Row]:
    rows: list[Row] = [_amount(payment.label or payment.kind.value.capitalize(), payment.amount, "payment")]
    if payment.foreign is not None:
        foreign = payment.foreign
        rows.append(Columns(f"  {foreign.currency} {decimal_string(foreign.amount)}", f"x {decimal_string(foreign.rate)}"))
    card = payment.card
    if card is not None:
        rows += (
            [Text(f"  {' '.join(part for part in (card.scheme, card.masked_pan) if part)}")]
            if card.scheme or card.masked_pan
            else []
        )
        rows += [Columns("  Authorisation", card.authorisation_code)] if card.authorisation_code else []
        rows += [Columns("  Terminal", card.terminal_id)] if card.terminal_id else []
    return rows


def _customer(customer: Customer) -> list[Row]:
    rows: list[Row] = [Text(text) for text in (customer.name, customer.address) if text]
    rows += ids(customer.ids)
    named = (("E-mail", customer.email), ("Phone", customer.phone), ("Loyalty", customer.loyalty_id))
    return [*rows, *(Columns(name, value) for name, value in named if value)]


def _parties(invoice: Invoice) -> Iterable[Row]:
    if invoice.title:
        yield Text(invoice.title, "centre", bold=True)
    if invoice.number:
        yield Columns("Invoice", invoice.number, bold=True)
    yield from _party("Buyer", invoice.buyer)
    if invoice.recipient is not None:
        yield from _party("Recipient", invoice.recipient)
    yield Rule()


def _party(role: str, party: Party) -> Iterable[Row]:
    yield Text(f"{role}:", bold=True)
    yield Text(party.name)
    for line in party.address:
        yield Text(line)
    if party.country:
        yield Text(party.country)
    yield from ids(party.ids)
    for name, value in (("E-mail", party.email), ("Phone", party.phone)):
        if value:
            yield Columns(name, value)


def _below_invoice(invoice: Invoice) -> list[Row]:
    rows: list[Row] = []
    if invoice.sold_on is not None:
        rows.append(Columns("Sold on", invoice.sold_on.isoformat()))
    if invoice.due_on is not None:
        rows.append(Columns("Payable by", invoice.due_on.isoformat()))
    if invoice.bank_account:
        rows.append(Columns("Account", invoice.bank_account))
    rows += [Text(REMARKS[remark.value]) for remark in invoice.remarks]
    rows += [Text(f"Exempt: {invoice.exemption}")] if invoice.exemption else []
    rows += [Text(note) for note in invoice.notes]
    rows += [Columns("Copies", str(invoice.copies))] if invoice.copies else []
    return [Rule(), *rows] if rows else []


def _original(original: Original | None, indent: str = "") -> list[Row]:
    if original is None:
        return []
    named = (("Of device", original.device), ("Of document", original.document), ("Of fiscal id", original.fiscal_id))
    rows: list[Row] = [Columns(indent + name, value) for name, value in named if value]
    return [*rows, *([Columns(f"{indent}Of", original.issued_at.isoformat(" ", "minutes"))] if original.issued_at else [])]


def _delivery(delivery: Delivery) -> list[Row]:
    named = (("Sent to", delivery.email), ("Sent to", delivery.sms))
    rows: list[Row] = [Columns(name, value) for name, value in named if value]
    if delivery.edocument is not None:
        rows.append(Columns("E-document", delivery.edocument.id))
    return rows


def _adjusted(name: str, adjustment: Adjustment, amount: Decimal | None, figure: str) -> Columns:
    percent = f"{adjustment.percent.normalize():f}%" if adjustment.percent is not None else None
    shown = amount if amount is not None else adjustment.amount
    left = " ".join(part for part in (name, adjustment.text, percent) if part)
    return Columns(left, decimal_string(shown) if shown is not None else "", figure=figure)


def _amount(name: str, amount: Decimal, figure: str) -> Columns:
    return Columns(name, decimal_string(amount), figure=figure)
