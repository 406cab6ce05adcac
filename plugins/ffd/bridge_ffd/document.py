"""A receipt of the uniform API as a fiscal document: checked whole against one version of the format, then tags.

`FfdDocument.from_receipt` is what a family calls, in `check` and again in `execute`: a pure function that raises RequestError
naming every wrong field with its tag. How the tags get into a device is the family's own affair.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bridge.model import (
    ArithmeticProfile,
    Figures,
    Receipt,
    ReceiptKind,
    RequestError,
    Warning_,
    compute,
    decimal_string,
    spread,
)
from bridge_ffd.building import Faults, Tags, kopecks
from bridge_ffd.checks import is_contact
from bridge_ffd.extras import Correction, ReceiptExtras, read_extras
from bridge_ffd.lines import FfdLine, items_of
from bridge_ffd.open_points import CORRECTED_RETURNS_SINCE_1_1
from bridge_ffd.parts import (
    add_agent_data,
    add_buyer,
    add_correction,
    add_electronic_payments,
    add_industry,
    cashier_tags,
)
from bridge_ffd.pricing import ARITHMETIC, PaymentSum, tendered
from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv
from bridge_ffd.vat import Vat
from bridge_ffd.versions import DocumentKind, FfdVersion, Settlement
from bridge_ffd.vocabulary import Taxation, bits

CURRENCY = "RUB"
_ENVD_UNTIL = date(2021, 1, 1)
_SETTLEMENTS = {
    ReceiptKind.SALE: Settlement.SALE,
    ReceiptKind.REFUND: Settlement.SALE_RETURN,
    ReceiptKind.PURCHASE: Settlement.PURCHASE,
    ReceiptKind.PURCHASE_REFUND: Settlement.PURCHASE_RETURN,
}
_OWN = (
    Tag.ITEM,
    Tag.SETTLEMENT,
    Tag.TAXATION_SYSTEM,
    Tag.CASHIER,
    Tag.CASHIER_INN,
    Tag.TOTAL,
    Tag.CORRECTION_TYPE,
    Tag.CORRECTION_BASIS,
    *(kind.tag for kind in PaymentSum),
    *(vat.total_tag for vat in Vat),
)
"""What lines, payments, operator and kind say, so that no raw tag may repeat it."""
_BUYERS = (Tag.BUYER_CONTACT, Tag.BUYER_NAME, Tag.BUYER_INN, Tag.BUYER)
"""A person's own data: given in the fields that logs and traces hide, never as a raw tag, which they would show."""
_RETURNS = (Settlement.SALE_RETURN, Settlement.PURCHASE_RETURN)


