"""Tags of the document format as members of the vendor's JSON. Pure; what has no member is refused.

Follows protocol-specs/atol/json-tasks.md, "Receipts" and "Positions".
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, Value, first

from bridge.model import unsupported
from bridge_atol.web.messages import Json
from bridge_atol.web.names import AGENTS

_DAY = "%Y.%m.%d"
_MOMENT = "%Y.%m.%d %H:%M:%S"

# Tag -> path of the member. Lists collect what comes more than once.
_DOCUMENT: dict[int, tuple[str, ...]] = {
    Tag.BUYER_CONTACT: ("clientInfo", "emailOrPhone"),
    Tag.BUYER_NAME: ("clientInfo", "name"),
    Tag.BUYER_INN: ("clientInfo", "vatin"),
    Tag.SELLER_EMAIL: ("companyInfo", "email"),
    Tag.SETTLEMENT_PLACE: ("paymentsPlace",),
    Tag.SETTLEMENT_ADDRESS: ("paymentsAddress",),
    Tag.MACHINE_NUMBER: ("machineNumber",),
    Tag.INTERNET_SETTLEMENT: ("internet",),
}
_BUYER: dict[int, str] = {
    Tag.BUYER_NAME: "name",
    Tag.BUYER_INN: "vatin",
    Tag.BUYER_CITIZENSHIP: "citizenship",
    Tag.BUYER_DOCUMENT_CODE: "identityDocumentCode",
    Tag.BUYER_DOCUMENT_DATA: "identityDocumentData",
    Tag.BUYER_ADDRESS: "address",
}
_AGENT: dict[int, tuple[str, str]] = {
    Tag.AGENT_OPERATION: ("payingAgent", "operation"),
    Tag.AGENT_PHONE: ("payingAgent", "phones"),
    Tag.RECEIVING_OPERATOR_PHONE: ("receivePaymentsOperator", "phones"),
    Tag.TRANSFER_OPERATOR_PHONE: ("moneyTransferOperator", "phones"),
    Tag.TRANSFER_OPERATOR_NAME: ("moneyTransferOperator", "name"),
    Tag.TRANSFER_OPERATOR_ADDRESS: ("moneyTransferOperator", "address"),
    Tag.TRANSFER_OPERATOR_INN: ("moneyTransferOperator", "vatin"),
}
_SUPPLIER: dict[int, str] = {Tag.SUPPLIER_NAME: "name", Tag.SUPPLIER_PHONE: "phones"}
_ITEM: dict[int, str] = {
    Tag.UNIT: "measurementUnit",
    Tag.ORIGIN_COUNTRY: "countryCode",
    Tag.CUSTOMS_DECLARATION: "customsDeclaration",
    Tag.ITEM_ATTRIBUTE: "additionalAttribute",
}
_LISTS = frozenset({"phones"})


def operator(cashier: Iterable[Tlv]) -> dict[str, Json]:
    """The member `operator`, or nothing where nobody is named."""
    cashier = tuple(cashier)
    made: dict[str, Json] = {}
    _put(made, "name", first(cashier, Tag.CASHIER))
    _put(made, "vatin", _bare(first(cashier, Tag.CASHIER_INN)))
    return {"operator": made} if made else {}


def document_members(tags: Iterable[Tlv]) -> tuple[dict[str, Json], list[dict[str, Json]]]:
    """Members of the task, and items beside its positions. Raises RequestError for a tag that has no member."""
    made: dict[str, Json] = {}
    items: list[dict[str, Json]] = []
    for tag in tags:
        match tag.tag:
            case number if number in _DOCUMENT:
                _put_at(made, _DOCUMENT[number], _bare(tag.value))
            case Tag.BUYER:
                made.setdefault("clientInfo", {}).update(_buyer(tag.children))
            case Tag.AGENT_SIGNS:
                made.setdefault("agentInfo", {})["agents"] = _agents(tag.value)
            case number if number in _AGENT:
                _put_at(made, ("agentInfo", *_AGENT[number]), _bare(tag.value))
            case Tag.SUPPLIER_PHONE:
                _put_at(made, ("supplierInfo", "phones"), tag.value)
            case Tag.RECEIPT_ATTRIBUTE:
                items.append({"type": "additionalAttribute", "value": _text(tag.value), "print": True})
            case Tag.USER_ATTRIBUTE:
                items.append(
                    {
                        "type": "userAttribute",
                        "name": _text(first(tag.children, Tag.USER_ATTRIBUTE_NAME)),
                        "value": _text(first(tag.children, Tag.USER_ATTRIBUTE_VALUE)),
                        "print": True,
                    }
                )
            case Tag.OPERATION:
                made["operationInfo"] = _operation(tag.children)
            case Tag.RECEIPT_INDUSTRY:
                made.setdefault("industryInfo", []).append(_industry(tag.children))
            case Tag.ELECTRONIC_PAYMENTS:
                made["paymentsAddInfo"] = [_electronic(payment.children) for payment in tag.children]
            case _:
                raise _no_member(tag, "extras.ffd.tags")
    return made, items


def item_members(tags: Iterable[Tlv], field: str) -> dict[str, Json]:
    """Members of a position. Raises RequestError for a tag that has none. Units of 1.2, marking codes and parts of a package are
    put by who knows the line."""
    made: dict[str, Json] = {}
    for tag in tags:
        match tag.tag:
            case number if number in _ITEM:
                _put(made, _ITEM[number], tag.value)
            case Tag.EXCISE:
                made["exciseSum"] = _roubles(tag.value)
            case Tag.ITEM_AGENT_SIGNS:
                made.setdefault("agentInfo", {})["agents"] = _agents(tag.value)
            case Tag.AGENT_DATA:
                for inside in tag.children:
                    _put_at(made, ("agentInfo", *_AGENT[inside.tag]), _bare(inside.value))
            case Tag.SUPPLIER_INN:
                _put_at(made, ("supplierInfo", "vatin"), _bare(tag.value))
            case Tag.SUPPLIER_DATA:
                for inside in tag.children:
                    _put_at(made, ("supplierInfo", _SUPPLIER[inside.tag]), inside.value)
            case Tag.ITEM_INDUSTRY:
                made.setdefault("industryInfo", []).append(_industry(tag.children))
            case Tag.MEASURE | Tag.PRODUCT_CODE | Tag.FRACTION:
                pass
            case _:
                raise _no_member(tag, f"{field}.extras.ffd.tags")
    return made


def correction_members(tags: Iterable[Tlv]) -> dict[str, Json]:
    """Date and number of what a correction rests on. The vendor's JSON has no description of it."""
    basis = next((tag.children for tag in tags if tag.tag == Tag.CORRECTION_BASIS), ())
    made: dict[str, Json] = {}
    day = first(basis, Tag.CORRECTED_DATE)
    if isinstance(day, datetime):
        made["correctionBaseDate"] = day.strftime(_DAY)
    _put(made, "correctionBaseNumber", first(basis, Tag.ORDER_NUMBER))
    return made


