"""Receipts and corrections as commands. Pure: no device is asked.

Follows protocol-specs/shtrih-m, "Sequences" and "Payments and taxes". The document itself, with all its tags, is made and checked by
`bridge_ffd`. What is refused here is refused before anything is stored or sent; the same code runs again on what the device
says of itself before the intent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import accumulate

from bridge_ffd.document import FfdDocument
from bridge_ffd.fitting import Fitting
from bridge_ffd.lines import FfdLine
from bridge_ffd.pricing import PaymentSum
from bridge_ffd.register import Kind
from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, encode
from bridge_ffd.vat import Vat
from bridge_ffd.versions import DocumentKind, FfdVersion, Settlement

from bridge.model import PaymentKind, Receipt, invalid, unsupported
from bridge.plugin import from_request
from bridge_shtrih_m import commands
from bridge_shtrih_m.circumstances import Circumstances
from bridge_shtrih_m.commands import Command
from bridge_shtrih_m.layout import CODE_PAGE
from bridge_shtrih_m.open_points import NO_PRINT_FIELD, NO_PRINT_NEXT, VAT_CODE_7_107, VAT_CODE_22, VAT_CODE_22_122
from bridge_shtrih_m.plan import Plan, Step
from bridge_shtrih_m.settings import PAYMENTS, ZERO

VAT_CODES: dict[Vat, int] = {
    Vat.VAT_20: 0x01,
    Vat.VAT_10: 0x02,
    Vat.VAT_0: 0x04,
    Vat.WITHOUT: 0x08,
    Vat.VAT_20_120: 0x10,
    Vat.VAT_10_110: 0x20,
    Vat.VAT_5: 0x81,
    Vat.VAT_7: 0x82,
    Vat.VAT_5_105: 0x84,
    Vat.VAT_7_107: VAT_CODE_7_107,
    Vat.VAT_22: VAT_CODE_22,
    Vat.VAT_22_122: VAT_CODE_22_122,
}

# 8Dh counts the kinds of receipts in another order than FF46h and the FN.
OPENS: dict[Settlement, int] = {
    Settlement.SALE: 0,
    Settlement.PURCHASE: 1,
    Settlement.SALE_RETURN: 2,
    Settlement.PURCHASE_RETURN: 3,
}

MOST_CODES = 128  # marking codes in one receipt
_MOST_ROUNDING = Decimal("0.99")

_CORRECTION_SUMS = (PaymentSum.CASH, PaymentSum.ELECTRONIC, PaymentSum.PREPAID, PaymentSum.CREDIT, PaymentSum.EXCHANGE)
_TOLD_RATES = (Vat.VAT_20, Vat.VAT_10, Vat.VAT_0, Vat.WITHOUT, Vat.VAT_20_120, Vat.VAT_10_110)


def document_of(receipt: Receipt, now: Circumstances) -> FfdDocument:
    """The receipt as the format has it. Raises RequestError with every fault."""
    return FfdDocument.from_receipt(
        receipt,
        now.version,
        day=now.day,
        profile=now.profile,
        taxation=now.taxation,
        registered=now.registered,
        lenient=receipt.fit == "lenient",
        paper=now.settings.paper,
    )


def plan_sale(receipt: Receipt, now: Circumstances) -> Plan:
    """A receipt by FF46h and FF45h, or a correction. Raises RequestError naming the field."""
    document = document_of(receipt, now)
    fit = Fitting(CODE_PAGE, lenient=receipt.fit == "lenient")
    _refuse(receipt, document, now)
    correction = document.kind.layout is DocumentKind.CORRECTION
    if correction and not document.has_items:
        steps = _sum_correction(document, now)
    else:
        opening = (
            [Step(commands.begin_correction()), *_tags(commands.document_tags, document.correction, "extras.ffd.correction")]
            if correction
            else [Step(commands.open_receipt(OPENS[document.settlement]), "kind")]
        )
        steps = [
            *_check_codes(document),
            *opening,
            *_tags(commands.document_tags, document.cashier, "operator"),
            *_reference(receipt, now, fit),
            *(step for line in document.lines for step in _item(line, document, now, fit)),
            *_tags(commands.document_tags, document.tags, "extras.ffd"),
            _close(receipt, document, now),
        ]
    return Plan(
        kind=Kind.CORRECTION if correction else Kind.RECEIPT,
        steps=(*no_print(document), *steps),
        total=document.total,
        settlement=int(document.settlement),
        change=document.change,
        paper=document.print_paper,
        sums=tuple(accumulate(line.total for line in document.lines)),
        online=now.online,
        warnings=(*document.warnings, *fit.warnings),
    )


def no_print(document: FfdDocument) -> list[Step]:
    """The device is told to keep the next document off the paper."""
    if document.print_paper:
        return []
    return [Step(print_next(paper=False), "delivery.paper")]


def print_next(*, paper: bool) -> Command:
    """Whether the next document goes on paper."""
    return commands.write_field(*NO_PRINT_FIELD, bytes((0 if paper else NO_PRINT_NEXT,)))


def _refuse(receipt: Receipt, document: FfdDocument, now: Circumstances) -> None:
    if not document.print_paper and not now.can_print_nothing:
        raise unsupported(
            "delivery.paper", "this device cannot keep a receipt off its paper", remedy="let it print, and send it besides"
        )
    if document.rounding > 0 or -document.rounding > _MOST_ROUNDING:
        raise invalid(
            "rounding",
            "the device only takes kopecks off",
            limit=f"-{_MOST_ROUNDING} to 0.00",
            remedy="round down to whole roubles",
        )
    told = document.vat_sums if now.tells_taxes else {}
    if any(vat not in _TOLD_RATES for vat in told):
        raise unsupported(
            "lines", "the device does not compute taxes, and cannot be told those of the rates since 2025", remedy="set table 1"
        )
    if document.taxation is None and now.registered:
        raise invalid("extras.ffd.taxation", "the device is registered with several systems", remedy="name one")
    if document.settlement is not Settlement.SALE and document.rounding:
        raise invalid("rounding", "the device rounds sales only", limit="0.00")
    if sum(line.code is not None for line in document.lines) > MOST_CODES:
        raise invalid(
            "lines", "too many marking codes", limit=f"{MOST_CODES} codes", remedy="split the sale over several receipts"
        )


# --- lines


def _check_codes(document: FfdDocument) -> list[Step]:
    """Each code that was not checked beforehand, before the receipt is opened."""
    steps = []
    for line in document.lines:
        if line.code is not None and line.check_result is None:
            assert line.planned_status is not None
            tags = _code_tags(line)
            steps.append(Step(commands.check_code(line.planned_status.code, line.code.raw, tags), f"lines.{line.index}.marking"))
    return steps


def _code_tags(line: FfdLine) -> bytes:
    """Quantity and unit, where the code is of a package that is sold in parts."""
    wanted = [item for item in line.tags if item.tag in (Tag.MEASURE, Tag.FRACTION)]
    if all(item.tag == Tag.MEASURE and item.value == 0 for item in wanted):
        return b""
    return encode((*wanted, Tlv(Tag.QUANTITY, line.quantity)))


def _item(line: FfdLine, document: FfdDocument, now: Circumstances, fit: Fitting) -> list[Step]:
    where = f"lines.{line.index}"
    name = _printed(f"{where}.name", fit.text(f"{where}.name", line.name, commands.NAME), fit)
    item = from_request(
        where,
        lambda: commands.item(
            int(document.settlement),
            name=name,
            quantity=line.quantity,
            price=line.price,
            amount=line.total,
            vat=VAT_CODES[line.vat],
            department=now.settings.department,
            method=line.method.code,
            subject=line.object.code,
        ),
    )
    bound = [Step(commands.bind_code(line.code.raw), f"{where}.marking")] if line.code is not None else []
    return [Step(item, where), *_tags(commands.item_tags, line.tags, where), *bound]


def _printed(field: str, name: str, fit: Fitting) -> str:
    """A name that begins with // is kept off the paper by the device."""
    if not name.startswith(commands.NOT_PRINTED):
        return name
    if not fit.lenient:
        raise invalid(
            field,
            "begins with //, which the device would not print",
            remedy='write it otherwise, or send "fit": "lenient" to have it changed',
        )
    fit.warn("text_replaced", "The device does not print names that begin with //: a blank was put in front.", field)
    return f" {name}"[: commands.NAME]


