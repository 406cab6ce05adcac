"""A line of a receipt in the words of the format, and the tags that a device takes with it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bridge.model import Line, LineKind
from bridge_ffd.building import Faults, Tags, kopecks
from bridge_ffd.extras import AgentData, LineExtras, LineMarking, read_extras
from bridge_ffd.marking import CodeKind, MarkingCode, tobacco_product_code
from bridge_ffd.open_points import WARN_OF_PREPAID_MARKED_GOODS
from bridge_ffd.parts import add_industry, add_item_agent
from bridge_ffd.pricing import Priced, priced
from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, encode
from bridge_ffd.vat import Vat
from bridge_ffd.versions import FfdVersion, Settlement
from bridge_ffd.vocabulary import Measure, PaymentMethod, PaymentObject, PlannedStatus

_NOT_HERE = {
    LineKind.RETURN: "a receipt of the kind refund takes goods back; a sale holds no returns",
    LineKind.DEPOSIT: "there is no packaging beside the total; sell it as an item, with extras.ffd.object where it is a pledge",
    LineKind.DEPOSIT_RETURN: "there is no packaging beside the total; take it back with a receipt of the kind refund",
    LineKind.ADVANCE_SETTLEMENT: "an advance is settled by a payment of the kind prepaid",
    LineKind.VOUCHER: "a voucher is a payment of the kind voucher",
}
_OWN = (
    Tag.PRICE,
    Tag.QUANTITY,
    Tag.ITEM_TOTAL,
    Tag.VAT_RATE,
    Tag.ITEM_VAT,
    Tag.PAYMENT_OBJECT,
    Tag.PAYMENT_METHOD,
    Tag.MARKED_PRODUCT_CODE,
    Tag.MARKING_MODE,
)
"""What the line itself says, and what devices make of its marking code."""

_SUPERSEDED = "New sales have no VAT {vat} since {day}; this is right for goods delivered before, or for a return."


@dataclass(frozen=True, slots=True)
class FfdLine:
    """One item (tag 1059). `index` is the line of the request, of which one may become two items.

    `tags` is what a device takes beside its own command for name, price, quantity, amount, VAT, object and method, in the
    order in which it is written. `code` is the marking code of FFD 1.2, which the device has a command of its own for; before,
    it is in `tags` as 1162.
    """

    index: int
    name: str
    price: Decimal
    quantity: Decimal
    total: Decimal
    vat: Vat
    vat_amount: Decimal
    object: PaymentObject
    method: PaymentMethod
    measure: Measure
    tags: tuple[Tlv, ...] = ()
    code: MarkingCode | None = None
    planned_status: PlannedStatus | None = None
    check_result: int | None = None

    def tlv(self) -> Tlv:
        """The whole item, as the FN keeps it."""
        marked: tuple[Tlv, ...] = ()
        if self.code is not None:
            marked = (self.code.product_code_structure(), Tlv(Tag.MARKING_MODE, 0))
            if self.check_result is not None:
                marked = (*marked, Tlv(Tag.ITEM_CHECK_RESULT, self.check_result))
        return Tlv(
            Tag.ITEM,
            (
                Tlv(Tag.ITEM_NAME, self.name),
                Tlv(Tag.PRICE, kopecks(self.price) or 0),
                Tlv(Tag.QUANTITY, self.quantity),
                Tlv(Tag.ITEM_TOTAL, kopecks(self.total) or 0),
                Tlv(Tag.VAT_RATE, self.vat.code),
                Tlv(Tag.ITEM_VAT, kopecks(self.vat_amount) or 0),
                Tlv(Tag.PAYMENT_OBJECT, self.object.code),
                Tlv(Tag.PAYMENT_METHOD, self.method.code),
                *self.tags,
                *marked,
            ),
        )


def items_of(
    index: int,
    line: Line,
    total: Decimal,
    *,
    version: FfdVersion,
    settlement: Settlement,
    day: date,
    agent: AgentData | None,
    faults: Faults,
) -> Sequence[FfdLine]:
    """The items that a line becomes: one, or two where a discount leaves no price in kopecks.

    `total` is what the line comes to after a discount on the whole receipt; `agent` is that of the receipt, where it stands on
    lines. What is wrong goes to the faults, and then nothing comes back.
    """
    where = f"lines.{index}"
    before = len(faults.errors)
    extras, wrong = read_extras(line.extras, LineExtras, f"{where}.extras")
    faults.errors.extend(wrong)
    if line.kind in _NOT_HERE:
        faults.error(f"{where}.kind", f"{line.kind} is not possible", remedy=_NOT_HERE[line.kind])
    if line.description is not None:
        faults.warn("description_ignored", "A receipt has no place for a description.", f"{where}.description")
    vat = _vat(line, day, faults, where)
    marking = extras.marking or LineMarking()
    code = _code(line, faults, where)
    method = extras.method or (PaymentMethod.ADVANCE if line.kind is LineKind.ADVANCE else PaymentMethod.FULL_PAYMENT)
    object_ = _object(line, extras, code, version, faults, where)
    measure = extras.measure or (Measure.of(line.unit) if line.unit is not None else Measure.PIECE)
    _prepaid(method, object_, code, vat, faults, where)

    tags = Tags.inside(Tag.ITEM, version, faults)
    tags.add(Tag.ITEM_NAME, line.name, f"{where}.name")
    name = next((item.value for item in tags.items if item.tag == Tag.ITEM_NAME), line.name)
    tags.items.clear()
    tags.reserve(_OWN, where)
    field = f"{where}.extras.ffd"
    agent_field = f"{field}.agent" if extras.agent is not None else "extras.ffd.agent"
    add_item_agent(tags, version, faults, extras.agent or agent, extras.supplier, field, agent_field)
    if version < FfdVersion.V1_2:
        tags.add(Tag.UNIT, line.unit, f"{where}.unit")
        if extras.measure is not None:
            tags.allows(Tag.MEASURE, f"{field}.measure")
        _old_product_code(tags, code, marking, faults, where)
    else:
        tags.add(Tag.MEASURE, measure.code, f"{where}.unit")
        _told_unit(line, extras, measure, faults, where)
        _new_marking(tags, line, code, marking, measure, version, faults, where)
    tags.add(Tag.EXCISE, kopecks(extras.excise), f"{field}.excise")
    tags.add(Tag.ORIGIN_COUNTRY, extras.origin_country, f"{field}.origin_country")
    tags.add(Tag.CUSTOMS_DECLARATION, extras.customs_declaration, f"{field}.customs_declaration")
    tags.add(Tag.ITEM_ATTRIBUTE, extras.attribute, f"{field}.attribute")
    add_industry(tags, Tag.ITEM_INDUSTRY, version, faults, extras.industry, f"{field}.industry")
    tags.add_raw(extras.tags, f"{field}.tags")

    parts = _parts(line, total, code is not None or marking.fraction is not None, faults, where)
    if len(faults.errors) > before or vat is None:
        return ()
    items = [
        FfdLine(
            index=index,
            name=str(name),
            price=part.price,
            quantity=part.quantity,
            total=part.total,
            vat=vat,
            vat_amount=vat.amount(part.total),
            object=object_,
            method=method,
            measure=measure,
            tags=tags.built(),
            code=code if version >= FfdVersion.V1_2 else None,
            planned_status=_status(marking, measure, settlement) if code is not None else None,
            check_result=marking.result,
        )
        for part in parts
    ]
    size = len(encode(items[0].tlv().children))
    if size > Tag.ITEM.length:
        faults.error(where, f"tag {Tag.ITEM}: comes to {size} bytes", limit=f"{Tag.ITEM.length} bytes", remedy="give less of it")
        return ()
    return items


def _code(line: Line, faults: Faults, where: str) -> MarkingCode | None:
    if line.marking is None:
        return None
    try:
        return MarkingCode.parse(base64.b64decode(line.marking.code_b64, validate=True))
    except binascii.Error:
        faults.error(f"{where}.marking.code_b64", "is no base64", remedy="encode the bytes that the scanner read")
        return None


def _vat(line: Line, day: date, faults: Faults, where: str) -> Vat | None:
    try:
        vat = Vat.of(line.taxes, day)
    except LookupError as error:
        faults.error(
            f"{where}.vat" if line.vat is not None or not line.taxes else f"{where}.taxes", f"tag {Tag.VAT_RATE}: {error}"
        )
        return None
    if not vat.in_force(day) and vat.value.until is not None:
        message = _SUPERSEDED.format(vat=vat.text, day=vat.value.until.isoformat())
        faults.warn("vat_superseded", message, f"{where}.vat")
    return vat


def _object(
    line: Line, extras: LineExtras, code: MarkingCode | None, version: FfdVersion, faults: Faults, where: str
) -> PaymentObject:
    field = f"{where}.extras.ffd.object"
    given = extras.object or (PaymentObject.PAYMENT if line.kind is LineKind.ADVANCE else PaymentObject.COMMODITY)
    if given.since > version:
        faults.error(field, f"tag {Tag.PAYMENT_OBJECT}: {given} begins with {given.since}", limit=str(version))
    if code is None or version < FfdVersion.V1_2:
        if given in (PaymentObject.EXCISE_WITH_MARKING, PaymentObject.COMMODITY_WITH_MARKING) and version >= FfdVersion.V1_2:
            faults.error(field, f"tag {Tag.PAYMENT_OBJECT}: {given} needs a marking code", remedy=f"give {where}.marking")
        return given
    if given in (PaymentObject.COMMODITY, PaymentObject.EXCISE):
        return given.with_marking
    if given not in (PaymentObject.COMMODITY_WITH_MARKING, PaymentObject.EXCISE_WITH_MARKING):
        remedy = "leave marking out, or name commodity_with_marking or excise_with_marking"
        faults.error(field, f"tag {Tag.PAYMENT_OBJECT}: {given} has no marking code", remedy=remedy)
    return given


def _prepaid(
    method: PaymentMethod, object_: PaymentObject, code: MarkingCode | None, vat: Vat | None, faults: Faults, where: str
) -> None:
    if not method.before_delivery:
        return
    if WARN_OF_PREPAID_MARKED_GOODS and (code is not None or object_.excise):
        message = "Most devices refuse marked and excise goods that are paid before delivery."
        faults.warn("prepaid_marked_goods", message, f"{where}.extras.ffd.method")
    if vat is not None and vat.percent and not vat.computed:
        faults.warn(
            "vat_not_computed",
            f"What is paid before delivery has a computed rate, such as 22/122, not {vat.text}.",
            f"{where}.vat",
        )


def _told_unit(line: Line, extras: LineExtras, measure: Measure, faults: Faults, where: str) -> None:
    if line.unit is not None and extras.measure is None and measure is Measure.OTHER:
        message = f"Tag {Tag.MEASURE} has no number for the unit {line.unit!r}, it is written as another unit."
        faults.warn("unit_replaced", message, f"{where}.unit")


def _old_product_code(tags: Tags, code: MarkingCode | None, marking: LineMarking, faults: Faults, where: str) -> None:
    field = f"{where}.extras.ffd.marking"
    if marking.fraction is not None:
        tags.allows(Tag.FRACTION, f"{field}.fraction")
    if marking.result is not None:
        tags.allows(Tag.ITEM_CHECK_RESULT, f"{field}.result")
    if marking.planned_status is not None:
        tags.allows(Tag.ASSIGNED_STATUS, f"{field}.planned_status")
    if marking.product_code is not None:
        tags.add(Tag.PRODUCT_CODE, bytes.fromhex(marking.product_code), f"{field}.product_code")
    if marking.tobacco is not None:
        tobacco = tobacco_product_code(marking.tobacco.gtin, marking.tobacco.serial)
        tags.add(Tag.PRODUCT_CODE, tobacco, f"{field}.tobacco")
    if code is None:
        return
    try:
        tags.add(Tag.PRODUCT_CODE, code.product_code(), f"{where}.marking")
    except ValueError as error:
        faults.error(f"{where}.marking", f"tag {Tag.PRODUCT_CODE}: {error}")
    _recognised(code, faults, where)


def _new_marking(
    tags: Tags,
    line: Line,
    code: MarkingCode | None,
    marking: LineMarking,
    measure: Measure,
    version: FfdVersion,
    faults: Faults,
    where: str,
) -> None:
    field = f"{where}.extras.ffd.marking"
    if marking.product_code is not None:
        tags.allows(Tag.PRODUCT_CODE, f"{field}.product_code")
    if marking.tobacco is not None:
        tags.allows(Tag.PRODUCT_CODE, f"{field}.tobacco")
    if code is None:
        if marking.fraction is not None or marking.result is not None or marking.planned_status is not None:
            faults.error(field, f"there is no marking code (tag {Tag.MARKING_CODE})", remedy=f"give {where}.marking")
        return
    _recognised(code, faults, where)
    if len(code.raw) > Tag.MARKING_CODE.length:
        limit = f"{Tag.MARKING_CODE.length} bytes"
        faults.error(f"{where}.marking", f"tag {Tag.MARKING_CODE}: comes to {len(code.raw)} bytes", limit=limit)
    if line.quantity != 1 and (measure is Measure.PIECE or marking.fraction is not None):
        faults.error(f"{where}.quantity", "each piece has a marking code of its own", limit="1", remedy="one line for each code")
    if marking.fraction is not None:
        inside = Tags.inside(Tag.FRACTION, version, faults)
        inside.add(Tag.NUMERATOR, marking.fraction.numerator, f"{field}.fraction.numerator")
        inside.add(Tag.DENOMINATOR, marking.fraction.denominator, f"{field}.fraction.denominator")
        tags.add(Tag.FRACTION, inside.built(), f"{field}.fraction")
        if measure is not Measure.PIECE:
            faults.error(f"{field}.fraction", "a part of a package is counted in pieces", remedy="leave the unit out")


def _recognised(code: MarkingCode, faults: Faults, where: str) -> None:
    if code.kind is CodeKind.UNKNOWN:
        message = "Nothing is recognised in this code; a scanner that drops the separators (GS, 1D) is the usual reason."
        faults.warn("marking_not_recognised", message, f"{where}.marking")


def _status(marking: LineMarking, measure: Measure, settlement: Settlement) -> PlannedStatus:
    if marking.planned_status is not None:
        return marking.planned_status
    whole = measure is Measure.PIECE and marking.fraction is None
    if settlement is Settlement.SALE:
        return PlannedStatus.PIECE_SOLD if whole else PlannedStatus.MEASURED_SOLD
    if settlement is Settlement.SALE_RETURN:
        return PlannedStatus.PIECE_RETURNED if whole else PlannedStatus.MEASURED_RETURNED
    return PlannedStatus.UNCHANGED


def _parts(line: Line, total: Decimal, whole: bool, faults: Faults, where: str) -> tuple[Priced, ...]:
    parts = priced(line.price, line.quantity, total)
    if len(parts) > 1:
        shown = " and ".join(f"{part.quantity:f} at {part.price:f}" for part in parts)
        if whole:
            message = f"{total} for {line.quantity:f} leaves no price in kopecks, and goods with a code cannot be split"
            faults.error(where, message, limit=shown, remedy="choose a discount that leaves a whole price")
            return parts[:1]
        faults.warn("line_split", f"{total} for {line.quantity:f} leaves no price in kopecks: written as {shown}.", where)
    return parts