@dataclass(frozen=True, slots=True)
class FfdDocument:
    """A receipt, strict form or correction, ready for a device.

    `cashier` goes before or into the document, as the device has it; `tags` are the document's own beside it, in writing order;
    `correction` holds 1173 and 1174. `tendered` is what was handed over by sum, `change` what goes back in cash. `total` is
    what is paid, `rounding` what it differs by from the lines.
    """

    kind: DocumentKind
    version: FfdVersion
    settlement: Settlement
    lines: tuple[FfdLine, ...]
    total: Decimal
    rounding: Decimal
    tendered: dict[PaymentSum, Decimal]
    change: Decimal
    taxation: Taxation | None
    cashier: tuple[Tlv, ...]
    tags: tuple[Tlv, ...]
    correction: tuple[Tlv, ...] = ()
    print_paper: bool = True
    warnings: tuple[Warning_, ...] = ()

    @classmethod
    def from_receipt(
        cls,
        receipt: Receipt,
        version: FfdVersion,
        *,
        day: date,
        profile: ArithmeticProfile = ARITHMETIC,
        taxation: Taxation | None = None,
        registered: Collection[Taxation] = (),
        lenient: bool = False,
        paper: bool = True,
    ) -> FfdDocument:
        """The document of a receipt on this day (the device's), in the version that the device is registered with.

        `taxation`: what the device takes where the receipt names none. `registered`: the systems it is registered with; empty
        where they are not known. `lenient`: fit texts instead of refusing them. `paper`: false where the device prints nothing,
        whatever the receipt says. Raises RequestError with every fault.
        """
        if not paper and receipt.delivery.paper:
            receipt = receipt.model_copy(update={"delivery": receipt.delivery.model_copy(update={"paper": False})})
        faults = Faults(lenient=lenient)
        if receipt.currency != CURRENCY:
            faults.error("currency", f"{receipt.currency} is not possible", limit=CURRENCY, remedy="give amounts in roubles")
        figures = compute(receipt, profile)
        extras, wrong = read_extras(receipt.extras, ReceiptExtras, "extras")
        faults.errors.extend(wrong)
        kind, settlement = _kind(receipt, extras, version, faults)
        vat_day = extras.correction.date if extras.correction is not None else day
        lines = _lines(receipt, figures, profile, extras, version, settlement, vat_day, faults)
        paid, change = _payments(receipt, figures, extras, faults)
        tags = Tags.of_document(kind, version, faults)
        _document_tags(tags, receipt, extras, version, faults)
        corrections = Tags.of_document(kind, version, faults)
        if extras.correction is not None and kind.layout is DocumentKind.CORRECTION:
            add_correction(corrections, version, faults, extras.correction)
        chosen = _taxation(extras.taxation, taxation, registered, day, faults)
        cashier = cashier_tags(receipt.operator, kind, version, faults)
        if faults.errors:
            first = faults.errors[0]
            raise RequestError("request.invalid", f"{first.field}: {first.message}", tuple(faults.errors))
        return cls(
            kind=kind,
            version=version,
            settlement=settlement,
            lines=lines,
            total=figures.due,
            rounding=figures.rounding,
            tendered=paid,
            change=change,
            taxation=chosen,
            cashier=cashier,
            tags=tags.built(),
            correction=corrections.built(),
            print_paper=receipt.delivery.paper,
            warnings=tuple(faults.warnings),
        )

    @property
    def payments(self) -> dict[PaymentSum, Decimal]:
        """What is paid by sum, change taken off the cash: tags 1031, 1081, 1215, 1216 and 1217."""
        return {
            kind: amount - self.change if kind is PaymentSum.CASH else amount
            for kind, amount in self.tendered.items()
            if kind is not PaymentSum.CASH or amount != self.change
        }

    @property
    def vat_sums(self) -> dict[Vat, Decimal]:
        """The receipt's sum of each rate: VAT, or turnover at 0 % and without VAT."""
        sums: dict[Vat, Decimal] = {}
        for line in self.lines:
            sums[line.vat] = sums.get(line.vat, Decimal("0.00")) + (line.total if line.vat.turnover else line.vat_amount)
        return sums

    @property
    def has_items(self) -> bool:
        """A correction of FFD 1.05 is one sum without items."""
        return self.kind.layout is not DocumentKind.CORRECTION or self.version > FfdVersion.V1_05

    def tlv(self) -> tuple[Tlv, ...]:
        """All that the FN is told of the document, but for what the device adds by itself."""
        taxation = () if self.taxation is None else (Tlv(Tag.TAXATION_SYSTEM, self.taxation.code),)
        return (
            *self.cashier,
            Tlv(Tag.SETTLEMENT, int(self.settlement)),
            *taxation,
            *self.correction,
            *self.tags,
            *(line.tlv() for line in self.lines if self.has_items),
            Tlv(Tag.TOTAL, kopecks(self.total) or 0),
            *(Tlv(kind.tag, kopecks(amount) or 0) for kind, amount in self.payments.items()),
            *self._vat_tags(),
        )

    def _vat_tags(self) -> tuple[Tlv, ...]:
        sums = {vat: kopecks(amount) or 0 for vat, amount in self.vat_sums.items()}
        old = tuple(Tlv(vat.total_tag, amount) for vat, amount in sums.items() if vat.total_tag is not Tag.VAT_SUMS)
        new = tuple(
            Tlv(Tag.VAT_SUM_OF_RATE, (Tlv(Tag.VAT_RATE, vat.code), Tlv(Tag.VAT_SUM, amount)))
            for vat, amount in sums.items()
            if vat.total_tag is Tag.VAT_SUMS
        )
        return (*old, Tlv(Tag.VAT_SUMS, new)) if new else old


