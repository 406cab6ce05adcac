"""The structures that documents and lines share: agents, suppliers, industry data, the buyer, corrections."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.model import Customer, Operator
from bridge_ffd.building import Faults, Tags, kopecks, midnight
from bridge_ffd.checks import valid_inn
from bridge_ffd.extras import AgentData, Buyer, Correction, ElectronicPayment, Industry, Supplier
from bridge_ffd.layouts import Presence, structure_layout
from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv
from bridge_ffd.versions import DocumentKind, FfdVersion
from bridge_ffd.vocabulary import bits


def add_agent_data(tags: Tags, agent: AgentData, field: str) -> None:
    """The tags of 1223, which before FFD 1.2 may also stand in the receipt itself."""
    for phone in agent.transfer_operator_phones:
        tags.add(Tag.TRANSFER_OPERATOR_PHONE, phone, f"{field}.transfer_operator_phones")
    tags.add(Tag.AGENT_OPERATION, agent.operation, f"{field}.operation")
    for phone in agent.phones:
        tags.add(Tag.AGENT_PHONE, phone, f"{field}.phones")
    for phone in agent.receiving_operator_phones:
        tags.add(Tag.RECEIVING_OPERATOR_PHONE, phone, f"{field}.receiving_operator_phones")
    tags.add(Tag.TRANSFER_OPERATOR_NAME, agent.transfer_operator_name, f"{field}.transfer_operator_name")
    tags.add(Tag.TRANSFER_OPERATOR_ADDRESS, agent.transfer_operator_address, f"{field}.transfer_operator_address")
    tags.add(Tag.TRANSFER_OPERATOR_INN, agent.transfer_operator_inn, f"{field}.transfer_operator_inn")


def add_item_agent(
    tags: Tags,
    version: FfdVersion,
    faults: Faults,
    agent: AgentData | None,
    supplier: Supplier | None,
    field: str,
    agent_field: str,
) -> None:
    """Tags 1222, 1223, 1226 and 1224 of a line."""
    if agent is not None:
        tags.add(Tag.ITEM_AGENT_SIGNS, bits(agent.signs), f"{agent_field}.signs")
        inside = Tags.inside(Tag.AGENT_DATA, version, faults)
        add_agent_data(inside, agent, agent_field)
        tags.add(Tag.AGENT_DATA, inside.built(), agent_field)
        if supplier is None or supplier.inn is None:
            faults.error(
                f"{field}.supplier.inn",
                f"tag {Tag.SUPPLIER_INN} must be given where an agent sells (tag {Tag.ITEM_AGENT_SIGNS})",
                remedy="give the INN of the supplier on each line",
            )
    if supplier is not None:
        tags.add(Tag.SUPPLIER_INN, supplier.inn, f"{field}.supplier.inn")
        inside = Tags.inside(Tag.SUPPLIER_DATA, version, faults)
        inside.add(Tag.SUPPLIER_NAME, supplier.name, f"{field}.supplier.name")
        for phone in supplier.phones:
            inside.add(Tag.SUPPLIER_PHONE, phone, f"{field}.supplier.phones")
        tags.add(Tag.SUPPLIER_DATA, inside.built(), f"{field}.supplier")


def add_industry(tags: Tags, tag: Tag, version: FfdVersion, faults: Faults, industry: Sequence[Industry], field: str) -> None:
    """Tag 1260 of a line or 1261 of a receipt, once for each."""
    for index, data in enumerate(industry):
        where = f"{field}.{index}"
        if not tags.allows(tag, where):
            continue
        inside = Tags.inside(tag, version, faults)
        inside.add(Tag.INDUSTRY_AUTHORITY, data.authority, f"{where}.authority")
        inside.add(Tag.INDUSTRY_DATE, data.date.strftime("%d.%m.%Y"), f"{where}.date")
        inside.add(Tag.INDUSTRY_NUMBER, data.number, f"{where}.number")
        inside.add(Tag.INDUSTRY_VALUE, data.value, f"{where}.value")
        tags.add(tag, inside.built(), where)


def add_buyer(tags: Tags, version: FfdVersion, faults: Faults, customer: Customer | None, buyer: Buyer | None) -> None:
    """The buyer: tags 1227 and 1228, since FFD 1.2 within 1256."""
    customer = customer or Customer()
    inn = None
    for index, given in enumerate(customer.ids):
        where = f"customer.ids.{index}"
        if given.type != "inn":
            faults.warn("customer_id_ignored", f"A receipt has no place for an id of the type {given.type!r}.", where)
        elif not valid_inn(given.value):
            faults.error(f"{where}.value", f"tag {Tag.BUYER_INN}: is no INN, its length or check digits are wrong")
        elif inn is not None:
            faults.error(where, f"tag {Tag.BUYER_INN} holds one INN only", remedy="give one")
        else:
            inn = given.value
    if customer.loyalty_id is not None:
        faults.warn("loyalty_id_ignored", "A receipt has no place for a loyalty id.", "customer.loyalty_id")
    if version < FfdVersion.V1_2:
        tags.add(Tag.BUYER_NAME, customer.name, "customer.name")
        tags.add(Tag.BUYER_INN, inn, "customer.ids")
        if customer.address is not None:
            faults.warn("customer_address_ignored", f"{version} has no place for the buyer's address.", "customer.address")
        if buyer is not None:
            tags.allows(Tag.BUYER, "extras.ffd.buyer")
        return
    field = "extras.ffd.buyer"
    buyer = buyer or Buyer()
    inside = Tags.inside(Tag.BUYER, version, faults)
    inside.add(Tag.BUYER_NAME, customer.name, "customer.name")
    inside.add(Tag.BUYER_INN, inn, "customer.ids")
    birth = buyer.birth_date.strftime("%d.%m.%Y") if buyer.birth_date is not None else None
    inside.add(Tag.BUYER_BIRTH_DATE, birth, f"{field}.birth_date")
    inside.add(Tag.BUYER_CITIZENSHIP, buyer.citizenship, f"{field}.citizenship")
    inside.add(Tag.BUYER_DOCUMENT_CODE, buyer.document_code, f"{field}.document_code")
    inside.add(Tag.BUYER_DOCUMENT_DATA, buyer.document_data, f"{field}.document_data")
    inside.add(Tag.BUYER_ADDRESS, customer.address, "customer.address")
    tags.add(Tag.BUYER, inside.built(), "customer")


def add_correction(tags: Tags, version: FfdVersion, faults: Faults, correction: Correction) -> None:
    """Tags 1173 and 1174."""
    field = "extras.ffd.correction"
    tags.add(Tag.CORRECTION_TYPE, correction.type.code, f"{field}.type")
    inside = Tags.inside(Tag.CORRECTION_BASIS, version, faults)
    if correction.description is not None and version > FfdVersion.V1_05:
        faults.warn("description_ignored", f"{version} has no description of a correction.", f"{field}.description")
    else:
        inside.add(Tag.CORRECTION_DESCRIPTION, correction.description, f"{field}.description")
    inside.add(Tag.CORRECTED_DATE, midnight(correction.date), f"{field}.date")
    inside.add(Tag.ORDER_NUMBER, correction.number, f"{field}.number")
    must = structure_layout(Tag.CORRECTION_BASIS, version)[Tag.ORDER_NUMBER].presence is Presence.MUST
    if correction.number is None and must:
        remedy = "give the number of the paper on which the correction rests, e.g. of your own statement"
        faults.error(f"{field}.number", f"tag {Tag.ORDER_NUMBER} must be given in {version}", remedy=remedy)
    tags.add(Tag.CORRECTION_BASIS, inside.built(), field)


def add_electronic_payments(tags: Tags, version: FfdVersion, faults: Faults, payments: Sequence[ElectronicPayment]) -> None:
    """Tag 1234."""
    field = "extras.ffd.electronic_payments"
    all_of_them = Tags.inside(Tag.ELECTRONIC_PAYMENTS, version, faults)
    for index, payment in enumerate(payments):
        where = f"{field}.{index}"
        inside = Tags.inside(Tag.ELECTRONIC_PAYMENT, version, faults)
        inside.add(Tag.ELECTRONIC_SUM, kopecks(payment.amount), f"{where}.amount")
        inside.add(Tag.ELECTRONIC_METHOD, payment.method, f"{where}.method")
        inside.add(Tag.ELECTRONIC_IDENTIFIERS, payment.identifiers, f"{where}.identifiers")
        inside.add(Tag.ELECTRONIC_DETAILS, payment.details, f"{where}.details")
        all_of_them.add(Tag.ELECTRONIC_PAYMENT, inside.built(), where)
    tags.add(Tag.ELECTRONIC_PAYMENTS, all_of_them.built(), field)


def cashier_tags(operator: Operator | None, kind: DocumentKind, version: FfdVersion, faults: Faults) -> tuple[Tlv, ...]:
    """Tags 1021 and 1203 of whatever document the operator makes."""
    tags = Tags.of_document(kind, version, faults)
    if operator is not None:
        tags.add(Tag.CASHIER, operator.name, "operator.name")
        if operator.tax_id is not None and not valid_inn(operator.tax_id):
            faults.error("operator.tax_id", f"tag {Tag.CASHIER_INN}: is no INN, its length or check digits are wrong")
        else:
            tags.add(Tag.CASHIER_INN, operator.tax_id, "operator.tax_id")
    return tags.built()