def _tags(command: object, tags: Iterable[Tlv], field: str) -> list[Step]:
    """Each tag in a command of its own: devices take several in one, but then a refusal would not tell which it means."""
    assert callable(command)
    steps = []
    for tag in tags:
        data = encode((tag,))
        if len(data) > commands.TAGS:
            raise invalid(
                field,
                f"tag {tag.known or tag.tag} comes to {len(data)} bytes",
                limit=f"{commands.TAGS} bytes",
                remedy="shorten it",
            )
        steps.append(Step(command(data), field))
    return steps


def _reference(receipt: Receipt, now: Circumstances, fit: Fitting) -> list[Step]:
    if receipt.reference is None or not now.settings.print_reference:
        return []
    text = fit.text("reference", receipt.reference, commands.LINE)
    return [Step(commands.print_line(text), "reference")]


# --- the end


def _close(receipt: Receipt, document: FfdDocument, now: Circumstances) -> Step:
    sums = [ZERO] * 16
    if not receipt.payments:
        sums[0] = document.total
    for payment in receipt.payments:
        sums[PAYMENTS[PaymentKind(payment.kind)] - 1] += payment.amount
    rounding = int(-document.rounding.scaleb(2))
    taxation = document.taxation.code if document.taxation is not None else 0
    told = document.vat_sums if now.tells_taxes else {}
    taxes = [told.get(vat, ZERO) for vat in _TOLD_RATES]
    return Step(
        from_request("payments", lambda: commands.close_receipt(sums, rounding=rounding, taxes=taxes, taxation=taxation)),
        "payments",
    )


def _sum_correction(document: FfdDocument, now: Circumstances) -> list[Step]:
    """Before FFD 1.1 a correction is one sum. The three parts of its basis then go as tags of their own."""
    basis: list[Tlv] = []
    kind = 0
    for tag in document.correction:
        if tag.tag == Tag.CORRECTION_TYPE and isinstance(tag.value, int):
            kind = tag.value
        elif tag.tag == Tag.CORRECTION_BASIS and now.version <= FfdVersion.V1_05:
            basis += tag.children
        else:
            basis.append(tag)
    taxes = document.vat_sums
    for vat in taxes:
        if vat not in _TOLD_RATES:
            raise unsupported(
                "lines", f"a correction of {now.version} has no VAT of {vat.text}", remedy="use a device of FFD 1.2"
            )
    payments: Sequence[Decimal] = [document.payments.get(kind, ZERO) for kind in _CORRECTION_SUMS]
    taxation = document.taxation.code if document.taxation is not None else 0
    sums = [taxes.get(vat, ZERO) for vat in _TOLD_RATES]
    deciding = from_request(
        "total", lambda: commands.correction(kind, int(document.settlement), document.total, payments, sums, taxation)
    )
    return [
        Step(commands.begin_correction()),
        *_tags(commands.document_tags, basis, "extras.ffd.correction"),
        *_tags(commands.document_tags, document.cashier, "operator"),
        *_tags(commands.document_tags, document.tags, "extras.ffd"),
        Step(deciding, "total"),
    ]