def _buyer(tags: tuple[Tlv, ...]) -> dict[str, Json]:
    made: dict[str, Json] = {}
    for tag in tags:
        if tag.tag == Tag.BUYER_BIRTH_DATE:
            made["birthDate"] = _day(tag.value)
        else:
            _put(made, _BUYER[tag.tag], _bare(tag.value))
    return made


def _agents(mask: Value) -> list[str]:
    assert isinstance(mask, int)
    return [name for agent, name in AGENTS.items() if mask & agent.code]


def _operation(tags: tuple[Tlv, ...]) -> dict[str, Json]:
    at = first(tags, Tag.OPERATION_TIME)
    made: dict[str, Json] = {}
    _put(made, "id", first(tags, Tag.OPERATION_ID))
    if isinstance(at, datetime):
        made["dateTime"] = at.strftime(_MOMENT)
    _put(made, "data", first(tags, Tag.OPERATION_DATA))
    return made


def _industry(tags: tuple[Tlv, ...]) -> dict[str, Json]:
    return {
        "fois": _text(first(tags, Tag.INDUSTRY_AUTHORITY)),
        "date": _day(first(tags, Tag.INDUSTRY_DATE)),
        "number": _text(first(tags, Tag.INDUSTRY_NUMBER)),
        "industryAttribute": _text(first(tags, Tag.INDUSTRY_VALUE)),
    }


def _electronic(tags: tuple[Tlv, ...]) -> dict[str, Json]:
    made: dict[str, Json] = {
        "sum": _roubles(first(tags, Tag.ELECTRONIC_SUM)),
        "paymentMethod": first(tags, Tag.ELECTRONIC_METHOD),
        "electronicallyId": _text(first(tags, Tag.ELECTRONIC_IDENTIFIERS)),
    }
    _put(made, "electronicallyAddInfo", first(tags, Tag.ELECTRONIC_DETAILS))
    return made


def _put(made: dict[str, Json], name: str, value: Value | None) -> None:
    if value is None:
        return
    if name in _LISTS:
        made.setdefault(name, []).append(value)
    else:
        made[name] = value


def _put_at(made: dict[str, Json], path: tuple[str, ...], value: Value | None) -> None:
    for name in path[:-1]:
        made = made.setdefault(name, {})
    _put(made, path[-1], value)


def _bare(value: Value | None) -> Value | None:
    """A padded text without its padding."""
    return value.strip() if isinstance(value, str) else value


def _text(value: Value | None) -> str:
    return str(value or "")


def _roubles(kopecks: Any) -> Decimal:
    return Decimal(kopecks).scaleb(-2)


def _day(value: Value | None) -> str:
    """`20.11.2026` of the format, as this JSON writes days."""
    return ".".join(reversed(_text(value).split(".")))


def _no_member(tag: Tlv, field: str) -> Exception:
    told = f"the vendor's server has no place for tag {tag.known or tag.tag}"
    return unsupported(field, told, remedy="leave it out, or connect the device itself instead of the server")