def _kind(receipt: Receipt, extras: ReceiptExtras, version: FfdVersion, faults: Faults) -> tuple[DocumentKind, Settlement]:
    correction = extras.correction
    if receipt.kind is not ReceiptKind.CORRECTION:
        if correction is not None:
            faults.error(
                "extras.ffd.correction", "belongs to receipts of the kind correction", remedy='send "kind": "correction"'
            )
        return DocumentKind.STRICT_FORM if extras.strict_form else DocumentKind.RECEIPT, _SETTLEMENTS[receipt.kind]
    kind = DocumentKind.STRICT_FORM_CORRECTION if extras.strict_form else DocumentKind.CORRECTION
    if correction is None:
        faults.error(
            "extras.ffd.correction",
            f"must be given: a correction has a type (tag {Tag.CORRECTION_TYPE}) and a basis (tag {Tag.CORRECTION_BASIS})",
            remedy='e.g. {"type": "self", "date": "2026-11-20"}',
        )
        return kind, Settlement.SALE
    settlement = Settlement[correction.settlement.upper()]
    if CORRECTED_RETURNS_SINCE_1_1 and settlement in _RETURNS and version < FfdVersion.V1_1:
        faults.error(
            "extras.ffd.correction.settlement",
            f"tag {Tag.SETTLEMENT}: {version} corrects sales and purchases only, no returns",
            limit="sale, purchase",
        )
    return kind, settlement


def _lines(
    receipt: Receipt,
    figures: Figures,
    profile: ArithmeticProfile,
    extras: ReceiptExtras,
    version: FfdVersion,
    settlement: Settlement,
    day: date,
    faults: Faults,
) -> tuple[FfdLine, ...]:
    totals = tuple(line.total for line in figures.lines)
    change = figures.surcharge - figures.discount
    if change:
        totals = spread(totals, change, profile)
    # Since FFD 1.1 an agent stands on the lines; of a whole receipt it is put on each.
    agent = extras.agent if version >= FfdVersion.V1_1 else None
    items: list[FfdLine] = []
    for index, (line, total) in enumerate(zip(receipt.lines, totals, strict=True)):
        items += items_of(index, line, total, version=version, settlement=settlement, day=day, agent=agent, faults=faults)
    return tuple(items)


def _payments(
    receipt: Receipt, figures: Figures, extras: ReceiptExtras, faults: Faults
) -> tuple[dict[PaymentSum, Decimal], Decimal]:
    paid = tendered(receipt.payments, figures.due)
    for index, given in enumerate(receipt.change or ()):
        if PaymentSum.of(given.kind) is not PaymentSum.CASH:
            faults.error(f"change.{index}.kind", f"change is given in cash only, not as {given.kind}", limit="cash")
    without_cash = sum((amount for kind, amount in paid.items() if kind is not PaymentSum.CASH), Decimal(0))
    if without_cash > figures.due:
        faults.error(
            "payments",
            f"{decimal_string(without_cash)} without cash is more than the {decimal_string(figures.due)} due",
            limit=decimal_string(figures.due),
            remedy="change is given of cash only",
        )
    for index, payment in enumerate(receipt.payments):
        if payment.foreign is not None:
            faults.error(f"payments.{index}.foreign", "a receipt is paid in roubles only", remedy="leave it out")
    told = sum((payment.amount for payment in extras.electronic_payments), Decimal(0))
    electronic = paid.get(PaymentSum.ELECTRONIC, Decimal(0))
    if extras.electronic_payments and told != electronic:
        faults.error(
            "extras.ffd.electronic_payments",
            f"tag {Tag.ELECTRONIC_PAYMENTS}: they come to {decimal_string(told)}, paid without cash is {decimal_string(electronic)}",
            limit=decimal_string(electronic),
        )
    return paid, figures.change


