"""Members of a task as tags, in the order in which the vendor's driver writes them. Source: protocol-specs/atol, json-tasks.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, Value

from bridge_sim_atol.web.words import AGENTS, CORRECTION_TYPES, TAXATION, UNITS, number_of

_NOISE = Decimal("0.00001")

Task = Mapping[str, Any]
Written = tuple[Tag, Value]


def of_document(task: Task, *, modern: bool) -> Iterator[Written]:
    """`modern`: FFD 1.2, where the buyer is a structure."""
    client = task.get("clientInfo") or {}
    if client.get("emailOrPhone"):
        yield Tag.BUYER_CONTACT, client["emailOrPhone"]
    yield from _buyer(client, modern=modern)
    for name, tag in (
        ("paymentsPlace", Tag.SETTLEMENT_PLACE),
        ("paymentsAddress", Tag.SETTLEMENT_ADDRESS),
        ("machineNumber", Tag.MACHINE_NUMBER),
    ):
        if task.get(name):
            yield tag, task[name]
    if (task.get("companyInfo") or {}).get("email"):
        yield Tag.SELLER_EMAIL, task["companyInfo"]["email"]
    if task.get("internet"):
        yield Tag.INTERNET_SETTLEMENT, True
    yield from _agents(task, Tag.AGENT_SIGNS)
    for phone in (task.get("supplierInfo") or {}).get("phones", ()):
        yield Tag.SUPPLIER_PHONE, phone
    if task.get("taxationType"):
        yield Tag.TAXATION_SYSTEM, TAXATION[task["taxationType"]]
    if task.get("operationInfo"):
        yield Tag.OPERATION, tuple(_operation(task["operationInfo"]))
    for one in task.get("industryInfo") or ():
        yield Tag.RECEIPT_INDUSTRY, _industry(one)
    if task.get("paymentsAddInfo"):
        yield Tag.ELECTRONIC_PAYMENTS, tuple(Tlv(Tag.ELECTRONIC_PAYMENT, _electronic(one)) for one in task["paymentsAddInfo"])
    for item in task["items"]:
        if item.get("type") == "additionalAttribute":
            yield Tag.RECEIPT_ATTRIBUTE, item["value"]
        if item.get("type") == "userAttribute":
            named = Tlv(Tag.USER_ATTRIBUTE_NAME, item["name"])
            yield Tag.USER_ATTRIBUTE, (named, Tlv(Tag.USER_ATTRIBUTE_VALUE, item["value"]))


def of_correction(task: Task) -> Iterator[Written]:
    yield Tag.CORRECTION_TYPE, CORRECTION_TYPES[task["correctionType"]]
    day = datetime.strptime(task["correctionBaseDate"], "%Y.%m.%d")  # noqa: DTZ007 - the register's own day
    basis = [Tlv(Tag.CORRECTED_DATE, day)]
    if task.get("correctionBaseNumber"):
        basis.append(Tlv(Tag.ORDER_NUMBER, task["correctionBaseNumber"]))
    yield Tag.CORRECTION_BASIS, tuple(basis)


def of_item(item: Task, *, modern: bool) -> Iterator[Written]:
    yield from _agents(item, Tag.ITEM_AGENT_SIGNS)
    supplier = item.get("supplierInfo") or {}
    if supplier.get("vatin"):
        yield Tag.SUPPLIER_INN, supplier["vatin"]
    told = [Tlv(Tag.SUPPLIER_NAME, supplier["name"])] if supplier.get("name") else []
    told += [Tlv(Tag.SUPPLIER_PHONE, phone) for phone in supplier.get("phones", ())]
    if told:
        yield Tag.SUPPLIER_DATA, tuple(told)
    unit = item.get("measurementUnit")
    if unit is not None:
        yield (Tag.MEASURE, number_of(UNITS, unit)) if modern else (Tag.UNIT, str(unit))
    if item.get("exciseSum") is not None:
        yield Tag.EXCISE, kopecks(item["exciseSum"])
    for name, tag in (
        ("countryCode", Tag.ORIGIN_COUNTRY),
        ("customsDeclaration", Tag.CUSTOMS_DECLARATION),
        ("additionalAttribute", Tag.ITEM_ATTRIBUTE),
    ):
        if item.get(name):
            yield tag, item[name]
    for one in item.get("industryInfo") or ():
        yield Tag.ITEM_INDUSTRY, _industry(one)


def _buyer(client: Task, *, modern: bool) -> Iterator[Written]:
    told: list[tuple[Tag, Value]] = []
    for name, tag in (
        ("name", Tag.BUYER_NAME),
        ("vatin", Tag.BUYER_INN),
        ("birthDate", Tag.BUYER_BIRTH_DATE),
        ("citizenship", Tag.BUYER_CITIZENSHIP),
        ("identityDocumentCode", Tag.BUYER_DOCUMENT_CODE),
        ("identityDocumentData", Tag.BUYER_DOCUMENT_DATA),
        ("address", Tag.BUYER_ADDRESS),
    ):
        if client.get(name):
            told.append((tag, _reversed(client[name]) if tag is Tag.BUYER_BIRTH_DATE else client[name]))
    if modern:
        if told:
            yield Tag.BUYER, tuple(Tlv(tag, value) for tag, value in told)
        return
    yield from (one for one in told if one[0] in (Tag.BUYER_NAME, Tag.BUYER_INN))


def _agents(told: Task, signs: Tag) -> Iterator[Written]:
    info = told.get("agentInfo") or {}
    if not info:
        return
    yield signs, sum(AGENTS[name] for name in info["agents"])
    paying, receiving = info.get("payingAgent") or {}, info.get("receivePaymentsOperator") or {}
    transfer = info.get("moneyTransferOperator") or {}
    data = [Tlv(Tag.TRANSFER_OPERATOR_PHONE, phone) for phone in transfer.get("phones", ())]
    data += [Tlv(Tag.AGENT_OPERATION, paying["operation"])] if paying.get("operation") else []
    data += [Tlv(Tag.AGENT_PHONE, phone) for phone in paying.get("phones", ())]
    data += [Tlv(Tag.RECEIVING_OPERATOR_PHONE, phone) for phone in receiving.get("phones", ())]
    for name, tag in (
        ("name", Tag.TRANSFER_OPERATOR_NAME),
        ("address", Tag.TRANSFER_OPERATOR_ADDRESS),
        ("vatin", Tag.TRANSFER_OPERATOR_INN),
    ):
        data += [Tlv(tag, transfer[name])] if transfer.get(name) else []
    if data and signs is Tag.ITEM_AGENT_SIGNS:
        yield Tag.AGENT_DATA, tuple(data)
    else:
        for one in data:
            assert one.known is not None
            yield one.known, one.value


def _operation(told: Task) -> Iterator[Tlv]:
    moment = datetime.strptime(told["dateTime"], "%Y.%m.%d %H:%M:%S")  # noqa: DTZ007 - the register's own time
    yield Tlv(Tag.OPERATION_TIME, moment)
    yield Tlv(Tag.OPERATION_ID, told["id"])
    yield Tlv(Tag.OPERATION_DATA, told["data"])


def _industry(told: Task) -> tuple[Tlv, ...]:
    return (
        Tlv(Tag.INDUSTRY_AUTHORITY, told["fois"]),
        Tlv(Tag.INDUSTRY_DATE, _reversed(told["date"])),
        Tlv(Tag.INDUSTRY_NUMBER, told["number"]),
        Tlv(Tag.INDUSTRY_VALUE, told["industryAttribute"]),
    )


def _electronic(told: Task) -> tuple[Tlv, ...]:
    made = [
        Tlv(Tag.ELECTRONIC_SUM, kopecks(told["sum"])),
        Tlv(Tag.ELECTRONIC_METHOD, told["paymentMethod"]),
        Tlv(Tag.ELECTRONIC_IDENTIFIERS, told["electronicallyId"]),
    ]
    if told.get("electronicallyAddInfo"):
        made.append(Tlv(Tag.ELECTRONIC_DETAILS, told["electronicallyAddInfo"]))
    return tuple(made)


def kopecks(roubles: int | Decimal) -> int:
    """Raises ValueError for a part of a kopeck."""
    return scaled(roubles, 2)


def scaled(value: int | Decimal, digits: int) -> int:
    """A whole number of the smallest parts. Clients compute with binary fractions, and the vendor's driver takes 45.800000000000004 for
    45.80. Raises ValueError where really more digits are meant."""
    exact = Decimal(value).scaleb(digits)
    near = exact.to_integral_value()
    if abs(exact - near) > _NOISE:
        raise ValueError(f"{value} has more than {digits} decimals")
    return int(near)


def _reversed(day: str) -> str:
    return ".".join(reversed(day.split(".")))
