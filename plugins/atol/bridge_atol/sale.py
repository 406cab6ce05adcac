"""Receipts and corrections as commands. Pure: no device is asked.

Follows protocol-specs/atol, "Receipts" and "VAT". The document itself, with all its tags, is made and checked by `bridge_ffd`. What is
refused here is refused before anything is stored or sent; the same code runs again on what the device says of itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from itertools import accumulate

from bridge_ffd.document import FfdDocument
from bridge_ffd.fitting import Fitting
from bridge_ffd.lines import FfdLine
from bridge_ffd.register import Kind
from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, encode
from bridge_ffd.vat import Vat
from bridge_ffd.versions import DocumentKind, Settlement

from bridge.model import Receipt, Warning_, invalid, unsupported
from bridge.plugin import from_request
from bridge_atol import commands
from bridge_atol.circumstances import Circumstances
from bridge_atol.errors import RECEIPT_CLOSED
from bridge_atol.layout import CODE_PAGE
from bridge_atol.open_points import MARKING_CODES_ARE_TOLD, VAT_CODES_ARE_THOSE_OF_TAG_1199
from bridge_atol.plan import Plan, Step
from bridge_atol.settings import ARITHMETIC, PAYMENTS
from bridge_atol.vocabulary import NAME

_MOST_ROUNDING = Decimal("0.99")
_CODES_THAT_SOURCES_AGREE_ON = 6

_VAT_SUMS = frozenset(int(vat.total_tag) for vat in Vat)

# 92h counts the kinds of receipts in another order than the FN.
OPENS: dict[Settlement, int] = {
    Settlement.SALE: 1,
    Settlement.SALE_RETURN: 2,
    Settlement.PURCHASE: 4,
    Settlement.PURCHASE_RETURN: 5,
}
CORRECTS: dict[Settlement, int] = {
    Settlement.SALE: 7,
    Settlement.SALE_RETURN: 8,
    Settlement.PURCHASE: 9,
    Settlement.PURCHASE_RETURN: 10,
}


def document_of(receipt: Receipt, now: Circumstances) -> FfdDocument:
    """The receipt as the format has it. Raises RequestError with every fault."""
    return FfdDocument.from_receipt(
        receipt,
        now.version,
        day=now.day,
        profile=ARITHMETIC,
        taxation=now.taxation,
        lenient=receipt.fit == "lenient",
        paper=now.settings.paper,
    )


def plan_sale(receipt: Receipt, now: Circumstances) -> Plan:
    """Raises RequestError naming the field."""
    document = document_of(receipt, now)
    fit = Fitting(CODE_PAGE, lenient=receipt.fit == "lenient")
    _refuse(document)
    correction = document.kind.layout is DocumentKind.CORRECTION
    opens = (CORRECTS if correction else OPENS)[document.settlement]
    taxation = () if document.taxation is None else (Tlv(Tag.TAXATION_SYSTEM, document.taxation.code),)
    rounding = -document.rounding
    items = [step for line in document.lines for step in _item(line, now, fit)] if document.has_items else _one_sum(document, now)
    steps = [
        *cleared(now),
        *tag_steps(document.cashier, "operator", now),
        Step(commands.open_receipt(opens, paper=document.print_paper), "kind"),
        *tag_steps(document.correction, "extras.ffd.correction", now),
        *tag_steps(document.tags, "extras.ffd", now),
        *tag_steps(taxation, "extras.ffd.taxation", now),
        *items,
        *(
            [Step(from_request("rounding", lambda: commands.round_down(rounding)), "rounding")]
            if rounding and document.has_items
            else []
        ),
        *_payments(document),
        Step(commands.close_receipt(), "payments"),
    ]
    return Plan(
        kind=Kind.CORRECTION if correction else Kind.RECEIPT,
        steps=tuple(steps),
        total=document.total,
        settlement=int(document.settlement),
        opens=opens,
        change=document.change,
        paper=document.print_paper,
        sums=tuple(accumulate(line.total for line in document.lines)),
        warnings=(*document.warnings, *fit.warnings, *_unchecked(document)),
    )


def cleared(now: Circumstances) -> list[Step]:
    """Tags that were written for a document which never came are forgotten. Where others use the device it might be their receipt."""
    return [] if now.shared else [Step(commands.cancel_receipt(), passes=frozenset((RECEIPT_CLOSED,)))]


def tag_steps(tags: Iterable[Tlv], field: str, now: Circumstances) -> list[Step]:
    """Each tag in a command of its own, so that a refusal tells which it means."""
    steps = []
    for tag in tags:
        data = encode((tag,))
        if len(data) > now.settings.tag_room:
            told = f"tag {tag.known or tag.tag} comes to {len(data)} bytes"
            raise invalid(field, told, limit=f"{now.settings.tag_room} bytes", remedy="shorten it")
        steps.append(Step(commands.write_tag(data), field))
    return steps


def _refuse(document: FfdDocument) -> None:
    if document.kind not in (DocumentKind.RECEIPT, DocumentKind.CORRECTION):
        raise unsupported("extras.ffd.strict_form", "the device makes receipts; strict forms are set at its registration")
    if document.rounding > 0 or -document.rounding > _MOST_ROUNDING:
        raise invalid(
            "rounding",
            "the device only takes kopecks off",
            limit=f"-{_MOST_ROUNDING} to 0.00",
            remedy="round down to whole roubles",
        )
    for line in document.lines:
        if line.code is not None:
            _refuse_marking(line)


def _refuse_marking(line: FfdLine) -> None:
    """Only the code itself can be told [A7]."""
    field = f"lines.{line.index}"
    if line.check_result is not None:
        raise unsupported(f"{field}.extras.ffd.marking.result", "the device is not told what a check said", remedy="leave it out")
    if not MARKING_CODES_ARE_TOLD:
        raise unsupported(
            f"{field}.marking",
            "marking codes of FFD 1.2 are not possible on this device here",
            remedy="sell marked goods with the vendor's own program",
        )


def _unchecked(document: FfdDocument) -> list[Warning_]:
    return [
        Warning_(
            code="marking_not_checked",
            message="The marking code is written into the receipt; whether the goods may be sold was not asked.",
            field=f"lines.{line.index}.marking",
        )
        for line in document.lines
        if line.code is not None
    ]


def _one_sum(document: FfdDocument, now: Circumstances) -> list[Step]:
    """A correction of FFD 1.05 has no items: one of the whole sum without a name stands for all, and tags with the sums of VAT follow."""
    rates = list(document.vat_sums)
    if len(rates) != 1:
        told = ", ".join(vat.text for vat in rates)
        raise unsupported(
            "lines",
            f"a correction of {document.version} has one rate of VAT, not {told}",
            remedy="make one correction for each rate",
        )
    command = from_request(
        "total",
        lambda: commands.finish_item(
            name="",
            price=document.total,
            quantity=Decimal(1),
            amount=document.total,
            tax=_vat_code(rates[0], "lines.0"),
            department=now.settings.department,
            computes_tax=False,
        ),
    )
    sums = [tag for tag in document.tlv() if tag.tag in _VAT_SUMS]
    return [Step(commands.begin_item(), "lines"), Step(command, "total"), *tag_steps(sums, "lines", now)]


def _item(line: FfdLine, now: Circumstances, fit: Fitting) -> list[Step]:
    where = f"lines.{line.index}"
    name = fit.text(f"{where}.name", line.name, NAME)
    item = from_request(
        where,
        lambda: commands.finish_item(
            name=name,
            price=line.price,
            quantity=line.quantity,
            amount=line.total,
            tax=_vat_code(line.vat, where),
            department=now.settings.department,
            subject=line.object.code,
            method=line.method.code,
        ),
    )
    marking = []
    if line.code is not None:
        raw = line.code.raw
        marking = [Step(from_request(where, lambda: commands.marking_code(raw)), f"{where}.marking")]
    return [Step(commands.begin_item(), where), *tag_steps(line.tags, where, now), *marking, Step(item, where)]


def _vat_code(vat: Vat, where: str) -> int:
    if vat.code > _CODES_THAT_SOURCES_AGREE_ON and not VAT_CODES_ARE_THOSE_OF_TAG_1199:
        raise unsupported(f"{where}.vat", f"no code of {vat.text} is known")
    return vat.code


def _payments(document: FfdDocument) -> list[Step]:
    """Cash last: only it gives change."""
    paid = [(number, document.tendered.get(kind, Decimal(0))) for kind, number in PAYMENTS.items()]
    return [
        Step(from_request("payments", partial(commands.payment, number, amount)), "payments") for number, amount in paid if amount
    ]