def _document_tags(tags: Tags, receipt: Receipt, extras: ReceiptExtras, version: FfdVersion, faults: Faults) -> None:
    field = "extras.ffd"
    tags.add(Tag.BUYER_CONTACT, _contact(receipt, extras, faults), "delivery")
    tags.add(Tag.INTERNET_SETTLEMENT, extras.internet, f"{field}.internet")
    tags.add(Tag.SELLER_EMAIL, extras.seller_email, f"{field}.seller_email")
    tags.add(Tag.SETTLEMENT_ADDRESS, extras.address, f"{field}.address")
    tags.add(Tag.SETTLEMENT_PLACE, extras.place, f"{field}.place")
    tags.add(Tag.MACHINE_NUMBER, extras.machine_number, f"{field}.machine_number")
    add_buyer(tags, version, faults, receipt.customer, extras.buyer)
    if extras.agent is not None and version < FfdVersion.V1_1:
        tags.add(Tag.AGENT_SIGNS, bits(extras.agent.signs), f"{field}.agent.signs")
        add_agent_data(tags, extras.agent, f"{field}.agent")
    for phone in extras.supplier_phones:
        tags.add(Tag.SUPPLIER_PHONE, phone, f"{field}.supplier_phones")
    tags.add(Tag.RECEIPT_ATTRIBUTE, extras.attribute, f"{field}.attribute")
    _wrong_sign(tags, extras.correction, f"{field}.correction.wrong_sign")
    if extras.user_attribute is not None:
        inside = Tags.inside(Tag.USER_ATTRIBUTE, version, faults)
        inside.add(Tag.USER_ATTRIBUTE_NAME, extras.user_attribute.name, f"{field}.user_attribute.name")
        inside.add(Tag.USER_ATTRIBUTE_VALUE, extras.user_attribute.value, f"{field}.user_attribute.value")
        tags.add(Tag.USER_ATTRIBUTE, inside.built(), f"{field}.user_attribute")
    if extras.operation is not None and tags.allows(Tag.OPERATION, f"{field}.operation"):
        inside = Tags.inside(Tag.OPERATION, version, faults)
        inside.add(Tag.OPERATION_TIME, extras.operation.time, f"{field}.operation.time")
        inside.add(Tag.OPERATION_ID, extras.operation.id, f"{field}.operation.id")
        inside.add(Tag.OPERATION_DATA, extras.operation.data, f"{field}.operation.data")
        tags.add(Tag.OPERATION, inside.built(), f"{field}.operation")
    add_industry(tags, Tag.RECEIPT_INDUSTRY, version, faults, extras.industry, f"{field}.industry")
    add_electronic_payments(tags, version, faults, extras.electronic_payments)
    tags.reserve(_OWN, "the receipt itself")
    tags.reserve(_BUYERS, "customer and delivery")
    tags.add_raw(extras.tags, f"{field}.tags")


def _wrong_sign(tags: Tags, correction: Correction | None, field: str) -> None:
    if correction is not None:
        tags.add(Tag.RECEIPT_ATTRIBUTE, correction.wrong_sign, field)


def _contact(receipt: Receipt, extras: ReceiptExtras, faults: Faults) -> str | None:
    delivery = receipt.delivery
    if delivery.edocument is not None:
        faults.error("delivery.edocument", "this kind of document is not possible", remedy="give delivery.email or delivery.sms")
    for name, value in (("email", delivery.email), ("sms", delivery.sms)):
        if value is not None and not is_contact(value):
            faults.error(f"delivery.{name}", f"tag {Tag.BUYER_CONTACT}: is neither an e-mail address nor a phone number")
    if delivery.email is not None and delivery.sms is not None:
        faults.warn(
            "delivery_sms_ignored", f"Tag {Tag.BUYER_CONTACT} holds one of them; the e-mail address is taken.", "delivery.sms"
        )
    contact = delivery.email or delivery.sms
    if contact is None and (extras.internet or not delivery.paper):
        why = "for a payment on the internet" if extras.internet else "where nothing is printed"
        remedy = "give delivery.email or delivery.sms"
        faults.error("delivery", f"tag {Tag.BUYER_CONTACT} must be given {why}", remedy=remedy)
    return contact


def _taxation(
    given: Taxation | None, usual: Taxation | None, registered: Collection[Taxation], day: date, faults: Faults
) -> Taxation | None:
    field = "extras.ffd.taxation"
    if given is Taxation.ENVD and day >= _ENVD_UNTIL:
        faults.error(field, f"tag {Tag.TAXATION_SYSTEM}: ENVD was abolished in 2021", remedy="name another system")
    chosen = given or usual or (next(iter(registered)) if len(registered) == 1 else None)
    names = ", ".join(sorted(registered))
    if chosen is not None and registered and chosen not in registered:
        faults.error(field, f"tag {Tag.TAXATION_SYSTEM}: the device is not registered with {chosen}", limit=names)
    elif chosen is None and registered:
        faults.error(field, f"tag {Tag.TAXATION_SYSTEM}: the device is registered with several", limit=names, remedy="name one")
    return chosen
