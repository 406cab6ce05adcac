"""Receipts by the older commands (80h to 85h), for devices that do not know FF46h. Pure: no device is asked.

Follows protocol-specs/shtrih-m, "Old receipt commands".
"""

from __future__ import annotations

from decimal import Decimal
from itertools import accumulate

from bridge_ffd.document import FfdDocument
from bridge_ffd.fitting import Fitting
from bridge_ffd.lines import FfdLine
from bridge_ffd.register import Kind
from bridge_ffd.tlv import encode
from bridge_ffd.vat import Vat
from bridge_ffd.versions import DocumentKind, Settlement

from bridge.model import PaymentKind, Receipt, invalid, unsupported
from bridge.plugin import from_request
from bridge_shtrih_m import commands
from bridge_shtrih_m.circumstances import Circumstances
from bridge_shtrih_m.layout import CODE_PAGE
from bridge_shtrih_m.plan import Plan, Step
from bridge_shtrih_m.sale import OPENS, document_of, no_print
from bridge_shtrih_m.settings import ZERO

_ITEMS: dict[Settlement, int] = {
    Settlement.SALE: 0x80,
    Settlement.PURCHASE: 0x81,
    Settlement.SALE_RETURN: 0x82,
    Settlement.PURCHASE_RETURN: 0x83,
}

# Rows of the device's tax table (table 6), of which the old commands know four. What the first two come to is in the table.
_GROUPS: dict[Vat, int] = {Vat.VAT_20: 1, Vat.VAT_22: 1, Vat.VAT_10: 2, Vat.VAT_0: 3, Vat.WITHOUT: 4}

# The four payments of 85h that every device names the same: the third and fourth are the shop's own (table 5).
_PAYMENTS: dict[PaymentKind, int] = {PaymentKind.CASH: 0, PaymentKind.CARD: 1, PaymentKind.TRANSFER: 1}

_KOPECK = Decimal("0.01")


def plan_classic(receipt: Receipt, now: Circumstances, *, storage: bool) -> Plan:
    """`storage`: the device has an FN, which takes tags. Raises RequestError naming the field."""
    document = document_of(receipt, now)
    fit = Fitting(CODE_PAGE, lenient=receipt.fit == "lenient")
    if document.kind.layout is DocumentKind.CORRECTION:
        raise unsupported("kind", "corrections need the newer commands", remedy='set "commands": "v2" where the device has them')
    if document.rounding:
        raise unsupported("rounding", "the older commands round nothing", limit="0.00")
    if not document.print_paper and not now.can_print_nothing:
        raise unsupported("delivery.paper", "this device cannot keep a receipt off its paper", remedy="let it print")
    steps = [
        Step(commands.open_receipt(OPENS[document.settlement]), "kind"),
        *_tags(document, storage=storage),
        *(_item(line, document, now, fit) for line in document.lines),
        _close(receipt, document),
    ]
    return Plan(
        kind=Kind.RECEIPT,
        steps=(*no_print(document), *steps),
        total=document.total,
        settlement=int(document.settlement),
        change=document.change,
        paper=document.print_paper,
        sums=tuple(accumulate(line.total for line in document.lines)),
        online=now.online,
        warnings=(*document.warnings, *fit.warnings),
    )


def _tags(document: FfdDocument, *, storage: bool) -> list[Step]:
    tags = (*document.cashier, *document.tags)
    if tags and not storage:
        raise unsupported("extras.ffd", "a device without fiscal storage takes no tags", remedy="leave operator and tags out")
    return [Step(commands.document_tags(encode((tag,))), "extras.ffd") for tag in tags]


def _item(line: FfdLine, document: FfdDocument, now: Circumstances, fit: Fitting) -> Step:
    where = f"lines.{line.index}"
    if line.code is not None:
        raise unsupported(f"{where}.marking", "marked goods need the newer commands")
    if line.vat not in _GROUPS:
        raise unsupported(f"{where}.vat", f"the older commands have no VAT of {line.vat.text}", limit="22%, 20%, 10%, 0%, exempt")
    row = _GROUPS[line.vat]
    if row <= len(now.rates) and now.rates[row - 1] != line.vat.percent:
        told = f"row {row} of the device's tax table is {now.rates[row - 1].normalize():f} %, not {line.vat.text}"
        raise unsupported(f"{where}.vat", told, remedy="have the table brought up to date")
    if (line.quantity * line.price).quantize(_KOPECK) != line.total:
        raise invalid(
            where,
            f"{line.quantity:f} at {line.price:f} do not come to {line.total:f}",
            remedy="the older commands compute the amount themselves: choose a price that fits",
        )
    name = fit.text(f"{where}.name", line.name, commands.CLASSIC_NAME)
    command = from_request(
        where,
        lambda: commands.classic_item(
            _ITEMS[document.settlement],
            name=name,
            quantity=line.quantity,
            price=line.price,
            department=now.settings.department,
            taxes=(row, 0, 0, 0),
        ),
    )
    return Step(command, where)


def _close(receipt: Receipt, document: FfdDocument) -> Step:
    sums = [ZERO] * 4
    if not receipt.payments:
        sums[0] = document.total
    for index, payment in enumerate(receipt.payments):
        kind = PaymentKind(payment.kind)
        if kind not in _PAYMENTS:
            raise unsupported(
                f"payments.{index}.kind", f"the older commands have no payment by {kind}", limit="cash, card, transfer"
            )
        sums[_PAYMENTS[kind]] += payment.amount
    return Step(from_request("payments", lambda: commands.classic_close(sums)), "payments")
